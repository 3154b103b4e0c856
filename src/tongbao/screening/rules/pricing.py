"""What a plan costs each firm, as SQL: the arithmetic of `Scheme.premium`, equal to it to the fen on every engine.

Whole numbers are multiplied by a decimal; a cast to whole numbers rounds half up, floor() cuts, on both engines.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tongbao import money
from tongbao.scheme.rules.decisions import in_span
from tongbao.scheme.rules.edition import EXPORTS, Scheme
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.values import HUNDRED
from tongbao.screening.rules.conditions import condition_sql
from tongbao.screening.rules.writing import decimal, name

BASE, BAND = '"_base"', '"_band"'
ROOM = 18  # digits left to the other side of a product with DECIMAL(19, 0), on Spark too
QUICK = 18  # digits of a decimal that DuckDB computes in one machine word
LEAST_NARROW = 9  # below 10 million dollars the quick way would serve too few firms
Stage = dict[str, str]  # column → SQL


@dataclass(frozen=True, slots=True)
class Price:
    """A plan's price. Its stages rest one on the other: each reads the columns of those before it."""

    plan: Plan
    scheme: Scheme
    cny_per_usd: Decimal

    def column(self, what: str) -> str:
        """The name of a column of this plan, not quoted."""
        return f"plan_{self.plan.id}_{what}"

    def stages(self) -> tuple[Stage, ...]:
        """Premium; exchanged and the limit; each payer's part; capped; who bears what."""
        cents, fen = self.column("premium_cents"), self.column("premium_fen")
        exchanged = (
            self._fen(name(cents)) if self.scheme.parameters.round_usd_first.value else self._by_band(self._once)
        )
        limits = self._limits(name(cents))
        return (
            {cents: self._by_band(self._cents)},
            {fen: exchanged, self.column("limit_cents"): limits},
            self._parts(name(fen)),
            {self._paid(number): self._capped(number) for number in range(len(self.plan.payers))},
            self._borne(name(fen)),
        )

    def _by_band(self, make: Callable[[str | None], str]) -> str:
        """What `make` says of a band, for the band of each firm; nothing for a firm without a base."""
        bands = _bands(self.scheme) if self.plan.needs_band else []
        other = make(None)
        cases = " ".join(f"WHEN {number} THEN {make(band)}" for number, band in enumerate(bands))
        chosen = f"CASE {BAND} {cases} ELSE {other} END" if cases else other
        return f"CASE WHEN {BASE} IS NOT NULL THEN {chosen} END"

    def _exact(self, band: str | None) -> tuple[Decimal, Decimal]:
        """The premium in USD cents before it is rounded: so many times the base, or at least so much."""
        rate, net = self.plan.rate_of(band), 1 - self.plan.discount
        least = Decimal(self.plan.minimum_cents)
        return (Decimal(0), max(self.plan.flat_cents * net, least)) if rate is None else (rate * net, least)

    def _cents(self, band: str | None) -> str:
        times, least = self._exact(band)
        return _at_least(BASE, times, money.half_up(least))

    def _once(self, band: str | None) -> str:
        times, least = self._exact(band)
        return _at_least(BASE, times * self.cny_per_usd, money.half_up(least * self.cny_per_usd))

    def _fen(self, cents: str) -> str:
        return rounded(cents, self.cny_per_usd)

    def _limits(self, cents: str) -> str:
        yearly = [limit for limit in self.plan.all_limits if limit.basis == "policy_year"]
        sums = [str(limit.cents(0)) for limit in yearly if limit.times_premium is None]
        times = [cut(cents, limit.times_premium) for limit in yearly if limit.times_premium is not None]
        least = _least([*sums, *times])
        return f"CASE WHEN {BASE} IS NOT NULL THEN {least} END" if yearly else "CAST(NULL AS BIGINT)"

    def _part(self, number: int) -> str:
        return f"_part_{self.plan.id}_{number}"

    def _paid(self, number: int) -> str:
        return f"_paid_{self.plan.id}_{number}"

    def _parts(self, fen: str) -> Stage:
        """Each payer's share cut down to the fen; the last takes the rest when they pay everything (next stage)."""
        return {self._part(number): cut(fen, payer.share) for number, payer in enumerate(self.plan.payers)}

    def _capped(self, number: int) -> str:
        payers, part = self.plan.payers, name(self._part(number))
        if number == len(payers) - 1 and self.plan.subsidy_rate == 1:
            others = [name(self._part(other)) for other in range(number)]
            part = " - ".join([name(self.column("premium_fen")), *others])

        def cap(band: str | None) -> str:
            most = payers[number].cap_fen(band)
            return part if most is None else f"LEAST({part}, {most})"

        return self._by_band(cap)

    def _borne(self, fen: str) -> Stage:
        payers = self.plan.payers
        paid = [name(self._paid(number)) for number in range(len(payers))]
        late = [one for one, payer in zip(paid, payers, strict=True) if payer.payment == "reimburse"]
        subsidy, later = " + ".join(paid), " + ".join(late) or "0"
        if least := int(self.plan.minimum_subsidy_yuan * HUNDRED):
            subsidy, later = (
                f"CASE WHEN {subsidy} >= {least} THEN {sum_} WHEN {subsidy} < {least} THEN 0 END"
                for sum_ in (subsidy, later)
            )
        return {
            self.column("subsidy_fen"): subsidy,
            self.column("exporter_share_fen"): f"{fen} - ({subsidy})",
            self.column("advance_fen"): f"{fen} - ({subsidy}) + ({later})",
        }


