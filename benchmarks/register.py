"""A made-up national register and its customs rows as Parquet, of any size: `python -m benchmarks.register`.

At scale 1: 1,000,000 firms, 10,000,000 export rows, in order of months as customs publishes them. One in a thousand
rows is bad, in the ways that real files are: no amount, a negative one, month 13, a firm that the register does not
know; one in ten thousand firms is listed twice. The same DuckDB release writes the same files.
"""

import argparse
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
FIRMS, ROWS = 1_000_000, 10_000_000
AREAS = ("chongchuan", "tongzhou", "gangzha", "etdz", "sutong", "tzw", "haian", "rugao", "rudong", "qidong", "haimen")
LISTS = {"policy_direction": 30, "base_key_firm": 3, "famous_brand": 1, "pilot_firm": 2, "key_fair_exhibitor": 15}
COUNTRIES = (  # as customs files have them: mostly ISO codes, a few names and older codes, some not known
    *["US"] * 22, *["JP"] * 9, *["KR"] * 7, *["DE"] * 6, *["VN"] * 5, *["IN"] * 4, *["GB"] * 4, *["NL"] * 3,
    *["BR"] * 3, *["MX"] * 3, *["RU"] * 3, *["AU"] * 3, *["ID"] * 3, *["TH"] * 3, *["AE"] * 2, *["ZA"] * 2, *["NG"] * 2,
    *["FR"] * 2, "IT", "ES", "CA", "TR", "PL", "SA", "EG", "KE", "CL", "CO", "KZ", "UZ", "MY", "PH", "SG", "BD",
    "USA", "美国", "越南", "不详",
)  # fmt: skip
PERIODS = (
    *((year, month) for year in (2017, 2018) for month in range(1, 13)),
    *((2019, month) for month in range(1, 9)),
)

# A firm's code is a bijection of its number, so that codes are 18 characters, unique and in no order.
CODE = "'91320600MA' || printf('%08X', ({number} * 2654435761) % 4294967296)"
REGISTER = """
COPY (
    SELECT {code} AS code, {areas}[1 + CAST(hash(i, 1) % {area_count} AS INT)] AS area,
           CASE hash(i, 2) % 20 WHEN 0 THEN true WHEN 1 THEN NULL ELSE false END AS insured, {lists}
    FROM (SELECT unnest(CASE WHEN hash(i, 9) % 10000 = 0 THEN [i, i] ELSE [i] END) AS i FROM range({firms}) AS t(i))
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
EXPORTS = """
COPY (
    WITH rows AS (
        SELECT i, CAST(floor({firms} * pow(hash(i, 1) % 1000000 / 1000000.0, 2)) AS BIGINT) AS firm,
               {periods}[1 + (i * {period_count}) // {rows}] AS period, hash(i, 5) % 5000 AS fault
        FROM range({rows}) AS t(i)
    )
    SELECT CASE WHEN fault = 1 THEN 'UNKNOWN' || i ELSE {code} END AS code,
           CAST(period // 100 AS INTEGER) AS year,
           CAST(CASE WHEN fault = 2 THEN 13 WHEN hash(firm, 4) % 25 = 0 THEN 0 ELSE period % 100 END AS INTEGER)
               AS month,
           {countries}[1 + CAST(hash(i, 3) % {country_count} AS INT)] AS country,
           CAST(CASE WHEN fault = 3 THEN NULL ELSE if(fault = 4, -1, 1)
               * round(pow(10, 3.5 + hash(firm, 6) % 3000 / 1000.0) * (1 + hash(i, 7) % 1000) / 1000.0, 2) END
               AS DECIMAL(18, 2)) AS usd
    FROM rows
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def make(folder: Path, scale: float) -> tuple[Path, Path]:
    """The two files at a scale, made when they are not there yet: (register, exports)."""
    folder.mkdir(parents=True, exist_ok=True)
    firms, rows = int(FIRMS * scale), int(ROWS * scale)
    paths = folder / f"register-{firms}.parquet", folder / f"exports-{rows}.parquet"
    for path, template in zip(paths, (REGISTER, EXPORTS), strict=True):
        if not path.exists():
            part = path.with_suffix(".part")
            _run(template, part, firms, rows)
            part.rename(path)
    return paths


def _run(template: str, path: Path, firms: int, rows: int) -> None:
    lists = ", ".join(
        f"CASE WHEN hash(i, '{name}') % 50 = 0 THEN NULL ELSE hash(i, '{name}') // 50 % 100 < {share} END AS {name}"
        for name, share in LISTS.items()
    )
    text = template.format(
        path=path,
        firms=firms,
        rows=rows,
        code=CODE.format(number="i" if template is REGISTER else "firm"),
        areas=list(AREAS),
        area_count=len(AREAS),
        lists=lists,
        countries=list(COUNTRIES),
        country_count=len(COUNTRIES),
        periods=[year * 100 + month for year, month in PERIODS],
        period_count=len(PERIODS),
    )
    with duckdb.connect() as database:
        database.execute("SET memory_limit = '2GB'")
        database.execute(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1)
    wanted = parser.parse_args()
    begun = time.perf_counter()
    for made in make(wanted.folder, wanted.scale):
        print(f"{made}  {made.stat().st_size / 1e6:,.0f} MB")
    print(f"{time.perf_counter() - begun:.1f} s")
