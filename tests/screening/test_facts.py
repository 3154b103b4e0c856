"""Facts from raw rows in one pass are the facts that the register computes of one firm."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening import made
from tongbao.registry import rules as registry
from tongbao.screening import rules

CODES = ("A", "B", "C")
SPELLINGS = ("US", "美国", "越南", "VN", "JP", "不详", "ZZ", "火星", None)
Row = tuple[str, int, int, str | None, int]  # code, year, month, country, cents

rows = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from([2016, 2017, 2017, 2018, 2018, 2018, 2019, 2020]),
        st.sampled_from([0, 0, 1, 2, 7, 8, 9, 12]),
        st.sampled_from(SPELLINGS),
        st.sampled_from([0, 1, 5_000_000_000, 99_999_999_999]),
    ),
    max_size=12,
)
days = st.sampled_from([date(2017, 6, 1), date(2018, 1, 31), date(2018, 2, 1), date(2019, 9, 1), date(2020, 3, 31)])
complete = st.sets(st.sampled_from([2017, 2018, 2019]))


@settings(max_examples=300)
@given(rows, days, complete)
def test_facts_of_the_file_are_facts_of_the_register(drawn: list[Row], as_of: date, complete: set[int]):
    months = [
        (year, month) for _, year, month, _, _ in drawn if month and (year, month) <= registry.closed_month(as_of)
    ]
    latest = max(months, default=None)
    found = in_one_pass(drawn, latest or registry.closed_month(as_of), complete)
    for code in CODES:
        expected = one_by_one([row for row in drawn if row[0] == code], latest, complete, as_of)
        assert {fact: found[code][fact] for fact in expected} == expected


def in_one_pass(drawn: list[Row], latest: tuple[int, int], complete: set[int]) -> dict[str, dict[str, Any]]:
    customs = rules.Customs(2018, latest, complete, 2020, rules.Amounts.DECIMAL, classes())
    columns = zip(*drawn, strict=True) if drawn else [()] * 5
    code, year, month, country, cents = (list(column) for column in columns)
    usd = pa.array([Decimal(value).scaleb(-2) for value in cents], pa.decimal128(18, 2))
    types = (pa.string(), pa.int16(), pa.int8(), pa.string())
    given = [pa.array(values, type_) for values, type_ in zip((code, year, month, country), types, strict=True)]
    with duckdb.connect() as database:
        database.register("exports", pa.table([*given, usd], names=list(rules.CUSTOMS_COLUMNS)))
        database.register("firms", pa.table({"code": CODES}))
        sums = f"({rules.sums_sql(customs, 'exports', classes_of(customs))})"
        sql = rules.facts_sql(made.nantong().scheme, customs, rules.Firms((), {}), "firms", sums)
        return {row["code"]: row for row in database.execute(sql).to_arrow_table().to_pylist()}


def classes_of(customs: rules.Customs) -> str:
    return f"({rules.classes_sql(customs)})"


def classes() -> dict[str, int]:
    emerging = registry.emerging_of(made.nantong().scheme.emerging_regions)
    known = {spelling: registry.country(spelling) for spelling in SPELLINGS if spelling}
    return {spelling: rules.class_of(code, emerging) for spelling, code in known.items() if code}


def one_by_one(
    drawn: list[Row], latest: tuple[int, int] | None, complete: set[int], as_of: date
) -> dict[str, int | None]:
    """The six facts that rest on exports, in cents."""
    figures = [
        registry.Figure(year, month, registry.country(country or "") or registry.UNKNOWN, cents, "")
        for _, year, month, country, cents in drawn
        if year >= 2017  # as the register reads them
    ]
    register = registry.Register("", "", figures, complete, latest, (), (), (), ())
    emerging = registry.emerging_of(made.nantong().scheme.emerging_regions)
    values = registry.facts(register, base_year=2018, emerging=emerging, as_of=as_of).values
    return {fact: values[fact] if values[fact] is None else int(values[fact] * 100) for fact in rules.BY_CUSTOMS}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize(
    ("kind", "type_", "value", "reason", "cents"),
    [
        (rules.Amounts.DECIMAL, "DECIMAL(18,2)", "1234.56", None, 123456),
        (rules.Amounts.DECIMAL, "DECIMAL(18,2)", "-0.01", "negative", None),
        (rules.Amounts.DECIMAL, "DECIMAL(18,2)", "10000000000.00", None, 10**12),
        (rules.Amounts.DECIMAL, "DECIMAL(18,2)", "10000000000.01", "too_big", None),
        (rules.Amounts.DECIMAL, "DECIMAL(38,0)", "7", None, 700),
        (rules.Amounts.FINE, "DECIMAL(18,4)", "1.2300", None, 123),
        (rules.Amounts.FINE, "DECIMAL(18,4)", "1.2301", "decimals", None),
        (rules.Amounts.WHOLE, "BIGINT", "42", None, 4200),
        (rules.Amounts.DOUBLE, "DOUBLE", "0.1", None, 10),
        (rules.Amounts.DOUBLE, "DOUBLE", "9999999999.99", None, 999_999_999_999),
        (rules.Amounts.DOUBLE, "DOUBLE", "0.125", "decimals", None),
        (rules.Amounts.DOUBLE, "DOUBLE", "nan", "not_a_number", None),
        (rules.Amounts.DOUBLE, "DOUBLE", "inf", "too_big", None),
        (rules.Amounts.DOUBLE, "DOUBLE", "-inf", "negative", None),
        (rules.Amounts.TEXT, "VARCHAR", " 1,234.50 ", None, 123450),
        (rules.Amounts.TEXT, "VARCHAR", "1.500", None, 150),
        (rules.Amounts.TEXT, "VARCHAR", "1.505", "decimals", None),
        (rules.Amounts.TEXT, "VARCHAR", "", "not_a_number", None),
        (rules.Amounts.TEXT, "VARCHAR", "12万", "not_a_number", None),
        (rules.Amounts.TEXT, "VARCHAR", "1e5", "not_a_number", None),
        (rules.Amounts.TEXT, "VARCHAR", "-3", "negative", None),
        (rules.Amounts.TEXT, "VARCHAR", "9" * 60, "too_big", None),
        (rules.Amounts.TEXT, "VARCHAR", None, "no_amount", None),
    ],
)
def test_amounts(
    database: duckdb.DuckDBPyConnection,
    kind: rules.Amounts,
    type_: str,
    value: str | None,
    reason: str | None,
    cents: int,
):
    customs = rules.Customs(2018, (2019, 8), (), 2020, kind, {})
    row = "SELECT 'A' AS code, 2018 AS year, 1 AS month, 'US' AS country"
    database.execute(f"CREATE OR REPLACE TABLE exports AS {row}, CAST(? AS {type_}) AS usd", [value])
    bad = database.execute(rules.bad_rows_sql(customs, "exports", "(SELECT '' AS code)")).to_arrow_table().to_pylist()
    assert [one["reason"] for one in bad] == ([reason] if reason else [])
    sums = database.execute(rules.sums_sql(customs, "exports", classes_of(customs))).to_arrow_table().to_pylist()
    assert [one["base"] for one in sums] == ([] if reason else [cents])


@pytest.mark.parametrize(
    ("code", "year", "month", "reason"),
    [
        (None, 2018, 1, "no_code"),
        ("", 2018, 1, "no_code"),
        ("A", None, 1, "year"),
        ("A", 1999, 1, "year"),
        ("A", 2021, 1, "year"),
        ("A", 2018, None, "month"),
        ("A", 2018, 13, "month"),
        ("A", 2018, -1, "month"),
        ("B", 2018, 1, "unknown_firm"),
        ("A", 2018, 1, None),
    ],
)
def test_rows(
    database: duckdb.DuckDBPyConnection, code: str | None, year: int | None, month: int | None, reason: str | None
):
    customs = rules.Customs(2018, (2019, 8), (), 2020, rules.Amounts.DECIMAL, {})
    table = "CREATE OR REPLACE TABLE exports AS SELECT CAST(? AS VARCHAR) AS code, CAST(? AS INT) AS year, "
    database.execute(
        f"{table} CAST(? AS INT) AS month, 'US' AS country, CAST(5 AS DECIMAL(18,2)) AS usd", [code, year, month]
    )
    bad = database.execute(rules.bad_rows_sql(customs, "exports", "(SELECT 'B' AS code)")).to_arrow_table().to_pylist()
    assert [(one["code"], one["reason"]) for one in bad] == ([(code, reason)] if reason else [])
    assert all(one["sentence"] == rules.SENTENCES[one["reason"]] for one in bad)
