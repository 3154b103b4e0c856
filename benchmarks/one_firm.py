"""A sample of screened firms decided again one by one: raw rows → registry facts → `decide`, every field compared."""

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from tongbao import clock
from tongbao.registry import rules as registry
from tongbao.scheme import rules

GOOD = "usd >= 0 AND month BETWEEN 0 AND 12"  # of what benchmarks/register.py writes, the rest is bad
MONEY = ("premium_cents", "premium_fen", "subsidy_fen", "exporter_share_fen", "limit_cents")
Row = dict[str, Any]


def compare(scheme_path: Path, register: Path, exports: Path, out: Path, sample: int) -> dict[str, int]:
    """Compare about `sample` firms of a screening's result; {"firms": …, "fields": …} compared.

    Raises RuntimeError that names the first differences.
    """
    scheme = rules.load(scheme_path.read_text(encoding="utf-8"), scheme_path.name)
    terms = rules.compile(scheme)
    with duckdb.connect() as database:
        found = _chosen(database, out, register, sample)
        figures = _figures(database, exports)
        latest = database.sql(
            f"SELECT year, month FROM '{exports}' WHERE month > 0 AND {GOOD} ORDER BY year DESC, month DESC LIMIT 1"
        ).fetchone()
    assert latest is not None
    differences, fields = [], 0
    for row in found:
        facts = _facts(scheme, row, figures[row["code"]], (latest[0], latest[1]))
        expected = answers(rules.decide(terms, facts)) | {f"fact_{fact.id}": facts[fact.id] for fact in scheme.facts}
        fields = max(fields, len(expected))
        differences += [
            f"{row['code']} {field}: {value} alone, {row[field]} screened"
            for field, value in expected.items()
            if row[field] != value
        ]
    if differences or not found:
        raise RuntimeError(f"{len(differences)} differences in {len(found)} firms:\n" + "\n".join(differences[:20]))
    return {"firms": len(found), "fields": fields}


def answers(outcome: rules.Outcome) -> Row:
    """A decision under the names that the columns of a screening have."""
    found: Row = {finding.id: finding.met for finding in outcome.findings}
    found |= {f"priority_{ground.id}": ground.met for ground in outcome.priorities}
    found |= {"eligible": outcome.eligible, "priority_class": rules.priority_class(outcome)}
    for offer in (*outcome.offers, *outcome.not_offered):
        own = f"plan_{offer.plan}"
        found |= {f"{own}_{finding.id.removeprefix(offer.plan + '.')}": finding.met for finding in offer.findings}
        found |= {f"{own}_available": offer.available, **{f"{own}_{name}": getattr(offer, name) for name in MONEY}}
    return found


def _chosen(database: duckdb.DuckDBPyConnection, out: Path, register: Path, sample: int) -> list[Row]:
    """Screened firms spread over the whole file, each with its own row of the register (its columns in `given`)."""
    database.execute(
        f"CREATE TEMP TABLE chosen AS SELECT code FROM '{out}' ORDER BY hash(code || 'sample'), code LIMIT {sample}"
    )
    screened = _dicts(database, f"SELECT o.* FROM '{out}' AS o SEMI JOIN chosen USING (code) ORDER BY code")
    given = _dicts(database, f"SELECT r.* FROM '{register}' AS r SEMI JOIN chosen USING (code) ORDER BY code")
    return [{**row, "given": own} for row, own in zip(screened, given, strict=True)]


def _dicts(database: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    result = database.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _figures(database: duckdb.DuckDBPyConnection, exports: Path) -> defaultdict[str, list[registry.Figure]]:
    rows = database.execute(
        f"SELECT code, year, month, country, CAST(usd * 100 AS BIGINT) FROM '{exports}' SEMI JOIN chosen USING (code) "
        f"WHERE {GOOD}"
    )
    found: defaultdict[str, list[registry.Figure]] = defaultdict(list)
    for code, year, month, country, cents in rows.fetchall():
        alpha2 = registry.country(country) or registry.UNKNOWN
        found[code].append(registry.Figure(year, month, alpha2, cents, "exports"))
    return found


def _facts(scheme: rules.Scheme, row: Row, figures: list[registry.Figure], latest: tuple[int, int]) -> Row:
    given = {name: value for name, value in row["given"].items() if name != "code"}
    known = registry.Register(
        area=given["area"],
        area_name="",
        figures=figures,
        complete_years=(),
        latest_month=latest,
        lists=(),
        kept_lists=(),
        covers=(),
        answers=(),
    )
    emerging = registry.emerging_of(scheme.emerging_regions, scheme.emerging_extra, scheme.emerging_left_out)
    found = registry.facts(known, base_year=scheme.base_year, emerging=emerging, as_of=clock.today())
    return {**found.values, **given}


if __name__ == "__main__":
    scheme_file, register_file, exports_file, out_file = map(Path, sys.argv[1:5])
    print(compare(scheme_file, register_file, exports_file, out_file, int(sys.argv[5])))
