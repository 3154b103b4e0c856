"""A plan in words: what it pays out, what it costs, who pays; each sentence fit for a table cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tongbao import money
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.plans import Limit, Payer, Plan, Ratio
from tongbao.scheme.rules.values import plain, write_percent
from tongbao.scheme.rules.wording import wan

BASES = {"policy_year": "保单年度累计", "buyer": "每一买方", "claim": "每次赔付"}
RISKS = {"any": "", "commercial": "商业风险 ", "political": "政治风险 "}
PAYMENTS = {"prepaid": "预先拨付保险人", "alongside": "与企业同时缴付", "reimburse": "企业先缴，事后拨付企业"}


@dataclass(frozen=True, slots=True)
class PlanWords:
    """A plan's terms as people read them."""

    firms: str
    limit: str
    premium: str
    minimum: str
    subsidy: str
    payment: str
    indemnity: str


def in_words(plan: Plan, scheme: Scheme) -> PlanWords:
    """The plan's terms in words; parts that say nothing are empty."""
    return PlanWords(
        firms="、".join(scheme.band(band).title for band in plan.bands),
        limit="；".join(_limits(plan)),
        premium=_premium(plan, scheme),
        minimum=f"{plan.minimum_usd:,f} 美元" if plan.minimum_usd else "",
        subsidy=_subsidy(plan, scheme),
        payment=_payment(plan),
        indemnity="；".join(_ratio(ratio) for ratio in plan.indemnity),
    )


def premium_how(plan: Plan, scheme: Scheme, base_cents: int) -> str:
    """How a premium in USD comes about on base-year exports (cents): "5,000,000.00 × 0.03%"."""
    rate = plan.rate_of(scheme.band_of(base_cents) if plan.needs_band else None)
    base = money.text(base_cents)
    words = f"定额 {plan.flat_usd:,.2f}" if rate is None else f"{base} × {write_percent(rate)}"
    exact = (plan.flat_cents if rate is None else base_cents * rate) * (1 - plan.discount)
    if plan.discount:
        words += f" × {write_percent(1 - plan.discount)}"
    if exact < plan.minimum_cents:
        words += f"，不足最低保费 {money.text(plan.minimum_cents)} 美元，按最低保费"
    return words


def wan_yuan(amount: Decimal) -> str:
    """RMB in 万元."""
    return f"{plain(amount / 10_000):,f} 万元"


def _limits(plan: Plan) -> Iterator[str]:
    """The one yearly sum of most plans needs no more words; anything else says what it is."""
    single = len(plan.all_limits) == 1 and plan.all_limits[0].basis == "policy_year"
    for limit in plan.all_limits:
        space = " " if limit.usd is not None else ""
        yield _amount(limit) if single else f"{BASES[limit.basis]}{space}{_amount(limit)}{_cap(limit)}"


def _amount(limit: Limit) -> str:
    return wan(limit.usd) if limit.usd is not None else f"保费的 {plain(limit.times_premium or Decimal(0)):f} 倍"


def _cap(limit: Limit) -> str:
    return "（先按限额，再乘赔偿比例）" if limit.cap == "before_ratio" else "（先乘赔偿比例，再按限额）"


def _premium(plan: Plan, scheme: Scheme) -> str:
    if plan.flat_usd is not None:
        words = f"每张保单 {plan.flat_usd:,f} 美元"
    elif plan.rate is not None:
        words = ("不超过 " if plan.rate_is_ceiling else "") + write_percent(plan.rate)
    else:
        words = "、".join(f"{scheme.band(one.band).title} {write_percent(one.rate)}" for one in plan.band_rates)
    return words + (f"，再优惠 {write_percent(plan.discount)}" if plan.discount else "")


def _subsidy(plan: Plan, scheme: Scheme) -> str:
    if len(plan.payers) == 1:
        words = write_percent(plan.subsidy_rate) + _caps(plan.payers[0], scheme)
    else:
        words = "、".join(f"{one.payer} {write_percent(one.share)}{_caps(one, scheme)}" for one in plan.payers)
    least = plan.minimum_subsidy_yuan
    return words + (f"；合计不足 {least:,f} 元的不予扶持" if least else "")


def _caps(payer: Payer, scheme: Scheme) -> str:
    parts = [f"{scheme.band(cap.band).title}每家最多 {wan_yuan(cap.cap_yuan)}" for cap in payer.band_caps]
    if payer.cap_yuan is not None:
        parts.append(f"每家最多 {wan_yuan(payer.cap_yuan)}")
    return f"（{'，'.join(parts)}）" if parts else ""


def _payment(plan: Plan) -> str:
    """Said only where the firm advances money, or payers differ: paid beforehand is what people expect."""
    if {payer.payment for payer in plan.payers} == {"prepaid"}:
        return ""
    return "；".join(
        f"{payer.payer}：{PAYMENTS[payer.payment]}" + (f"，最迟 {payer.pay_by}" if payer.pay_by else "")
        for payer in plan.payers
    )


def _ratio(ratio: Ratio) -> str:
    if ratio.ratio is not None:
        return f"{RISKS[ratio.risk]}{write_percent(ratio.ratio)}"
    return f"{RISKS[ratio.risk]}不低于 {write_percent(ratio.at_least or Decimal(0))}"