def base_sql(scheme: Scheme) -> Stage:
    """The base of premiums in USD cents and, when a plan asks for it, the number of its band; read from the facts."""
    base = name(EXPORTS) if any(fact.id == EXPORTS for fact in scheme.facts) else "CAST(NULL AS BIGINT)"
    if scheme.imputation is not None:
        fact, most = name(scheme.imputation.fact), int(scheme.imputation.at_most_usd * HUNDRED)
        imputed = f"CASE WHEN {fact} IS NOT NULL THEN LEAST({fact}, {most}) END"
        base = f"CASE WHEN {base} = 0 THEN {imputed} ELSE {base} END"
    return {"_base": base}


def band_sql(scheme: Scheme) -> Stage:
    """The number of the band that the base falls in; needed only by plans whose money depends on it."""
    if not any(plan.needs_band for plan in scheme.plans):
        return {}
    bands = [band for group in scheme.bands if group.fact == EXPORTS for band in group.bands]
    cases = " ".join(f"WHEN {condition_sql(in_span('_base', band))} THEN {at}" for at, band in enumerate(bands))
    return {"_band": f"CASE {cases} ELSE -1 END" if cases else "-1"}


def _bands(scheme: Scheme) -> list[str]:
    return [band.id for group in scheme.bands if group.fact == EXPORTS for band in group.bands]


def _at_least(base: str, times: Decimal, least: int) -> str:
    if not times:
        return str(least)
    return f"GREATEST({rounded(base, times)}, {least})" if least else rounded(base, times)


def _least(values: list[str]) -> str:
    return f"LEAST({', '.join(values)})" if len(values) > 1 else "".join(values)


def rounded(whole: str, times: Decimal) -> str:
    """A whole number (a column, never negative) times a decimal, half up."""
    return _times(whole, times, "CAST({} AS DECIMAL({}, 0))")


def cut(whole: str, times: Decimal) -> str:
    """A whole number (a column, never negative) times a decimal, cut down."""
    return _times(whole, times, "floor({})")


def _times(whole: str, times: Decimal, round_: str) -> str:
    """Numbers of up to 18 digits are quick; only those that would not fit take the wide way."""
    if times == 1:
        return whole
    factor, digits = decimal(times, ROOM)

    def product(width: int, result: int) -> str:
        exact = f"CAST({whole} AS DECIMAL({width}, 0)) * {factor}"
        return f"CAST({round_.format(exact, result)} AS BIGINT)"

    wide, narrow = product(19, 19), QUICK - digits
    if narrow < LEAST_NARROW:
        return wide
    return f"CASE WHEN {whole} < {10**narrow} THEN {product(narrow, QUICK)} ELSE {wide} END"
