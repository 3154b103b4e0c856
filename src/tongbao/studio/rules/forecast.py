"""What a forecast is asked: how many firms come, when, to whom, at which rate, and how often the dice are thrown.

Shares are whole thousandths, exchange rates whole ten-thousandths of RMB per USD, money fen: a question has one text,
so the same question and seed give the same answer.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tongbao.audit.rules import content_hash
from tongbao.labels import Labelled
from tongbao.refusal import Refusal
from tongbao.scheme.rules import Scheme

THOUSAND = 1000
RATE_UNIT = 10_000  # exchange rates are counted in ten-thousandths
DEFAULT_RUNS, FEWEST_RUNS, MOST_RUNS = 2000, 100, 5_000
MOST_SEED = 2**32 - 1
LONGEST_DAYS = 732  # two years: longer than any edition takes applications


class Source(Labelled):
    """Which firms may come."""

    REGISTER = "register", "本市企业名册"
    POLICY_EQUAL = "policy_equal", "政策五(一)所列企业，每家出口额相同"
    POLICY_SPREAD = "policy_spread", "政策五(一)所列企业，出口额有大有小"


class Arrival(Labelled):
    """How those who come spread over the window."""

    EVEN = "even", "均匀到达"
    EARLY = "early", "先多后少（前四分之一时间来一半）"
    RUSH = "rush", "集中在开头（前十六分之一时间来一半）"
    LATE = "late", "先少后多（最后三成时间来一半）"


class Drift(Labelled):
    """How the exchange rate moves."""

    YEAR = "year", "全年一个汇率，在范围内取值"
    MONTHS = "months", "逐月起伏，不超出范围"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(_Part):
    """A triangular distribution: never outside low and high, most often near likely; its mean is their average."""

    low: int
    likely: int
    high: int


class Uptake(_Part):
    """Of the firms in a band for which a plan is worth considering, the share that take it, in thousandths."""

    band: str
    plan: str
    share: Range


class InsurerShare(_Part):
    """The share of firms that choose an insurer, in thousandths."""

    insurer: str
    share: int


class Fund(_Part):
    """The money of a pool, in fen; None: no sum is set, nothing runs out."""

    pool: str
    fen: int | None


class Question(_Part):
    """Everything a forecast rests on besides the terms and the firms."""

    source: Source
    uptake: tuple[Uptake, ...]
    together: bool = False  # all uptakes high or low at once: a wider range, on the careful side
    rate: Range
    drift: Drift = Drift.YEAR
    opens: date
    closes: date
    arrival: Arrival = Arrival.EVEN
    insurers: tuple[InsurerShare, ...]
    funds: tuple[Fund, ...]
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)]
    runs: int = DEFAULT_RUNS

    @property
    def days(self) -> int:
        """Days in which applications are received, both ends included."""
        return (self.closes - self.opens).days + 1

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the question."""
        return content_hash(self.model_dump(mode="json"))

    def fund_fen(self, pool: str) -> int | None:
        """The money of a pool, in fen; None when no sum is set."""
        return next((fund.fen for fund in self.funds if fund.pool == pool), None)


def check(question: Question, scheme: Scheme) -> None:
    """Refuse what cannot be forecast, naming the form's field: ranges out of order, shares that are none, dates."""
    for number, one in enumerate(question.uptake):
        _check_range(one.share, f"方案 {one.plan} 的参保率", f"uptake_{number}_likely")
        if one.share.low < 0 or one.share.high > THOUSAND:
            raise Refusal("uptake", f"方案 {one.plan} 的参保率应在 0 与 100% 之间，请修改。", f"uptake_{number}_high")
    _check_range(question.rate, "汇率", "rate_likely")
    if question.rate.low <= 0:
        raise Refusal("rate", "汇率应大于 0，请按每 1 美元折合的人民币元数填写，例如 7.0729。", "rate_low")
    if not 1 <= question.days <= LONGEST_DAYS:
        raise Refusal("window", "截止日期不能早于开始日期，也不能晚于两年以后，请修改。", "closes")
    pools = {pool.id for pool in scheme.all_pools}
    served = {insurer for pool in scheme.all_pools for insurer in pool.insurers}
    if {fund.pool for fund in question.funds} - pools or {one.insurer for one in question.insurers} - served:
        raise Refusal("pool", "保险人或资金池与方案不一致，请重新打开预测页面。")
    if sum(one.share for one in question.insurers) != THOUSAND or any(one.share < 0 for one in question.insurers):
        first = question.insurers[0].insurer if question.insurers else ""
        raise Refusal("insurers", "各保险人的占比都不能为负，合计应为 100%，请修改。", f"share_{first}")
    if not FEWEST_RUNS <= question.runs <= MOST_RUNS:
        raise Refusal("runs", f"模拟次数应在 {FEWEST_RUNS} 与 {MOST_RUNS:,} 之间，请修改。", "runs")


def _check_range(range_: Range, what: str, field: str) -> None:
    if not range_.low <= range_.likely <= range_.high:
        raise Refusal("range", f"{what}应当“最低 ≤ 最可能 ≤ 最高”，请修改。", field)
