"""Reading the cells of a list: every reader returns a value or says what is wrong in one sentence."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from stdnum.cn import uscc

from tongbao.registry.rules.countries import country, not_a_country

FIRST_YEAR = 2000
MAX_CENTS = 10_000_000_000 * 100  # 100 亿 USD: no single figure of the city comes near
ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


class Wrong(Exception):  # noqa: N818  a sentence about a cell, collected, never seen by anyone as an exception
    """What is wrong with a cell, in a sentence that says what to do."""


def text(cell: Any) -> str:
    """A cell as text, full-width characters made half-width; whole numbers lose Excel's '.0'."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip()


def is_full_width(cell: Any) -> bool:
    """Whether a cell holds full-width letters or digits, which are taken as their plain forms and reported."""
    return isinstance(cell, str) and bool(re.search(r"[０-９Ａ-Ｚａ-ｚ．]", cell))


def _not_a_date(cell: Any, wanted: str) -> None:
    if isinstance(cell, date | datetime):
        raise Wrong(f"这一格是日期，应为{wanted}")
    if isinstance(cell, bool):
        raise Wrong(f"这一格是逻辑值，应为{wanted}")


def read_code(cell: Any, exceptions: Collection[str] = ()) -> str:
    """A unified social credit code (GB 32100-2015), upper case, its check digit verified.

    `exceptions`: genuine codes whose check digit does not fit, accepted by an officer on evidence.
    """
    if cell is None:
        raise Wrong("请填写统一社会信用代码")
    if isinstance(cell, float | int):
        raise Wrong("代码被存成了数字，末几位已丢失：请把这一列设为文本后重新填写")
    code = re.sub(r"[\s-]", "", text(cell)).upper()
    if re.fullmatch(r"\d(\.\d+)?E\+\d+", code):
        raise Wrong("代码被写成了科学计数法，末几位已丢失：请把这一列设为文本后重新填写")
    if len(code) != 18:
        raise Wrong(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位")
    if strange := "".join(sorted(set(code) - ALPHABET)):
        raise Wrong(f"统一社会信用代码里不会有“{strange}”，请对照营业执照核对")
    if not uscc.is_valid(code) and code not in exceptions:
        raise Wrong("统一社会信用代码校验不通过，请对照营业执照逐位核对；确属真实代码的，请先登记为校验例外")
    return code


def code_fits(code: str) -> bool:
    """Whether the check digit of an 18-character code is right."""
    return bool(uscc.is_valid(code))


def read_name(cell: Any) -> str:
    """A firm's name, full-width punctuation kept as written."""
    _not_a_date(cell, "企业名称")
    name = "" if cell is None else re.sub(r"\s+", " ", str(cell)).strip()
    if not name:
        raise Wrong("请填写企业名称")
    if len(name) > 120:
        raise Wrong("企业名称超过 120 个字，请核对")
    return name


def read_area(cell: Any, areas: Mapping[str, str]) -> str:
    """The code of an area, found by code, by name, by name after the city's (南通市崇川区), or by name without
    its final 区, 市 or 县 or with another of them (海门市 became 海门区).

    `areas`: code → name of every area known, those that have ended too.
    """
    typed = text(cell)
    if not typed:
        raise Wrong("请填写工商注册地")
    found = {code for code, name in areas.items() if typed in (code, name)}
    found = found or {code for code, name in areas.items() if typed.endswith(name)}
    stem = re.sub("[区市县]$", "", typed.removeprefix("南通市"))
    found = found or {code for code, name in areas.items() if len(stem) > 1 and stem == re.sub("[区市县]$", "", name)}
    if len(found) != 1:
        raise Wrong(f"没有叫“{typed}”的区域，请填写：{'、'.join(areas.values())}")
    return found.pop()


def read_year(cell: Any, today: date) -> int:
    """A year from 2000 to the present one."""
    _not_a_date(cell, "四位年份，例如 2018")
    typed = text(cell).removesuffix("年")
    if not typed:
        raise Wrong("请填写年份")
    if not re.fullmatch(r"\d{4}", typed):
        raise Wrong("应为四位年份，例如 2018；月份请填在“月份”列")
    if not FIRST_YEAR <= int(typed) <= today.year:
        raise Wrong(f"年份应在 {FIRST_YEAR} 到 {today.year} 之间")
    return int(typed)


def read_month(cell: Any, year: int | None, today: date) -> int:
    """A month from 1 to 12, not after the present one; 0 when empty: a figure of the whole year."""
    _not_a_date(cell, "1 到 12 的数字")
    typed = text(cell).removesuffix("月")
    if not typed:
        return 0
    if not re.fullmatch(r"\d{1,2}", typed) or not 1 <= int(typed) <= 12:
        raise Wrong("月份应为 1 到 12；全年合计数请留空")
    if year == today.year and int(typed) > today.month:
        raise Wrong(f"{year} 年 {int(typed)} 月还没有到")
    return int(typed)


def read_country(cell: Any) -> str:
    """The alpha-2 code of a destination; ZZ when the list says it is unknown."""
    _not_a_date(cell, "国家（地区）")
    typed = text(cell)
    if not typed:
        raise Wrong("请填写国别；确实不详的填“不详”")
    found = country(typed)
    if found is None and re.fullmatch(r"\d+(\.\d+)?", typed) and not not_a_country(typed):
        raise Wrong(f"“{typed}”不是海关国别代码（ISO 的数字代码与它不同），请填写中文名称或字母代码，例如 美国、US")
    if found is None:
        unknown = f"不认识国别“{typed}”，请填写中文名称或 ISO 代码，例如 美国、US"
        raise Wrong(not_a_country(typed) or unknown)
    return found


UNITS = {"usd": 1, "thousand_usd": 1_000, "wan_usd": 10_000}  # dollars in one unit of the file


def read_cents(cell: Any, unit: str = "usd") -> int:
    """An amount in USD (or the file's unit), exact to the cent: → cents. Not negative, at most 100 亿 USD, nothing
    smaller than a cent."""
    _not_a_date(cell, "金额")
    if cell is None:
        raise Wrong("请填写出口额；没有出口的填 0")
    amount = _decimal(cell, unit != "usd")
    cents = amount * 100 * UNITS[unit]
    if cents != cents.to_integral_value():
        raise Wrong(
            "金额最多两位小数，请按报关金额填写" if unit == "usd" else "金额换算成美元后最多两位小数，请按报关金额填写"
        )
    if cents < 0:
        raise Wrong("出口额不能是负数")
    if cents > MAX_CENTS:
        raise Wrong("超过 100 亿美元，请核对单位是不是美元")
    return int(cents)


def _decimal(cell: Any, other_unit: bool = False) -> Decimal:
    if isinstance(cell, float):
        return _as_excel_shows(Decimal(repr(cell)), -6 if other_unit else -2)
    if isinstance(cell, int):
        return Decimal(cell)
    typed = re.sub(r"[\s,，]", "", text(cell))
    if not re.fullmatch(r"-?\d+(\.\d*)?|-?\.\d+", typed):
        raise Wrong("应为数字（美元），不要带单位或文字，例如 125000.50")
    try:
        return Decimal(typed)
    except InvalidOperation:  # longer than any number we calculate with
        raise Wrong("数字太长，请核对") from None


def _as_excel_shows(amount: Decimal, finest: int = -2) -> Decimal:
    """Excel keeps 15 digits and shows them; a sum such as 0.1+0.2 is stored with a tail that nobody typed."""
    if not amount.is_finite():
        raise Wrong("应为数字（美元）")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < finest and amount:
        return amount.quantize(Decimal(1).scaleb(amount.adjusted() - 14))
    return amount


def read_text(cell: Any, title: str, length: int) -> str:
    """Free text on one line, at most `length` characters; empty when the cell is."""
    if isinstance(cell, date | datetime):
        raise Wrong(f"这一格是日期，应为{title}")
    typed = re.sub(r"\s+", " ", text(cell))
    if len(typed) > length:
        raise Wrong(f"{title}超过 {length} 个字，请核对")
    return typed


_DAY = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))")


def read_day(cell: Any) -> date | None:
    """A day: a date cell, or a text that begins with the year (2019-01-31, 2019/1/31, 2019年1月31日, 20190131).

    None when empty. 01/02/2019 is refused: nobody can tell the month from the day.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    typed = re.sub(r"\s", "", text(cell))
    if not typed:
        return None
    found = _DAY.fullmatch(typed)
    if not found:
        raise Wrong(f"看不懂日期“{typed}”，请写成 2019-01-31 的样子")
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong(f"没有“{typed}”这一天，请核对") from None
