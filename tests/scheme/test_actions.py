"""Terms are loaded and never changed; decisions are stored and replay to the same result."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tests.scheme.nantong import TEXT
from tongbao.accounts.models import Area, User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.refusal import Forbidden, Refusal
from tongbao.scheme import actions, queries, rules
from tongbao.scheme.models import Decision, Edition, Terms

NAME = "nantong-2019.yaml"
FACTS = {"area": "chongchuan", "insured": False, "exports_usd": Decimal("5000000.00"), "firm_size": "小"}
LATER = TEXT.replace("effective_from: 2019-09-01", "effective_from: 2020-01-01").replace(
    "value: 10, clause: 四(二)", "value: 15, clause: 四(二)"
)


@pytest.fixture
def officer(db) -> User:
    return factories.user(Role.CITY_OFFICER)


def load(text: str, by: User | None) -> Terms:
    """Loaded by one officer, proposed by another."""
    return actions.load_edition(text=text, name=NAME, by=by, proposed_by=by and factories.user(Role.CITY_OFFICER))


def test_loading_stores_source_body_and_hash(officer: User):
    terms = load(TEXT, officer)
    assert (terms.edition.code, terms.edition.city, terms.edition.year, terms.version) == (
        "nantong-2019",
        "南通市",
        2019,
        1,
    )
    assert (terms.source, terms.hash) == (TEXT, rules.load(TEXT, NAME).hash)
    assert queries.scheme_of(terms) == rules.load(TEXT, NAME)
    assert queries.current_edition() == terms.edition


def test_the_same_content_again_changes_nothing(officer: User):
    first = load(TEXT, officer)
    assert load("# 一条注释\n" + TEXT, officer) == first
    assert (Edition.objects.count(), Terms.objects.count()) == (1, 1)
    assert list(Record.objects.order_by("number").values_list("verb", flat=True)) == [
        "areas.created",
        "terms.loaded",
        "terms.unchanged",
    ]


def test_a_change_is_a_new_version_from_its_day_on(officer: User):
    first, second = load(TEXT, officer), load(LATER, officer)
    edition = first.edition
    assert (first.version, second.version, second.edition) == (1, 2, edition)
    days = (date(2019, 8, 1), date(2019, 12, 31), date(2020, 1, 1), None)
    assert [queries.terms_of(edition, on=day) for day in days] == [first, first, second, second]
    assert [queries.scheme_of(terms).exporter_share_days for terms in (first, second)] == [10, 15]


def test_a_version_cannot_take_effect_before_the_one_it_follows(officer: User):
    load(LATER, officer)
    with pytest.raises(Refusal) as no:
        load(TEXT, officer)
    assert no.value.code == "effective_too_early"
    assert Terms.objects.count() == 1


def test_the_areas_of_the_city_come_with_the_edition(officer: User):
    kept = Area.objects.create(code="tongzhou", name="通州", order=7)
    load(TEXT, officer)
    known = list(Area.objects.values_list("code", "name", "order"))
    assert sorted(known, key=lambda area: area[2])[:3] == [
        ("chongchuan", "崇川区", 1),
        ("gangzha", "港闸区", 3),
        ("etdz", "经济技术开发区", 4),
    ]
    assert len(known) == 11
    kept.refresh_from_db()
    assert (kept.name, kept.order) == ("通州", 7)


def test_nothing_is_loaded_over_a_version_that_was_not_seen(officer: User):
    load(TEXT, officer)
    with pytest.raises(Refusal) as no:
        actions.load_edition(text=LATER, name=NAME, by=officer, follows=0)
    assert no.value.code == "terms_moved"
    other = factories.user(Role.CITY_OFFICER)
    for _ in range(2):  # a second click
        terms = actions.load_edition(text=LATER, name=NAME, by=officer, follows=1, proposed_by=other)
        assert terms.version == 2


NEXT_YEAR = TEXT.replace("code: nantong-2019", "code: nantong-2020").replace("year: 2019", "year: 2020", 1)


@pytest.mark.parametrize("text", [LATER, NEXT_YEAR])
def test_once_something_is_published_nobody_publishes_alone(officer: User, text: str):
    actions.load_edition(text=TEXT, name=NAME, by=officer)
    for proposed_by in (None, officer):
        with pytest.raises(Refusal) as no:
            actions.load_edition(text=text, name=NAME, by=officer, proposed_by=proposed_by)
        assert no.value.code == "second_person"
    assert (Terms.objects.count(), Edition.objects.count()) == (1, 1)


def test_a_faulty_file_leaves_nothing_behind(officer: User):
    with pytest.raises(rules.Faults) as caught:
        load(TEXT.replace("when: NOT insured", "when: NOT insurd"), officer)
    assert len(caught.value.faults) == 1
    assert (Edition.objects.count(), Terms.objects.count(), Area.objects.count(), Record.objects.count()) == (
        0,
        0,
        0,
        0,
    )


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CITY_OFFICER, Role.ADMINISTRATOR)])
def test_others_may_not_load(db, role: Role):
    with pytest.raises(Forbidden):
        load(TEXT, factories.user(role))


def test_terms_and_decisions_are_never_changed_or_deleted(officer: User):
    terms = load(TEXT, officer)
    decision = actions.decide(terms=terms, facts=FACTS, subject_code="91320600MA1000000X", by=officer)
    for change in (
        lambda: Terms.objects.filter(pk=terms.pk).update(version=9),
        lambda: Terms.objects.filter(pk=terms.pk)._raw_delete("default"),
        lambda: Decision.objects.filter(pk=decision.pk).update(subject_code="x"),
        lambda: Decision.objects.filter(pk=decision.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_decision_keeps_facts_and_result_and_replays(officer: User):
    terms = load(TEXT, officer)
    decision = actions.decide(terms=terms, facts=FACTS, subject_code="91320600MA1000000X", by=officer)
    stored = queries.decision(decision.pk)
    assert stored.facts == {"area": "chongchuan", "insured": False, "exports_usd": "5000000.00"}
    outcome = rules.Outcome.from_json(stored.result)
    assert (outcome.eligible, outcome.terms_hash) == (True, terms.hash)
    assert queries.replay(stored) == outcome
    load(LATER, officer)
    assert queries.replay(queries.decision(decision.pk)) == outcome


def test_without_an_edition_there_is_a_sentence(db):
    with pytest.raises(Refusal) as no:
        queries.current_edition()
    assert no.value.sentence == "还没有载入年度方案，请联系市商务局。"


def test_facts_that_cannot_be_true_together_are_refused_in_words(db):
    terms = load(TEXT, None)
    facts = {"exports_usd": Decimal("1.00"), "us_exports_usd": Decimal("2.00")}
    with pytest.raises(Refusal) as no:
        actions.decide(terms=terms, facts=facts, subject_code="X", by=None)
    assert (no.value.code, Decision.objects.count()) == ("bad_facts", 0)
    assert no.value.sentence.startswith("企业名册中的数据前后矛盾，请联系市商务局更正：")
