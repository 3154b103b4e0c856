"""What of a scheme file can be changed in forms: each value with its label, its place, and how it is written.

The list is made from the text itself, so that it is there while the text has faults. Changing a value changes its place
in the text and nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tongbao.studio.rules.switches import switch
from tongbao.studio.rules.text import Editing, Path, Source

ON, OFF = "on", "off"
YES_NO = (("true", "是"), ("false", "否"))
ON_OFF = ((ON, "采用"), (OFF, "不采用"))
NO_END, INCLUDED, EXCLUDED = "", "in", "out"
ENDS = ((INCLUDED, "含本数"), (EXCLUDED, "不含本数"), (NO_END, "不设"))
LOW, HIGH = {INCLUDED: "from", EXCLUDED: "above"}, {INCLUDED: "to", EXCLUDED: "below"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value: the group and the part it stands in, its label, and its text (empty: not written)."""

    path: Path
    group: str
    item: str
    label: str
    value: str
    line: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    words: bool = False

    @property
    def name(self) -> str:
        """The name of its field."""
        return ".".join(map(str, self.path))

    def takes(self, value: str) -> bool:
        """Whether a value is one of its choices, when it has any."""
        return not self.choices or value in dict(self.choices)


def parameters(source: Source, base: Source) -> tuple[Parameter, ...]:
    """Everything that can be changed, in the order of the form; `base` holds priorities that can be taken up again."""
    if not source.readable:
        return ()
    groups = (_head, _bands, _areas, _thresholds, _plans, _money, _figures, _quotas)
    return (*(one for group in groups for one in group(source)), *_priorities(source, base))


def change(source: Source, base: Source, typed: Mapping[str, str]) -> str:
    """The text with some values changed, by the names of their fields; names it does not have are passed over."""
    known = {one.name: one for one in parameters(source, base)}
    editing = Editing(source)
    off: set[str] = set()
    on: list[str] = []
    for name, value in typed.items():
        if name not in known or known[name].value == value or not known[name].takes(value):
            continue
        path = known[name].path
        if path[0] == "priorities" and path[-1] == "on":
            off |= {str(path[1])} if value == OFF else set()
            on += [str(path[1])] if value == ON else []
        elif path[-1] in ("low", "high"):
            _move_end(editing, known, path, value)
        elif path[-1] in ("low_end", "high_end"):
            _turn_end(editing, known, path, value, typed)
        else:
            _write(editing, path, value, words=known[name].words)
    switch(editing, base, off, on)
    return editing.done()


def left_behind(source: Source, base: Source) -> tuple[str, list[int]]:
    """The base year before, and the lines (comments left out) that still name it, once a draft has another one."""
    path = ("edition", "base_year")
    old, new = base.value(path) or "", source.value(path) or ""
    if not old or old == new:
        return old, []
    lines = enumerate(source.text.splitlines(), 1)
    return old, [number for number, line in lines if old in line.split("#")[0]]


def _write(editing: Editing, path: Path, value: str, *, words: bool = False) -> None:
    if value:
        editing.put(path, value, words=words)
    else:
        editing.drop(path)


def _one(source: Source, path: Path, group: str, item: str, label: str, **more: object) -> Parameter:
    written = source.value(path) or ""
    return Parameter(path, group, item, label, written, source.line(path), **more)  # type: ignore[arg-type]


def _head(source: Source) -> Iterator[Parameter]:
    edition = (
        ("title", "名称", True),
        ("code", "编号", False),
        ("year", "年度", False),
        ("base_year", "基期年度", False),
    )
    for key, label, words in edition:
        yield _one(source, ("edition", key), "年度与期限", "", label, words=words)
    yield _one(source, ("edition", "effective_from"), "年度与期限", "", "生效日期")
    yield _one(source, ("period", "from"), "年度与期限", "", "保障期限起")
    yield _one(source, ("period", "to"), "年度与期限", "", "保障期限止")
    yield _one(source, ("parameters", "cover_from", "value"), "年度与期限", "", "中途参保的承保起日")


