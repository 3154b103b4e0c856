"""The inbox on screen."""

import pytest
from django.test import Client

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.notify import actions, queries


@pytest.fixture
def exporter(db) -> User:
    return factories.user(Role.EXPORTER, factories.organisation(OrganisationKind.EXPORTER))


def test_a_visitor_is_led_to_sign_in(db, client: Client):
    response = client.get("/messages/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=%2Fmessages%2F")


def test_opening_a_notice_leads_to_its_page(client: Client, exporter: User):
    message = actions.send(to=exporter, title="初审通过", url="/applications/1/", by=None)
    client.force_login(exporter)
    assert "初审通过" in client.get("/messages/").content.decode()
    response = client.post(f"/messages/{message.pk}/open/")
    assert (response.status_code, response["Location"]) == (302, "/applications/1/")
    assert queries.unread_count(exporter) == 0


def test_a_notice_never_leads_away_from_the_site(client: Client, exporter: User):
    message = actions.send(to=exporter, title="您好", url="https://elsewhere.example/", by=None)
    client.force_login(exporter)
    assert client.post(f"/messages/{message.pk}/open/")["Location"] == "/messages/"


def test_another_persons_notice_is_not_there(client: Client, exporter: User):
    message = actions.send(to=exporter, title="您好", by=None)
    client.force_login(factories.user(Role.EXPORTER))
    assert client.post(f"/messages/{message.pk}/open/").status_code == 404


def test_all_read(client: Client, exporter: User):
    actions.send(to=exporter.organisation, title="您好", by=None)
    client.force_login(exporter)
    client.post("/messages/read/")
    assert queries.unread_count(exporter) == 0
