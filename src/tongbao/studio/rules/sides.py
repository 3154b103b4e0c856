"""Two effects side by side, line by line, with the change in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongbao import money
from tongbao.scheme.rules import Outcome, Scheme
from tongbao.studio.rules.comparison import Change, Comparison, Turn
from tongbao.studio.rules.effect import NO_LIMIT, Effect, Quote, Sums, Use

NOTHING = Sums()


@dataclass(frozen=True, slots=True)
class Line:
    """One plan, area or insurer under both terms; a side is None when those terms do not have it."""

    label: str
    before: Sums | None
    after: Sums | None

    @property
    def firms_turn(self) -> str:
        """How many firms more or fewer."""
        return signed((self.after or NOTHING).firms - (self.before or NOTHING).firms)

    @property
    def premium_turn(self) -> str:
        """How much more or less premium, in 万元."""
        return signed_wan((self.after or NOTHING).premium_fen - (self.before or NOTHING).premium_fen)

    @property
    def subsidy_turn(self) -> str:
        """How much more or less subsidy, in 万元."""
        return signed_wan((self.after or NOTHING).subsidy_fen - (self.before or NOTHING).subsidy_fen)


@dataclass(frozen=True, slots=True)
class PoolLine:
    """One pool under both terms."""

    label: str
    before: Use | None
    after: Use | None


def signed(number: int) -> str:
    """'+12', '−3', or '不变'."""
    return "不变" if number == 0 else f"{'+' if number > 0 else '−'}{abs(number):,}"


def signed_wan(fen: int) -> str:
    """'+1.06 万元', '−3.00 万元', or '不变'."""
    return "不变" if fen == 0 else f"{'+' if fen > 0 else '−'}{money.text_wan(abs(fen))} 万元"


def signed_yuan(fen: int) -> str:
    """'+1,273.13 元', '−6,975.07 元', or '不变'."""
    return "不变" if fen == 0 else f"{'+' if fen > 0 else '−'}{money.text(abs(fen))} 元"


def by_plan(compared: Comparison, before: Scheme, after: Scheme) -> list[Line]:
    """Every plan of either terms."""
    titles = {plan.id: plan.title for scheme in (before, after) for plan in scheme.plans}
    return _lines(compared, lambda effect: effect.by_plan, titles)


def by_area(compared: Comparison, before: Scheme, after: Scheme) -> list[Line]:
    """Every area that either terms cover."""
    titles = {area: scheme.area_names[area] for scheme in (before, after) for area in scheme.areas}
    return _lines(compared, lambda effect: effect.by_area, titles)


def by_insurer(compared: Comparison, before: Scheme, after: Scheme) -> list[Line]:
    """Every insurer of either terms."""
    titles = {insurer.id: insurer.title for scheme in (before, after) for insurer in scheme.insurers}
    return _lines(compared, lambda effect: effect.by_insurer, titles)


def by_pool(compared: Comparison, before: Scheme, after: Scheme) -> list[PoolLine]:
    """Every pool of either terms, and whether its money suffices."""
    titles = {pool.id: pool.title for scheme in (before, after) for pool in scheme.all_pools}
    sides = compared.before.by_pool, compared.after.by_pool
    return [PoolLine(title, *(side.get(id) for side in sides)) for id, title in titles.items()]


def _lines(compared: Comparison, part: Callable[[Effect], Mapping[str, Sums]], titles: Mapping[str, str]) -> list[Line]:
    sides = part(compared.before), part(compared.after)
    return [Line(title, *(side.get(id) for side in sides)) for id, title in titles.items()]


def subsidy_chart(lines: Iterable[Line]) -> dict[str, Any]:
    """The subsidy of each plan before and after, as pairs of bars; whole yuan."""
    shown = list(lines)
    sides = (("原方案（元）", [line.before for line in shown]), ("新方案（元）", [line.after for line in shown]))
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "name": "", "data": [line.label for line in shown]},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "name": name, "barMaxWidth": 36, "data": [_yuan(sums) for sums in side]}
            for name, side in sides
        ],
    }


def _yuan(sums: Sums | None) -> int:
    return money.half_up(Decimal((sums or NOTHING).subsidy_fen) / 100)


def why(change: Change, before: Outcome, after: Outcome) -> str:
    """Why a firm's lot changes, in one sentence or a few."""
    if change.turn is Turn.JOINS:
        return f"原来：{_obstacles(before)}"
    if change.turn in (Turn.LEAVES, Turn.OUTSIDE):
        return _obstacles(after)
    if change.before is None or change.after is None or change.turn is Turn.SAME:
        return ""
    return "；".join(_moves(change.before, change.after)) + "。"


def _moves(was: Quote, becomes: Quote) -> Iterable[str]:
    if was.plan != becomes.plan:
        yield f"由方案 {was.plan} 改为方案 {becomes.plan}"
    if was.limit != becomes.limit:
        way = "提高到" if becomes.limit > was.limit else "降低到"
        way = "改为" if NO_LIMIT in (was.limit, becomes.limit) else way
        yield f"限额由 {_limit(was)}{way} {_limit(becomes)}"
    if was.own_fen != becomes.own_fen:
        way = "增加" if becomes.own_fen > was.own_fen else "减少"
        yield f"企业自担由 {money.text(was.own_fen)} 元{way}到 {money.text(becomes.own_fen)} 元"


def _limit(quote: Quote) -> str:
    return "不设年度限额" if quote.limit_cents is None else f"{money.text_wan(quote.limit_cents)} 万美元"


def _obstacles(outcome: Outcome) -> str:
    """What keeps a firm out: criteria not met, else what is not known, else what each plan asks for."""
    for met in (False, None):
        found = [finding for finding in outcome.findings if finding.met is met]
        if found:
            return "".join(finding.says for finding in found)
    plans = (*outcome.not_offered, *(offer for offer in outcome.offers if not offer.available))
    says = (f"{offer.title}：{finding.says}" for offer in plans for finding in offer.findings if not finding.met)
    return "".join(says)
