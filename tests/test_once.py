"""Statements whose text is worked out once say the same as Django's own, again and again, in every thread."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef
from django.db.transaction import TransactionManagementError
from django.db.utils import IntegrityError

from tests import factories
from tongbao import clock, once
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.funds.models import Account, Pool
from tongbao.scheme.models import Decision, Terms


@once.compiled
def areas_since(day, code):
    return Area.objects.filter(valid_from__gte=day).exclude(code=code).order_by("code")


@once.compiled
def people_of(organisation_id):
    return User.objects.filter(organisation=organisation_id).select_related("organisation").order_by("pk")


@once.compiled
def pools_with_people(insurer_id):
    people = Exists(User.objects.filter(organisation=OuterRef("insurer"), organisation_id=insurer_id))
    return Pool.objects.annotate(people=people).order_by("pk").values_list("insurer__code", "people")


@once.compiled
def names_from(code):
    return Area.objects.filter(code__gte=code).order_by("-code").values_list("name", flat=True)[:1]


@once.compiled
def areas_like(start):
    return Area.objects.filter(name__startswith=start, name__contains="%s 50%")


@once.compiled
def locked(pk):
    return Area.objects.select_for_update().filter(pk=pk)


def area(code: str, day: date | None = None) -> Area:
    return Area.objects.create(code=code, name=f"区{code}", valid_from=day)


def test_a_question_is_asked_with_other_values_each_time(db):
    old, new = area("x1", date(2018, 1, 1)), area("x2", date(2020, 7, 1))
    assert areas_since(date(2018, 1, 1), "none") == [old, new]
    assert areas_since(date(2018, 1, 2), "none") == [new]
    assert areas_since(date(2018, 1, 1), "x2") == [old]
    later = area("x3", date(2021, 1, 1))
    assert areas_since(date(2018, 1, 1), "x2") == [old, later]


def test_rows_come_with_those_they_point_to(db, django_assert_num_queries):
    first, second = factories.user(Role.AUDITOR), factories.user(Role.AUDITOR)
    with django_assert_num_queries(2):
        assert [one.organisation.name for one in people_of(first.organisation_id)] == [first.organisation.name]
        assert people_of(second.organisation_id) == [second]


def test_values_and_questions_within_questions(db):
    lead, second = factories.pools()
    factories.user(Role.INSURER_AGENT, second.insurer)
    assert pools_with_people(second.insurer_id) == [("sinosure", False), ("picc", True)]
    assert pools_with_people(lead.insurer_id) == [("sinosure", False), ("picc", False)]
    area("zz1"), area("zz2")
    assert (names_from("zz"), names_from("zz2"), names_from("zz3")) == (["区zz2"], ["区zz2"], [])


def test_a_row_that_was_read_can_be_changed_and_kept(db):
    found = people_of(factories.user(Role.AUDITOR).organisation_id)[0]
    found.name = "王海燕"
    found.save()
    assert User.objects.get(pk=found.pk).name == "王海燕"


def test_threads_ask_on_their_own_connections(committed_db):
    places = [area(f"t{number}", date(2018, 1, number + 1)) for number in range(4)]

    def asked(number: int) -> list[Area]:
        try:
            return [found for _ in range(20) for found in areas_since(date(2018, 1, number + 1), "t3")[:1]]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(asked, range(3))) == [[places[number]] * 20 for number in range(3)]


def test_a_connection_that_was_closed_is_not_used_again(committed_db):
    place = area("x1", date(2018, 1, 1))
    for _ in range(2):
        assert areas_since(date(2018, 1, 1), "none") == [place]
        connection.close()


def test_the_database_plans_a_question_once(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no plans")
    for number in range(10):
        areas_since(date(2018, 1, number + 1), "none")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%accounts_area%%'")
        assert cursor.fetchone() == (1,)


def test_a_lock_needs_a_transaction(committed_db):
    place = area("x1")
    with transaction.atomic():
        assert locked(place.pk) == [place]
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            locked(place.pk)
        with transaction.atomic():
            assert "FOR UPDATE" in told(locked, place.pk)


def told(question, *given) -> str:
    heard = []

    def listen(execute, sql, params, many, context):
        heard.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        question(*given)
    return "; ".join(heard)


def test_a_question_says_what_django_says(db):
    day = date(2019, 1, 1)
    plain = Area.objects.filter(valid_from__gte=day).exclude(code="x").order_by("code")
    ours = told(areas_since, day, "x").replace("(%s)", "%s")
    assert ours == told(lambda: list(plain))


# ── together ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_steps_that_go_together_are_answered_in_their_order(db):
    body = factories.organisation(OrganisationKind.CITY)
    body.name = "新名"
    found = once.together(
        names_from.of("zz"),
        once.inserting(one := Area(code="zz1", name="区一"), two := Area(code="zz2", name="区二")),
        names_from.of("zz"),
        once.updating(body, "name"),
        names_from.of("zz2"),
    )
    assert found == [[], None, ["区二"], None, ["区二"]]
    assert list(Area.objects.filter(code__gte="zz").order_by("code")) == [one, two]
    assert Organisation.objects.get(pk=body.pk).name == "新名"


def test_the_first_that_fails_says_why_and_nothing_is_kept(committed_db):
    body = factories.organisation(OrganisationKind.CITY)
    for _ in range(2):
        with pytest.raises(IntegrityError, match="accounts_organisation"), transaction.atomic():
            once.together(
                once.inserting(Area(code="zz1", name="区一")),
                once.inserting(Organisation(kind=body.kind, code=body.code, name="另一个")),
                once.inserting(Area(code="zz2", name="区二")),
            )
        assert once.together(names_from.of("zz"), names_from.of("zz2")) == [[], []]


def test_postgresql_is_waited_for_once(db, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is in the same process")
    begun, driver = [], type(connection.connection)
    pipeline = driver.pipeline
    monkeypatch.setattr(driver, "pipeline", lambda self: begun.append(self) or pipeline(self))
    assert once.together(names_from.of("zz"), names_from.of("zz2")) == [[], []]
    assert names_from("zz") == []
    assert len(begun) == 1


def test_who_listens_hears_every_step(db, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert once.together(names_from.of("zz"), areas_since.of(date(2030, 1, 1), "x")) == [[], []]


def test_a_broken_transaction_is_not_gone_on_with(committed_db):
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            names_from("zz")


def test_signs_of_per_cent_stay(db):
    area("zz1", None)
    Area.objects.filter(code="zz1").update(name="100%s 50%")
    assert areas_like("100%") == [Area.objects.get(code="zz1")]


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_new_rows_are_what_django_would_have_kept(db):
    terms = Terms.objects.create(
        edition=factories.nantong(), version=99, hash="0" * 64, source="", body={}, effective_from=date(2019, 1, 1),
        loaded_at=clock.now(),
    )  # fmt: skip
    at = datetime(2019, 10, 15, 1, 2, 3, 456789, tzinfo=UTC)
    said = {"terms": terms, "facts": {"a": None, "b": ["统保", 1.5, True]}, "result": {}, "at": at}
    mine = [Decision(subject_code=code, **said) for code in ("one", "'two'%s")]
    once.insert(*mine)
    for row in mine:
        kept = Decision.objects.get(pk=row.pk)
        assert (kept.subject_code, kept.facts, kept.at) == (row.subject_code, said["facts"], at)
        assert not row._state.adding
    theirs = Decision.objects.create(subject_code="one", **said)
    one, other = (Decision.objects.filter(pk=pk).values().get() | {"id": 0} for pk in (mine[0].pk, theirs.pk))
    assert one == other


def test_a_row_that_the_database_refuses_is_refused(db):
    body = factories.organisation(OrganisationKind.CITY)
    with pytest.raises(IntegrityError), transaction.atomic():
        once.insert(Organisation(kind=body.kind, code=body.code, name="另一个"))


def test_only_the_named_fields_of_a_row_are_kept(db):
    body, other = (factories.organisation(OrganisationKind.CITY) for _ in range(2))
    place = area("x1", date(2018, 1, 1))
    body.name, body.kind = "新名", OrganisationKind.AUDIT
    once.update(body, "name")
    assert Organisation.objects.filter(pk=body.pk).values_list("name", "kind").get() == ("新名", OrganisationKind.CITY)
    assert Organisation.objects.get(pk=other.pk).name == other.name
    place.merged_into, place.valid_to = area("x2"), date(2020, 6, 30)
    once.update(place, "merged_into", "valid_to")
    assert Area.objects.filter(absorbed=place.pk).get().code == "x2"


def test_numbers_of_several_rows_change_at_once(db):
    factories.pools(allotted_fen=100)
    first, second, *others = Account.objects.filter(balance_fen__gt=0).order_by("pk")
    before = [one.balance_fen for one in others]
    once.together(once.adding(Account, "balance_fen", {first.pk: 2**40, second.pk: -1}))
    once.together(once.adding(Account, "balance_fen", {second.pk: -2}))
    assert Account.objects.get(pk=first.pk).balance_fen == first.balance_fen + 2**40
    assert Account.objects.get(pk=second.pk).balance_fen == second.balance_fen - 3
    assert [Account.objects.get(pk=one.pk).balance_fen for one in others] == before


def test_what_is_not_there_cannot_be_changed(db):
    body = factories.organisation(OrganisationKind.CITY)
    body.pk += 1_000
    with pytest.raises(DatabaseError):
        once.update(body, "name")
    with pytest.raises(DatabaseError):
        once.together(once.adding(Account, "balance_fen", {10**9: 1}))
