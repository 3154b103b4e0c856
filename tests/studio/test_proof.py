"""Drafts and approvals that were changed behind the application's back are found and named."""

from collections.abc import Callable

import pytest

from tests import factories, tampering
from tests.studio import drafting
from tongbao.accounts.rules import Role
from tongbao.studio import actions, queries
from tongbao.studio.models import Draft

CODE = "nantong-2019-d1"


@pytest.fixture
def draft(committed_db) -> Draft:
    """A published draft of two states."""
    made = drafting.draft()
    actions.save(code=made.code, text=drafting.HIGHER, revision=1, by=made.author)
    actions.submit(code=made.code, revision=2, by=made.author)
    second = factories.user(Role.CITY_OFFICER)
    return actions.publish(code=made.code, seen=Draft.objects.get().text_hash, follows=1, by=second)


def test_what_is_true_has_no_faults(draft: Draft):
    assert list(queries.faults()) == []


def _revision(draft: Draft) -> str:
    tampering.run("studio_revision", "UPDATE studio_revision SET text = 'x' WHERE number = 1")
    return f"草案 {CODE} 第 1 次修改的内容与记录不符"


def _gone(draft: Draft) -> str:
    tampering.run("studio_revision", "DELETE FROM studio_revision WHERE number = 1")
    return f"草案 {CODE} 第 1 次修改不见了"


def _text(draft: Draft) -> str:
    tampering.run("studio_draft", "UPDATE studio_draft SET text = 'x'")
    return f"草案 {CODE} 发布的条款与草案文本不同"


def _approver(draft: Draft) -> str:
    other = factories.user(Role.CITY_OFFICER)
    tampering.run("studio_draft", f"UPDATE studio_draft SET approved_by_id = {other.pk}")
    return f"草案 {CODE} 的批准与记录不符"


def _state(draft: Draft) -> str:
    tampering.run("studio_draft", "UPDATE studio_draft SET state = 'editing'")
    return f"批准过的草案 {CODE} 不再是已发布"


@pytest.mark.parametrize("tamper", [_revision, _gone, _text, _approver, _state])
def test_a_change_is_found(draft: Draft, tamper: Callable[[Draft], str]):
    sentence = tamper(draft)
    assert next(queries.faults()) == sentence
