"""What must hold between the parts of a scheme file: one function for each kind of fault, each finding them all.

They run on whatever parts could be read, so that faults of shape and faults of sense are reported together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

from tongbao.scheme.rules import grammar, values
from tongbao.scheme.rules.decisions import EXPORTS
from tongbao.scheme.rules.shapes import Kind, Span
from tongbao.scheme.rules.source import Path
from tongbao.scheme.rules.wording import span

Found = Iterator[tuple[Path, str, str]]  # where, sentence, hint


@dataclass
class Sections:
    """The parts of a file that could be read: lists item by item with their index, other sections whole (or None)."""

    raw: dict[str, Any]
    items: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    def of(self, key: str) -> list[tuple[int, Any]]:
        """Items of a list section with their index."""
        return self.items.get(key, [])

    def ids(self, key: str) -> set[str]:
        """Every id written in a list section, also of items that could not be read."""
        listed = self.raw.get(key)
        return {
            str(item["id"])
            for item in (listed if isinstance(listed, list) else [])
            if isinstance(item, dict) and "id" in item
        }


def all_of(sections: Sections) -> Found:
    """Every fault of sense in a file."""
    for check in (
        duplicates, citations, dates, facts_needed, areas, criteria, conditions, bands, plans, insurers, exchange,
        estimates,
    ):  # fmt: skip
        yield from check(sections)


def duplicates(s: Sections) -> Found:
    """An id stands once in its list; band ids once over all groups."""
    for key, items in s.items.items():
        yield from _twice(((key, index, "id"), getattr(item, "id", "")) for index, item in items)
    nested = (
        ((("bands", i, "bands", j, "id"), band.id)) for i, group in s.of("bands") for j, band in enumerate(group.bands)
    )
    yield from _twice(nested)
    for i, plan in s.of("plans"):
        yield from _twice((("plans", i, "conditions", j, "id"), c.id) for j, c in enumerate(plan.conditions))


def _twice(ids: Iterator[tuple[Path, str]]) -> Found:
    seen: set[str] = set()
    for path, id in ids:
        if id in seen:
            yield path, f"编号“{id}”重复", "每个编号只用一次"
        seen.add(id)


def citations(s: Sections) -> Found:
    """Every clause cited stands in `clauses`; a default says why."""
    known = s.ids("clauses")

    def walk(data: Any, path: Path) -> Found:
        if isinstance(data, dict):
            clause = data.get("clause")
            if isinstance(clause, str) and clause.strip() and clause not in known:
                yield (*path, "clause"), f"clauses 中没有“{clause}”这一条", "检查条款编号，或先在 clauses 中列出"
            if data.get("default") is True and not str(data.get("note") or "").strip():
                yield (*path, "default"), "方案未写明的取值没有说明理由", "在 note 中写明为什么这样取值"
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if isinstance(value, dict | list):
                yield from walk(value, (*path, key))

    if known:
        yield from walk(s.raw, ())


def dates(s: Sections) -> Found:
    """Days stand in order: cover within the period, terms in force no later than its end, base year before it."""
    period, head, parameters = s.parts.get("period"), s.parts.get("edition"), s.parts.get("parameters")
    if period is None:
        return
    if period.last < period.first:
        yield ("period", "to"), f"保障期限的止日 {period.last} 早于起日 {period.first}", "检查 from 和 to"
        return
    if head is not None and head.effective_from > period.last:
        yield ("edition", "effective_from"), f"条款生效日 {head.effective_from} 晚于保障期限止日 {period.last}", ""
    if head is not None and head.base_year >= period.first.year + 1:
        yield ("edition", "base_year"), f"基期 {head.base_year} 年不早于保障期限", "基期一般为上一年"
    if parameters is not None and not period.first <= parameters.cover_from.value <= period.last:
        yield ("parameters", "cover_from", "value"), "承保起日不在保障期限之内", f"应在 {period.first} 至 {period.last}"


def facts_needed(s: Sections) -> Found:
    """The fact premiums are computed on exists and is a number; yes and no belong to yes/no facts."""
    if "facts" in s.raw and EXPORTS not in s.ids("facts"):
        yield ("facts",), f"缺少保费的计算基数“{EXPORTS}”", "定义一个类型为 number、单位为美元的事实"
    for i, fact in s.of("facts"):
        if fact.id == EXPORTS and fact.type is not Kind.NUMBER:
            yield ("facts", i, "type"), f"“{EXPORTS}”应为数字", "写 type: number"
        if fact.type is not Kind.BOOL and (fact.yes or fact.no):
            yield ("facts", i), f"“{fact.id}”不是是否类事实，不能写 yes 或 no", "删去 yes 和 no，或改 type 为 bool"


def areas(s: Sections) -> Found:
    """At least one area is covered."""
    if s.of("areas") and not any(area.covered for _, area in s.of("areas")):
        yield ("areas",), "没有一个覆盖的区域", "至少一个区域写 covered: true"


def criteria(s: Sections) -> Found:
    """Criteria name facts and bands that exist."""
    kinds = {fact.id: fact.type for _, fact in s.of("facts")}
    for i, criterion in s.of("criteria"):
        name = criterion.in_areas
        if name and (name not in s.ids("facts") or kinds.get(name, Kind.TEXT) is not Kind.TEXT):
            yield ("criteria", i, "in_areas"), f"没有名为“{name}”的文字事实", "先在 facts 中定义"
        if criterion.in_bands and criterion.in_bands not in s.ids("bands"):
            yield ("criteria", i, "in_bands"), f"没有名为“{criterion.in_bands}”的分档", "先在 bands 中定义"


def conditions(s: Sections) -> Found:
    """Every condition keeps to the grammar, to the facts that exist, and to their types."""
    kinds = {fact.id: fact.type for _, fact in s.of("facts")}
    broken = s.ids("facts") - set(kinds)  # reported already; a condition that names one is not at fault
    for path, text in _texts(s):
        try:
            grammar.parse(text, kinds)
        except grammar.Refused as no:
            if no.fact not in broken:
                yield path, no.sentence, no.hint


def _texts(s: Sections) -> Iterator[tuple[Path, str]]:
    named: list[tuple[Path, Any]] = [((key, i), c) for key in ("criteria", "priorities") for i, c in s.of(key)]
    named += [(("plans", i, "conditions", j), c) for i, plan in s.of("plans") for j, c in enumerate(plan.conditions)]
    for path, condition in named:
        for key in ("when", "if_unknown"):
            if text := getattr(condition, key, None):
                yield (*path, key), text


def bands(s: Sections) -> Found:
    """Bands stand from low to high without overlap; what lies between is a declared hole, exactly."""
    for i, group in s.of("bands"):
        path: Path = ("bands", i)
        if group.fact not in s.ids("facts"):
            yield (*path, "fact"), f"没有名为“{group.fact}”的事实", "先在 facts 中定义"
        stretches = [((*path, "bands", j), band) for j, band in enumerate(group.bands)]
        stretches += [((*path, "holes", j), hole) for j, hole in enumerate(group.holes)]
        wrong = [fault for where, stretch in stretches for fault in _ends(where, stretch)]
        yield from wrong
        if not wrong:
            yield from _neighbours(stretches)


def _ends(path: Path, stretch: Span) -> Found:
    if None not in (stretch.from_, stretch.above) or None not in (stretch.to, stretch.below):
        yield path, "同一端写了两次", "from 与 above 选一个，to 与 below 选一个"
    elif stretch.low is not None and stretch.high is not None and stretch.low > stretch.high:
        yield path, f"下限 {stretch.low} 高于上限 {stretch.high}", "检查两端"


def _neighbours(stretches: list[tuple[Path, Span]]) -> Found:
    ordered = sorted(stretches, key=lambda pair: (pair[1].low is not None, pair[1].low or 0, pair[1].from_ is None))
    for (_, lower), (path, upper) in pairwise(ordered):
        if lower.high is None or upper.low is None or lower.high > upper.low:
            yield path, f"与 {span(lower)}重叠", "分档之间不能重叠，检查两端"
        elif lower.high == upper.low and lower.to is not None and upper.from_ is not None:
            yield path, f"与 {span(lower)}在端点 {lower.high} 重叠", "一边用 above 或 below，表示不含端点"
        elif lower.high < upper.low or (lower.to is None and upper.from_ is None):
            yield path, f"与 {span(lower)}之间有未说明的空档", "补上分档，或在 holes 中写明空档及理由"


def plans(s: Sections) -> Found:
    """Plans name bands that exist; payers together pay at most 100 %; rates are sane."""
    known = {band.id for _, group in s.of("bands") for band in group.bands}
    for i, plan in s.of("plans"):
        for j, band in enumerate(plan.bands):
            if s.of("bands") and band not in known:
                yield ("plans", i, "bands", j), f"没有名为“{band}”的分档", "先在 bands 中定义"
        if plan.subsidy_rate > 1:
            total = values.write_percent(plan.subsidy_rate)
            sums = accumulate(payer.share for payer in plan.payers)
            first = next(j for j, paid in enumerate(sums) if paid > 1)
            yield ("plans", i, "payers", first), f"方案 {plan.id} 的财政扶持比例合计 {total}，超过 100%", "调低各方比例"
        if not 0 < plan.rate <= 1:
            yield ("plans", i, "rate"), f"方案 {plan.id} 的费率应大于 0、不超过 100%", ""
        if plan.limit_usd <= 0:
            yield ("plans", i, "limit_usd"), f"方案 {plan.id} 的最高赔偿限额应大于 0", ""


def insurers(s: Sections) -> Found:
    """Exactly one insurer leads."""
    leads = [i for i, insurer in s.of("insurers") if insurer.lead]
    if s.of("insurers") and len(s.of("insurers")) == len(s.ids("insurers")) and len(leads) != 1:
        yield ("insurers",), f"牵头保险人应有且只有一家，现有 {len(leads)} 家", "只在一家写 lead: true"


def exchange(s: Sections) -> Found:
    """The reference exchange rate is a rate."""
    parameters = s.parts.get("parameters")
    if parameters is not None and not 0 < parameters.reference_rate.value < 1000:
        yield ("parameters", "reference_rate", "value"), "测算汇率应为正数", "写成 1 美元兑多少元，例如 7.0729"


def estimates(s: Sections) -> Found:
    """Estimates speak of plans that exist."""
    for i, estimate in s.of("estimates"):
        for j, plan in enumerate(estimate.plans):
            if plan not in s.ids("plans"):
                yield ("estimates", i, "plans", j), f"没有名为“{plan}”的方案", "检查方案编号"
