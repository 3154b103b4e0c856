"""The figures of a run as tables for people, and against the targets."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from benchmarks import decide, imports, rush_report, screening, studio

Rows = Sequence[Sequence[Any]]
KINDS = ("one-sum", "sums", "floor", "screen")


def targets(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Every target that this run could judge: what, wanted, measured, met."""
    found: list[dict[str, Any]] = []

    def judge(what: str, measured: float, wanted: float, unit: str, *, at_least: bool = False) -> None:
        met = measured >= wanted if at_least else measured <= wanted
        words = f"{'≥' if at_least else '≤'} {wanted:g} {unit}".strip()
        found.append({"what": what, "wanted": words, "measured": measured, "met": met})

    if "decide" in result:
        rows = {row["id"]: row for row in result["decide"]["rows"]}
        judge("one traced decision", rows["ours.decide"]["microseconds"], decide.TARGET_MICROSECONDS, "µs")
        for peer, called in decide.PEERS.items():
            judge(f"times faster than {called}", rows[peer]["times_ours"], decide.TARGET_RATIO, "×", at_least=True)
    for row in result.get("screening", {}).get("rows", []):
        at = f"screening {row['firms']:,} firms, {row['export_rows']:,} rows"
        if row["scale"] == 1:
            judge(f"{at}: time against the floor", row["ratio"]["floor"], screening.TARGET_RATIO, "×")
        judge(f"{at}: peak memory", row["peak_mib"]["screen"], screening.TARGET_PEAK_MIB, "MiB")
    if "studio" in result:
        judge("studio, effect of a draft", result["studio"]["milliseconds"], studio.TARGET_MILLISECONDS, "ms")
    if "imports" in result:
        ratio, search = result["imports"]["ratio"], result["imports"]["search"]
        judge("import against calamine and one bulk insert", ratio["floor"], imports.TARGET_FLOOR, "×")
        for peer, called in imports.PEERS.items():
            how = " (processor time)" if peer in imports.ONCE else ""
            judge(f"import, times faster than {called}{how}", ratio[peer], imports.TARGET_PEER, "×", at_least=True)
        asked = f"search of {search['firms']:,} firms, the slowest of {len(search['rows'])} questions"
        judge(asked, search["milliseconds"], imports.TARGET_MILLISECONDS, "ms")
    if "rush" in result:
        rush_report.judge_all(result["rush"], judge)
    return found


def text(result: dict[str, Any]) -> str:
    """The whole report in Markdown."""
    parts = [_machine(one) for one in (result["machine"], *result.get("earlier", ()))]
    parts += [section(result[name]) for name, section in SECTIONS.items() if name in result]
    if result["targets"]:
        parts.append(_targets(result["targets"]))
    return "\n\n".join(parts)


