"""The floor of screening: a bare DuckDB aggregation over the same two files, in one statement of its own.

`python -m benchmarks.floor KIND register.parquet exports.parquet OUT.parquet`, KIND one of
    one-sum   one sum a firm over all rows and nothing else: the least that reading and grouping can cost
    sums      the twelve sums that the facts of the Nantong edition rest on, kept in memory
    floor     the same sums joined to the register and written as Parquet, one row a firm: what every program must do
              that reads these files and answers for each firm. Targets are against this one.
No row is checked, no fact or rule is worked out, no row is counted. DuckDB has its defaults: all cores, 80 % of memory.
The form is the fastest found by hand: CASE beats FILTER, a country's class from a small table beats IN (153 codes).
"""

import sys

import duckdb

from tongbao.registry.rules import UNKNOWN, emerging

KINDS = ("one-sum", "sums", "floor")
BASE, PRIOR = 2018, 2017  # the years of the Nantong edition
GROWTH = (f"year = {BASE + 1} AND month BETWEEN 1 AND 8", f"year = {PRIOR + 1} AND month BETWEEN 1 AND 8")
US, EMERGING, NOT_KNOWN = 1, 2, 3


def main() -> None:
    """Run one kind."""
    kind, register, exports, out = sys.argv[1:]
    with duckdb.connect() as database:
        database.execute("CREATE TABLE classes (country VARCHAR, class INTEGER)")
        classes = {"US": US, UNKNOWN: NOT_KNOWN, **dict.fromkeys(emerging(), EMERGING)}
        database.executemany("INSERT INTO classes VALUES (?, ?)", list(classes.items()))
        if kind == "floor":
            joined = f"SELECT * FROM '{register}' LEFT JOIN ({sums(exports)}) USING (code)"
            database.execute(f"COPY ({joined}) TO '{out}' (FORMAT parquet)")
        else:
            text = sums(exports) if kind == "sums" else f"SELECT code, sum(usd) FROM '{exports}' GROUP BY code"
            database.execute(f"CREATE TEMP TABLE summed AS {text}")


def sums(exports: str) -> str:
    """The twelve sums a firm."""
    wanted = {
        **{f"{name}_{part}": f"{test} AND month {sign} 0" for part, sign in (("months", ">"), ("year", "="))
           for name, test in _figures().items()},
        "growth": f"month > 0 AND (year = {BASE} OR {GROWTH[0]})",
        "growth_before": f"month > 0 AND (year = {PRIOR} OR {GROWTH[1]})",
    }  # fmt: skip
    columns = ", ".join(f"sum(CASE WHEN {test} THEN usd END) AS {name}" for name, test in wanted.items())
    return f"SELECT code, {columns} FROM '{exports}' LEFT JOIN classes USING (country) GROUP BY code"


def _figures() -> dict[str, str]:
    base = f"year = {BASE}"
    classes = {"us": US, "emerging": EMERGING, "not_known": NOT_KNOWN}
    return {"base": base, "prior": f"year = {PRIOR}", **{n: f"{base} AND class = {c}" for n, c in classes.items()}}


if __name__ == "__main__":
    main()
