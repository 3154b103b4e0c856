"""One verb, one transaction, one record."""

import contextlib
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from tests import factories
from tongbao.accounts.models import Area, User
from tongbao.audit import actions as audit
from tongbao.audit import queries, rules
from tongbao.audit.models import Record
from tongbao.refusal import Refusal


@audit.action
def name_area(*, code: str, by: User | None) -> Area:
    area = Area.objects.create(code=code, name=code)
    audit.record("area.name", area, by=by, reference=code, 名称=code)
    return area


@audit.action
def name_silently(*, code: str) -> None:
    Area.objects.create(code=code, name=code)


@audit.action
def name_then_refuse(*, code: str) -> None:
    name_area(code=code, by=None)
    raise Refusal("test", "不行")


@audit.action
def name_one_of_two(*, first: str, second: str) -> None:
    try:
        with transaction.atomic():
            name_then_refuse(code=first)
    except Refusal:
        name_area(code=second, by=None)


@audit.action
def name_whatever_is_refused(*, first: str, second: str) -> None:
    name_area(code=second, by=None)
    with contextlib.suppress(Refusal):
        name_then_refuse(code=first)


def records() -> list[tuple[int, str, str]]:
    return list(Record.objects.values_list("number", "verb", "reference"))


def test_a_verb_leaves_one_linked_record(db):
    officer = factories.user()
    name_area(code="one", by=officer)
    name_area(code="two", by=None)
    first, second = Record.objects.all()
    assert (first.number, first.actor_id, first.actor_name, first.actor_body) == (
        1,
        officer.pk,
        officer.name,
        officer.organisation.name,
    )
    assert (second.number, second.actor_id, second.actor_name) == (2, None, "系统")
    assert (first.previous_hash, second.previous_hash) == (rules.GENESIS, first.hash)
    assert list(queries.faults()) == []


def test_a_verb_without_a_record_does_not_commit(db):
    with pytest.raises(audit.Unrecorded):
        name_silently(code="one")
    assert (list(Area.objects.all()), records()) == ([], [])


def test_a_record_outside_a_verb_is_refused(db):
    with pytest.raises(audit.Unrecorded):
        audit.record("area.name", factories.area(), by=None)


def test_a_refused_verb_leaves_nothing(db):
    with pytest.raises(Refusal):
        name_then_refuse(code="one")
    assert (list(Area.objects.all()), records()) == ([], [])


def test_a_refused_inner_verb_that_is_not_undone_alone_undoes_the_whole(committed_db):
    with pytest.raises(TransactionManagementError):
        name_whatever_is_refused(first="one", second="two")
    assert (list(Area.objects.all()), records()) == ([], [])


def test_a_refused_inner_verb_is_undone_alone(db):
    name_one_of_two(first="one", second="two")
    assert [area.code for area in Area.objects.all()] == ["two"]
    assert records() == [(1, "area.name", "two")]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_records_cannot_be_changed(db, change: str):
    name_area(code="one", by=None)
    rows = Record.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(verb="other") if change == "update" else rows._raw_delete(rows.db)
    assert records() == [(1, "area.name", "one")]


def test_verbs_at_once_make_one_chain(committed_db):
    failures: list[Any] = []

    def work(number: int) -> None:
        try:
            name_area(code=f"area-{number}", by=None)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [number for number, *_ in records()] == list(range(1, 21))
    assert list(queries.faults()) == []
