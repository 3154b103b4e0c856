"""One demo clock for every process, which a restart does not turn back."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tongbao import clock
from tongbao.cli.context import ANCHOR_FILE, anchor_clock


@pytest.fixture(autouse=True)
def _no_anchor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGBAO_CLOCK_ANCHOR")


def test_the_first_start_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    anchor_clock(tmp_path)
    start, anchor = (tmp_path / ANCHOR_FILE).read_text().split()
    assert start == "2019-10-15T09:00"
    assert datetime.fromisoformat(anchor).utcoffset() == timedelta()
    shown = clock.now() - clock.local(date(2019, 10, 15), 9)
    assert timedelta() <= shown < timedelta(minutes=1)


def test_a_restart_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ANCHOR_FILE).write_text("2019-10-15T09:00 2019-11-01T00:00:00+00:00\n")
    anchor_clock(tmp_path)
    assert clock.offset() == timedelta(days=-17, hours=1)


def test_another_start_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ANCHOR_FILE).write_text("2019-10-15T09:00 2019-11-01T00:00:00+00:00\n")
    monkeypatch.setenv("TONGBAO_CLOCK", "2019-12-02T09:00")
    anchor_clock(tmp_path)
    assert clock.today().isoformat() == "2019-12-02"


def test_outside_demo_mode_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TONGBAO_CLOCK")
    anchor_clock(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert clock.offset() == timedelta()
