"""What may be wrong with the register: each check in words, the places that codes name, the months that are there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stdnum import numdb

from tongbao.labels import Labelled
from tongbao.registry.rules.tally import JUMP

TOLERANCE = 1  # cents by which a year's total may differ from the sum of its months


class Check(Labelled):
    """One thing that may be wrong; the value stands in the address of its list."""

    NAMES = "names", "同一代码，名称不同"
    AREAS = "areas", "同一代码，区域不同"
    SAME_NAME = "same-name", "同一名称，代码不同"
    PLACE = "place", "代码登记地与工商注册地不一致"
    ENDED = "ended", "工商注册地已撤并"
    EXCEPTIONS = "exceptions", "校验例外的代码"
    UNSEARCHABLE = "unsearchable", "没有名称或拼音首字母"
    NO_BASE = "no-base", "没有基期出口数据"
    SUMS = "sums", "全年合计数与分月数之和不一致"
    MONTHS = "months", "有全年合计数，分月数不足12个月"
    JUMPS = "jumps", "出口额同比大幅变动"
    UNKNOWN = "unknown", "出口额含国别不详"
    NO_SPLIT = "no-split", "出口额没有国别拆分"


@dataclass(frozen=True)
class Explained:
    """A check in words: what its rows are, what follows from them, what to do. `of_firms`: its rows are firms, else
    firms' years. `harmful`: facts of firms are wrong or unknown as long as it stands."""

    means: str
    remedy: str
    of_firms: bool = True
    harmful: bool = False


CHECKS_EXPLAINED: Mapping[Check, Explained] = {
    Check.NAMES: Explained(
        "已导入的数据里，同一个代码还有别的企业名称（已登记更名的除外）。名册采用企业主数据、手工登记和更正里的名称，"
        "海关名单里的名称只作参考。",
        "对照营业执照核对。企业更名的，登记更名；代码写错的，改正那一批数据后重新导入。",
    ),
    Check.AREAS: Explained(
        "已导入的数据里，同一个代码还有别的工商注册地（区域合并的除外）。",
        "核对企业现在的注册地。名册错了的，更正名称与注册地；数据错了的，改正那一批数据后重新导入。",
        harmful=True,
    ),
    Check.SAME_NAME: Explained(
        "两个以上的代码用同一个企业名称：可能换过代码，也可能有一个代码写错，同一家企业的出口额就分成了几份。",
        "是同一家企业的，登记代码变更或被合并；确是几家企业的，不用处理。",
        harmful=True,
    ),
    Check.PLACE: Explained(
        "代码第3至8位是发照时的行政区划，和登记的工商注册地不是一个地方。企业迁移后代码不变，所以只作提醒；"
        "功能区没有自己的区划代码，只看是不是本市。",
        "核对企业现在的注册地，确已迁入的不用处理。",
    ),
    Check.ENDED: Explained(
        "登记的工商注册地今天已经不存在。资格按方案当年的区域判定，不受影响；新的申请会找不到受理的部门。",
        "按合并后的区域更正工商注册地。",
    ),
    Check.EXCEPTIONS: Explained(
        "代码通不过校验，核对证照后作为例外接受。",
        "每年复核一次。企业换发新代码的，登记代码变更。",
    ),
    Check.UNSEARCHABLE: Explained(
        "名称是空的，或者没有拼音首字母，按首字母找不到这家企业。",
        "更正企业名称，或重新导入企业主数据。",
    ),
    Check.NO_BASE: Explained(
        "企业在册，但没有基期年份的出口数据。",
        "漏报的，补导数据；确实没有出口的，等名单完整后声明为完整名单，即按0计。",
        harmful=True,
    ),
    Check.SUMS: Explained(
        "同一年既有全年合计数又有分月数，两者相差超过1美分。名册只用分月数，不与全年数相加。",
        "向提供数据的单位核对，把正确的数据再导入一次，以后导入的为准。",
        of_firms=False,
        harmful=True,
    ),
    Check.MONTHS: Explained(
        "同一年有全年合计数，有分月数的却不足12个月。没有数字的月份按没有出口计，全年出口额可能偏低。",
        "两者有差额的，补导缺少的月份；没有差额的，那些月份本来没有出口，不用处理。",
        of_firms=False,
    ),
    Check.JUMPS: Explained(
        f"出口额是上年的{JUMP}倍以上，或者不到上年的{JUMP}分之一：常见于金额单位或年份填错、月份不全。",
        "核对金额单位、年份和月份。错了的，改正后重新导入；属实的，不用处理。",
        of_firms=False,
    ),
    Check.UNKNOWN: Explained(
        "一部分出口额国别不详：计入出口总额（占比的分母），不计入任何市场，所以对美占比和新兴市场占比偏低。",
        "请提供数据的单位补报国别，再导入一次。",
        of_firms=False,
    ),
    Check.NO_SPLIT: Explained(
        "一年的出口额全部国别不详：对美国和新兴市场的出口额无法判定，按待核实处理。",
        "补导分国别的数据。",
        of_firms=False,
        harmful=True,
    ),
}

