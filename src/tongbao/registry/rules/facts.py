"""A firm's facts from the register's rows, each with the sentences that say where it comes from.

A fact that the register cannot give is None: missing, which is never the same as no.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tongbao import money
from tongbao.registry.rules.countries import UNKNOWN
from tongbao.registry.rules.vocabulary import DesignationKind


@dataclass(frozen=True)
class Figure:
    """One row of customs exports; month 0 is a whole year; `source` names the import it came with, `row` its row."""

    year: int
    month: int
    country: str
    cents: int
    source: str
    source_id: int = 0
    row: int = 0


@dataclass(frozen=True)
class Listed:
    """A firm's place on a list; `counts` once everyone who must confirm it has."""

    kind: str
    document_number: str
    valid_from: date
    valid_to: date | None
    counts: bool


@dataclass(frozen=True)
class Cover:
    """A policy held elsewhere."""

    insurer_name: str
    valid_from: date
    valid_to: date
    document_number: str


@dataclass(frozen=True)
class Answer:
    """An insurer's answer on existing cover; `insured` None while it is open."""

    insurer_name: str
    insured: bool | None
    on: date | None


@dataclass(frozen=True)
class Register:
    """Everything the register holds that a firm's facts rest on."""

    area: str
    area_name: str
    figures: Sequence[Figure]
    complete_years: Collection[int]
    latest_month: tuple[int, int] | None  # the last month the whole register has figures of
    lists: Sequence[Listed]
    kept_lists: Collection[str]  # kinds of which the register holds a list at all
    covers: Sequence[Cover]
    answers: Sequence[Answer]  # one for each insurer of the edition
    declared_uninsured: bool = False


@dataclass
class Facts:
    """Values for the scheme's conditions; for each the sentences that name lists and imports, and the very figures."""

    values: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, Sequence[Figure]] = field(default_factory=dict)

    def put(self, fact: str, value: Any, *sentences: str, of: Sequence[Figure] = ()) -> None:
        """One fact with its origin."""
        self.values[fact] = value
        self.provenance[fact] = [sentence for sentence in sentences if sentence]
        if of:
            self.figures[fact] = of


def of_year(figures: Sequence[Figure], year: int) -> list[Figure]:
    """The figures that make up a year: its months when there are any, else the figures of the whole year."""
    mine = [figure for figure in figures if figure.year == year]
    return [figure for figure in mine if figure.month] or mine


def total(figures: Sequence[Figure]) -> int:
    """Cents in all."""
    return sum(figure.cents for figure in figures)


def usd(cents: int | None) -> Decimal | None:
    """Cents as dollars with two places; None stays None."""
    return None if cents is None else Decimal(cents).scaleb(-2)


def year_total(register: Register, year: int) -> tuple[int | None, list[str]]:
    """Cents exported in a year and where that is from: 0 when a complete list omits the firm, None when unknown."""
    mine = of_year(register.figures, year)
    if mine:
        sentences = [f"{year} 年出口额 {money.text(total(mine))} 美元，{origin(mine)}。"]
        if any(not figure.month for figure in register.figures if figure.year == year) and mine[0].month:
            sentences.append(f"{year} 年另有全年合计数，未与分月数相加。")
        return total(mine), sentences
    if year in register.complete_years:
        return 0, [f"{year} 年海关名单已声明完整，名单中没有本企业，按 0 计。"]
    return None, [f"登记中没有本企业 {year} 年的出口数据。"]


def origin(figures: Sequence[Figure]) -> str:
    """'来自 出口额2018.xlsx（12 行）、…'."""
    counts: dict[str, int] = {}
    for figure in figures:
        counts[figure.source] = counts.get(figure.source, 0) + 1
    return "来自 " + "、".join(f"{source}（{count} 行）" for source, count in sorted(counts.items()))


def closed_month(as_of: date) -> tuple[int, int]:
    """The last month that was over on a day."""
    return (as_of.year, as_of.month - 1) if as_of.month > 1 else (as_of.year - 1, 12)


def facts(
    register: Register, *, base_year: int, emerging: frozenset[str], as_of: date, received_on: date | None = None
) -> Facts:
    """All facts of the 2019 scheme as known on `as_of` (clauses 二(一), 二(二), 四(二)); amounts in USD, two places.

    Existing cover is that of the day of receipt, when there was one.
    """
    found = Facts()
    found.put("area", register.area, f"工商注册地登记为{register.area_name}。")
    base, sentences = year_total(register, base_year)
    found.put("exports_usd", usd(base), *sentences, of=of_year(register.figures, base_year))
    before, sentences = year_total(register, base_year - 1)
    found.put("exports_prior_usd", usd(before), *sentences, of=of_year(register.figures, base_year - 1))
    _growth(found, register, base_year, as_of)
    _markets(found, register, base_year, emerging, base)
    _lists(found, register, as_of)
    _insured(found, register, received_on or as_of)
    return found


