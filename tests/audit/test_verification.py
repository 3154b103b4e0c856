"""A verification is asked for once, done step by step, taken up after a killed worker, and frozen when it ends."""

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests import factories, tampering
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import actions, queries, rules
from tongbao.audit.models import Record, Verification
from tongbao.audit.rules import Line, VerificationState
from tongbao.refusal import Refusal

HOLDS = Line("审计链", "首尾相连", "条记录", 1234, 0, (), 3210)
BROKEN = Line("资金", "余额等于流水之和", "笔流水", None, 25, tuple(f"第 {n} 笔不符" for n in range(1, 21)), 90)


@pytest.fixture
def auditor(db) -> User:
    return factories.user(Role.AUDITOR)


def asked(by: User, **said: str) -> Verification:
    return actions.ask_verification(by=by, **said)


def begun(by: User, total: int = 2) -> Verification:
    return actions.begin_verification(verification_id=asked(by).pk, total=total)


def note(one: Verification, line: Line, attempt: int = 1) -> Verification:
    return actions.note_verified(verification_id=one.pk, attempt=attempt, line=line)


def finished(by: User, *lines: Line) -> Verification:
    one = begun(by)
    for line in lines:
        note(one, line)
    return actions.finish_verification(verification_id=one.pk, attempt=1)


def told() -> list[str]:
    return list(Record.objects.filter(verb__startswith="verification.").values_list("verb", flat=True))


def test_it_says_who_asked_and_where_the_chain_ended(auditor: User):
    one = begun(auditor)
    before = Record.objects.get(number=1)
    assert (one.asked_by_id, one.asked_by_name, one.asked_by_body) == (
        auditor.pk, auditor.name, auditor.organisation.name,
    )  # fmt: skip
    assert (one.state, one.attempt, one.total, one.percent) == (VerificationState.RUNNING, 1, 2, 0)
    assert (one.head_number, one.head_hash) == (1, before.hash)


def test_each_step_is_told_to_the_log(auditor: User):
    one = finished(auditor, HOLDS, BROKEN)
    assert told() == [
        "verification.asked", "verification.began", "verification.noted", "verification.noted", "verification.ended",
    ]  # fmt: skip
    assert Record.objects.get(verb="verification.ended").detail == {
        "state": "faulty", "faults": 25, "sha256": hashlib.sha256(queries.report(one).encode()).hexdigest(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "state", "faults"),
    [((HOLDS,), VerificationState.WHOLE, 0), ((HOLDS, BROKEN), VerificationState.FAULTY, 25)],
)
def test_it_ends_with_what_its_lines_say(auditor: User, lines: tuple[Line, ...], state: str, faults: int):
    one = finished(auditor, *lines)
    kept = Verification.objects.get(pk=one.pk)
    assert (kept.state, kept.fault_count, tuple(kept.found), kept.is_under_way) == (state, faults, lines, False)


def test_a_second_click_gets_the_one_under_way(auditor: User):
    first = asked(auditor)
    again = asked(factories.user(Role.ADMINISTRATOR))
    assert (again.pk, Verification.objects.count(), told()) == (
        first.pk, 1, ["verification.asked", "verification.asked_again"],
    )  # fmt: skip


def test_after_the_end_another_can_be_asked_for(auditor: User):
    first = finished(auditor, HOLDS)
    assert asked(auditor).pk != first.pk


def test_many_clicks_at_once_ask_for_one(committed_db):
    auditor = factories.user(Role.AUDITOR)
    given: list[int] = []

    def click() -> None:
        try:
            given.append(asked(auditor).pk)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert (len(given), set(given)) == (8, set(Verification.objects.values_list("pk", flat=True)))
    assert Verification.objects.count() == 1


def test_a_published_head_is_kept_as_it_is_read(auditor: User):
    assert asked(auditor, published=" １２：" + "AB" * 32).published == "12:" + "ab" * 32


def test_a_head_that_is_none_is_refused_and_nothing_is_asked_for(auditor: User):
    with pytest.raises(Refusal) as no:
        asked(auditor, published="第12条")
    assert (no.value.code, Verification.objects.count(), told()) == ("head.unreadable", 0, [])


# ── workers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def refused(code: str, verb, **given: object) -> bool:
    with pytest.raises(Refusal) as no:
        verb(**given)
    return no.value.code == code


def later(set_clock, minutes: int = 3) -> None:
    set_clock(f"{clock.now().astimezone(clock.SHANGHAI) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S}")


