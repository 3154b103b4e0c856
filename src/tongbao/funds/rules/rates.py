"""Exchange rates of an insurer and month: what is plausible, and how far it is from the parity (clause 五(二))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from tongbao.labels import Labelled
from tongbao.refusal import Refusal

LOWEST_RATE, HIGHEST_RATE = Decimal(5), Decimal(10)  # RMB per USD; beyond this it is a slip of the keyboard
EARLIEST = date(2000, 1, 1)  # nobody enters older figures on purpose
PARITY_REACH = timedelta(days=45)  # how long before a month a parity still says something of it


class RateState(Labelled):
    """Where a rate stands. Nothing of a confirmed rate is ever changed: a correcting one takes its place."""

    OPEN = "open", "待确认"
    STANDING = "standing", "使用中"
    CORRECTED = "corrected", "已冲正"


@dataclass(frozen=True, slots=True)
class ParityDay:
    """The central parity of a day, RMB per USD, and where somebody read it; never evidence, it only warns."""

    day: date
    cny_per_usd: Decimal
    source: str
    checked: bool  # against the official publication


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What a month's rate is held against: a parity, or without one the edition's reference rate."""

    cny_per_usd: Decimal
    tolerance: Decimal  # a share: 0.03
    parity: ParityDay | None = None

    @property
    def named(self) -> str:
        """Which one it is, with its figure: 2019-09-24 中间价 7.0729."""
        if self.parity is None:
            return f"年度方案参考汇率 {rate_text(self.cny_per_usd)}"
        unchecked = "" if self.parity.checked else "（待核对）"
        return f"{self.parity.day:%Y-%m-%d} 中间价 {rate_text(self.cny_per_usd)}{unchecked}"

    @property
    def allowed(self) -> str:
        """The tolerance as people read it: ±3%."""
        return f"±{(self.tolerance * 100).normalize():f}%"


@dataclass(frozen=True, slots=True)
class HeldRate:
    """A rate held against its yardstick."""

    yardstick: Yardstick
    cny_per_usd: Decimal

    @property
    def percent(self) -> str:
        """How far away it is: +3.07%."""
        return f"{(deviation(self.cny_per_usd, self.yardstick.cny_per_usd) * 100).quantize(Decimal('0.01')):+}%"

    @property
    def beyond(self) -> bool:
        """Whether it is farther away than the tolerance, so that it goes on only when ticked."""
        return abs(deviation(self.cny_per_usd, self.yardstick.cny_per_usd)) > self.yardstick.tolerance


def first_of_month(day: date) -> date:
    """The month of a day, as rates know it."""
    return day.replace(day=1)


def check_rate(cny_per_usd: Decimal, month: date, today: date) -> None:
    """Refuse a rate that cannot be one, and a month that has not begun or is long past (五(二))."""
    check_figure(cny_per_usd)
    if first_of_month(month) > today:
        raise Refusal("month_ahead", "这个月还没有到，只能录入本月及以前月份的汇率。", "month")
    if month < EARLIEST:
        raise Refusal("month_early", "月份太早，请核对年份，例如 2019-10。", "month")


def check_figure(cny_per_usd: Decimal, field: str = "cny_per_usd") -> None:
    """Refuse (`rate_implausible`, `rate_digits`) a figure that is no rate of RMB per USD."""
    if not cny_per_usd.is_finite() or not LOWEST_RATE < cny_per_usd < HIGHEST_RATE:
        raise Refusal("rate_implausible", "汇率应为每 1 美元折合的人民币元数，在 5 与 10 之间，例如 7.0729。", field)
    if -int(cny_per_usd.normalize().as_tuple().exponent) > 6:
        raise Refusal("rate_digits", "汇率最多保留 6 位小数。", field)


def check_parity(day: date, cny_per_usd: Decimal, source: str, today: date, field: str) -> None:
    """Refuse a parity without a source, of a day that has not come or is long past, or that is no rate."""
    check_figure(cny_per_usd, field)
    if day > today:
        raise Refusal("future_day", f"{day} 还没有到，只能录入今天及以前的中间价。", field)
    if day < EARLIEST:
        raise Refusal("day_early", f"{day} 太早，请核对年份。", field)
    if not source:
        raise Refusal("source_needed", "请填写来源：在哪里、由谁公布，便于以后核对。", "source")


def rate_text(cny_per_usd: Decimal) -> str:
    """A rate without needless zeros, at least four decimals: 7.072900 → '7.0729'."""
    text = f"{cny_per_usd.normalize():f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<4}"


def seen_rate(text: str) -> Decimal:
    """The rate that stood on a page, as the page sends it; 0, which is no rate, when it is not a number (`sNaN` cannot
    even be compared)."""
    try:
        figure = Decimal(text)
    except InvalidOperation:
        return Decimal()
    return figure if figure.is_finite() else Decimal()


def yardstick(month: date, known: Iterable[ParityDay], reference: Decimal, tolerance: Decimal) -> Yardstick:
    """What a month's rate is held against: the last parity known in the month, else the last one of the 45 days before
    the month, else the reference rate of the edition (五(二))."""
    first = first_of_month(month)
    near = [one for one in known if first - PARITY_REACH <= one.day and first_of_month(one.day) <= first]
    if not near:
        return Yardstick(reference, tolerance)
    last = max(near, key=lambda one: one.day)
    return Yardstick(last.cny_per_usd, tolerance, last)


def deviation(cny_per_usd: Decimal, reference: Decimal) -> Decimal:
    """How far a rate is from the reference, as a share of it; negative when lower."""
    return (cny_per_usd - reference) / reference


def check_deviation(cny_per_usd: Decimal, against: Yardstick, *, checked: bool) -> None:
    """A rate farther from its yardstick than the tolerance goes on only when ticked as checked (五(二))."""
    held = HeldRate(against, cny_per_usd)
    if held.beyond and not checked:
        raise Refusal(
            "rate_unusual",
            f"与对照的汇率相差 {held.percent}，超过 {against.allowed}。对照：{against.named}。"
            "如已与系统汇率核对无误，请勾选“已核对”后再提交。",
            "checked",
        )


def check_correctable(state: RateState, *, under_way: bool) -> None:
    """Refuse to correct a rate that nobody has confirmed yet, that does not stand any more (`rate_not_standing`), or
    whose correction is under way already (`correction_open`)."""
    if under_way:
        raise Refusal("correction_open", "已有一笔更正等待确认；需要改动的，请先撤回它，再重新办理更正。")
    if state is RateState.OPEN:
        raise Refusal("rate_not_standing", "这个汇率还没有确认，不需要更正：请直接重新录入。")
    if state is RateState.CORRECTED:
        raise Refusal("rate_not_standing", "这个汇率已经冲正，请对现在使用的汇率办理更正。")
