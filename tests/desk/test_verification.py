"""The verification page: asked for with a click, done by the worker, watched, read, taken along."""

import hashlib
import sys
import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests import factories, tampering, unsteady
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import actions as audit
from tongbao.audit import queries as log
from tongbao.audit.models import Record, Verification
from tongbao.audit.rules import SHOWN, Line, VerificationState
from tongbao.desk import jobs, queries
from tongbao.desk.queries.checks import Check
from tongbao.notify import actions as notify


@pytest.fixture
def auditor(db) -> User:
    return factories.user(Role.AUDITOR)


@pytest.fixture
def client(auditor: User) -> Client:
    made = Client()
    made.force_login(auditor)
    return made


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the worker was told to do, instead of telling it."""
    asked: list[int] = []
    monkeypatch.setattr(jobs, "async_task", lambda path, pk, **_: asked.append(pk))
    return asked


def only(*checks: Check):
    """Instead of everything: these checks."""
    return lambda *_: list(checks)


def says(title: str, *faults: str) -> Check:
    def found() -> Iterator[str]:
        yield from faults
        return 1234

    return Check(title, "一切相符", "件", found)


def ask(client: Client, head: str = "") -> Verification:
    client.post("/log/verify/", {"head": head})
    return Verification.objects.latest("pk")


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# ── asking and watching ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_click_asks_and_leads_to_the_progress(client: Client, queued: list[int]):
    answer = client.post("/log/verify/", follow=True)
    one = Verification.objects.get()
    assert (answer.redirect_chain, queued) == ([(f"/log/verify/{one.pk}/", 302)], [one.pk])
    page = answer.content.decode()
    assert ("马上开始" in page, f'hx-get="/log/verify/{one.pk}/progress/"' in page, 'content="5"' in page) == (
        True,
    ) * 3


def test_a_second_click_shows_the_same(client: Client):
    first = ask(client)
    assert client.post("/log/verify/")["Location"] == f"/log/verify/{first.pk}/"
    assert Verification.objects.count() == 1
    assert f"第 {first.pk} 次校验正在进行" in text_of(client, "/log/verify/")


def test_the_progress_names_what_is_done_what_is_at_hand_and_what_waits(client: Client, monkeypatch):
    three = only(says("甲"), says("乙"), says("丙"))
    monkeypatch.setattr(sys.modules["tongbao.desk.queries.log"], "checks", three)
    one = audit.begin_verification(verification_id=ask(client).pk, total=3)
    audit.note_verified(verification_id=one.pk, attempt=1, line=queries.look(says("甲")))
    answer = client.get(f"/log/verify/{one.pk}/progress/")
    page = answer.content.decode()
    assert ("1 / 3 项（33%）" in page, "HX-Refresh" in answer.headers) == (True, False)
    states = ["相符", "正在核对", "等待"]
    assert [page.count(f">{state}</span>") for state in states] == [1, 1, 1]
    assert [page.index(f">{state}</span>") for state in states] == sorted(page.index(f">{s}</span>") for s in states)


def test_when_it_is_over_the_page_is_shown_anew(client: Client):
    one = ask(client)
    jobs.work(one.pk)
    answer = client.get(f"/log/verify/{one.pk}/progress/")
    assert (answer["HX-Refresh"], "hx-get" in answer.content.decode()) == ("true", False)


def test_a_head_that_is_none_is_said_beside_its_field(client: Client, queued: list[int]):
    answer = client.post("/log/verify/", {"head": "第一条"})
    assert (answer.status_code, queued, Verification.objects.count()) == (200, [], 0)
    assert "链尾写成“序号:摘要”" in str(answer.context["form"].errors["head"])


# ── the worker ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_is_checked_and_the_result_says_how_much(client: Client):
    factories.application()
    one = ask(client)
    jobs.work(one.pk)
    one.refresh_from_db()
    assert (one.state, [line.title for line in one.found]) == (
        VerificationState.WHOLE, [check.title for check in queries.checks()],
    )  # fmt: skip
    looked_at = {line.title: line.looked_at for line in one.found}
    assert looked_at["审计链"] == Record.objects.filter(verb="verification.began").get().number
    assert (looked_at["申请"], looked_at["条款与判定"], looked_at["文件"] > 0) == (1, 1, True)
    page = text_of(client, f"/log/verify/{one.pk}/")
    assert ("没有发现不符" in page, page.count(">相符</span>")) == (True, len(one.found))


def test_faults_are_counted_and_the_first_of_each_check_shown_whole(client: Client, monkeypatch):
    many = says("乙", *(f"第 {number:04} 号对不上" for number in range(1, 31)))
    monkeypatch.setattr(queries, "checks", only(says("甲", "独一处不符"), many, says("丙")))
    one = ask(client)
    jobs.work(one.pk)
    one.refresh_from_db()
    assert ([line.count for line in one.found], one.fault_count) == ([1, 30, 0], 31)
    page = text_of(client, f"/log/verify/{one.pk}/")
    shown = [f"第 {number:04} 号对不上" in page for number in range(1, 31)]
    assert shown == [True] * SHOWN + [False] * 10
    assert ("独一处不符" in page, "30 处不符，列出前 20 处" in page, "请保留现场" in page) == (True, True, True)


def test_a_killed_worker_costs_the_check_it_was_at(client: Client, monkeypatch, set_clock):
    made: list[str] = []

    def check(title: str) -> Check:
        def found() -> Iterator[str]:
            made.append(title)
            if title == "乙" and made.count("乙") == 1:
                raise KeyboardInterrupt  # nothing in the job may catch what kills a worker
            yield from ()

        return Check(title, "", "", found)

    monkeypatch.setattr(queries, "checks", only(check("甲"), check("乙"), check("丙")))
    one = ask(client)
    with pytest.raises(KeyboardInterrupt):
        jobs.work(one.pk)
    jobs.work(one.pk)  # the queue delivers the task again at once: the first may still be alive
    assert made == ["甲", "乙"]
    set_clock("2019-10-15T09:03")
    assert (jobs.resume(), made) == (1, ["甲", "乙", "乙", "丙"])
    one.refresh_from_db()
    assert (one.state, [line.title for line in one.found]) == (VerificationState.WHOLE, ["甲", "乙", "丙"])
    assert jobs.resume() == 0


def test_rows_that_cannot_be_read_are_a_fault_and_the_rest_goes_on(client: Client, monkeypatch):
    def stumble() -> Iterator[str]:
        yield "先找到一处"
        raise KeyError("amount")

    monkeypatch.setattr(queries, "checks", only(Check("甲", "", "", stumble), says("乙")))
    one = ask(client)
    jobs.work(one.pk)
    one.refresh_from_db()
    assert [line.faults for line in one.found] == [
        ("先找到一处", "数据读不下去（KeyError：'amount'），可能被人改动过"), (),
    ]  # fmt: skip


def test_a_busy_database_is_no_fault(db):
    def busy() -> Iterator[str]:
        yield from ()
        raise OperationalError("deadlock detected") from unsteady.Deadlock()

    with pytest.raises(OperationalError):
        queries.look(Check("甲", "", "", busy))


def test_a_task_for_what_is_over_does_nothing(client: Client):
    one = ask(client)
    jobs.work(one.pk)
    before = Record.objects.count()
    jobs.work(one.pk)
    assert Record.objects.count() == before


# ── one moment ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_check_sees_one_moment_and_holds_nobody_up(committed_db):
    person = factories.user()
    notify.send(to=person, title="一", by=None)

    def write() -> None:
        try:
            notify.send(to=person, title="二", by=None)
        finally:
            connection.close()

    def found() -> Iterator[str]:
        before = Record.objects.count()
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(20)
        assert not writer.is_alive()
        yield from log.faults()
        return (before, Record.objects.count(), log.head().number)

    line = queries.look(Check("甲", "", "", found))
    assert (line.looked_at, line.faults, Record.objects.count()) == ((1, 1, 1), (), 2)


def test_afterwards_the_connection_writes_as_ever(committed_db):
    person = factories.user()
    queries.look(says("甲"))
    with unsteady.every_verb_twice() as undone:
        notify.send(to=person, title="一", by=None)
    assert (len(undone), list(log.faults())) == (1, [])
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"


# ── a head that was published ───────────────────────────────────────────────────────────────────────────────────────


def test_a_log_written_anew_is_found_by_the_head_written_down_before(committed_db, queued: list[int]):
    auditor, client = factories.user(Role.AUDITOR), Client()
    client.force_login(auditor)
    for title in "一二三":
        notify.send(to=auditor, title=title, by=None)
    published = f"3:{log.head().hash}"
    second = Record.objects.get(number=2)
    tampering.run(
        "audit_record",
        "DELETE FROM audit_record WHERE number = 3",
        f"UPDATE audit_chainhead SET number = 2, hash = '{second.hash}'",
    )
    notify.send(to=auditor, title="别的", by=None)
    without, with_it = ask(client), None
    jobs.work(without.pk)
    with_it = ask(client, head=published)
    jobs.work(with_it.pk)
    found = {one.pk: one.found for one in Verification.objects.all()}
    assert [line.count for line in found[without.pk] if line.title == "审计链"] == [0]
    assert [(line.title, line.count) for line in found[with_it.pk] if line.title in ("审计链", "公布的链尾")] == [
        ("审计链", 0), ("公布的链尾", 1),
    ]  # fmt: skip
    assert "公布之后有人改写过日志" in text_of(client, f"/log/verify/{with_it.pk}/")


# ── the result ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_result_is_taken_along_and_the_log_vouches_for_it(client: Client, monkeypatch):
    monkeypatch.setattr(queries, "checks", only(says("甲", "一处不符")))
    one = ask(client)
    jobs.work(one.pk)
    answer = client.get(f"/log/verify/{one.pk}/report/")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/plain; charset=utf-8", "no-store")
    words, _, foot = answer.content.decode().partition("\n――――\n")
    sha256 = hashlib.sha256(words.encode()).hexdigest()
    told = Record.objects.get(verb="verification.ended")
    assert (told.detail["sha256"], "   （1）一处不符" in words) == (sha256, True)
    assert (sha256 in foot, f"第 {told.number} 条" in foot, told.hash in foot, "签字" in foot) == (True,) * 4


def test_there_is_no_result_before_the_end(client: Client):
    assert client.get(f"/log/verify/{ask(client).pk}/report/").status_code == 404


def test_earlier_verifications_are_listed_newest_first(client: Client, monkeypatch):
    monkeypatch.setattr(queries, "checks", only(says("甲", "一处不符")))
    first = ask(client)
    jobs.work(first.pk)
    second = ask(client)
    table = client.get("/log/verify/").context["table"]
    assert [row.record.pk for row in table.rows] == [second.pk, first.pk]
    assert "<code>" in text_of(client, "/log/verify/")


@pytest.mark.parametrize("address", ["/", "/log/"])
def test_the_last_one_is_told_on_the_home_and_above_the_log(client: Client, address: str, monkeypatch):
    said = []
    monkeypatch.setattr(queries, "checks", only(says("甲", "一处不符")))
    one = ask(client)
    said.append("次校验马上开始" in text_of(client, address))
    jobs.work(one.pk)
    said.append("发现 1 处不符" in text_of(client, address))
    monkeypatch.setattr(queries, "checks", only(says("甲")))
    jobs.work(ask(client).pk)
    said.append("条记录：没有发现不符。" in text_of(client, address))
    assert said == [True, True, True]


def test_a_line_keeps_what_it_is(db):
    line = queries.look(says("甲", "一处", "两处"), only_first=True)
    assert (line.count, line.faults, line.looked_at, Line.from_json(line.to_json())) == (1, ("一处",), None, line)


# ── too many at once ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("partial", [False, True], ids=["page", "part"])
def test_when_no_lock_comes_the_page_says_to_try_again(committed_db, partial: bool, queued: list[int]):
    client = Client()
    client.force_login(factories.user(Role.AUDITOR))
    headers = {"HX-Request": "true"} if partial else {"Referer": "http://testserver/log/"}
    with unsteady.locked_out():
        answer = client.post("/log/verify/", headers=headers)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], queued, Verification.objects.count()) == (503, "10", [], 0)
    assert "现在办理的人很多，请稍候再试；刚才的操作没有生效，可以放心重试。" in page
    assert ("<html" in page, answer.headers.get("HX-Retarget"), 'href="/log/"' in page) == (
        not partial, "#messages" if partial else None, not partial,
    )  # fmt: skip
    assert client.post("/log/verify/").status_code == 302
