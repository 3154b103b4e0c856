"""Drafts and approvals that were changed behind the application's back are found and named."""

from collections.abc import Callable

import pytest

from tests import factories, tampering
from tests.studio import drafting, forecasting
from tongbao.accounts.rules import Role
from tongbao.studio import actions, queries
from tongbao.studio.models import Draft
from tongbao.studio.rules.forecast import Source

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
    return f"草案 {CODE} 的文本不是最近一次修改的内容"


def _approver(draft: Draft) -> str:
    other = factories.user(Role.CITY_OFFICER)
    tampering.run("studio_draft", f"UPDATE studio_draft SET approved_by_id = {other.pk}")
    return f"草案 {CODE} 的批准与记录不符"


def _unsaved_text(draft: Draft) -> str:
    waiting = drafting.submitted(text=drafting.HIGHER.replace("limit_usd: 8万", "limit_usd: 9万"))
    tampering.run("studio_draft", f"UPDATE studio_draft SET text = 'x', submitted_hash = 'x' WHERE id = {waiting.pk}")
    return f"草案 {waiting.code} 的文本不是最近一次修改的内容"


def _writer(draft: Draft) -> str:
    other = factories.user(Role.CITY_OFFICER)
    tampering.run("studio_revision", f"UPDATE studio_revision SET by_id = {other.pk} WHERE number = 2")
    return f"草案 {CODE} 第 2 次修改的修改人与记录不符"


def _submitter(draft: Draft) -> str:
    other = factories.user(Role.CITY_OFFICER)
    tampering.run("studio_draft", f"UPDATE studio_draft SET submitted_by_id = {other.pk}")
    return f"草案 {CODE} 的提交人与记录不符"


def _forecast(draft: Draft) -> str:
    run = forecasting.kept(drafting.first_terms(), draft.author, Source.POLICY_EQUAL)
    assert list(queries.faults()) == []
    tampering.run(
        "studio_forecastrun",
        'UPDATE studio_forecastrun SET result = \'{"answer": {}, "story": {}}\'',
    )
    return f"预测 {run.pk} 与测算时的记录不符"


def _forecast_gone(draft: Draft) -> str:
    run = forecasting.kept(drafting.first_terms(), draft.author, Source.POLICY_EQUAL)
    tampering.run("studio_forecastrun", "DELETE FROM studio_forecastrun")
    return f"测算过的预测 {run.pk} 不见了"


def _state(draft: Draft) -> str:
    tampering.run("studio_draft", "UPDATE studio_draft SET state = 'editing'")
    return f"批准过的草案 {CODE} 不再是已发布"


TAMPERINGS = [
    _revision, _gone, _text, _unsaved_text, _writer, _submitter, _approver, _state, _forecast, _forecast_gone
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__[1:])
def test_a_change_is_found(draft: Draft, tamper: Callable[[Draft], str]):
    sentence = tamper(draft)
    assert next(queries.faults()) == sentence
