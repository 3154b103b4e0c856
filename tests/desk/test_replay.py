"""A decision of a case beside its replay and beside today's: what is the same, what moved, and who may look."""

import json
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests import factories, tampering
from tests.scheme.nantong import TEXT, compiled, decide
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.desk import queries, rules
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.scheme import actions as schemes
from tongbao.scheme.models import Decision
from tongbao.scheme.rules import Outcome, read_facts, same_substance

FIRM = {"area": "chongchuan", "insured": False}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(application: Application, decision: Decision | None = None) -> str:
    return f"/cases/{application.reference}/decisions/{(decision or application.decision).pk}/"


def replayed(application: Application) -> queries.Replay:
    found = queries.replay(factories.user(Role.AUDITOR), application, application.decision_id)
    assert found is not None
    return found


@pytest.fixture
def application(db) -> Application:
    """A firm that exported 500 万 USD, all of it elsewhere than to the US."""
    return factories.application(State.FIRST_REVIEW)


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of(then: dict, now: dict) -> dict[str, rules.Line]:
    """The lines of the criteria and grounds that moved, by their ids; the replay is the original."""
    scheme = compiled().scheme
    facts = rules.known(scheme, scheme, *(read_facts(scheme, {**FIRM, **given}) for given in (then, now)))
    before, today = decide(**then), decide(**now)
    found = [
        *rules.lines(before.findings, before.findings, today.findings, facts),
        *rules.lines(before.priorities, before.priorities, today.priorities, facts),
    ]
    assert [line.id for line in found if not line.same] == []
    return {line.id: line for line in found if line.changed or line.moved}


def test_a_fact_that_moved_is_named_at_each_condition_that_uses_it():
    moved = lines_of({"exports_usd": "5000000"}, {"exports_usd": "40000000"})
    assert {id: line.changed for id, line in moved.items()} == {
        "exports_band": True,
        "emerging_markets": False,
        "key_dependence": False,
    }
    (fact,) = moved["exports_band"].moved
    assert (fact.title, fact.then, fact.now) == ("2018年海关出口额", "5,000,000.00 美元", "40,000,000.00 美元")


def test_a_fact_that_became_known_is_a_change():
    moved = lines_of({"famous_brand": None}, {"famous_brand": True})
    assert {id: (line.changed, line.then.met, line.now.met) for id, line in moved.items()} == {
        "famous_brand": (True, None, True)
    }
    assert moved["famous_brand"].moved[0].then == "未知"


def test_what_did_not_move_is_not_marked():
    assert lines_of({"exports_usd": "5000000"}, {"exports_usd": "5000000.00"}) == {}


def test_changed_facts_come_first():
    scheme = compiled().scheme
    then, now = (read_facts(scheme, {**FIRM, **given}) for given in ({}, {"pilot_firm": True}))
    assert [(fact.id, fact.changed) for fact in rules.known(scheme, scheme, then, now)][:2] == [
        ("pilot_firm", True),
        ("area", False),
    ]


def test_a_condition_that_is_no_longer_asked_and_one_that_is_new_stand_side_by_side():
    findings = {finding.id: finding for finding in decide(exports_usd="5000000").findings}
    area, band = findings["area"], findings["exports_band"]
    gone, new = rules.lines([area], [area], [band], ())
    assert [(gone.then, gone.now, gone.changed), (new.then, new.now, new.changed)] == [
        (area, None, True),
        (None, band, True),
    ]


def test_plans_are_told_one_by_one():
    then, now = decide(exports_usd="5000000"), decide(exports_usd="300000")
    assert [
        (line.plan, line.then.available, line.now.available, line.changed) for line in rules.plans(then, then, now)
    ] == [("A", True, False, True), ("B", True, False, True), ("C", None, False, True), ("D", False, True, True)]


def test_an_answer_that_does_not_replay_is_told_at_its_line():
    then, other = decide(exports_usd="5000000"), decide(exports_usd="40000000")
    lines = rules.lines(then.findings, other.findings, then.findings, ())
    assert {line.id: line.same for line in lines} == {"area": True, "exports_band": False, "uninsured": True}
    assert [line.plan for line in rules.plans(then, other, then) if not line.same] == ["A", "B", "C"]


CENTS = st.decimals(0, 40_000_000, places=2).map(lambda amount: f"{amount:.2f}")
BY_TYPE = {"number": CENTS, "bool": st.booleans(), "text": st.sampled_from(["chongchuan", "tongzhou", "haian", "其他"])}
FACTS = st.fixed_dictionaries({fact.id: st.none() | BY_TYPE[fact.type] for fact in compiled().scheme.facts})
WHOLES = {fact.id: fact.part_of for fact in compiled().scheme.facts if fact.part_of}


def within(facts: dict) -> dict:
    """A part is never more than its whole."""
    both = {id: (facts[id], facts[whole]) for id, whole in WHOLES.items() if facts[id] and facts[whole]}
    return facts | {id: min(pair, key=Decimal) for id, pair in both.items()}


