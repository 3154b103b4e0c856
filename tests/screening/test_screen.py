"""`tongbao screen` from raw files to results: 100,000 firms against the one-firm path, bad rows, refusals."""

import json
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.screening import made
from tongbao.cli.main import main
from tongbao.refusal import Refusal
from tongbao.registry import rules as registry
from tongbao.scheme.rules import CompiledTerms
from tongbao.screening import queries
from tongbao.screening.rules import SENTENCES

FIRMS = 100_000
AS_OF = date(2019, 10, 15)
COUNTRIES = ("US", "USA", "美国", "502", "VN", "越南", "RU", "JP", "DE", "BR", "ZA", "AE", "ZZ", "不详", "火星")
LISTS = ("insured", "policy_direction", "base_key_firm", "famous_brand", "pilot_firm", "key_fair_exhibitor")
Rows = list[tuple[Any, ...]]
DECIMAL = pa.decimal128(18, 2)


def order(folder: Path, **more: Any) -> queries.Order:
    files = {name: folder / f"{name}.parquet" for name in ("register", "exports", "out")}
    return queries.Order(**files, as_of=AS_OF, today=AS_OF, **more)


def write(folder: Path, firms: Rows, exports: Rows, usd: pa.DataType = DECIMAL) -> None:
    names = [("code", pa.string()), ("area", pa.string()), *((fact, pa.bool_()) for fact in LISTS)]
    _write(folder / "register.parquet", firms, names)
    kinds = (pa.string(), pa.int16(), pa.int8(), pa.string(), usd)
    names = list(zip(("code", "year", "month", "country", "usd"), kinds, strict=True))
    _write(folder / "exports.parquet", exports, names)


def _write(path: Path, rows: Rows, columns: list[tuple[str, pa.DataType]]) -> None:
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = [pa.array(column, type_) for column, (_, type_) in zip(values, columns, strict=True)]
    pq.write_table(pa.table(arrays, names=[name for name, _ in columns]), path)


