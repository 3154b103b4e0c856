"""Sending and reading."""

import pytest

from tests import factories
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit.models import Record
from tongbao.notify import actions, queries
from tongbao.notify.models import Message


@pytest.fixture
def firm(db):
    return factories.organisation(OrganisationKind.EXPORTER)


@pytest.fixture
def exporter(firm):
    return factories.user(Role.EXPORTER, firm)


def test_a_notice_to_a_firm_reaches_its_people_only(firm, exporter):
    sent = actions.send(to=firm, title="初审通过", body="请等待复审。", url="/applications/1/", by=None)
    stranger = factories.user(Role.EXPORTER)
    assert list(queries.visible_to(exporter)) == [sent]
    assert queries.unread_count(exporter) == 1
    assert list(queries.visible_to(stranger)) == []


def test_a_notice_to_a_person(firm, exporter):
    colleague = factories.user(Role.EXPORTER, firm)
    actions.send(to=exporter, title="您好", by=None)
    assert (queries.unread_count(exporter), queries.unread_count(colleague)) == (1, 0)


def test_the_same_key_sends_once(exporter):
    first = actions.send(to=exporter, title="提醒", by=None, key="reminder-1")
    again = actions.send(to=exporter, title="提醒", by=None, key="reminder-1")
    assert (first.pk, Message.objects.count()) == (again.pk, 1)


def test_reading_is_noted_once(exporter, set_clock):
    message = actions.send(to=exporter, title="您好", by=None)
    first = actions.mark_read(message=message, by=exporter).read_at
    set_clock("2019-10-16T09:00")
    assert actions.mark_read(message=message, by=exporter).read_at == first
    assert queries.unread_count(exporter) == 0


def test_another_firms_notice_cannot_be_read(firm, exporter):
    message = actions.send(to=firm, title="您好", by=None)
    with pytest.raises(Message.DoesNotExist):
        actions.mark_read(message=message, by=factories.user(Role.EXPORTER))


def test_all_read(firm, exporter):
    for title in ("一", "二"):
        actions.send(to=firm, title=title, by=None)
    assert actions.mark_all_read(by=exporter) == 2
    assert queries.unread_count(exporter) == 0
    assert Record.objects.last().detail == {"count": 2}
