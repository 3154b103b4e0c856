"""What is wrong with a row of either file: one SQL test each, one reason, one sentence that says what to do."""

from dataclasses import dataclass
from enum import StrEnum

from tongbao.screening.rules.writing import DIGITS, name

FIRST_YEAR = 2000
MOST_USD = 10_000_000_000  # 100 亿: no single row of a customs list comes near; the register's own limit
NUMERAL = "^-?([0-9]+([.][0-9]*)?|[.][0-9]+)$"
GROUPED = "^-?([0-9]*|[0-9]{1,3}([ ,，][0-9]{3})+)([.][0-9]*)?$"  # 1,5 is not fifteen
TWO_PLACES = "^-?[0-9]*([.][0-9]{0,2}0*)?$"

SENTENCES = {
    "no_code": "没有统一社会信用代码，请补填。",
    "duplicate_firm": "企业名册里同一代码有多行，无法取舍，请合并为一行。",
    "unknown_firm": "企业名册里没有这家企业，或它在名册里的那一行有误，请先更正名册。",
    "year": "年份应为四位数字，且不早于 2000 年、不晚于今年。",
    "month": "月份应为 1 到 12；全年合计数填 0。",
    "no_amount": "没有金额，请补填；没有出口的填 0。",
    "not_a_number": "金额应为数字，不要带单位或文字。",
    "negative": "金额不能是负数。",
    "too_big": "金额太大，请核对单位。",
    "decimals": "金额最多两位小数。",
}


class Amounts(StrEnum):
    """How a file keeps amounts."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    FINE = "fine"  # a decimal with more than two places
    DOUBLE = "double"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Test:
    """A test that good rows pass: `passes` is TRUE for them, FALSE or NULL for others."""

    reason: str
    passes: str


def amount_tests(column: str, kind: Amounts, most: int, *, signed: bool = False) -> list[Test]:
    """What an amount that is there must be: a number, not negative unless `signed`, at most `most`, two decimals."""
    number = _number(column, kind)
    tests = []
    if kind is Amounts.DOUBLE:
        tests.append(Test("not_a_number", f"NOT isnan({number})"))
    if kind is Amounts.TEXT:
        numeral = f"{_cleaned(column)} <> '' AND regexp_replace({_cleaned(column)}, '{NUMERAL}', '') = ''"
        grouped = f"regexp_replace(trim({name(column)}), '{GROUPED}', '') = ''"
        tests.append(Test("not_a_number", f"{numeral} AND {grouped}"))
    tests.append(Test("too_big", f"{number} <= {most}" + (f" AND {number} >= -{most}" if signed else "")))
    if not signed:
        tests.append(Test("negative", f"{number} >= 0"))
    if kind is Amounts.FINE:
        tests.append(Test("decimals", f"{number} = round({number}, 2)"))
    if kind is Amounts.DOUBLE:  # within a thousandth of a cent: what a double of this size can tell apart
        tests.append(Test("decimals", f"abs({number} * 100 - round({number} * 100)) < 0.001"))
    if kind is Amounts.TEXT:
        tests.append(Test("decimals", f"regexp_replace({_cleaned(column)}, '{TWO_PLACES}', '') = ''"))
    return tests


def hundredths(column: str, kind: Amounts, digits: int = DIGITS - 2) -> str:
    """A good amount, of at most so many digits before the point, in hundredths (BIGINT)."""
    number = _number(column, kind)
    if kind is Amounts.WHOLE:
        return f"CAST({number} AS BIGINT) * 100"
    if kind is Amounts.DOUBLE:
        return f"CAST(round({number} * 100) AS BIGINT)"
    return f"CAST(CAST({number} AS DECIMAL({digits + 2}, 2)) * CAST(100 AS DECIMAL(3, 0)) AS BIGINT)"


def all_pass(tests: list[Test]) -> str:
    """Whether a row is good: TRUE, else FALSE or NULL."""
    return " AND ".join(f"({test.passes})" for test in tests) or "TRUE"


def reason(tests: list[Test], otherwise: str) -> str:
    """The code of the first test that a row does not pass."""
    cases = " ".join(f"WHEN ({test.passes}) IS NOT TRUE THEN '{test.reason}'" for test in tests)
    return f"CASE {cases} ELSE {otherwise} END" if cases else otherwise


def sentence(column: str) -> str:
    """The sentence for the reason in a column."""
    return f"CASE {column} {' '.join(f'''WHEN '{code}' THEN '{text}' ''' for code, text in SENTENCES.items())}END"


def content(columns: list[str]) -> str:
    """A row's cells as one text: year=2018; month=13; …"""
    cells = (f"concat('{column}=', COALESCE(CAST({name(column)} AS STRING), ''))" for column in columns)
    return f"concat_ws('; ', {', '.join(cells)})"


def _number(column: str, kind: Amounts) -> str:
    return f"TRY_CAST({_cleaned(column)} AS DECIMAL(38, 4))" if kind is Amounts.TEXT else name(column)


def _cleaned(column: str) -> str:
    """Text without spaces and thousands separators."""
    return f"replace(replace(replace({name(column)}, ' ', ''), ',', ''), '，', '')"
