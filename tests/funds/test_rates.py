"""Exchange rates: entered, held against the parity, confirmed by a second person, frozen, corrected by reversal."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.documents.models import Document
from tongbao.funds import actions, queries
from tongbao.funds.models import ExchangeRate, Parity
from tongbao.funds.rules import RateState
from tongbao.refusal import Forbidden, Refusal

pytestmark = pytest.mark.django_db
OCTOBER = date(2019, 10, 1)


def enter(by: Any, rate: str = "7.0700", month: date = OCTOBER, **said: Any) -> Any:
    return actions.enter_rate(insurer_id=by.organisation_id, month=month, cny_per_usd=Decimal(rate), by=by, **said)


def correct(wrong: ExchangeRate, by: User, rate: str = "7.0800", **said: Any) -> ExchangeRate:
    given = {"reason": "系统汇率录错", "document": factories.upload("说明.pdf"), **said}
    return actions.correct_rate(rate_id=wrong.pk, cny_per_usd=Decimal(rate), by=by, **given)


def refused(verb: Callable[[], Any]) -> tuple[str, str | None]:
    """Code and field of the refusal, after which nothing has changed."""

    def all_rows() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (ExchangeRate, Parity, Document, Record)]

    before = all_rows()
    with pytest.raises(Refusal) as no:
        verb()
    assert all_rows() == before
    return no.value.code, no.value.field


@pytest.fixture(autouse=True)
def _the_fund_stays_true(db) -> Any:
    """After every story here the rates are still those of the log."""
    yield
    assert list(queries.faults()) == []


@pytest.fixture
def insurer(db) -> Organisation:
    factories.nantong()
    return factories.insurer()


@pytest.fixture
def agents(insurer: Organisation) -> tuple[User, User]:
    return factories.user(Role.INSURER_AGENT, insurer), factories.user(Role.INSURER_AGENT, insurer)


# ── entered and confirmed ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_rate_counts_once_a_second_person_confirmed_it(insurer, agents):
    first, second = agents
    rate = enter(first, month=date(2019, 10, 9))
    assert queries.confirmed_rate(insurer, date(2019, 10, 31)) is None
    assert refused(lambda: actions.confirm_rate(rate_id=rate.pk, by=first)) == ("same_person", None)
    actions.confirm_rate(rate_id=rate.pk, by=second)
    assert queries.confirmed_rate(insurer, date(2019, 10, 31)) == rate
    assert queries.confirmed_rate(insurer, date(2019, 11, 1)) is None
    assert refused(lambda: actions.confirm_rate(rate_id=rate.pk, by=second)) == ("rate_confirmed", None)
    assert refused(lambda: enter(second)) == ("rate_confirmed", "month")


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.FINANCE_OFFICER])
def test_the_city_and_finance_may_confirm(role: Role):
    rate = enter(factories.user(Role.INSURER_AGENT, factories.insurer()))
    assert actions.confirm_rate(rate_id=rate.pk, by=factories.user(role)).confirmed_at is not None


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DISTRICT_OFFICER, Role.EXPORTER, Role.ADMINISTRATOR])
def test_others_may_neither_enter_nor_confirm_nor_correct(agents, role: Role):
    person, rate = factories.user(role), enter(agents[0])
    for verb in (
        lambda: actions.confirm_rate(rate_id=rate.pk, by=person),
        lambda: enter(person),
        lambda: correct(rate, person),
        lambda: actions.withdraw_rate(rate_id=rate.pk, by=person),
    ):
        with pytest.raises(Forbidden):
            verb()


def test_an_insurer_keeps_its_own_rates_only(agents):
    agent, other = agents[0], factories.user(Role.INSURER_AGENT, factories.insurer("picc"))
    rate = enter(agent)
    with pytest.raises(Forbidden):
        actions.confirm_rate(rate_id=rate.pk, by=other)
    with pytest.raises(Forbidden):
        actions.enter_rate(insurer_id=agent.organisation_id, month=OCTOBER, cny_per_usd=Decimal("7"), by=other)
    actions.confirm_rate(rate_id=rate.pk, by=agents[1])
    with pytest.raises(Forbidden):
        correct(rate, other)


def test_an_unconfirmed_rate_may_be_entered_again_and_is_not_confirmed_unseen(agents):
    first, second = agents
    rate = enter(first, "7.0700")
    assert enter(first, "7.0800").pk == rate.pk
    seen = Decimal("7.07")
    assert refused(lambda: actions.confirm_rate(rate_id=rate.pk, by=second, seen=seen)) == ("rate_changed", None)
    confirmed = actions.confirm_rate(rate_id=rate.pk, by=second, seen=Decimal("7.08"))
    assert confirmed.cny_per_usd == Decimal("7.08")


def test_a_rate_is_of_a_month_that_has_begun(agents):
    assert refused(lambda: enter(agents[0], month=date(2019, 11, 1))) == ("month_ahead", "month")
    assert refused(lambda: enter(agents[0], month=date(1, 1, 1))) == ("month_early", "month")
    assert refused(lambda: enter(agents[0], "707.29")) == ("rate_implausible", "cny_per_usd")


# ── held against the parity ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_unusual_rate_needs_the_tick_of_both_persons(agents):
    first, second = agents
    assert refused(lambda: enter(first, "7.9")) == ("rate_unusual", "checked")
    rate = enter(first, "7.9", checked=True)
    assert refused(lambda: actions.confirm_rate(rate_id=rate.pk, by=second)) == ("rate_unusual", "checked")
    assert actions.confirm_rate(rate_id=rate.pk, by=second, checked=True).cny_per_usd == Decimal("7.9")
    said = Record.objects.filter(verb__contains="_rate").values_list("detail", flat=True)
    assert [one["against"] for one in said] == ["年度方案参考汇率 7.0729，相差 +11.69%"] * 2


def test_a_known_parity_takes_the_place_of_the_reference_rate(agents):
    keep([(date(2019, 9, 24), "7.5")])
    assert refused(lambda: enter(agents[0], "7.07")) == ("rate_unusual", "checked")
    assert enter(agents[0], "7.6").cny_per_usd == Decimal("7.6")
    held = queries.held(ExchangeRate.objects.get())
    assert (held.percent, held.yardstick.named) == ("+1.33%", "2019-09-24 中间价 7.5000（待核对）")
    assert queries.yardsticks()(ExchangeRate.objects.get()) == held


def test_without_an_edition_nothing_says_how_far_a_rate_may_differ():
    keep([(date(2019, 9, 24), "7.5")])
    rate = enter(factories.user(Role.INSURER_AGENT, factories.insurer()), "9.9")
    assert (queries.held(rate), queries.yardsticks()(rate)) == (None, None)


# ── frozen ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_database_lets_nobody_change_or_delete_a_confirmed_rate(insurer):
    rate = factories.confirmed_rate(insurer, OCTOBER)
    for change in (
        lambda: ExchangeRate.objects.filter(pk=rate.pk).update(cny_per_usd="7.9"),
        lambda: ExchangeRate.objects.filter(pk=rate.pk).update(confirmed_at=None, confirmed_by=None),
        lambda: ExchangeRate.objects.filter(pk=rate.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert ExchangeRate.objects.get(pk=rate.pk).cny_per_usd == Decimal("7.0729")


def test_the_database_keeps_one_chain_an_insurer_and_month(insurer):
    rate = factories.confirmed_rate(insurer, OCTOBER)
    factories.corrected_rate(rate, Decimal("7.08"), confirmed=False)
    said = {"insurer": insurer, "month": OCTOBER, "cny_per_usd": 7, "entered_by": rate.entered_by}
    ground = {"reason": "再次", "document": factories.document()}
    for more in ({}, {"corrects": rate, **ground}, {"month": date(2019, 9, 1), "corrects": rate}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ExchangeRate.objects.create(**{**said, "entered_at": rate.entered_at, **more})


# ── corrected by reversal ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_stands_in_the_place_of_the_rate_once_another_person_confirmed_it(insurer, agents):
    first, second = agents
    wrong = factories.confirmed_rate(insurer, OCTOBER)
    right = correct(wrong, first)
    assert queries.confirmed_rate(insurer, OCTOBER) == queries.rate_of(insurer, OCTOBER) == wrong
    assert refused(lambda: actions.confirm_rate(rate_id=right.pk, by=first)) == ("same_person", None)
    actions.confirm_rate(rate_id=right.pk, by=second, seen=Decimal("7.08"))
    assert queries.confirmed_rate(insurer, OCTOBER) == queries.rate_of(insurer, OCTOBER) == right
    assert queries.standing_rates({insurer.pk}) == {(insurer.pk, OCTOBER): right}
    chain = [(one.cny_per_usd, one.state) for one in queries.chain_of(wrong)]
    assert chain == [(Decimal("7.0729"), RateState.CORRECTED), (Decimal("7.08"), RateState.STANDING)]
    confirmed = Record.objects.get(verb="funds.confirm_rate", subject_id=str(right.pk)).detail
    assert (confirmed["corrects"], confirmed["before"], confirmed["reason"]) == (wrong.pk, "7.072900", "系统汇率录错")


def test_a_correction_may_itself_be_corrected_and_the_chain_stays(insurer, agents):
    first = factories.confirmed_rate(insurer, OCTOBER)
    second = factories.corrected_rate(first, Decimal("7.08"))
    third = factories.corrected_rate(ExchangeRate.objects.get(pk=second.pk), Decimal("7.0729"))
    assert queries.confirmed_rate(insurer, OCTOBER) == third
    states = {state: list(queries.in_state(ExchangeRate.objects.order_by("pk"), state)) for state in RateState}
    assert states == {RateState.OPEN: [], RateState.STANDING: [third], RateState.CORRECTED: [first, second]}
    assert refused(lambda: correct(ExchangeRate.objects.get(pk=first.pk), agents[0])) == ("rate_not_standing", None)


def test_there_is_one_correction_at_a_time_and_the_same_again_is_the_first(insurer, agents):
    wrong = factories.confirmed_rate(insurer, OCTOBER)
    made = correct(wrong, agents[0])
    assert correct(wrong, agents[0]) == made
    assert refused(lambda: correct(wrong, agents[0], "7.09")) == ("correction_open", None)
    assert refused(lambda: correct(wrong, agents[1])) == ("correction_open", None)
    assert refused(lambda: correct(made, agents[0])) == ("rate_not_standing", None)


def test_an_open_correction_is_taken_back_a_confirmed_one_is_not(insurer, agents):
    wrong = factories.confirmed_rate(insurer, OCTOBER)
    made = correct(wrong, agents[0])
    assert actions.withdraw_rate(rate_id=made.pk, by=agents[1]) == wrong
    assert list(ExchangeRate.objects.all()) == [wrong]
    assert Record.objects.get(verb="funds.withdraw_rate").detail["rate"] == "7.080000"
    made = factories.corrected_rate(ExchangeRate.objects.get(pk=wrong.pk), Decimal("7.09"))
    gone = refused(lambda: actions.withdraw_rate(rate_id=made.pk, by=agents[0]))
    assert (
        gone == refused(lambda: actions.withdraw_rate(rate_id=wrong.pk, by=agents[0])) == ("not_open_correction", None)
    )


@pytest.mark.parametrize(
    ("said", "no"),
    [
        ({"reason": "  "}, ("reason_needed", "reason")),
        ({"rate": "7.072900"}, ("rate_same", "cny_per_usd")),
        ({"rate": "70.8"}, ("rate_implausible", "cny_per_usd")),
        ({"rate": "7.4"}, ("rate_unusual", "checked")),
        ({"document": factories.upload("说明.pdf", b"MZ a program")}, ("document.not_what_it_says", "document")),
        ({"document": factories.upload("说明.pdf", b"")}, ("document.empty", "document")),
    ],
)
def test_a_correction_with_a_slip_is_refused_at_its_field(insurer, agents, said, no):
    wrong = factories.confirmed_rate(insurer, OCTOBER)
    assert refused(lambda: correct(wrong, agents[0], **said)) == no


def test_a_rate_that_nobody_confirmed_is_entered_again_not_corrected(agents):
    rate = enter(agents[0])
    assert refused(lambda: correct(rate, agents[0])) == ("rate_not_standing", None)


def test_an_unusual_correction_needs_the_tick_of_who_confirms_too(insurer, agents):
    made = correct(factories.confirmed_rate(insurer, OCTOBER), agents[0], "7.4", checked=True)
    assert refused(lambda: actions.confirm_rate(rate_id=made.pk, by=agents[1])) == ("rate_unusual", "checked")
    actions.confirm_rate(rate_id=made.pk, by=agents[1], checked=True)
    assert queries.confirmed_rate(insurer, OCTOBER) == made


# ── the table of parities ───────────────────────────────────────────────────────────────────────────────────────────


def keep(lines: list[tuple[date, str]], by: User | None = None, **said: Any) -> list[Parity]:
    read = [(day, Decimal(rate)) for day, rate in lines]
    given = {"source": "某日报", "checked": False, **said}
    return actions.enter_parities(lines=read, by=by or factories.user(Role.FINANCE_OFFICER), **given)


def test_several_days_are_entered_at_once_and_each_is_recorded():
    keep([(date(2019, 9, 6), "7.0855"), (date(2019, 9, 24), "7.0729")], by=factories.user(Role.CITY_OFFICER))
    assert [(one.day, one.shown, one.checked) for one in queries.parities()] == [
        (date(2019, 9, 24), "7.0729", False),
        (date(2019, 9, 6), "7.0855", False),
    ]
    assert [one.detail for one in Record.objects.filter(verb="funds.enter_parity")] == [
        {"day": day, "rate": rate, "source": "某日报", "checked": False}
        for day, rate in (("2019-09-06", "7.0855"), ("2019-09-24", "7.0729"))
    ]


DAY = date(2019, 9, 24)


@pytest.mark.parametrize(
    ("lines", "said", "no"),
    [
        ([], {}, ("no_lines", "lines")),
        ([(DAY, "7.07"), (DAY, "7.08")], {}, ("day_twice", "lines")),
        ([(DAY, "7.07"), (date(2019, 9, 6), "7.08")], {}, ("day_known", "lines")),
        ([(DAY, "70.7")], {}, ("rate_implausible", "lines")),
        ([(DAY, "7.0729001")], {}, ("rate_digits", "lines")),
        ([(date(2019, 10, 16), "7.07")], {}, ("future_day", "lines")),
        ([(date(1919, 9, 24), "7.07")], {}, ("day_early", "lines")),
        ([(DAY, "7.07")], {"source": " "}, ("source_needed", "source")),
    ],
)
def test_lines_with_a_slip_are_refused_all_together(lines, said, no):
    officer = factories.user(Role.FINANCE_OFFICER)
    keep([(date(2019, 9, 6), "7.0855")], by=officer)
    assert refused(lambda: keep(lines, by=officer, **said)) == no


def test_a_corrected_parity_leaves_the_old_figure_in_the_log():
    officer = factories.user(Role.CITY_OFFICER)
    (row,) = keep([(DAY, "7.0279")])
    said = {"parity_id": row.pk, "source": "外汇局网站", "checked": True, "by": officer}
    stale = lambda: actions.correct_parity(cny_per_usd=Decimal("7.0729"), seen=Decimal(7), **said)  # noqa: E731
    assert refused(stale) == ("parity_changed", "cny_per_usd")
    actions.correct_parity(cny_per_usd=Decimal("7.0729"), seen=Decimal("7.0279"), **said)
    kept, told = Parity.objects.get(), Record.objects.get(verb="funds.correct_parity").detail
    assert (kept.shown, kept.source, kept.checked, kept.entered_by) == ("7.0729", "外汇局网站", True, officer)
    assert (told["rate"], told["before"], told["earlier"]["source"]) == ("7.0729", "7.0279", "某日报")


@pytest.mark.parametrize("role", [Role.INSURER_AGENT, Role.AUDITOR, Role.DISTRICT_OFFICER, Role.EXPORTER])
def test_only_the_city_and_finance_keep_the_table(role: Role):
    (row,), person = keep([(DAY, "7.0729")]), factories.user(role)
    with pytest.raises(Forbidden):
        keep([(date(2019, 9, 25), "7.0729")], by=person)
    with pytest.raises(Forbidden):
        actions.correct_parity(parity_id=row.pk, cny_per_usd=Decimal(7), source="x", checked=True, by=person)
