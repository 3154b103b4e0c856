"""The list that is imported for measuring is what it says it is, and the measuring halves do what they measure."""

from collections import Counter

import pytest

from benchmarks import customs, imports, imports_page, marks, search_page
from tongbao.batch.models import Import
from tongbao.registry.models import CustomsExport, Exporter, YearTotal

ROWS = 36


@pytest.fixture
def officer(db):
    imports_page.prepare()


def wanted(rows=ROWS):
    return {"figures": rows, "digest": marks.digest(customs.figures(rows))}


def part_of(found, like):
    return {name: found[name] for name in like}


def test_a_list_is_made_once_and_the_same_every_time(tmp_path):
    path = customs.make(tmp_path / "one", ROWS, "list")
    before = path.stat().st_mtime_ns
    assert customs.make(tmp_path / "one", ROWS, "list").stat().st_mtime_ns == before
    assert path.read_bytes() == customs.make(tmp_path / "two", ROWS, "list").read_bytes()


def test_a_mark_does_not_depend_on_the_order():
    figures = list(customs.figures(ROWS))
    assert marks.digest(reversed(figures)) == marks.digest(figures)
    assert marks.digest(figures[1:]) != marks.digest(figures)


def test_the_rows_are_months_of_firms_with_valid_codes():
    figures = list(customs.figures(ROWS))
    assert Counter(figure.code for figure in figures) == {customs.code(firm): 12 for firm in range(3)}
    assert {figure.month for figure in figures} == set(range(1, 13))
    assert len({figure[:4] for figure in figures}) == ROWS
    assert {len(cells) for cells in customs.lines(ROWS, "list")} == {len(customs.TITLES)}


@pytest.mark.parametrize("form", ["list", "list.csv"])
def test_an_import_ends_with_the_facts_of_its_figures(officer, settings, tmp_path, form):
    settings.MEDIA_ROOT = tmp_path / "files"
    path = customs.make(tmp_path, ROWS, form)
    found = imports_page.whole(path)
    cents = sum(figure.cents for figure in customs.figures(ROWS))
    expected = {**wanted(), "rows": ROWS, "faulty_rows": 0, "firms": 3, "years": 3, "cents": cents}
    assert part_of(found, expected) == expected
    assert found["seconds"].keys() == found["cpu_seconds"].keys() == {"whole", *imports.STEPS}
    undone = imports_page.undo()
    assert part_of(undone, ("figures", "firms", "years", "cents")) == {"figures": 0, "firms": 0, "years": 0, "cents": 0}
    assert undone["seconds"].keys() == {"undo"}


def test_every_kind_of_wrong_row_is_found_and_no_other(officer, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(customs, "EVERY", 12)
    rows = 12 * len(customs.WRONG)
    found = imports_page.whole(customs.make(tmp_path, rows, "faulty"))
    assert (found["rows"], found["faulty_rows"]) == (rows, len(customs.WRONG))
    assert found["figures"] == rows - len(customs.WRONG)
    assert Import.objects.get().fault_count == len(customs.WRONG)


@pytest.mark.parametrize("kind", list(imports.FLOORS))
def test_a_floor_keeps_the_same_figures(officer, tmp_path, kind):
    found = imports_page.WHAT[kind](customs.make(tmp_path, ROWS, "list"))
    assert part_of(found, wanted()) == wanted()
    assert found["seconds"].keys() == {"read", "insert", "whole"}
    assert CustomsExport.objects.count() == ROWS


def test_the_form_for_the_peer_holds_the_figures_themselves():
    said = [(cells[0], *cells[3:7]) for cells in customs.lines(ROWS, "plain")]
    assert said == [tuple(figure) for figure in customs.figures(ROWS)]


def test_a_register_is_made_and_asked(officer):
    search_page.make(60)
    assert Exporter.objects.count() == 60
    assert YearTotal.objects.count() == sum(
        search_page.cents(firm, year) > 0 for firm in range(60) for year in search_page.YEARS
    )
    answer = search_page.ask(60, turns=1)
    found = {row["what"]: row["found"] for row in answer["rows"]}
    assert len(found) == len(answer["rows"])
    assert found["the list, no filter"] == found["the list, last page"] == 60
    assert found["part of a name, many found"] == sum("纺织" in search_page.name(firm) for firm in range(60))
    assert found["part of a name, nothing found"] == 0
    assert found["a whole code"] == 1
    assert all(row["milliseconds"] > 0 for row in answer["rows"])
