"""One order: flow.py, the installed apps, the import contracts and the foreign keys agree."""

import tomllib

from django.apps import apps
from django.conf import settings

from tests.architecture.source import PACKAGE, ROOT
from tongbao import flow

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG}


def test_the_import_contract_has_the_order_of_the_flow():
    layers = [layer for layer in reversed(CONTRACTS["flow"]["layers"]) if layer in flow.CONTEXTS]
    assert layers == list(flow.CONTEXTS)
    assert CONTRACTS["flow"]["exhaustive"] is True


def test_the_room_contract_holds_for_every_context():
    rooms = {container.removeprefix("tongbao.") for container in CONTRACTS["rooms"]["containers"]}
    assert rooms == set(flow.CONTEXTS) - {"ui"}  # the floor's ui has rooms of its own


def test_the_installed_apps_have_the_order_of_the_flow():
    ours = [app for app in settings.INSTALLED_APPS if app.startswith("tongbao.")]
    assert ours == [f"tongbao.{context}" for context in flow.CONTEXTS]


def test_every_context_is_a_package_and_every_package_a_context():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert packages == {*flow.CONTEXTS, "cli", "config"}


def test_foreign_keys_point_upstream():
    order = {context: number for number, context in enumerate(flow.CONTEXTS)}
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if model._meta.app_label in order
        and field.is_relation
        and not field.auto_created
        and field.related_model
        and order.get(field.related_model._meta.app_label, -1) > order[model._meta.app_label]
    ]
    assert wrong == []