@given(FACTS.map(within))
def test_whatever_was_decided_replays_line_by_line(facts: dict):
    kept = json.loads(json.dumps(decide(**facts).to_json()))  # as the database keeps it
    again = decide(**facts)
    stored = Outcome.from_json(kept)
    lines = (
        *rules.lines(stored.findings, again.findings, again.findings, ()),
        *rules.lines(stored.priorities, again.priorities, again.priorities, ()),
        *rules.plans(stored, again, again),
    )
    assert (same_substance(kept, again), [one for one in lines if not one.same or one.changed]) == (True, [])


# ── one case ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_decision_replays_to_what_was_stored(application: Application):
    found = replayed(application)
    assert (found.same, found.changed, found.other_terms, found.facts_changed) == (True, False, False, 0)
    lines = (*found.criteria, *found.grounds, *found.plans)
    assert (len(lines), [line.title for line in lines if not line.same or line.changed]) == (14, [])


def test_figures_corrected_since_then_are_shown_beside_the_old_ones(application: Application):
    factories.customs(application.exporter, 2018, "US", "26000000.00")
    found = replayed(application)
    assert (found.same, found.then.headline, found.now.headline) == (True, "可以参保", "暂不能参保")
    assert [fact.title for fact in found.facts if fact.changed] == [
        "2018年海关出口额", "2018年以来出口额", "2018年对美出口额"
    ]  # fmt: skip
    page = signed_in(factories.user(Role.AUDITOR)).get(address(application)).content.decode()
    wanted = [
        "结果与存档完全一致",
        "有 3 项变化",
        "5,000,000.00 美元",
        "31,000,000.00 美元",
        "高于上限 3,000.00 万美元",
    ]
    assert [word for word in wanted if word not in page] == []


def test_terms_that_changed_since_then_are_shown(application: Application):
    text = TEXT.replace("rate: 0.03%\n    payers", "rate: 0.06%\n    payers").replace(
        "effective_from: 2019-09-01", "effective_from: 2019-10-01"
    )
    schemes.load_edition(text=text, name="nantong-2019.yaml", by=None)
    found = replayed(application)
    plan_a = next(line for line in found.plans if line.plan == "A")
    assert (found.same, found.other_terms, found.terms.version, found.facts_changed) == (True, True, 2, 0)
    assert (plan_a.then.rate, plan_a.now.rate, plan_a.changed) == (Decimal("0.0003"), Decimal("0.0006"), True)
    page = signed_in(factories.user(Role.AUDITOR)).get(address(application)).content.decode()
    assert [f"/scheme/terms/nantong-2019/{version}/" in page for version in (1, 2)] == [True, True]


@pytest.mark.django_db
def test_each_review_has_a_decision_of_its_own():
    application = factories.application(State.APPROVED)
    client = signed_in(factories.user(Role.CITY_OFFICER))
    reviews = [review.decision for review in application.reviews.all()]
    titles = [client.get(address(application, one)).context["replay"].basis.title for one in reviews]
    assert titles == ["区级初审", "市级复审"]


# ── who may look ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_firm_reads_its_own_in_plain_words(application: Application):
    owner = User.objects.get(organisation__code=application.exporter.code)
    page = signed_in(owner).get(address(application)).content.decode()
    assert "结果与当时告诉您的一样" in page
    assert "摘要" not in page


def test_a_decision_of_another_case_is_not_found(application: Application):
    other = factories.application(State.FIRST_REVIEW)
    client = signed_in(factories.user(Role.AUDITOR))
    owner = User.objects.get(organisation__code=application.exporter.code)
    found = [
        client.get(address(application, other.decision)).status_code,
        client.get(address(application)).status_code,
        signed_in(owner).get(address(other)).status_code,
    ]
    assert found == [404, 200, 404]


def test_the_case_leads_to_the_replay(application: Application):
    client = signed_in(factories.user(Role.AUDITOR))
    assert address(application) in client.get(f"/cases/{application.reference}/?tab=grounds").content.decode()


# ── tampering ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(committed_db) -> Application:
    return factories.application(State.FIRST_REVIEW)


def test_a_result_that_does_not_replay_is_shown_where_it_differs(kept: Application):
    changed = kept.decision.result
    changed["findings"][1]["met"], changed["eligible"] = False, False
    decision = Decision.objects.get(pk=kept.decision_id)
    _rewrite(decision, changed)
    found = replayed(Application.objects.get(pk=kept.pk))
    assert (found.same, [line.id for line in found.criteria if not line.same]) == (False, ["exports_band"])
    page = signed_in(factories.user(Role.AUDITOR)).get(address(kept)).content.decode()
    assert "存档为“暂不能参保”，重新判定为“可以参保”" in page


def test_a_result_that_cannot_be_read_is_said_not_shown_as_an_error(kept: Application):
    _rewrite(kept.decision, {})
    answer = signed_in(factories.user(Role.AUDITOR)).get(address(kept))
    assert (answer.status_code, "存档读不出来" in answer.content.decode()) == (409, True)


def _rewrite(decision: Decision, result: dict) -> None:
    """Change what was kept, as someone with the database could."""
    tampering.run("scheme_decision")
    Decision.objects.filter(pk=decision.pk).update(result=result)
