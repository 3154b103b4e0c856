"""Reading what people type: amounts, months and codes, with full-width digits, separators and units."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

_UNITS = re.compile(r"(人民币|美元|美金|元|RMB|CNY|USD|[¥$])", re.IGNORECASE)
_AMOUNT = re.compile(r"(-?\d+(?:\.\d*)?|-?\.\d+)(万|亿)?")
_TIMES = {None: 1, "万": 10_000, "亿": 100_000_000}
_MONTH = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})月?")


def plain(text: str) -> str:
    """Full-width characters made half-width, blanks at both ends removed."""
    return unicodedata.normalize("NFKC", text).strip()


def minor_units(text: str) -> int | None:
    """Fen or cents of a typed amount: '1，234.50 元' → 123450, '2.5万' → 2500000; None when it is not an amount.

    More than two decimals are not an amount of money: nobody may be surprised by our rounding of their figure.
    """
    bare = _UNITS.sub("", re.sub(r"[\s,，、']", "", plain(text)))
    found = _AMOUNT.fullmatch(bare)
    if not found:
        return None
    minor = Decimal(found[1]) * _TIMES[found[2]] * 100
    return int(minor) if minor == minor.to_integral_value() else None


def month(text: str) -> date | None:
    """The first day of a typed month: '2019-08', '2019年8月', '201908'; None when it is not a month."""
    found = _MONTH.fullmatch(plain(text).replace(" ", ""))
    if not found or not 1 <= int(found[2]) <= 12 or not int(found[1]):
        return None
    return date(int(found[1]), int(found[2]), 1)
