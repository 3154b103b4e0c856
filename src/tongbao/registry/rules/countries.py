"""Countries and market regions: ISO 3166 alpha-2 is what is stored; names and older codes are understood."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import resources

import pycountry

from tongbao.refusal import Refusal

UNKNOWN = "ZZ"  # a destination that the customs list itself does not know; it stays in every total
KEY_COUNTRY = "US"  # summed up apart, so it is never one of the emerging markets
_MARK = r"[\s·•,，;.。'’\"“”_—–-]"

# What follows the short name of a state in its full one (越南社会主义共和国, 阿曼苏丹国). Names in which the short one
# is ambiguous or does not come first (朝鲜, 刚果, 多米尼克, 埃及) stand in countries.csv and are found before.
_STATE = re.compile(
    r"(.{2,}?)(?:伊斯兰|人民|民主|社会主义|联邦|联合|合作|玻利瓦尔|东方|独立)*"
    r"(?:共和国|合众国|大公国|公国|王国|苏丹国|联邦|国)"
)
_TOTAL = re.compile(r"合计|总计|小计|累计|共计|总值|总额|总和|TOTAL|^全部$|^SUM$")
_MEMBERS = re.compile(r"\d+个?(成员)?国$|(成员|各)?国家(地区)?$|[等各]国$")  # 欧盟28国, 东盟国家


def _table(name: str) -> list[dict[str, str]]:
    text = (resources.files("tongbao.registry") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _written(text: str) -> str:
    """Half-width, upper case, without accents; a number without the '.0' that spreadsheets give it."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.sub(r"^(\d+)\.0+$", r"\1", plain.strip()).upper()


def _plain(text: str) -> str:
    """What is compared: without blanks, brackets and marks, which people set differently.

    Before a digit they stay, unless a letter stands before: -502, 50.2 and 1,502 are figures and not the code 502.
    """
    bare = re.sub(r"[()\[\]【】〔〕]", "", _written(text))
    return re.sub(rf"{_MARK}(?!\d)|(?<=[^\W\d]){_MARK}", "", bare)


def _ways() -> Iterator[tuple[str, str]]:
    for one in pycountry.countries:
        english = (one.name, getattr(one, "common_name", ""), getattr(one, "official_name", ""))
        yield from ((text, one.alpha_2) for text in (one.alpha_2, one.alpha_3, *english) if text)
    for row in _table("countries.csv"):
        ways = (row["alpha2"], row["name"], *row["customs_code"].split(";"), *row["other_names"].split(";"))
        yield from ((text, row["alpha2"]) for text in ways if text)


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    """Every way of writing a country that is understood → alpha-2; no way means two countries (held by a test)."""
    return {_plain(text): code for text, code in _ways()}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {row["alpha2"]: row["name"] for row in _table("countries.csv")}


@lru_cache(maxsize=1)
def _groups() -> frozenset[str]:
    return frozenset(_plain(row["name"]) for row in _table("groups.csv"))


@lru_cache(maxsize=1)
def _regions() -> dict[str, tuple[str, bool]]:
    return {row["alpha2"]: (row["region"], row["default_on"] == "Y") for row in _table("regions.csv")}


@lru_cache(maxsize=1)
def region_names() -> dict[str, str]:
    """The six market regions: code → Chinese name (clause 二(二)2)."""
    return {row["region"]: row["region_name"] for row in _table("regions.csv")}


@lru_cache(maxsize=4096)
def country(text: str) -> str | None:
    """The alpha-2 code meant by ISO alpha-2 or alpha-3, a Chinese or English name, or a legacy customs code.

    A code beside its name (502 美国, 美国(USA)) is understood when both mean the same. ISO numeric codes are not: the
    customs codes, which look alike, mean other countries (116 is Japan there and Cambodia here). 'ZZ' when the text
    itself says that no country is known (不详, 701) or that there is none (702 联合国); None when it is not understood.
    """
    if found := _name(_plain(text)):
        return found
    parts = re.findall(r"[A-Z]+|\d+|[^\W\dA-Z_]+", _written(text))
    meant = {_name(part) for part in parts}
    return meant.pop() if len(parts) > 1 and len(meant) == 1 else None


def _name(plain: str) -> str | None:
    known = _meanings()
    if plain in known:
        return known[plain]
    long = _STATE.fullmatch(plain)
    return known.get(long[1]) if long else None


@lru_cache(maxsize=4096)
def not_a_country(text: str) -> str | None:
    """A sentence when a text names a total or a group of countries, which lists have among their rows; else None.

    Such a row repeats what other rows say, or cannot be given to any one country.
    """
    if country(text) is not None:
        return None
    typed, plain = text.strip(), _plain(text)
    if _TOTAL.search(plain):
        return f"“{typed}”是合计数，不是国家（地区）：请删去这一行，以免重复计算"
    if plain in _groups() or _MEMBERS.sub("", plain) in _groups():
        return f"“{typed}”是一组国家（地区），不是一个：请改填具体的国家（地区），各国已另有行的请删去这一行"
    return None


def country_name(alpha2: str) -> str:
    """The Chinese name of a stored code; the code itself when there is none."""
    return _names().get(alpha2, alpha2)


def country_names() -> dict[str, str]:
    """Every code with its Chinese name."""
    return dict(_names())


@lru_cache(maxsize=16)
def emerging(regions: tuple[str, ...] = ()) -> frozenset[str]:
    """The countries that count as emerging markets (clause 二(二)2), each once: UN M49 groups and the Middle East.

    `regions` names the groups of an edition (latin_america, africa, …); none means all six. Four western Asian
    countries that Chinese usage counts elsewhere (AM, AZ, CY, GE) stay out until an edition takes them in.
    """
    return frozenset(code for code, (region, on) in _regions().items() if on and (not regions or region in regions))


@lru_cache(maxsize=16)
def emerging_of(
    regions: tuple[str, ...], extra: tuple[str, ...] = (), left_out: tuple[str, ...] = ()
) -> frozenset[str]:
    """The emerging markets of an edition: those of its regions (none: all six), more countries, less countries.

    Raises Refusal `emerging.unknown` for what `market_fault` finds: a slip of one letter would otherwise change shares
    and priorities without a word.
    """
    if fault := market_fault(regions, extra, left_out):
        raise Refusal("emerging.unknown", fault)
    return (emerging(regions) | frozenset(extra)) - frozenset(left_out)


def market_fault(regions: Iterable[str], extra: Iterable[str] = (), left_out: Iterable[str] = ()) -> str | None:
    """What is wrong with the regions and countries that an edition names, in one sentence; None when all are known."""
    taken_in, taken_out = frozenset(extra), frozenset(left_out)
    if strange := sorted(set(regions) - set(region_names())):
        return f"方案里的新兴市场区域“{'、'.join(strange)}”登记环节不认识，可用的有：{'、'.join(region_names())}。"
    if strange := sorted((taken_in | taken_out) - (set(_names()) - {UNKNOWN})):
        return f"方案里的“{'、'.join(strange)}”不是国家（地区）的两位代码，请改正方案后重新载入。"
    if KEY_COUNTRY in taken_in:
        return f"{country_name(KEY_COUNTRY)}的出口额单独统计，不能另计入新兴市场，请从方案中去掉 {KEY_COUNTRY}。"
    if both := sorted(taken_in & taken_out):
        return f"方案里的“{'、'.join(both)}”既另计入新兴市场又从中除去，请只写一处。"
    return None