def _growth(found: Facts, register: Register, base_year: int, as_of: date) -> None:
    """Exports since the base year began, against the same months a year earlier (clause 二(二)1)."""
    end = min(closed_month(as_of), register.latest_month or closed_month(as_of))
    monthly = [figure for figure in register.figures if figure.month]
    spans = set(range(base_year - 1, end[0] + 1))
    only_annual = {figure.year for figure in register.figures if figure.year in spans} - {one.year for one in monthly}
    known = all(
        of_year(register.figures, year) or year in register.complete_years for year in (base_year - 1, base_year)
    )
    if end < (base_year, 1) or only_annual or not monthly or not known:
        _growth_by_year(found, register, base_year)
        return
    now = [one for one in monthly if (base_year, 1) <= (one.year, one.month) <= end]
    earlier = [one for one in monthly if (base_year - 1, 1) <= (one.year, one.month) <= (end[0] - 1, end[1])]
    window = f"{base_year}-01 至 {end[0]}-{end[1]:02d}"
    found.put(
        "growth_usd",
        usd(total(now)),
        f"{window} 出口额 {money.text(total(now))} 美元，{origin(now)}。" if now else f"{window} 没有出口记录。",
        of=now,
    )
    text = f"上年同期（{base_year - 1}-01 至 {end[0] - 1}-{end[1]:02d}）出口额 {money.text(total(earlier))} 美元"
    found.put(
        "growth_before_usd",
        usd(total(earlier)),
        f"{text}，{origin(earlier)}。" if earlier else f"{text}，没有出口记录。",
        of=earlier,
    )


def _growth_by_year(found: Facts, register: Register, base_year: int) -> None:
    for fact, year in (("growth_usd", base_year), ("growth_before_usd", base_year - 1)):
        cents, sentences = year_total(register, year)
        found.put(
            fact, usd(cents), "没有完整的分月数据，按全年数比较。", *sentences, of=of_year(register.figures, year)
        )


def _markets(found: Facts, register: Register, base_year: int, emerging: frozenset[str], base: int | None) -> None:
    """Exports to the US and to the six regions in the base year; unknown destinations stay in the total only."""
    mine = of_year(register.figures, base_year)
    unknown = total([figure for figure in mine if figure.country == UNKNOWN])
    flag = f"其中 {money.text(unknown)} 美元国别不详，未计入任何市场。" if unknown else ""
    wanted = (("us_exports_usd", frozenset({"US"}), "对美国"), ("emerging_exports_usd", emerging, "对新兴市场"))
    for fact, countries, words in wanted:
        here = [figure for figure in mine if figure.country in countries]
        if base is None:
            found.put(fact, None, f"登记中没有本企业 {base_year} 年的出口数据。")
        elif base and unknown == base:
            found.put(fact, None, f"{base_year} 年出口额全部国别不详。")
        else:
            where = f"，{origin(here)}" if here else ""
            sentence = f"{base_year} 年{words}出口额 {money.text(total(here))} 美元{where}。"
            found.put(fact, usd(total(here)), sentence, flag, of=here)


def _lists(found: Facts, register: Register, as_of: date) -> None:
    """Places on dated lists. Not on a list that the register holds: no. A list it does not hold: unknown.

    Policy direction is never denied by absence: the city decides it firm by firm (clause 二(一)).
    """
    for kind in DesignationKind:
        mine = [one for one in register.lists if one.kind == kind and _holds(one, as_of)]
        counting = [one for one in mine if one.counts]
        if counting:
            names = "、".join(f"“{one.document_number}”" for one in counting)
            found.put(kind.value, True, f"列入{kind.label}：{names}。")
        elif mine:
            found.put(kind.value, None, f"{kind.label}：已录入，等待第二人确认。")
        elif kind is DesignationKind.POLICY_DIRECTION or kind.value not in register.kept_lists:
            found.put(kind.value, None, f"登记中还没有{kind.label}的认定。")
        else:
            found.put(kind.value, False, f"登记的{kind.label}名单中没有本企业。")


def _holds(listed: Listed, as_of: date) -> bool:
    return listed.valid_from <= as_of and (listed.valid_to is None or as_of <= listed.valid_to)


def _insured(found: Facts, register: Register, day: date) -> None:
    """Whether short-term export credit cover is in force on the day (clause 二(一))."""
    covers = [one for one in register.covers if one.valid_from <= day <= one.valid_to]
    yes = [one for one in register.answers if one.insured]
    if covers or yes:
        held = [
            f"登记：{one.insurer_name} {one.valid_from} 至 {one.valid_to}（{one.document_number}）。" for one in covers
        ]
        found.put("insured", True, *held, *(f"{one.insurer_name}答复已投保（{one.on}）。" for one in yes))
    elif register.answers and all(one.insured is False for one in register.answers):
        found.put("insured", False, *(f"{one.insurer_name}答复未投保（{one.on}）。" for one in register.answers))
    elif register.declared_uninsured:
        found.put("insured", False, "企业声明未在别处投保；登记和保险人的答复与此不矛盾。")
    else:
        found.put("insured", None, "登记中没有在保记录；企业尚未声明，保险人尚未全部答复。")
