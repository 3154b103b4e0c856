"""Countries and market regions: ISO 3166 alpha-2 is what is stored; names and older codes are understood."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources

import pycountry

UNKNOWN = "ZZ"  # a destination that the customs list itself does not know; it stays in every total


def _table(name: str) -> list[dict[str, str]]:
    text = (resources.files("tongbao.registry") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _plain(text: str) -> str:
    return re.sub(r"[\s·.。]", "", unicodedata.normalize("NFKC", text)).upper()


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    """Every way of writing a country that is understood → alpha-2."""
    found: dict[str, str] = {}
    for one in pycountry.countries:
        english = (one.name, getattr(one, "common_name", ""), getattr(one, "official_name", ""))
        found |= {_plain(text): one.alpha_2 for text in (one.alpha_2, one.alpha_3, *english) if text}
    for row in _table("countries.csv"):
        ways = (row["name"], row["customs_code"], *row["other_names"].split(";"))
        found |= {_plain(text): row["alpha2"] for text in ways if text}
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {row["alpha2"]: row["name"] for row in _table("countries.csv")}


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

    'ZZ' when the text itself says that the destination is unknown (不详); None when the text is not understood.
    """
    return _meanings().get(_plain(text))


def country_name(alpha2: str) -> str:
    """The Chinese name of a stored code; the code itself when there is none."""
    return _names().get(alpha2, alpha2)


def country_names() -> dict[str, str]:
    """Every code with its Chinese name."""
    return dict(_names())


@lru_cache(maxsize=16)
def emerging(regions: tuple[str, ...] = ()) -> frozenset[str]:
    """The countries that count as emerging markets (clause 二(二)2), each once: UN M49 groups and the Middle East.

    `regions` names the groups of an edition (LAC, AFR, …); none means all six. Four western Asian countries that
    Chinese usage counts elsewhere (AM, AZ, CY, GE) stay out.
    """
    return frozenset(code for code, (region, on) in _regions().items() if on and (not regions or region in regions))


def known_regions(regions: Iterable[str]) -> tuple[str, ...]:
    """The given region codes that the table knows, in a fixed order, as `emerging` takes them."""
    return tuple(sorted(set(regions) & set(region_names())))