CHECK_GROUPS: Sequence[tuple[str, Sequence[Check]]] = (
    (
        "企业是谁、在哪里",
        (Check.NAMES, Check.AREAS, Check.SAME_NAME, Check.PLACE, Check.ENDED, Check.EXCEPTIONS, Check.UNSEARCHABLE),
    ),
    ("出口额", (Check.NO_BASE, Check.SUMS, Check.MONTHS, Check.JUMPS)),
    ("国别", (Check.UNKNOWN, Check.NO_SPLIT)),
)


# ── the place that a code names ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CodePlace:
    """An area as far as codes tell it: `group` is the same for areas that are, or became, one."""

    code: str
    name: str
    national_code: str
    group: str


@dataclass(frozen=True)
class CodePlaces:
    """What the six digits of a code that name a place may be. `cities`: the first four of them inside the city;
    `elsewhere`: area → digits that name another district of it (none for a functional zone, which has no own)."""

    cities: frozenset[str]
    elsewhere: Mapping[str, frozenset[str]]


def code_places(areas: Sequence[CodePlace]) -> CodePlaces:
    """Read from the areas' national codes; a district is also known by the codes it had before (海安县, 海安市)."""
    cities = frozenset(area.national_code[:4] for area in areas if area.national_code)
    owners: dict[str, set[str]] = {}  # group → digits
    for area in areas:
        if area.national_code and not _is_zone(area.national_code):
            owners.setdefault(area.group, set()).add(area.national_code)
    stems = {_stem(area.name): area.group for area in areas if area.group in owners}
    for city in cities:
        for digits, names in _counties(city).items():
            for group in {stems[_stem(name)] for name in names if _stem(name) in stems}:
                owners[group].add(digits)
    every = frozenset(digits for mine in owners.values() for digits in mine)
    return CodePlaces(
        cities,
        {area.code: every - owners[area.group] if _has_own(area, owners) else frozenset() for area in areas},
    )


def _has_own(area: CodePlace, owners: Mapping[str, set[str]]) -> bool:
    return area.group in owners and bool(area.national_code) and not _is_zone(area.national_code)


def _is_zone(national_code: str) -> bool:
    """71 to 80 are numbers that statistics give to development zones: no licence names them."""
    return "71" <= national_code[4:] <= "80"


def _stem(name: str) -> str:
    return re.sub(r"[区县市]$", "", name)


@lru_cache(maxsize=8)
def _counties(city: str) -> dict[str, list[str]]:
    """The counties that a city has had since 1983: six digits → their names (GB/T 2260)."""
    found: dict[str, list[str]] = {}
    for number in range(1, 100):
        names = _names(f"{city}{number:02d}").get("county", "")
        if names:
            found[f"{city}{number:02d}"] = [re.sub(r"\[.*?\]", "", name) for name in names.split(",")]
    return found


def _names(digits: str) -> dict[str, str]:
    return {key: text for _, names in numdb.get("cn/loc").info(digits) for key, text in names.items()}


@lru_cache(maxsize=4096)
def place_name(digits: str) -> str:
    """'江苏省南京市玄武区' of the six digits that name a place; '' when nobody knows them."""
    province = _names(digits).get("province", "")
    city = _names(digits[:4] + "00").get("county", "") if digits[4:] != "00" else ""
    here = _names(digits).get("county", "")
    return "".join([province, *(re.sub(r"\[.*?\]", "", text).split(",")[-1] for text in (city, here) if text)])


# ── the months that are there ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class MonthCell:
    """A month of the register: firms with figures of it. `state`: held, missing, later (not over yet), or none: the
    year is held as a whole only."""

    month: int
    firms: int
    state: str


@dataclass(frozen=True)
class GridYear:
    """A year of the register: firms with a figure of the whole year, and its months."""

    year: int
    whole: int
    months: Sequence[MonthCell]

    @property
    def missing(self) -> list[int]:
        """Months that are over and of which nobody has figures, although other months of the year are there."""
        return [cell.month for cell in self.months if cell.state == "missing"]


def month_grid(firms: Mapping[tuple[int, int], int], closed: tuple[int, int]) -> list[GridYear]:
    """The years from the first to the last with figures. `firms`: (year, month) → how many have figures (month 0: of
    the whole year); `closed`: the last month that is over."""
    if not firms:
        return []
    years = range(min(firms)[0], max(firms)[0] + 1)
    return [_grid_year(year, firms, closed) for year in years]


def _grid_year(year: int, firms: Mapping[tuple[int, int], int], closed: tuple[int, int]) -> GridYear:
    months = range(1, 13)
    only_whole = (year, 0) in firms and not any((year, month) in firms for month in months)

    def state(month: int) -> str:
        if firms.get((year, month)):
            return "held"
        if (year, month) > closed:
            return "later"
        return "none" if only_whole else "missing"

    cells = [MonthCell(month, firms.get((year, month), 0), state(month)) for month in months]
    return GridYear(year, firms.get((year, 0), 0), cells)
