"""Many firms judged at once in this process: for pages that try a scheme on the whole register."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from tongbao.refusal import Refusal
from tongbao.scheme.rules import CompiledTerms
from tongbao.screening import rules
from tongbao.screening.rules.writing import DIGITS, TYPES, name

if TYPE_CHECKING:  # they take a while to import, and screening files needs neither
    import pyarrow as pa

UNKNOWN = -1  # a verdict that a missing fact leaves open
Columns = dict[str, Any]  # column → numpy array, one value for each firm in the order given
_own = threading.local()  # a connection of DuckDB serves one thread


def facts_table(firms: Sequence[Mapping[str, Any]], codes: Sequence[str] | None = None) -> "pa.Table":
    """The facts of firms as columns, which `judge` takes again and again: made once for a register, then kept.

    `firms`: facts by id as `scheme.rules.decide` takes them (Decimal USD, bool, str; None or absent is unknown).
    `codes`: the firms' codes, by default their numbers. Raises Refusal `fact_too_big` beyond 10^14.
    """
    import pyarrow as pa

    ids = list(dict.fromkeys(id for firm in firms for id in firm))
    columns = {id: _column(id, [firm.get(id) for firm in firms]) for id in ids}
    return pa.table({"code": pa.array(codes or [str(at) for at in range(len(firms))], pa.string()), **columns})


def judge(
    terms: CompiledTerms, firms: "pa.Table | Sequence[Mapping[str, Any]]", cny_per_usd: Decimal | None = None
) -> Columns:
    """Decide on every firm; equal to `scheme.rules.decide` one by one. Safe to call from several threads.

    `firms`: a table of `facts_table`, or the facts themselves. Answers numpy arrays by column (see `rules.columns`), a
    value for each firm in the order given: code (str); verdicts as int8 (1 yes, 0 no, -1 unknown; a plan's `_available`
    is -1 also when the premium base is unknown); amounts in cents and fen and priority_class as int64 masked arrays
    (masked: no such amount). Facts that the scheme does not name are ignored, those not given are unknown.
    """
    table = facts_table(firms) if isinstance(firms, Sequence) else firms
    database = _database()
    database.register("given", table)
    try:
        query = rules.decision_sql(terms, f"({_given(terms, table)}) AS f", cny_per_usd)
        found = database.execute(query).to_arrow_table()
    finally:
        database.unregister("given")
    return {column.name: _array(found[column.name], column.sort) for column in rules.columns(terms)}


def _database() -> duckdb.DuckDBPyConnection:
    if not hasattr(_own, "database"):
        _own.database = duckdb.connect(config={"threads": 1})  # a register of one city is small; a page has one core
    database: duckdb.DuckDBPyConnection = _own.database
    return database


def _given(terms: CompiledTerms, table: "pa.Table") -> str:
    """The facts of the scheme as the decision reads them, whatever the table holds."""
    held = set(table.column_names)
    ids = {fact.id: fact.type for fact in terms.scheme.facts}
    columns = (f"CAST({name(id) if id in held else 'NULL'} AS {TYPES[kind]}) AS {name(id)}" for id, kind in ids.items())
    return f'SELECT "code", {", ".join(columns)} FROM given'


def _column(id: str, values: list[Any]) -> "pa.Array":
    import pyarrow as pa

    first = next((value for value in values if value is not None), None)
    if isinstance(first, Decimal):
        return pa.array(_hundredths(id, values), pa.int64())
    kind = pa.null() if first is None else pa.bool_() if isinstance(first, bool) else pa.string()
    return pa.array(values, kind)


def _hundredths(id: str, values: Iterable[Decimal | None]) -> list[int | None]:
    most = 10**DIGITS
    found = [None if value is None else int(value.scaleb(2)) for value in values]
    if any(value is not None and abs(value) >= most for value in found):
        raise Refusal("fact_too_big", f"“{id}”有超过百万亿的数，请核对单位。")
    return found


def _array(column: "pa.ChunkedArray", sort: rules.Sort) -> Any:
    import numpy as np
    import pyarrow as pa

    if sort is rules.Sort.CODE:
        return np.array(column.to_pylist(), dtype=object)
    missing = column.is_null().to_numpy()
    if sort is rules.Sort.VERDICT:
        return np.where(missing, UNKNOWN, column.cast(pa.int8()).fill_null(0).to_numpy()).astype(np.int8)
    return np.ma.masked_array(column.cast(pa.int64()).fill_null(0).to_numpy(), mask=missing)