def _bands(source: Source) -> Iterator[Parameter]:
    for place in source.items(("bands",)):
        for kind in ("bands", "holes"):
            for name in source.items(("bands", place, kind)):
                yield from _span(source, ("bands", place, kind, name))


def _span(source: Source, path: Path) -> Iterator[Parameter]:
    title = source.value((*path, "title")) or f"空档{int(path[-1]) + 1 if isinstance(path[-1], int) else path[-1]}"
    if source.value((*path, "title")):
        yield _one(source, (*path, "title"), "出口规模分档", title, "名称", words=True)
    for side, keys, words in (("low", LOW, "下限"), ("high", HIGH, "上限")):
        end = next((end for end, key in keys.items() if source.value((*path, key)) is not None), NO_END)
        at = (*path, keys.get(end, ""))
        line = source.line(at) or source.line(path)
        value = source.value(at) or ""
        yield Parameter((*path, side), "出口规模分档", title, words, value, line, unit="美元")
        yield Parameter((*path, f"{side}_end"), "出口规模分档", title, f"{words}是否含本数", end, choices=ENDS)


def _areas(source: Source) -> Iterator[Parameter]:
    for name in source.items(("areas",)):
        title = source.value(("areas", name, "name")) or str(name)
        yield _one(source, ("areas", name, "covered"), "覆盖区域", "", title, choices=YES_NO)


def _thresholds(source: Source) -> Iterator[Parameter]:
    for name in source.items(("thresholds",)):
        title = source.value(("thresholds", name, "title")) or str(name)
        for key, unit in (("share", ""), ("usd", "美元"), ("number", "")):
            if source.value(("thresholds", name, key)) is not None:
                yield _one(source, ("thresholds", name, key), "门槛", "", title, unit=unit)


def _plans(source: Source) -> Iterator[Parameter]:
    for name in source.items(("plans",)):
        yield from _plan(source, ("plans", name), source.value(("plans", name, "title")) or str(name))


def _plan(source: Source, path: Path, title: str) -> Iterator[Parameter]:
    yield from _limits(source, path, title)
    for key, label, unit in (("rate", "费率", ""), ("flat_usd", "定额保费", "美元")):
        if source.value((*path, key)) is not None:
            yield _one(source, (*path, key), "保障方案", title, label, unit=unit)
    for place in source.items((*path, "band_rates")):
        band = source.value((*path, "band_rates", place, "band")) or str(place)
        yield _one(source, (*path, "band_rates", place, "rate"), "保障方案", title, f"费率（{band}档）")
    yield _one(source, (*path, "minimum_usd"), "保障方案", title, "最低保费", unit="美元")
    yield _one(source, (*path, "discount"), "保障方案", title, "招标下浮")
    for place in source.items((*path, "payers")):
        yield from _payer(source, (*path, "payers", place), title)
    yield _one(source, (*path, "minimum_subsidy_yuan"), "保障方案", title, "扶持起付额", unit="元")


def _limits(source: Source, path: Path, title: str) -> Iterator[Parameter]:
    if source.value((*path, "limit_usd")) is not None:
        yield _one(source, (*path, "limit_usd"), "保障方案", title, "最高赔偿限额", unit="美元")
    figures = (
        ("limits", "usd", "限额", "美元"),
        ("limits", "times_premium", "限额为保费的倍数", ""),
        ("indemnity", "ratio", "赔偿比例", ""),
        ("indemnity", "at_least", "赔偿比例不低于", ""),
    )
    for section, key, label, unit in figures:
        for number, place in enumerate(source.items((*path, section)), 1):
            at = (*path, section, place, key)
            if source.value(at) is not None:
                yield _one(source, at, "保障方案", title, f"{label}（第 {number} 项）", unit=unit)


def _payer(source: Source, path: Path, title: str) -> Iterator[Parameter]:
    payer = source.value((*path, "payer")) or str(path[-1])
    yield _one(source, (*path, "share"), "保障方案", title, f"{payer}承担比例")
    yield _one(source, (*path, "cap_yuan"), "保障方案", title, f"{payer}每家封顶", unit="元")
    for place in source.items((*path, "band_caps")):
        band = source.value((*path, "band_caps", place, "band")) or str(place)
        yield _one(
            source, (*path, "band_caps", place, "cap_yuan"), "保障方案", title, f"{payer}封顶（{band}档）", unit="元"
        )
    if source.value((*path, "pay_by")) is not None:
        yield _one(source, (*path, "pay_by"), "保障方案", title, f"{payer}拨付截止")