def read(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def drawn(count: int) -> tuple[Rows, Rows]:
    """Firms of every kind with about four rows each: at the edges of bands, annual, monthly, both, none."""
    dice = random.Random(2019)
    areas = ("chongchuan", "tongzhou", "etdz", "haian", "天边")
    firms = [
        (f"{at:018d}", dice.choice(areas), *(dice.choice((True, False, False, None)) for _ in LISTS))
        for at in range(count)
    ]
    exports = []
    for code, *_ in firms:
        scale = 10 ** dice.uniform(3, 10)
        for _ in range(dice.choice((0, 1, 3, 5, 8))):
            year, month = dice.choice((2016, 2017, 2017, 2018, 2018, 2018, 2019)), dice.choice((0, *range(1, 13)))
            cents = dice.choice((0, 50_000_000, 300_000_000, 3_000_000_000, *[int(dice.random() * scale)] * 12))
            exports.append((code, year, month, dice.choice(COUNTRIES), Decimal(cents).scaleb(-2)))
    return firms, exports


def one_by_one(
    firms: Rows, exports: Rows, complete: set[int], terms: CompiledTerms | None = None
) -> dict[str, dict[str, Any]]:
    """Facts by the register's rules, the decision by the scheme's, firm by firm."""
    terms = terms or made.nantong()
    scheme = terms.scheme
    emerging = registry.emerging_of(scheme.emerging_regions, scheme.emerging_extra, scheme.emerging_left_out)
    figures: dict[str, list[registry.Figure]] = defaultdict(list)
    for code, year, month, country, usd in exports:
        if year >= 2017:
            known = registry.country(country) or registry.UNKNOWN
            figures[code].append(registry.Figure(year, month, known, int(usd.scaleb(2)), ""))
    latest = max(
        (row.year, row.month) for mine in figures.values() for row in mine if (row.year, row.month) <= (2019, 9)
    )
    found = {}
    for code, area, *lists in firms:
        register = registry.Register(area, "", figures[code], complete, latest, (), (), (), ())
        given = registry.facts(register, base_year=2018, emerging=emerging, as_of=AS_OF).values
        given |= dict(zip(LISTS, lists, strict=True))
        found[code] = {**{f"fact_{id}": value for id, value in given.items()}, **made.one_firm(terms, given)}
    return found


@pytest.mark.parametrize("complete", [set(), {2017, 2018}], ids=["partial", "complete"])
def test_a_hundred_thousand_firms_get_the_decision_they_would_get_alone(tmp_path: Path, complete: set[int]):
    count = FIRMS if complete else FIRMS // 20
    firms, exports = drawn(count)
    write(tmp_path, firms, exports)
    screened = queries.screen(made.nantong(), order(tmp_path, complete_years=complete))
    expected = one_by_one(firms, exports, complete)
    found = read(tmp_path / "out.parquet")
    assert (len(found), screened.funnel["firms"]) == (count, count)
    wrong = [row["code"] for row in found if any(row[id] != value for id, value in expected[row["code"]].items())]
    assert wrong == []
    assert {row["eligible"] for row in found} == {True, False, None}
    assert min(sum(row[f"plan_{plan}_available"] is True for row in found) for plan in "ABCD") > 0
    assert read(tmp_path / "out.bad.parquet") == []


FIRM = ("A", "etdz", False, *[None] * 5)
ROW = ("A", 2018, 1, "US", Decimal("5000000.00"))


def test_bad_rows_stand_aside_with_their_reasons(tmp_path: Path):
    firms = [FIRM, ("B", "etdz", *[None] * 6), ("B", "haian", *[None] * 6), (None, "etdz", *[None] * 6)]
    bad = [
        ("A", 1999, 1, "US", Decimal(1)), ("A", 2018, 13, "US", Decimal(1)), ("A", 2018, 2, "US", None),
        ("A", 2018, 2, "US", Decimal(-1)), ("A", 2018, 2, "US", Decimal("10000000000.01")),
        ("C", 2018, 2, "US", Decimal(1)),
        (None, 2018, 2, "US", Decimal(1)), ("B", 2018, 2, "US", Decimal(1)),
    ]  # fmt: skip
    write(tmp_path, firms, [ROW, *bad])
    screened = queries.screen(made.nantong(), order(tmp_path))
    assert screened.rejected == {
        "register": {"duplicate_firm": 2, "no_code": 1},
        "exports": {
            "month": 1,
            "negative": 1,
            "no_amount": 1,
            "no_code": 1,
            "too_big": 1,
            "unknown_firm": 2,
            "year": 1,
        },
    }
    (firm,) = read(tmp_path / "out.parquet")
    assert (firm["code"], firm["fact_exports_usd"], firm["plan_A_premium_cents"]) == (
        "A",
        Decimal("5000000.00"),
        150_000,
    )
    rows = {(row["code"], row["content"], row["sentence"]) for row in read(tmp_path / "out.bad.parquet")}
    assert ("C", "year=2018; month=2; country=US; usd=1.00", SENTENCES["unknown_firm"]) in rows
    assert len(rows) == 11
    said = json.loads((tmp_path / "out.funnel.json").read_text())
    assert (said["rows"], said["rejected"]) == ({"register": 4, "exports": 9}, screened.rejected)


def test_the_funnel_counts_every_criterion_alone_and_in_order(tmp_path: Path):
    firms = [
        ("A", "etdz", False, *[None] * 5), ("B", "haian", True, *[None] * 5), ("C", "etdz", True, *[None] * 5),
        ("D", "etdz", None, *[None] * 5), ("E", "etdz", False, True, *[None] * 4),
    ]  # fmt: skip
    write(tmp_path, firms, [(code, *ROW[1:]) for code in "ABCD"])
    funnel = queries.screen(made.nantong(), order(tmp_path)).funnel
    assert funnel["eligible"] == {"yes": 1, "no": 2, "unknown": 2}
    counted = [
        (one["id"], one["yes"], one["no"], one["unknown"], one["dropped"], one["remaining"])
        for one in funnel["criteria"]
    ]
    assert counted == [("area", 4, 1, 0, 1, 4), ("exports_band", 4, 0, 1, 0, 4), ("uninsured", 2, 2, 1, 1, 3)]
    assert funnel["plans"][0] == {
        "plan": "A", "title": "方案A", "yes": 2, "no": 2, "unknown": 1,
        "premium_cents": 300_000, "premium_fen": 2_121_870, "subsidy_fen": 2_121_870,
    }  # fmt: skip


@pytest.mark.parametrize("usd", [pa.float64(), pa.string(), pa.decimal128(20, 4)], ids=str)
def test_amounts_may_be_kept_in_other_types(tmp_path: Path, usd: pa.DataType):
    cast = {pa.float64(): float, pa.string(): str}.get(usd, lambda value: value)
    write(tmp_path, [FIRM], [(*ROW[:4], cast(ROW[4]))], usd)
    queries.screen(made.nantong(), order(tmp_path))
    assert [row["fact_us_exports_usd"] for row in read(tmp_path / "out.parquet")] == [Decimal("5000000.00")]


def test_empty_files_give_an_empty_result(tmp_path: Path):
    write(tmp_path, [], [])
    assert queries.screen(made.nantong(), order(tmp_path)).funnel["firms"] == 0
    assert read(tmp_path / "out.parquet") == []


def test_an_older_result_is_replaced_and_nothing_else_is_left(tmp_path: Path):
    write(tmp_path, [FIRM], [ROW])
    (tmp_path / "out.parquet").write_text("old")
    queries.screen(made.nantong(), order(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "exports.parquet", "out.bad.parquet", "out.funnel.json", "out.parquet", "register.parquet"
    ]  # fmt: skip


@pytest.mark.parametrize("out", ["folder/../register.parquet", "link.parquet", "folder", "folder/../exports"])
def test_no_result_takes_the_place_of_what_was_read_or_of_a_folder(tmp_path: Path, out: str):
    write(tmp_path, [FIRM], [ROW])
    (tmp_path / "exports.parquet").rename(tmp_path / "exports.bad.parquet")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    (tmp_path / "link.parquet").symlink_to(tmp_path / "register.parquet")
    asked = replace(order(tmp_path), exports=tmp_path / "exports.bad.parquet", out=tmp_path / out)
    with pytest.raises(Refusal) as caught:
        queries.screen(made.nantong(), asked)
    assert caught.value.code == ("folder" if out == "folder" else "same_file")
    assert (tmp_path / "folder" / "kept").exists()


@pytest.mark.parametrize(
    ("usd", "cents"), [("1,5", None), ("1 5", None), ("50,00", None), ("1,234,56", None), ("1,234.5", 123_450),
                       (" 1234.50 ", 123_450), ("1，234", 123_400), ("1 234.5", 123_450)]
)  # fmt: skip
def test_a_comma_is_only_read_between_thousands(tmp_path: Path, usd: str, cents: int | None):
    write(tmp_path, [FIRM], [(*ROW[:4], usd)], pa.string())
    screened = queries.screen(made.nantong(), order(tmp_path))
    (firm,) = read(tmp_path / "out.parquet")
    assert firm["fact_exports_usd"] == (None if cents is None else Decimal(cents) / 100)
    assert screened.rejected["exports"] == ({"not_a_number": 1} if cents is None else {})


EXPORTS = "SELECT 'A' AS code, 2018 AS year, 1 AS month, "


def _sql(path: Path, text: str) -> None:
    duckdb.sql(f"COPY ({text}) TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("register", "SELECT 'A' AS code", "缺少这些列：area。现有的列：code。"),
        ("register", "SELECT 1 AS code, 'x' AS area", "“code”列应为文字，现在是 INTEGER。"),
        ("register", "SELECT 'A' AS code, 'x' AS area, 'no' AS insured", "“insured”列应为 BOOLEAN，现在是 VARCHAR。"),
        ("register", "SELECT 'A' AS code, 'x' AS area, 1 AS exports_usd",
         "“exports_usd”由出口记录算出，请从企业名册中去掉这一列。"),
        ("exports", "SELECT 'A' AS code, 2018 AS year", "缺少这些列：month、country、usd。现有的列：code、year。"),
        ("exports", "SELECT 'A' AS code, '2018' AS year, 1 AS month, '' AS country, 1 AS usd",
         "“year”列应为整数，现在是 VARCHAR。"),
        ("exports", EXPORTS + "'US' AS country, true AS usd",
         "“usd”列应为 DECIMAL、整数、DOUBLE 或文字，现在是 BOOLEAN。"),
        ("exports", EXPORTS + "i::VARCHAR AS country, 1 AS usd FROM range(10001) AS t(i)",
         "“country”列有一万种以上的写法，请核对是不是放错了列。"),
        ("exports", None, "读不到这个文件，请检查路径。"),
        ("exports", "", "不是能读的 Parquet 文件，请检查文件是否完整。"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_refused_and_nothing_is_written(
    tmp_path: Path, file: str, text: str | None, sentence: str
):
    write(tmp_path, [FIRM], [ROW])
    path = tmp_path / f"{file}.parquet"
    path.unlink()
    if text:
        _sql(path, text)
    elif text is not None:
        path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(Refusal) as caught:
        queries.screen(made.nantong(), order(tmp_path))
    assert caught.value.sentence == f"{path}：{sentence}"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(("out", "."))] == []


def test_the_command_says_what_came_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write(tmp_path, [FIRM], [ROW, ("Z", *ROW[1:])])
    files = [str(tmp_path / f"{name}.parquet") for name in ("register", "exports", "out")]
    assert main(["screen", str(made.NANTONG), *files, "--as-of", "2019-10-15", "--complete", "2017"]) == 0
    said, shown = capsys.readouterr()
    assert shown == ""  # no progress where nobody watches
    assert "判定 1 家企业：\n  符合 1 家，不符合 0 家，待核实 0 家。" in said
    assert "  方案A：可选 1 家，待核实 0 家；全部选用则保费 0.15 万美元，财政扶持 1.06 万元。" in said
    assert f"出口记录 1 行不计：{SENTENCES['unknown_firm']}" in said


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (["--as-of", "昨天"], "--as-of 昨天：应为日期，例如 2019-09-01。"),
        (["--rate", "-1"], "--rate -1：应为大于 0 的汇率，最多六位小数，例如 7.0729。"),
    ],
)
def test_the_command_refuses_options(capsys: pytest.CaptureFixture[str], option: list[str], sentence: str):
    assert main(["screen", str(made.NANTONG), "a", "b", "c", *option]) == 1
    assert capsys.readouterr().err == f"{sentence}\n"