def test_a_second_worker_keeps_off_while_the_first_lives(auditor: User):
    one = begun(auditor)
    assert refused("verification.at_work", actions.begin_verification, verification_id=one.pk, total=2)
    assert queries.stalled(clock.now()) is None


def test_a_worker_that_died_is_followed_by_one_that_goes_on(auditor: User, set_clock):
    one = note(begun(auditor), HOLDS)
    later(set_clock)
    assert queries.stalled(clock.now()) == one
    taken = actions.begin_verification(verification_id=one.pk, total=2)
    assert (taken.attempt, taken.found, taken.began_at, taken.head_hash) == (2, [HOLDS], one.began_at, one.head_hash)
    assert refused("verification.overtaken", actions.note_verified, verification_id=one.pk, attempt=1, line=BROKEN)
    assert refused("verification.overtaken", actions.finish_verification, verification_id=one.pk, attempt=1)
    note(one, BROKEN, attempt=2)
    assert actions.finish_verification(verification_id=one.pk, attempt=2).found == [HOLDS, BROKEN]


def test_one_that_nobody_began_is_taken_up(auditor: User):
    one = asked(auditor)
    assert queries.stalled(clock.now()) == one


def test_what_costs_every_worker_its_life_ends_unfinished(auditor: User, set_clock):
    one = begun(auditor)
    for _ in range(rules.ATTEMPTS):
        later(set_clock)
        one = actions.begin_verification(verification_id=one.pk, total=2)
    assert (one.state, one.is_under_way, one.attempt) == (VerificationState.UNFINISHED, False, rules.ATTEMPTS)
    assert "请在服务器上运行 tongbao verify" in queries.report(one)


def test_one_that_has_ended_takes_nothing_more(auditor: User, set_clock):
    one = finished(auditor, HOLDS)
    later(set_clock)
    assert queries.stalled(clock.now()) is None
    assert refused("verification.over", actions.begin_verification, verification_id=one.pk, total=2)
    assert refused("verification.over", actions.note_verified, verification_id=one.pk, attempt=1, line=BROKEN)
    assert refused("verification.over", actions.finish_verification, verification_id=one.pk, attempt=1)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_keeps_what_has_ended(auditor: User, change: str):
    finished(auditor, BROKEN)
    rows = Verification.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(state="whole") if change == "update" else rows.delete()
    assert Verification.objects.get().state == VerificationState.FAULTY


# ── what it says, and whether it still does ─────────────────────────────────────────────────────────────────────────


def test_the_report_can_be_read_and_signed(auditor: User, set_clock):
    set_clock("2019-10-15T09:00")
    one = finished(auditor, HOLDS, BROKEN)
    assert queries.report(one).splitlines() == [
        "统保校验结果",
        "",
        f"校验编号：{one.pk}",
        f"要求校验：{auditor.name}（{auditor.organisation.name}），2019-10-15 09:00:00",
        "开始：2019-10-15 09:00:00",
        "结束：2019-10-15 09:00:00（北京时间）",
        f"开始时的链尾：第 1 条，摘要 {one.head_hash}",
        "结论：发现不符",
        rules.ADVICE,
        "",
        "1. 审计链：首尾相连",
        "   核对：1,234 条记录，3.2 秒。没有发现不符。",
        "",
        "2. 资金：余额等于流水之和",
        "   核对：不到 0.1 秒。发现 25 处不符，列出前 20 处：",
        *(f"   （{n}）第 {n} 笔不符" for n in range(1, 21)),
    ]


def checked() -> list[str]:
    return list(queries.changed_verifications())


@pytest.fixture
def kept(committed_db) -> Verification:
    return finished(factories.user(Role.AUDITOR), HOLDS, BROKEN)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'whole'",
        "lines = '[]'",
        "asked_by_name = '别人'",
        "head_number = 2",
        "asked_at = '2019-10-14 01:00:00'",
    ],
)
def test_a_result_changed_behind_the_verbs_is_found(kept: Verification, change: str):
    assert checked() == []
    tampering.run("audit_verification", f"UPDATE audit_verification SET {change}")
    assert checked() == [f"第 {kept.pk} 次校验的结果与记录不符"]


def test_a_result_taken_away_or_made_up_is_found(kept: Verification):
    tampering.run("audit_verification", "DELETE FROM audit_verification")
    assert checked() == [f"第 {kept.pk} 次校验的结果不见了"]
    now = clock.now()
    made_up = Verification.objects.create(asked_by_id=1, asked_by_name="某", asked_at=now, ended_at=now, state="whole")
    assert checked() == [f"第 {made_up.pk} 次校验的结果与记录不符", f"第 {kept.pk} 次校验的结果不见了"]