def table(heads: Sequence[str], rows: Rows, align: str) -> str:
    """A Markdown table, columns padded so that it also reads well in a terminal; align: l or r for each column."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]

    def line(row: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, width, side in zip(row, widths, align, strict=True)
        )
        return f"| {' | '.join(padded)} |"

    rule = [f"{'-' * (width - 1)}{':' if side == 'r' else '-'}" for width, side in zip(widths, align, strict=True)]
    return "\n".join([line(cells[0]), line(rule), *map(line, cells[1:])])


def _targets(targets: Sequence[dict[str, Any]]) -> str:
    rows = [(one["what"], one["wanted"], one["measured"], "yes" if one["met"] else "**no**") for one in targets]
    return "### Targets\n\n" + table(("what", "wanted", "measured", "met"), rows, "lrrl")


def _machine(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    busy = "; **the machine was busy, times are too long**" if machine["busy"] else ""
    measured = f"{', '.join(machine['parts'])}: " if "parts" in machine else ""
    return (
        f"{measured}{machine['date']}, commit {machine['commit']}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}; load before {machine['load_before']}{busy}.\n{versions}."
    )


def _decide(part: dict[str, Any]) -> str:
    rows = [
        (row["what"], f"{row['microseconds']:,.1f}", f"{row['best_microseconds']:,.1f}", f"{row['times_ours']:,.1f}×")
        for row in part["rows"]
    ]
    said = f"{part['answers']} answers on each of {part['firms']:,} firms, equal on all three engines before timing."
    shares = ", ".join(f"{name} {share:.0%}" for name, share in part["share_of_firms"].items())
    heads = ("engine", "µs a decision", "best", "against ours")
    return f"### One traced decision\n\n{said} Firms: {shares}.\n\n{table(heads, rows, 'lrrr')}"


def _screening(part: dict[str, Any]) -> str:
    rows = [
        (
            f"{row['firms']:,}",
            f"{row['export_rows']:,}",
            *(f"{row['seconds'][kind]:.1f}" for kind in KINDS),
            f"{row['ratio']['floor']:.2f}×",
            f"{row['cpu_ratio']['floor']:.2f}×",
            f"{row['ratio']['sums']:.2f}×",
            f"{row['peak_mib']['screen']:,}",
        )
        for row in part["rows"]
    ]
    seconds = (f"{kind}, s" for kind in KINDS)
    heads = ("firms", "export rows", *seconds, "to floor", "processor time to floor", "to sums", "peak MiB")
    compared = "; ".join(
        f"scale {row['scale']:g}: {row['compared']['firms']:,} firms × {row['compared']['fields']} fields"
        for row in part["rows"]
    )
    notes = [f"Decided one by one as well and equal in every field: {compared}."]
    return f"### Screening\n\n{table(heads, rows, 'r' * len(heads))}\n\n" + "\n".join(
        [*notes, *_growth(part["rows"]), *part["skipped"]]
    )


def _growth(rows: Sequence[dict[str, Any]]) -> list[str]:
    """How time grows from one size to the next."""
    return [
        f"From scale {a['scale']:g} to {b['scale']:g} ({b['scale'] / a['scale']:g}×) the floor takes "
        f"{b['seconds']['floor'] / a['seconds']['floor']:.1f}× the time, screening "
        f"{b['seconds']['screen'] / a['seconds']['screen']:.1f}×."
        for a, b in pairwise(rows)
    ]


def _studio(part: dict[str, Any]) -> str:
    rows = [(row["what"], f"{row['milliseconds']:,.0f}", f"{row['best_milliseconds']:,.0f}") for row in part["rows"]]
    return f"### The studio's answer\n\n{part['firms']:,} firms.\n\n{table(('what', 'ms', 'best'), rows, 'lrr')}"


def _imports(part: dict[str, Any]) -> str:
    return "\n\n".join([_import_lines(part), _import_notes(part), _import_memory(part), _search(part["search"])])


def _import_lines(part: dict[str, Any]) -> str:
    times = {kind: 1 / ratio for kind, ratio in part["ratio"].items() if kind in imports.FLOORS}
    times |= {"whole": 1.0, **{kind: part["ratio"][kind] for kind in imports.PEERS}}
    rows = [
        (
            f"{'– ' if '.' in row['id'] else ''}{row['what']}",
            f"{row['seconds']:,.1f}",
            f"{row['best_seconds']:,.1f}",
            f"{row['cpu_seconds']:,.1f}",
            f"{times[row['id']]:.2f}×" if row["id"] in times else "",
            f"{part['peak_mib'][row['id']]:,}" if row["id"] in part["peak_mib"] else "",
        )
        for row in part["lines"]
    ]
    said = f"{part['rows']:,} rows × {part['columns']} columns of {part['firms']:,} firms as XLSX."
    heads = ("what", "s", "best", "processor s", "against ours", "peak MiB")
    return f"### A list on its way in\n\n{said}\n\n{table(heads, rows, 'lrrrrr')}"


def _import_notes(part: dict[str, Any]) -> str:
    ratio, cpu, faulty = part["ratio"], part["cpu_ratio"], part["faulty"]
    floor = (
        f"The import takes {ratio['floor']:.2f}× the time of the floor (processor time {cpu['floor']:.2f}×), "
        f"{ratio['sql']:.2f}× of the one past Django ({cpu['sql']:.2f}×)."
    )
    peer = (
        f"In processor time django-import-export takes {cpu['blind']:.2f}× ours in its fastest mode, "
        f"{cpu['bulk']:.2f}× where each row is looked up, {cpu['default']:.2f}× in its default mode; these two ran "
        "once and stand against ours by processor time."
    )
    kept = (
        f"Every line kept exactly the figures that the list was made from. Of {faulty['rows']:,} rows with "
        f"{faulty['wrong']} wrong ones {faulty['found']} were found."
    )
    return "\n".join([floor, peer, kept, f"Undoing the whole import: {part['undo']['seconds']:.1f} s."])


def _import_memory(part: dict[str, Any]) -> str:
    rows = [
        (f"{row['rows']:,}", row["form"].upper(), f"{row['peak_mib']:,}", f"{row['seconds']:.1f}")
        for row in part["memory"]
    ]
    return table(("rows of one list", "form", "peak MiB", "s"), rows, "rlrr")


def _search(part: dict[str, Any]) -> str:
    rows = [
        (
            row["what"],
            "" if row["found"] is None else f"{row['found']:,}",
            f"{row['milliseconds']:,.0f}",
            f"{row['best_milliseconds']:,.0f}",
            f"{row['cpu_milliseconds']:,.0f}",
        )
        for row in part["rows"]
    ]
    said = f"{part['firms']:,} firms with {part['years']} years each."
    heads = ("question", "found", "ms", "best", "processor ms")
    return f"### Search of enterprises\n\n{said}\n\n{table(heads, rows, 'lrrrr')}"


def _rush(part: dict[str, Any]) -> str:
    return rush_report.section(part, table)


SECTIONS = {"decide": _decide, "screening": _screening, "studio": _studio, "imports": _imports, "rush": _rush}
