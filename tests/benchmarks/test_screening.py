"""The made-up register is what it says it is, and a small screening of it agrees with one firm at a time."""

import sys
from types import SimpleNamespace

import duckdb
import pytest

from benchmarks import floor, register, screening
from benchmarks.processes import run


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return register.make(tmp_path_factory.mktemp("bench"), 0.002)


def test_sizes_and_bad_rows(files):
    firms, exports = files
    with duckdb.connect() as database:
        rows, codes = database.sql(f"SELECT count(*), count(DISTINCT code) FROM '{firms}'").fetchone()
        assert codes == 2000
        assert rows >= codes
        bad = "usd IS NULL OR usd < 0 OR month > 12 OR code LIKE 'UNKNOWN%'"
        total, wrong, months = database.sql(
            f"SELECT count(*), count(*) FILTER ({bad}), count(DISTINCT year * 100 + month) FROM '{exports}'"
        ).fetchone()
        assert total == 20_000
        assert 0 < wrong < total / 100
        assert months > len(register.PERIODS)  # every month, and whole years
        lengths = database.sql(f"SELECT DISTINCT length(code) FROM '{firms}'").fetchall()
        assert lengths == [(18,)]


def test_files_are_made_once(files):
    before = [path.stat().st_mtime_ns for path in files]
    assert [path.stat().st_mtime_ns for path in register.make(files[0].parent, 0.002)] == before


@pytest.mark.parametrize("kind", floor.KINDS)
def test_the_floor_runs(files, tmp_path, kind):
    out = tmp_path / "floor.parquet"
    taken = run([sys.executable, "-m", "benchmarks.floor", kind, *files, out], tmp_path / "log")
    assert taken.seconds > 0
    assert taken.peak_mib > 10
    assert out.exists() == (kind == "floor")


def test_the_floor_sums_what_a_plain_query_sums(files, tmp_path):
    out = tmp_path / "floor.parquet"
    run([sys.executable, "-m", "benchmarks.floor", "floor", *files, out], tmp_path / "log")
    firms, exports = files
    plain = f"SELECT code, sum(usd) FROM '{exports}' WHERE year = 2018 AND month > 0 AND country = 'US' GROUP BY code"
    with duckdb.connect() as database:
        wanted = dict(database.sql(f"{plain}").fetchall())
        found = dict(database.sql(f"SELECT code, us_months FROM '{out}' WHERE us_months IS NOT NULL").fetchall())
        known = {code for (code,) in database.sql(f"SELECT code FROM '{firms}'").fetchall()}
    assert found == {code: usd for code, usd in wanted.items() if code in known and usd is not None}
    assert len(found) > 100


def test_a_command_that_fails_shows_what_it_said(tmp_path):
    with pytest.raises(RuntimeError, match="ended with 3:\nno luck"):
        run([sys.executable, "-c", "print('no luck'); raise SystemExit(3)"], tmp_path / "log")


def test_a_small_screening_agrees_with_one_firm_at_a_time(tmp_path):
    found = screening.measure(tmp_path, [0.002], turns=1, sample=300)
    (row,) = found["rows"]
    assert found["skipped"] == []
    assert row["compared"]["firms"] == 300
    assert row["compared"]["fields"] > 30
    assert set(row["ratio"]) == set(floor.KINDS)


def test_a_scale_without_room_on_the_disk_is_left_out_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(screening.shutil, "disk_usage", lambda folder: SimpleNamespace(free=2**30))
    assert screening.measure(tmp_path, [10], turns=1, sample=1) == {
        "rows": [],
        "skipped": ["scale 10: needs 10 GB of disk, 1 GB are free"],
    }
