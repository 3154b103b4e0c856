"""A verb that the database could not serve is undone and begun again, a few times; real locks, real deadlocks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from tests import factories, unsteady
from tongbao import busy, clock
from tongbao.accounts.models import Area
from tongbao.audit import actions as audit
from tongbao.audit import queries
from tongbao.audit.actions import _again
from tongbao.audit.models import Record
from tongbao.documents import actions as documents
from tongbao.documents import queries as kept
from tongbao.refusal import Refusal

MOMENT_MS = 400


@audit.action
def rename(*, area_id: int, name: str) -> Area:
    area = Area.objects.select_for_update().get(pk=area_id)
    area.name = name
    area.save()
    audit.record("area.rename", area, by=None, name=name)
    return area


@pytest.fixture
def area(committed_db) -> Area:
    return factories.area("one", "一区")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long was paused before each further attempt, in milliseconds; the pauses are made as ever."""
    made: list[int] = []
    pause = clock.pause

    def noted(milliseconds: int) -> None:
        made.append(milliseconds)
        pause(milliseconds)

    monkeypatch.setattr(clock, "pause", noted)
    return made


@contextmanager
def held(area: Area, let_go: threading.Event) -> Iterator[None]:
    """Somebody else has the row (on SQLite: the whole database) locked until told to let go."""
    has_it = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Area.objects.select_for_update().get(pk=area.pk)
                has_it.set()
                let_go.wait(30)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    has_it.wait(30)
    try:
        yield
    finally:
        let_go.set()
        holder.join()


def be_impatient() -> None:
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("PRAGMA busy_timeout = 50" if sqlite else "SET lock_timeout = '50ms'")


def names() -> list[str]:
    return list(Record.objects.order_by("number").values_list("detail", flat=True).filter(verb="area.rename"))


def test_a_verb_waits_out_somebody_elses_lock(area: Area, pauses: list[int]):
    be_impatient()
    let_go = threading.Event()
    with held(area, let_go):
        threading.Timer(MOMENT_MS / 1000, let_go.set).start()
        assert rename(area_id=area.pk, name="二区").name == "二区"
    area.refresh_from_db()
    assert (area.name, names(), len(pauses) > 0) == ("二区", [{"name": "二区"}], True)
    assert list(queries.faults()) == []


def test_a_lock_that_never_comes_is_the_end_with_its_own_error(area: Area, pauses: list[int]):
    be_impatient()
    let_go = threading.Event()
    with held(area, let_go), pytest.raises(OperationalError) as error:
        rename(area_id=area.pk, name="二区")
    area.refresh_from_db()
    assert busy.is_busy(error.value)
    assert (area.name, names(), len(pauses)) == ("一区", [], len(_again.PAUSES_MS))


def test_pauses_grow_and_part_rivals(area: Area, pauses: list[int]):
    be_impatient()
    let_go = threading.Event()
    with held(area, let_go), pytest.raises(OperationalError):
        rename(area_id=area.pk, name="二区")
    assert [least <= made < 2 * least for least, made in zip(_again.PAUSES_MS, pauses, strict=True)] == [True] * 4


def test_who_has_waited_long_is_not_made_to_wait_once_more(area: Area, pauses: list[int], set_clock):
    tries = []

    def attempt() -> None:
        tries.append(1)
        set_clock("2019-10-15T10:00")
        raise OperationalError("canceling statement due to lock timeout") from unsteady.Deadlock()

    with pytest.raises(OperationalError):
        _again.until_served(attempt)
    assert (len(tries), pauses) == (1, [])


def test_a_verb_that_failed_at_its_very_end_is_done_once(area: Area):
    with unsteady.every_verb_twice() as undone:
        rename(area_id=area.pk, name="二区")
    assert (len(undone), names()) == (1, [{"name": "二区"}])
    assert [record.number for record in Record.objects.all()] == [1]


@pytest.mark.parametrize("error", [Refusal("no", "不行。"), IntegrityError("twice"), ValueError("x")], ids=repr)
def test_every_other_no_is_final(area: Area, pauses: list[int], error: Exception):
    tries = []

    @audit.action
    def fail() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        fail()
    assert (len(tries), pauses) == (1, [])


def test_inside_somebody_elses_transaction_nothing_is_begun_again(area: Area, pauses: list[int]):
    with unsteady.every_verb_twice() as undone, pytest.raises(OperationalError), transaction.atomic():
        rename(area_id=area.pk, name="二区")
    assert (len(undone), pauses, names()) == (1, [], [])


def test_a_nested_verb_is_begun_again_with_the_whole(area: Area):
    @audit.action
    def rename_twice() -> None:
        rename(area_id=area.pk, name="二区")
        rename(area_id=area.pk, name="三区")

    with unsteady.every_verb_twice() as undone:
        rename_twice()
    assert (len(undone), names()) == (1, [{"name": "二区"}, {"name": "三区"}])


def test_an_upload_is_kept_whole_by_a_verb_begun_again(committed_db):
    upload = factories.upload()
    with unsteady.every_verb_twice() as undone:
        document = documents.store_upload(upload=upload, kind="funds.voucher", by=factories.user())
    assert (len(undone), kept.read(document)) == (1, factories.PDF)


# ── PostgreSQL locks rows ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def postgres(committed_db) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: no deadlock, no two versions of a row")


def test_two_verbs_in_a_real_deadlock_both_get_through(postgres, pauses: list[int]):
    first, second = factories.area("one", "一区"), factories.area("two", "二区")
    meet = threading.Barrier(2)
    met: set[int] = set()
    failures: list[Exception] = []

    @audit.action
    def rename_both(*, one: Area, other: Area) -> None:
        rename(area_id=one.pk, name="甲")
        if one.pk not in met:  # each holds its first row before either asks for the other's
            met.add(one.pk)
            meet.wait(30)
        rename(area_id=other.pk, name="乙")

    def run(one: Area, other: Area) -> None:
        try:
            rename_both(one=one, other=other)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    rivals = [threading.Thread(target=run, args=pair) for pair in ((first, second), (second, first))]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert (failures, len(pauses)) == ([], 1)
    assert names() == [{"name": "甲"}, {"name": "乙"}] * 2
    assert list(queries.faults()) == []


def test_a_verb_whose_rows_changed_under_its_snapshot_looks_again(postgres, pauses: list[int]):
    area = factories.area("one", "一区")
    seen: list[str] = []

    @audit.action
    def lengthen() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        before = Area.objects.get(pk=area.pk).name
        if not seen:
            meddle()
        seen.append(before)
        rename(area_id=area.pk, name=f"{before}二")

    def meddle() -> None:
        def change() -> None:
            try:
                Area.objects.filter(pk=area.pk).update(name="别人的区")
            finally:
                connection.close()

        other = threading.Thread(target=change)
        other.start()
        other.join()

    lengthen()
    assert (seen, len(pauses), names()) == (["一区", "别人的区"], 1, [{"name": "别人的区二"}])


def test_a_server_does_not_let_anybody_wait_for_ever(postgres):
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        lock = cursor.fetchone()
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert (lock, cursor.fetchone()) == (("10s",), ("1min",))


@pytest.mark.parametrize("statement", ["SELECT no_such_thing", "SELECT 1/"])
def test_a_fault_of_ours_is_not_taken_for_a_crowd(db, statement: str):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert not busy.is_busy(error.value)
