"""Raw customs rows: which are good, and the sums a firm's facts rest on, in one pass over the file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from tongbao.screening.rules.faults import (
    FIRST_YEAR,
    MOST_USD,
    Amounts,
    Test,
    all_pass,
    amount_tests,
    content,
    hundredths,
    reason,
    sentence,
)
from tongbao.screening.rules.writing import DIGITS, text

COLUMNS = ("code", "year", "month", "country", "usd")
US, EMERGING, OTHER, UNKNOWN = 1, 2, 3, 4  # classes of destinations; what is not understood is unknown
MOST_DIGITS = 12  # before the point of a good amount (MOST_USD)
KNOWN = 1  # the mark of figures of the base year with a known destination
Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Customs:
    """How a file of customs rows is to be read.

    `latest` is the last closed month of which the file has any good figure; `complete_years` those whose list is
    declared complete, so that a firm without rows exported nothing; `last_year` the latest that a row may have;
    `classes` the class of each way a country is written in the file.
    """

    base_year: int
    latest: Month
    complete_years: Collection[int]
    last_year: int
    amounts: Amounts
    classes: Mapping[str, int]

    @property
    def years(self) -> range:
        """The years that growth looks at, and the base year and the one before it in any case."""
        return range(self.base_year - 1, max(self.latest[0], self.base_year) + 1)

    def bit(self, year: int) -> int:
        """The mark of a year among `years`."""
        return int(2 << (year - self.base_year + 1))

    def until(self, latest: Month) -> "Customs":
        """The same with another last month."""
        return replace(self, latest=latest)

    @property
    def later(self) -> int:
        """The mark of every later year."""
        return self.bit(self.years[-1] + 1)


def row_tests(customs: Customs) -> list[Test]:
    """What every row must be, its firm aside."""
    return [
        Test("no_code", "code <> ''"),
        Test("year", f"year BETWEEN {FIRST_YEAR} AND {customs.last_year}"),
        Test("month", "month BETWEEN 0 AND 12"),
        Test("no_amount", "usd IS NOT NULL"),
        *amount_tests("usd", customs.amounts, MOST_USD),
    ]


def sums_sql(customs: Customs, exports: str, classes: str) -> str:
    """The sums in cents of the good rows of each code: one row for its monthly figures and one for its figures of whole
    years (`whole`), with `marks` of the years it has them of and of whether any of the base year's went to a known
    destination. `now` and `before` are those of months only. `classes` is the relation of `classes_sql`.
    """
    values = {column: f"CASE WHEN {which} THEN amount END" for column, which in _wanted(customs).items()}
    years = " ".join(f"WHEN {year} THEN {customs.bit(year)}" for year in customs.years)
    later = f"CASE WHEN year > {customs.years[-1]} THEN {customs.later} ELSE 0 END"
    each = ", ".join(f"{value} AS {column}" for column, value in values.items())
    summed = ", ".join(f"COALESCE({_total(customs, column)}, 0) AS {column}" for column in values)
    known = f"CASE WHEN year = {customs.base_year} AND class < {UNKNOWN} AND amount > 0 THEN {KNOWN} ELSE 0 END"
    marks = f"{known} + CASE year {years} ELSE {later} END"
    rows = good_rows_sql(customs, exports, classes)
    marked = f"SELECT code, month = 0 AS whole, {each}, {marks} AS marks FROM ({rows}) AS g"
    return f"SELECT code, whole, {summed}, bit_or(marks) AS marks FROM ({marked}) AS v GROUP BY code, whole"


def good_rows_sql(customs: Customs, exports: str, classes: str) -> str:
    """The good rows: code, year, month, class, amount (see `_total`)."""
    exact = customs.amounts is Amounts.DECIMAL
    amount = f"CAST(usd AS DECIMAL({MOST_DIGITS + 2}, 2))" if exact else hundredths("usd", customs.amounts, MOST_DIGITS)
    return (
        f"SELECT code, year, month, COALESCE(class, {UNKNOWN}) AS class, {amount} AS amount FROM {exports} AS e "
        f"LEFT JOIN {classes} AS c ON e.country = c.spelling WHERE {all_pass(row_tests(customs))}"
    )


def classes_sql(customs: Customs) -> str:
    """The classes of destinations by the ways they are written."""
    rows = ", ".join(f"({text(spelling)}, {class_})" for spelling, class_ in customs.classes.items())
    return f"SELECT spelling, class FROM (VALUES {rows or '(NULL, 4)'}) AS known(spelling, class)"


def class_of(country: str, emerging: Collection[str]) -> int:
    """The class of a country (alpha-2, or ZZ when the list itself does not know)."""
    if country == "US":
        return US
    return UNKNOWN if country == "ZZ" else EMERGING if country in emerging else OTHER


def latest_sql(customs: Customs, exports: str) -> str:
    """The last month (`latest`, as 201908) up to the one given of which there is a figure; NULL without one.

    Whether it is good, and of a firm of the register, `any_firm_sql` asks.
    """
    year, month = customs.latest
    tests = [test for test in row_tests(customs) if test.reason in ("year", "month")]
    return (
        f"SELECT max(CAST(year AS INT) * 100 + month) AS latest FROM {exports} WHERE month > 0 "
        f"AND CAST(year AS INT) * 100 + month <= {year * 100 + month} AND {all_pass(tests)}"
    )


def any_firm_sql(customs: Customs, exports: str, register: str, month: Month, among: str = "") -> str:
    """How many (`firms`) firms with a good figure of a month the register knows; `among`: LIMIT n, to look at few."""
    year, month_ = month
    return (
        f"SELECT count(*) AS firms FROM {register} AS r INNER JOIN (SELECT code FROM {exports} "
        f"WHERE year = {year} AND month = {month_} AND {all_pass(row_tests(customs))} {among}) AS e ON r.code = e.code"
    )


def bad_rows_sql(customs: Customs, exports: str, unknown: str) -> str:
    """The rows that do not count, with the reason; `unknown` is a relation of the codes that the register lacks."""
    tests = row_tests(customs)
    why = reason(tests, "'unknown_firm'")
    return (
        f"SELECT 'exports' AS file, code, content, reason, {sentence('reason')} AS sentence FROM "
        f"(SELECT e.code, {content(list(COLUMNS[1:]))} AS content, {why} AS reason FROM {exports} AS e "
        f"LEFT JOIN (SELECT code AS lacking FROM {unknown}) AS u ON e.code = u.lacking "
        f"WHERE u.lacking IS NOT NULL OR ({all_pass(tests)}) IS NOT TRUE) AS b"
    )


def _total(customs: Customs, column: str) -> str:
    """The sum of amounts in cents: decimals are summed as the file has them, which spares each row a product."""
    if customs.amounts is Amounts.DECIMAL:
        return f"CAST(CAST(sum({column}) AS DECIMAL({DIGITS}, 2)) * CAST(100 AS DECIMAL(3, 0)) AS BIGINT)"
    return f"CAST(sum({column}) AS BIGINT)"


def _wanted(customs: Customs) -> dict[str, str]:
    base = f"year = {customs.base_year}"
    return {
        "base": base,
        "prior": f"year = {customs.base_year - 1}",
        "us": f"{base} AND class = {US}",
        "emerging": f"{base} AND class = {EMERGING}",
        "now": _window(customs, 0),
        "before": _window(customs, 1),
    }


def _window(customs: Customs, earlier: int) -> str:
    """The months from the base year's January to the latest, so many years earlier."""
    first, (last, month) = customs.base_year - earlier, (customs.latest[0] - earlier, customs.latest[1])
    return (
        f"((year >= {first} AND year < {last}) OR (year = {last} AND month <= {month}))" if last >= first else "FALSE"
    )
