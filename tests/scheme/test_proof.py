"""Terms and decisions that were changed behind the application's back are found and named."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests import factories, tampering
from tongbao.scheme import actions, queries
from tongbao.scheme.models import Decision, Terms

FACTS = {"area": "chongchuan", "insured": False, "exports_usd": Decimal("5000000.00")}


@pytest.fixture
def decision(committed_db) -> Decision:
    terms = factories.nantong().versions.get()
    return actions.decide(terms=terms, facts=FACTS, subject_code="913206000000000001", by=None)


def test_what_is_true_has_no_faults(decision: Decision):
    assert list(queries.faults()) == []


def _body(decision: Decision) -> str:
    tampering.run("scheme_terms", "UPDATE scheme_terms SET body = '{}'")
    return "条款 nantong-2019 第1版的内容与摘要不符"


def _hash(decision: Decision) -> str:
    tampering.run("scheme_terms", f"UPDATE scheme_terms SET hash = '{'0' * 64}'")
    return "条款 nantong-2019 第1版的内容与摘要不符"


def _source(decision: Decision) -> str:
    tampering.run("scheme_terms", "UPDATE scheme_terms SET source = 'x'")
    return "条款 nantong-2019 第1版与载入时的记录不符"


def _facts(decision: Decision) -> str:
    tampering.run("scheme_decision", "UPDATE scheme_decision SET facts = '{}'")
    return f"判定 {decision.pk}（913206000000000001）与作出时的记录不符"


def _result(decision: Decision) -> str:
    tampering.run("scheme_decision", "UPDATE scheme_decision SET result = '{}'")
    return f"判定 {decision.pk}（913206000000000001）与作出时的记录不符"


def _deleted(decision: Decision) -> str:
    tampering.run("scheme_decision", "DELETE FROM scheme_decision")
    return f"作出过的判定 {decision.pk} 不见了"


@pytest.mark.parametrize(
    "tamper", [_body, _hash, _source, _facts, _result, _deleted], ids=lambda tamper: tamper.__name__.removeprefix("_")
)
def test_tampering_is_found_and_named(decision: Decision, tamper: Callable[[Decision], str]):
    sentence = tamper(decision)
    assert next(queries.faults(), None) == sentence


def test_a_decision_that_its_terms_would_not_take_is_found(decision: Decision, monkeypatch: pytest.MonkeyPatch):
    other = actions.decide(
        terms=Terms.objects.get(), facts=FACTS | {"insured": True}, subject_code="913206000000000002", by=None
    )
    monkeypatch.setattr(queries, "replay", lambda one: queries.rules.Outcome.from_json(other.result))
    assert list(queries.faults()) == [f"判定 {decision.pk}（913206000000000001）按条款重新判定，结果不同"]
