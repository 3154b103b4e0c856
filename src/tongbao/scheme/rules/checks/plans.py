"""What plans refer to, what they cost and who pays."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any

from tongbao.scheme.rules import values
from tongbao.scheme.rules.checks.sections import Found, Sections, twice
from tongbao.scheme.rules.edition import EXPORTS
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.source import Path

ONCE = ("分档“{id}”写了两次", "每个分档只写一次")


def references(s: Sections) -> Found:
    """Bands named by plans exist and are the plan's; what depends on a band goes by the bands of exports."""
    known = {band.id for _, group in s.of("bands") for band in group.bands}
    of_exports = {band.id for _, group in s.of("bands") for band in group.bands if group.fact == EXPORTS}
    for i, plan in s.of("plans"):
        for j, band in enumerate(plan.bands):
            if s.of("bands") and band not in known:
                yield ("plans", i, "bands", j), f"没有名为“{band}”的分档", "先在 bands 中定义"
        yield from twice(((("plans", i, "bands", j), band) for j, band in enumerate(plan.bands)), *ONCE)
        for path, parts in _by_band(i, plan):
            yield from twice((((*path, j, "band"), part.band) for j, part in enumerate(parts)), *ONCE)
            for j, part in enumerate(parts):
                if part.band not in plan.bands:
                    sentence = f"方案 {plan.id} 不适用分档“{part.band}”"
                    yield (*path, j, "band"), sentence, "写该方案 bands 中的分档"
                elif part.band in known - of_exports:
                    sentence = f"分档“{part.band}”不按“{EXPORTS}”划分，费率和封顶不能依它而定"
                    yield (*path, j, "band"), sentence, f"用 fact 为 {EXPORTS} 的分档"


def _by_band(i: int, plan: Plan) -> Iterable[tuple[Path, tuple[Any, ...]]]:
    yield ("plans", i, "band_rates"), plan.band_rates
    for j, payer in enumerate(plan.payers):
        yield ("plans", i, "payers", j, "band_caps"), payer.band_caps


def prices(s: Sections) -> Found:
    """Every firm of a plan has a price: rates for all its bands, above 0 and up to 100 %; discounts are below 100 %."""
    for i, plan in s.of("plans"):
        rates = [
            ((), "rate", plan.rate),
            *((("band_rates", j), "rate", one.rate) for j, one in enumerate(plan.band_rates)),
        ]
        for where, key, rate in rates:
            if rate is not None and not 0 < rate <= 1:
                yield ("plans", i, *where, key), f"方案 {plan.id} 的费率应大于 0、不超过 100%", "例如 0.03%"
        rated = {one.band for one in plan.band_rates}
        for band in dict.fromkeys(plan.bands):
            if rated and band not in rated:
                yield ("plans", i, "band_rates"), f"方案 {plan.id} 的分档“{band}”没有费率", "在 band_rates 中补上"
        if plan.flat_usd is not None and plan.flat_usd <= 0:
            yield ("plans", i, "flat_usd"), f"方案 {plan.id} 的定额保费应大于 0", "例如 flat_usd: 200"
        if plan.flat_usd is not None and plan.rate_is_ceiling:
            sentence = f"方案 {plan.id} 是定额保费，没有费率上限可言"
            yield ("plans", i, "rate_is_ceiling"), sentence, "删去 rate_is_ceiling，或改用 rate"
        if plan.discount >= 1:
            sentence = f"方案 {plan.id} 的优惠 {values.write_percent(plan.discount)} 应低于 100%"
            yield ("plans", i, "discount"), sentence, "写让利的比例，例如打九折写 10%"


def shares(s: Sections) -> Found:
    """Payers together pay at most 100 %."""
    for i, plan in s.of("plans"):
        if plan.subsidy_rate > 1:
            total = values.write_percent(plan.subsidy_rate)
            sums = accumulate(payer.share for payer in plan.payers)
            first = next(j for j, paid in enumerate(sums) if paid > 1)
            yield ("plans", i, "payers", first), f"方案 {plan.id} 的财政扶持比例合计 {total}，超过 100%", "调低各方比例"


def caps(s: Sections) -> Found:
    """A cap is above nothing, on a share that is above nothing; and caps leave room for the minimum subsidy."""
    for i, plan in s.of("plans"):
        for j, payer in enumerate(plan.payers):
            path: Path = ("plans", i, "payers", j)
            if payer.share <= 0 and (payer.cap_yuan is not None or payer.band_caps):
                yield (*path, "share"), f"“{payer.payer}”的比例是 0，不必封顶", "写明比例，或删去封顶"
            sums = [((), payer.cap_yuan), *((("band_caps", k), cap.cap_yuan) for k, cap in enumerate(payer.band_caps))]
            for where, cap in sums:
                if cap is not None and cap <= 0:
                    yield (*path, *where, "cap_yuan"), f"“{payer.payer}”的封顶金额应大于 0", "不封顶的删去这一项"
        for band, most in ((band, _most_yuan(plan, band)) for band in dict.fromkeys(plan.bands)):
            if most is not None and most < plan.minimum_subsidy_yuan:
                sentence = (
                    f"方案 {plan.id} 的分档“{band}”最多扶持 {most} 元，达不到起付的 {plan.minimum_subsidy_yuan} 元"
                )
                yield ("plans", i, "minimum_subsidy_yuan"), sentence, "调低起付金额，或提高封顶"


def _most_yuan(plan: Plan, band: str) -> Decimal | None:
    """What all payers together pay at most for a firm of a band; None when one of them has no cap."""
    caps = [payer.cap_fen(band) for payer in plan.payers if payer.share > 0]
    known = [cap for cap in caps if cap is not None]
    return values.plain(Decimal(sum(known)) / values.HUNDRED) if len(known) == len(caps) else None