def _money(source: Source) -> Iterator[Parameter]:
    for section in ("insurers", "pools"):
        for name in source.items((section,)):
            title = source.value((section, name, "title")) or str(name)
            if section == "pools" or source.value((section, name, "fund_yuan")) is not None:
                yield _one(source, (section, name, "fund_yuan"), "保费扶持资金", "", title, unit="元")


def _figures(source: Source) -> Iterator[Parameter]:
    figures = (
        ("parameters", "reference_rate", "测算汇率", "元/美元"),
        ("parameters", "fx_buffer", "预占余量", ""),
        ("parameters", "fx_tolerance", "汇率偏离提醒幅度", ""),
        ("deadlines", "exporter_share_days", "企业缴清自担保费", "个工作日"),
        ("deadlines", "clarification_days", "退回说明后答复", "个工作日"),
        ("deadlines", "issue_days", "复审通过后出单", "个工作日"),
    )
    for section, key, label, unit in figures:
        if source.node((section, key)) is not None:
            yield _one(source, (section, key, "value"), "汇率与期限", "", label, unit=unit)


def _quotas(source: Source) -> Iterator[Parameter]:
    for name in source.items(("quotas",)):
        title = source.value(("quotas", name, "title")) or str(name)
        yield _one(source, ("quotas", name, "firms"), "名额", "", title, unit="家")


def _priorities(source: Source, base: Source) -> Iterator[Parameter]:
    here, before = source.items(("priorities",)), base.items(("priorities",))
    for name in (*here, *(name for name in before if name not in here)):
        path: Path = ("priorities", name)
        on = name in here
        title = (source if on else base).value((*path, "title")) or str(name)
        value, line = (ON, source.line(path)) if on else (OFF, 0)
        yield Parameter((*path, "on"), "优先支持", title, "是否采用", value, line, choices=ON_OFF)
        if on:
            yield _one(source, (*path, "rank"), "优先支持", title, "先后（0 最先，不填按 0）")


def _move_end(editing: Editing, known: Mapping[str, Parameter], path: Path, value: str) -> None:
    """A new end of a stretch; the neighbour that touched the old end moves with it."""
    here = known[".".join(map(str, path))]
    for one in (here, *_touching(known, here)):
        key = _key(known, one)
        if key:
            _write(editing, (*one.path[:-1], key), value)


def _touching(known: Mapping[str, Parameter], here: Parameter) -> Iterator[Parameter]:
    other = "high" if here.path[-1] == "low" else "low"
    for one in known.values():
        same_group = one.path[:2] == here.path[:2] and one.path[-1] == other and one.path[:-1] != here.path[:-1]
        if same_group and one.value and one.value == here.value:
            yield one


def _key(known: Mapping[str, Parameter], one: Parameter) -> str:
    """The key under which an end of a stretch is written now; '' when it has none."""
    keys = LOW if one.path[-1] == "low" else HIGH
    return keys.get(known[f"{one.name}_end"].value, "")


def _turn_end(editing: Editing, known: Mapping[str, Parameter], path: Path, end: str, typed: Mapping[str, str]) -> None:
    """An end is included, excluded or left out; the neighbour at the same number turns the other way."""
    side = str(path[-1]).removesuffix("_end")
    here = known[".".join(map(str, (*path[:-1], side)))]
    keys, old = (LOW if side == "low" else HIGH), _key(known, here)
    if not old:
        if typed.get(here.name):
            editing.put((*path[:-1], keys[end]), typed[here.name])
        return
    if end == NO_END:
        editing.drop((*path[:-1], old))
        return
    editing.rename((*path[:-1], old), keys[end])
    for one in _touching(known, here):
        if was := _key(known, one):
            turned = (HIGH if side == "low" else LOW)[EXCLUDED if end == INCLUDED else INCLUDED]
            editing.rename((*one.path[:-1], was), turned)
