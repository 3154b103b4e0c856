"""The permission matrix: every page of the project against every role."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import factories
from tongbao.accounts.rules import Role
from tongbao.cli import docs

DUMMIES = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000000"}


def own_pages() -> list[tuple[str, Callable[..., Any]]]:
    return list(docs.pages())


def address(route: str) -> str:
    """An address of this route, with made-up values: who may open a page is decided before the row is looked for."""
    plain = route.replace("^", "").replace("$", "").replace("\\Z", "")
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: DUMMIES.get(found[1] or "", "x"), plain)


def answer(client: Client, route: str) -> HttpResponse:
    response = client.get(address(route))
    return client.post(address(route)) if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED else response


def test_every_page_says_who_may_open_it():
    assert [route for route, view in own_pages() if not hasattr(view, "access")] == []


@pytest.mark.parametrize("role", Role)
def test_a_role_is_kept_out_of_the_pages_of_others(db, client: Client, role: Role):
    client.force_login(factories.user(role))
    closed = [route for route, view in own_pages() if view.access and role not in view.access]
    assert [route for route in closed if answer(client, route).status_code != HTTPStatus.FORBIDDEN] == []


def test_a_visitor_is_led_to_sign_in(db, client: Client):
    closed = [route for route, view in own_pages() if view.access is not None]
    answers = {route: answer(client, route) for route in closed}
    assert [
        route for route, got in answers.items() if got.status_code != 302 or "/accounts/login/" not in got["Location"]
    ] == []
