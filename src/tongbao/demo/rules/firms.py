"""Which firms the synthetic city has, so that the policy's own estimates (clause 五(一)) hold on it exactly."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tongbao.demo.rules.names import company_name, company_names, social_credit_code

SIX_AREAS = ("chongchuan", "tongzhou", "gangzha", "etdz", "sutong", "tzw")
_SIX_WEIGHTS = (28, 30, 14, 18, 6, 4)
COUNTIES = ("haian", "rugao", "rudong", "qidong", "haimen")
_REGION = {
    "chongchuan": "320602", "tongzhou": "320612", "gangzha": "320611", "etdz": "320600", "sutong": "320600",
    "tzw": "320612", "haian": "320685", "rugao": "320682", "rudong": "320623", "qidong": "320681", "haimen": "320684",
}  # fmt: skip

WAN = 10_000_00  # ten thousand dollars, in cents
LARGE_COUNT, LARGE_TOTAL = 490, 386_000 * WAN  # 五(一): 490 uninsured firms, 38.6亿 USD
SMALL_COUNT = 1394  # 五(一): 1,394 uninsured firms of 0-50万 USD


@dataclass(frozen=True)
class Firm:
    """One synthetic firm: its exports of 2018 in cents and the habits its other figures are drawn from."""

    code: str
    name: str
    area: str
    exports_cents: int
    us_percent: int | None = None  # fixed share of the US; None: drawn
    insured: bool = False
    designations: tuple[str, ...] = ()
    account: str = ""  # sign-in name of its own account, for firms that have one


# Firms whose figures the worked examples use, each with an account of its own to sign in with.
WORKED: tuple[tuple[str, str, int, int | None, tuple[str, ...], str], ...] = (
    ("chongchuan", "海润家用纺织品", 500 * WAN, None, ("famous_brand",), "qiye-a"),
    ("tongzhou", "恒达机械制造", 500_001_000, None, (), "qiye-b"),
    ("etdz", "新源电子科技", 900 * WAN, 93, ("policy_direction",), "qiye-c"),
    ("chongchuan", "嘉和工艺品", 30 * WAN, None, (), "qiye-d"),
    ("gangzha", "东泰服饰", 3_000 * WAN, None, ("key_fair_exhibitor",), "qiye-e"),
    ("tongzhou", "华隆进出口", 800 * WAN, 95, (), "qiye-f"),
)
EDGES: tuple[tuple[str, str, int], ...] = (
    ("sutong", "瑞邦新材料", 300 * WAN),
    ("tzw", "金帆户外用品", 50 * WAN),
    ("tongzhou", "中洋橡塑制品", 50 * WAN + 1),
    ("gangzha", "鸿业汽车零部件", 3_000 * WAN + 1),
)


def _spread(rng: random.Random, count: int, low: int, high: int, total: int) -> list[int]:
    """`count` whole amounts between low and high that sum to `total`, log-normally shaped, all in cents."""
    raw = [min(max(int(low * rng.lognormvariate(0.75, 0.62)), low), high) for _ in range(count)]
    for _ in range(60):  # pull the sum to the total, keeping the ends
        miss = total - sum(raw)
        room = [(high - value if miss > 0 else value - low) for value in raw]
        free = sum(room)
        raw = [value + miss * gap // free for value, gap in zip(raw, room, strict=True)]
        if abs(total - sum(raw)) < count:
            break
    rest = total - sum(raw)
    index = max(range(count), key=lambda i: min(raw[i] - low, high - raw[i]))
    raw[index] += rest
    return raw


class _Registry:
    """Gives out serial numbers and names in order, so that the same call order gives the same city."""

    def __init__(self) -> None:
        self.rng = random.Random(2019)
        self.names = company_names(self.rng)
        self.serial = 0

    def firm(self, area: str, exports_cents: int, name: str | None = None) -> Firm:
        """The next firm of an area."""
        self.serial += 1
        brand, trade = (name[:2], name[2:]) if name else next(self.names)
        code = social_credit_code(self.serial, _REGION[area])
        return Firm(code, company_name(area, brand, trade), area, exports_cents)

    def six(self) -> str:
        """One of the six areas, by their weight."""
        return self.rng.choices(SIX_AREAS, _SIX_WEIGHTS)[0]


def _designated(rng: random.Random, firm: Firm) -> Firm:
    """Put a firm on some lists, with odds that leave most firms on none."""
    odds = (("base_key_firm", 0.08), ("famous_brand", 0.03), ("pilot_firm", 0.02), ("key_fair_exhibitor", 0.18))
    return replace(firm, designations=tuple(kind for kind, odd in odds if rng.random() < odd))


def firms() -> Iterator[Firm]:
    """Every firm of the synthetic city, in a fixed order; those of the worked examples first."""
    city = _Registry()
    rng = city.rng
    large: list[int] = []
    small: list[int] = []
    for area, name, exports, us, lists, account in WORKED:
        firm = replace(city.firm(area, exports, name), us_percent=us, designations=lists, account=account)
        yield firm
        (large if exports >= 300 * WAN else small).append(exports)
    for area, name, exports in EDGES:
        yield city.firm(area, exports, name)
        if 300 * WAN <= exports <= 3_000 * WAN:
            large.append(exports)
        elif exports <= 50 * WAN:
            small.append(exports)
    count = LARGE_COUNT - len(large)
    for exports in _spread(rng, count, 300 * WAN, 3_000 * WAN, LARGE_TOTAL - sum(large)):
        yield _large(city, exports)
    for _ in range(SMALL_COUNT - len(small)):
        yield _small(city)
    yield from _others(city)


def _large(city: _Registry, exports_cents: int) -> Firm:
    firm = _designated(city.rng, city.firm(city.six(), exports_cents))
    if exports_cents >= 600 * WAN and city.rng.random() < 0.04:  # a few depend on one market
        lists = ("policy_direction", *firm.designations) if city.rng.random() < 0.6 else firm.designations
        firm = replace(firm, us_percent=city.rng.randint(90, 99), designations=lists)
    return firm


def _small(city: _Registry) -> Firm:
    zero = city.rng.random() < 0.05
    exports = 0 if zero else min(int(city.rng.lognormvariate(11.4, 1.0) * 100), 50 * WAN)
    return city.firm(city.six(), exports)


def _others(city: _Registry) -> Iterator[Firm]:
    """Firms the policy leaves out: insured ones, the hole, the giants, and the five counties."""
    rng = city.rng
    for _ in range(110):
        exports = rng.randint(300 * WAN, 3_000 * WAN) if rng.random() < 0.7 else rng.randint(WAN, 50 * WAN)
        yield replace(city.firm(city.six(), exports), insured=True)
    for _ in range(230):
        yield city.firm(city.six(), rng.randint(50 * WAN + 100, 300 * WAN - 100))
    for _ in range(24):
        yield city.firm(city.six(), rng.randint(3_001 * WAN, 12_000 * WAN))
    for area in COUNTIES:
        for _ in range(70):
            yield city.firm(area, min(int(rng.lognormvariate(14.0, 1.5) * 100), 9_000 * WAN))
