"""Every address of the project × everybody who may knock × reading and writing, against the written table."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from tests.permissions.matrix import MATRIX
from tests.permissions.rows import OUTCOMES, PEOPLE, Row, addresses, read
from tests.permissions.world import World

pytestmark = pytest.mark.django_db  # the database is made for tests so marked; the world itself lasts for the module
ROWS = [
    pytest.param(name, row, method, id=f"{name} {method}") for name, row in MATRIX.items() for method in ("get", "post")
]


def test_every_address_has_a_row_and_every_row_an_address():
    assert sorted(addresses()) == sorted(MATRIX)


def test_every_row_speaks_of_everybody():
    assert [
        (name, method)
        for name, row in MATRIX.items()
        for method in ("get", "post")
        if len(row.letters(method)) != len(PEOPLE) or set(row.letters(method)) - set(OUTCOMES)
    ] == []


@pytest.mark.parametrize(("name", "row", "method"), ROWS)
def test_address(world: World, name: str, row: Row, method: str):
    address = reverse(name, kwargs=row.on(world))
    assert resolve(address).view_name == name
    wanted = dict(zip(PEOPLE, row.letters(method), strict=True))
    assert {person: knock(world, person, method, address, row) for person in PEOPLE} == wanted


def knock(world: World, person: str, method: str, address: str, row: Row) -> str:
    """What this person gets; whatever it did is undone."""
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        if (user := world.people[person]) is not None:
            client.force_login(user)
        answer = read(getattr(client, method)(address, row.data(world) if method == "post" else None))
        transaction.set_rollback(True)
    return answer
