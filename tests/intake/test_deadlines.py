"""Between when applications are received, and when one that does not move on lapses, after a reminder."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.intake.editions import with_window
from tongbao import clock
from tongbao.funds.models import Queue, Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import actions, jobs, queries, rules
from tongbao.intake.models import Application
from tongbao.intake.rules import Phase, State
from tongbao.notify.models import Message
from tongbao.policies import jobs as policies
from tongbao.refusal import Refusal
from tongbao.registry.models import Exporter

pytestmark = pytest.mark.django_db
OPENS = "2019-11-04 09:00"


def submit(made: Application) -> Application:
    return actions.submit(application_id=made.pk, key="k", by=made.created_by)


def refusal(made: Application) -> str:
    with pytest.raises(Refusal) as no:
        submit(made)
    assert not Reservation.objects.filter(application=made).exists()
    assert Application.objects.get(pk=made.pk).state == State.DRAFT
    return no.value.code


def ended(made: Application) -> tuple[str, str, str]:
    found = Application.objects.select_related("reservation").get(pk=made.pk)
    return found.state, found.closed_reason, found.reservation.state


def told(made: Application) -> list[str]:
    return [message.title for message in Message.objects.filter(organisation=made.created_by.organisation)]


# ── windows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_received_before_the_opening_and_drafts_may_be_prepared(set_clock):
    factories.pools(allotted_fen=50_000_000)
    with_window(opens_at=OPENS)
    made = factories.application(State.DRAFT)
    with_window(opens_at=OPENS)
    set_clock("2019-11-04T08:59:50")
    assert refusal(made) == "intake.not_open_yet"
    set_clock("2019-11-04T09:00:00")
    assert submit(made).reservation.queue_number == 1


def test_nothing_is_received_after_the_last_day(set_clock):
    factories.pools(allotted_fen=50_000_000)
    made, later = factories.application(State.DRAFT), factories.application(State.DRAFT)
    with_window(closes_on="2019-11-29")
    set_clock("2019-11-29T23:59:30")
    assert submit(made).reservation.queue_number == 1
    set_clock("2019-11-30T00:00:00")
    assert refusal(later) == "intake.window_over"
    another = factories.firm()
    with pytest.raises(Refusal) as no:
        actions.start(exporter_id=Exporter.objects.get(code=another.organisation.code).pk, by=another)
    assert no.value.code == "intake.window_over"


def test_the_clock_that_gives_the_receipt_its_time_decides(set_clock):
    """A second that passes while the queue is waited for: the application is not received after the last moment."""
    factories.pools(allotted_fen=50_000_000)
    made = factories.application(State.DRAFT)
    with_window(closes_on="2019-11-29")
    set_clock("2019-11-29T12:00:00")
    Queue.objects.update(last_received_at=clock.local(date(2019, 11, 30)))
    assert refusal(made) == "intake.window_over"


@pytest.mark.parametrize(
    ("at", "phase", "says"),
    [
        (
            "2019-11-01T09:00",
            Phase.BEFORE,
            "2019-11-04 09:00 开始收件，还有 3 天。现在可以先填好，",
        ),
        ("2019-11-04T07:29:30", Phase.BEFORE, "2019-11-04 09:00 开始收件，还有 1 小时 31 分钟。"),
        ("2019-11-04T09:00:01", Phase.OPEN, "收件到 2019-11-29 为止（含当日），还有 25 天。"),
        ("2019-11-29T23:30:01", Phase.OPEN, "收件到 2019-11-29 为止（含当日），还有 30 分钟。"),
        ("2019-11-30T00:00:01", Phase.OVER, "本年度收件已于 2019-11-29 截止，不再受理申请。请留意下一年度的通知。"),
    ],
)
def test_pages_say_it_with_the_time_left(set_clock, at: str, phase: Phase, says: str):
    factories.pools(allotted_fen=50_000_000)
    made = factories.application(State.DRAFT)
    with_window(opens_at=OPENS, closes_on="2019-11-29")
    set_clock(at)
    found = queries.window(made.edition)
    assert (found.phase, found.says[: len(says)]) == (phase, says)
    client = Client()
    assert found.says in client.get(reverse("desk:home")).content.decode()
    client.force_login(made.created_by)
    for name in ("tasks", "check"):
        page = client.get(reverse(f"intake:{name}", args=[made.reference])).content.decode()
        assert found.says in page
        if name == "check":
            assert ('type="submit">提交申请' in page) is (phase is Phase.OPEN)


def test_without_a_window_the_cover_is_the_window(set_clock):
    edition = factories.nantong()
    assert queries.window(edition).says.startswith("收件到 2020-08-31 为止（含当日）")


def test_a_refused_page_says_it_in_the_form(set_clock):
    factories.pools(allotted_fen=50_000_000)
    made = factories.application(State.DRAFT)
    with_window(opens_at=OPENS)
    client = Client()
    client.force_login(made.created_by)
    page = client.post(reverse("intake:check", args=[made.reference]), {"key": "k"})
    assert page.context["form"].non_field_errors() == [
        "还不能提交：2019-11-04 09:00 开始收件。已填的内容都已保存，请在那之后提交。"
    ]


# ── lapse ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("window", "last", "next_"),
    [
        ({}, "2020-08-31", "2020-09-01"),
        ({"closes_on": "2019-11-29"}, "2020-08-31", "2020-09-01"),
        ({"closes_on": "2019-11-29", "waits_until": "receipt"}, "2019-11-29", "2019-11-30"),
    ],
)
def test_who_waits_in_vain_lapses_after_the_last_day(set_clock, window: dict[str, str], last: str, next_: str):
    made = factories.application(State.SUBMITTED)
    with_window(**window)
    set_clock(f"{last}T23:00")
    assert jobs.lapse_overdue() == 0
    with pytest.raises(Refusal) as no:
        actions.lapse(application_id=made.pk, why="到期")
    assert no.value.code == "intake.not_overdue"
    set_clock(f"{next_}T00:30")
    assert (jobs.lapse_overdue(), jobs.lapse_overdue()) == (1, 0)
    assert ended(made) == (State.LAPSED, f"候补到 {last} 为止，没有轮到资金", ReservationState.RELEASED)
    assert told(made)[0] == f"申请 {made.reference} 已失效"


def test_one_returned_for_correction_lapses_when_the_receipt_is_over(set_clock):
    made = factories.application()
    factories.review(made, "first", verdict="return", return_kind="correction", questions={"papers": "缺公章"})
    with_window(closes_on="2019-11-29")
    set_clock("2019-11-29T23:00")
    assert jobs.lapse_overdue() == 0
    set_clock("2019-11-30T00:30")
    with pytest.raises(Refusal) as no:
        actions.resubmit(application_id=made.pk, key="again", by=made.created_by)
    assert no.value.code == "intake.window_over"
    assert jobs.lapse_overdue() == 1
    reason = "收件到 2019-11-29 截止，没有补正后重新提交"
    assert ended(made) == (State.LAPSED, reason, ReservationState.SURRENDERED)


def test_what_is_under_review_does_not_lapse(set_clock):
    made = factories.application(State.SECOND_REVIEW)
    set_clock("2020-09-02T09:00")
    assert (jobs.lapse_overdue(), policies.lapse_unissued(), queries.due_of(made)) == (0, 0, None)


def test_an_approved_one_that_nobody_issues_returns_its_money(set_clock):
    lead, _ = factories.pools()
    factories.allot(lead, 1_092_763)  # for one
    made = factories.application(State.APPROVED)
    waits = submit(factories.draft())
    assert waits.state == State.SUBMITTED
    with_window(issue_days=10)
    set_clock("2019-10-29T23:00")  # ten working days after 10-15
    assert (queries.due_of(made).day, policies.lapse_unissued()) == (date(2019, 10, 29), 0)
    set_clock("2019-10-30T00:30")
    assert (jobs.lapse_overdue(), policies.lapse_unissued(), policies.lapse_unissued()) == (0, 1, 0)
    assert ended(made) == (State.LAPSED, "保险公司未在 2019-10-29 前出具保单", ReservationState.RELEASED)
    assert Application.objects.get(pk=waits.pk).state == State.FIRST_REVIEW


def test_without_days_an_approved_one_lapses_with_the_cover(set_clock):
    made = factories.application(State.APPROVED)
    set_clock("2020-08-31T23:00")
    assert policies.lapse_unissued() == 0
    set_clock("2020-09-01T00:30")
    assert policies.lapse_unissued() == 1
    assert ended(made)[0] == State.LAPSED


# ── reminders ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reminder_comes_three_working_days_before_and_once(set_clock):
    made = factories.application(State.SUBMITTED)
    with_window(closes_on="2019-11-29", waits_until="receipt")
    set_clock("2019-11-25T23:00")
    assert jobs.remind() == 0
    set_clock("2019-11-26T00:30")  # 27, 28, 29 are left
    assert (jobs.remind(), jobs.remind()) == (1, 0)
    assert told(made) == [f"申请 {made.reference} 即将到期：2019-11-29"]
    actions.remind(application_id=made.pk)  # two workers at once
    assert len(told(made)) == 1
    with_window(closes_on="2019-12-31", waits_until="receipt")  # the edition gives more time: a new reminder
    set_clock("2019-12-27T09:00")
    assert (jobs.remind(), told(made)[0]) == (1, f"申请 {made.reference} 即将到期：2019-12-31")


def test_the_insurer_is_reminded_too(set_clock):
    made = factories.application(State.APPROVED)
    with_window(issue_days=10)
    set_clock("2019-10-28T09:00")
    assert jobs.remind() == 1
    title = f"申请 {made.reference} 即将到期：2019-10-29"
    assert told(made)[0] == title
    assert Message.objects.get(organisation=made.insurer).title == title


@pytest.mark.parametrize("kind", ["clarification", "correction"])
def test_returned_ones_are_reminded(set_clock, kind: str):
    made = factories.application()
    factories.review(made, "first", verdict="return", return_kind=kind, questions={"papers": "缺公章"})
    with_window(closes_on="2019-10-22")
    set_clock("2019-10-17T09:00")
    assert (jobs.remind(), told(made)[0]) == (1, f"申请 {made.reference} 即将到期：2019-10-22")


def test_one_that_moved_on_is_not_reminded():
    made = factories.application()
    with pytest.raises(Refusal) as no:
        actions.remind(application_id=made.pk)
    assert no.value.code == "intake.no_deadline"


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(1, "1 分钟"), (59, "59 分钟"), (60, "1 小时 0 分钟"), (1439, "23 小时 59 分钟"), (2880, "2 天")],
)
def test_time_left(minutes: int, says: str):
    at = clock.now()
    assert rules.left(at, at + timedelta(minutes=minutes)) == says


@pytest.mark.parametrize(
    ("served", "before", "says"),
    [
        (0, 3, "近 4 周没有候补企业得到资金，何时轮到无法估计。"),
        (4, 3, "近 4 周有 4 家候补企业得到资金。按这个速度，大约 4 周轮到；"),
        (3, 6, "近 4 周有 3 家候补企业得到资金。按这个速度，大约 10 周轮到；"),
        (1, 200, "近 4 周有 1 家候补企业得到资金。按这个速度，一年之内轮不到。"),
    ],
)
def test_pace(served: int, before: int, says: str):
    assert rules.pace_says(served, before)[: len(says)] == says


def test_who_may_pass_depends_on_the_class():
    assert "即使比您晚提交，也先得到资金" in rules.may_pass(1)
    assert "以后提交的企业都排在您后面" in rules.may_pass(0)
