"""The same SQL on Spark: identical files, and random editions. Runs where the extra `spark` and Java are installed."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.screening import made, test_screen
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.rules.shapes import Kind
from tongbao.screening import queries
from tongbao.screening.queries.engines import SPARK
from tongbao.screening.rules import decision_sql

pyspark = pytest.importorskip("pyspark.sql")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java"),
    pytest.mark.filterwarnings("default"),  # Spark's own are none of ours
]
FIRMS = 100_000


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    local = {"spark.sql.shuffle.partitions": "4", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.memory": "2g"}
    builder = pyspark.SparkSession.builder.master("local[2]")
    for key, value in {**SPARK, **local}.items():
        builder = builder.config(key, value)
    made_here = builder.getOrCreate()
    yield made_here
    made_here.stop()


def test_both_engines_write_the_same(session: Any, tmp_path: Path):
    firms, exports = test_screen.drawn(FIRMS)
    firms.append(firms[5])
    exports += [("Q", *test_screen.ROW[1:]), (None, *test_screen.ROW[1:]), (firms[0][0], 2018, 13, "US", None)]
    test_screen.write(tmp_path, firms, exports)
    order = test_screen.order(tmp_path)
    here = queries.screen(made.nantong(), order)
    there = queries.screen(made.nantong(), replace(order, out=tmp_path / "spark.parquet", engine="spark"))
    assert (there.funnel, there.rejected, there.remarks) == (here.funnel, here.rejected, here.remarks)
    for file in ("{}.parquet", "{}.bad.parquet"):
        ours, theirs = (test_screen.read(tmp_path / file.format(name)) for name in ("out", "spark"))
        assert sorted(theirs, key=_key) == sorted(ours, key=_key)


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["code"] or "", row.get("content", "")


@settings(max_examples=8)
@given(made.editions(), st.lists(made.facts, min_size=20, max_size=20))
def test_random_editions(session: Any, terms: scheme_rules.CompiledTerms, firms: list[dict[str, Any]]):
    kinds = {fact.id: fact.type for fact in terms.scheme.facts}
    types = {Kind.NUMBER: "BIGINT", Kind.BOOL: "BOOLEAN", Kind.TEXT: "STRING"}
    schema = ", ".join(["code STRING", *(f"{id} {types[kind]}" for id, kind in kinds.items())])
    rows = [(str(at), *(_whole(firm.get(id)) for id in kinds)) for at, firm in enumerate(firms)]
    session.createDataFrame(rows, schema).createOrReplaceTempView("drawn")
    found = {row["code"]: row.asDict() for row in session.sql(decision_sql(terms, "drawn")).collect()}
    for at, firm in enumerate(firms):
        made.same(terms, made.one_firm(terms, firm), found[str(at)])


def _whole(value: Any) -> Any:
    return int(value.scaleb(2)) if isinstance(value, Decimal) else value
