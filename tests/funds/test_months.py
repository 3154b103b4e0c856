"""Months that are locked: once, in order, after they have ended; nothing moves in them any more, and verify knows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories, tampering
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.funds import actions, queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.models import Account, MonthBalance, MonthClose, Pool, Queue, Transfer
from tongbao.refusal import Forbidden, Refusal

WAN = 10_000_00
SEPTEMBER, OCTOBER, NOVEMBER = date(2019, 9, 1), date(2019, 10, 1), date(2019, 11, 1)
NOON = clock.local(date(2019, 9, 15), 12)  # in the month that is locked


def two_months() -> tuple[Pool, Pool]:
    """Money came in in September, and 1 万元 was reserved in each month."""
    with clock.at(clock.local(date(2019, 9, 10), 9)):
        pools = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
        factories.receive(pools[0], amount_fen=WAN)
    with clock.at(clock.local(OCTOBER, 0, 1)):  # a database may cut its clock to milliseconds
        factories.receive(pools[0], amount_fen=WAN)
    return pools


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return two_months()


def lock(pool: Pool, month: date = SEPTEMBER, by: User | None = None) -> MonthClose:
    return actions.lock_month(edition_id=pool.edition_id, month=month, by=by or factories.user(Role.FINANCE_OFFICER))


def refused(verb: Callable[[], Any]) -> tuple[str, str]:
    """Code and sentence of the refusal, after which nothing has changed."""

    def state() -> Any:
        return [list(model.objects.order_by("pk").values()) for model in (Account, MonthClose, MonthBalance, Queue)]

    before, records = state(), Record.objects.count()
    with pytest.raises(Refusal) as no:
        verb()
    assert (state(), Record.objects.count()) == (before, records)
    return no.value.code, no.value.sentence


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("month", "first", "locked", "today", "code"),
    [
        (SEPTEMBER, SEPTEMBER, None, date(2019, 10, 1), ""),
        (OCTOBER, SEPTEMBER, SEPTEMBER, date(2019, 11, 1), ""),
        (SEPTEMBER, None, None, date(2019, 10, 1), "no_entries"),
        (SEPTEMBER, SEPTEMBER, SEPTEMBER, date(2019, 10, 1), "month_locked"),
        (date(2019, 8, 1), SEPTEMBER, None, date(2019, 10, 1), "month_before"),
        (date(2019, 8, 1), SEPTEMBER, SEPTEMBER, date(2019, 10, 1), "month_locked"),
        (OCTOBER, SEPTEMBER, None, date(2019, 11, 1), "month_order"),
        (date(9999, 12, 1), SEPTEMBER, None, date(2019, 11, 1), "month_order"),
        (SEPTEMBER, SEPTEMBER, None, date(2019, 9, 30), "month_open"),
    ],
)
def test_which_month_may_be_locked(month: date, first: date | None, locked: date | None, today: date, code: str):
    said = pytest.raises(Refusal) if code else nullcontext()
    with said as no:
        rules.check_lock(month, first=first, locked=locked, today=today)
    assert code == (no.value.code if no else "")


def test_a_locked_month_ends_before_its_last_instant_not_after():
    end = datetime(2019, 9, 30, 16, tzinfo=UTC)
    rules.check_open_month(end, end)
    rules.check_open_month(end, None)
    with pytest.raises(Refusal):
        rules.check_open_month(end.replace(hour=15, minute=59, second=59, microsecond=999_999), end)


@pytest.mark.parametrize(
    ("text", "month"), [("2019-09", SEPTEMBER), ("2019-13", None), ("２０１９-09", None), ("", None)]
)
def test_months_as_the_pages_send_them(text: str, month: date | None):
    assert rules.read_month(text) == month


def test_a_source_grows_when_money_leaves_it_and_others_when_it_comes():
    kinds = (rules.AccountKind.ALLOTTED, rules.AccountKind.AVAILABLE)
    flows = [rules.flow(kind, before=(1, 10), during=(2, 5)) for kind in kinds]
    assert [(one.opening, one.added, one.taken, one.closing) for one in flows] == [(9, 5, 2, 12), (-9, 2, 5, -12)]


def test_books_that_do_not_balance_are_named():
    closing = dict.fromkeys(rules.AccountKind, 0) | {rules.AccountKind.ALLOTTED: 500, rules.AccountKind.AVAILABLE: -1}
    assert rules.unbalanced(closing) == [
        "“已下达额度 = 可用额度 + 已预占 + 已列支”不成立：5.00 元与 -0.01 元",
        "“可用额度”为负：-0.01 元",
    ]


# ── locking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_locked_month_keeps_every_balance_and_where_the_log_stood(pools):
    head = log.head()
    officer = factories.user(Role.FINANCE_OFFICER)
    close = lock(pools[0], by=officer)
    assert (close.month, close.closed_by, close.entries) == (SEPTEMBER, officer, 5)
    assert (close.log_number, close.log_hash) == (head.number, head.hash)
    kept = {
        (row.account.pool_id, row.account.kind): (row.opening_fen, row.added_fen, row.taken_fen, row.closing_fen)
        for row in close.balances.select_related("account")
        if row.added_fen
    }
    assert kept == {
        (pools[0].pk, "allotted"): (0, 10 * WAN, 0, 10 * WAN),
        (pools[0].pk, "available"): (0, 10 * WAN, WAN, 9 * WAN),
        (pools[0].pk, "reserved"): (0, WAN, 0, WAN),
        (pools[0].pk, "treasury"): (0, 10 * WAN, 0, 10 * WAN),
        (pools[0].pk, "received"): (0, 10 * WAN, 0, 10 * WAN),
        (pools[1].pk, "allotted"): (0, 10 * WAN, 0, 10 * WAN),
        (pools[1].pk, "available"): (0, 10 * WAN, 0, 10 * WAN),
        (pools[1].pk, "treasury"): (0, 10 * WAN, 0, 10 * WAN),
        (pools[1].pk, "received"): (0, 10 * WAN, 0, 10 * WAN),
    }
    assert (close.balances.count(), Queue.objects.get().locked_until) == (16, clock.local(OCTOBER))
    record = Record.objects.order_by("number").last()
    assert (record.verb, record.actor_id, record.detail["hash"]) == ("funds.lock_month", officer.pk, close.content_hash)


def test_the_next_month_opens_with_what_the_last_one_closed_with(pools):
    with clock.at(clock.local(NOVEMBER, 9)):
        first, second = lock(pools[0]), lock(pools[0], OCTOBER)
    before = dict(first.balances.values_list("account", "closing_fen"))
    assert dict(second.balances.values_list("account", "opening_fen")) == before
    reserved = second.balances.get(account__pool=pools[0], account__kind="reserved")
    assert (reserved.opening_fen, reserved.added_fen, reserved.closing_fen, second.entries) == (WAN, WAN, 2 * WAN, 1)
    assert list(queries.month_faults()) == []


def test_months_are_locked_once_in_order_and_only_when_they_have_ended(pools):
    assert refused(lambda: lock(pools[0], OCTOBER)) == ("month_order", "月结要按月份先后办理，请先月结2019年9月。")
    lock(pools[0])
    assert refused(lambda: lock(pools[0]))[0] == "month_locked"
    assert refused(lambda: lock(pools[0], OCTOBER)) == (
        "month_open",
        "2019年10月还没有结束，2019-11-01 起才能月结。",
    )


def test_nothing_is_locked_before_money_has_moved(db):
    pool = factories.pools()[0]
    assert refused(lambda: lock(pool))[0] == "no_entries"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FINANCE_OFFICER])
def test_only_finance_locks(pools, role: Role):
    with pytest.raises(Forbidden) as no:
        lock(pools[0], by=factories.user(role))
    assert (no.value.code, MonthClose.objects.count()) == ("not_month_locker", 0)


def test_books_that_do_not_balance_are_not_locked(committed_db):
    pools = two_months()
    entry = Transfer.objects.filter(kind="reserve", at__lt=clock.local(OCTOBER)).get()
    far = Account.objects.get(pool=pools[0], kind="surplus")
    tampering.run("funds_transfer", f"UPDATE funds_transfer SET target_id = {far.pk} WHERE id = {entry.pk}")
    code, sentence = refused(lambda: lock(pools[0]))
    assert code == "not_balanced"
    assert "中国信保的“财政已拨付 = 已到账未列支 + 已列支保费 + 结余”不成立：100,000.00 元与 110,000.00 元" in sentence


def test_the_year_s_last_month_is_locked_after_its_closing(pools):
    Queue.objects.update(closed_at=clock.now())
    assert lock(pools[0]).month == SEPTEMBER


# ── nothing moves in a locked month ─────────────────────────────────────────────────────────────────────────────────


def test_money_does_not_move_in_a_locked_month(pools):
    place = factories.receive(pools[0], amount_fen=WAN)
    lock(pools[0])
    with clock.at(NOON):
        assert refused(lambda: actions.release(reservation_id=place.pk, why="", by=None))[0] == "month_locked"
    actions.release(reservation_id=place.pk, why="", by=None)  # in the month that runs
    assert factories.receive(pools[1]).state == "reserved"


def test_a_submission_asks_nothing_more_of_the_database_once_a_month_is_locked(pools):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            factories.receive(pools[0], amount_fen=100)
        return len(found)

    before = asked()
    lock(pools[0])
    assert asked() == before


def entry_at(at: datetime, pool: Pool) -> Transfer:
    """An entry as somebody with the administrator's password would write it."""
    accounts = {account.kind: account for account in pool.accounts.all()}
    with transaction.atomic():
        return Transfer.objects.create(
            pool=pool, kind="reserve", source=accounts["available"], target=accounts["reserved"], amount_fen=1,
            at=at, by_name="?", key=f"forged-{factories.number()}", request_hash="0",
        )  # fmt: skip


def test_the_database_itself_keeps_entries_out_of_locked_months(pools):
    lock(pools[0])
    last = clock.local(OCTOBER).replace(hour=15, minute=59, second=59, microsecond=999_999)
    for at in (NOON, last.replace(month=9, day=30), datetime(1990, 1, 1, tzinfo=UTC)):
        with pytest.raises(DatabaseError, match="month-locked"):
            entry_at(at, pools[0])
    assert entry_at(clock.local(OCTOBER), pools[0]).pk
    assert Transfer.objects.filter(at__lt=clock.local(OCTOBER)).count() == 5


def test_a_pool_opened_after_the_locking_is_kept_out_of_the_month_too(pools):
    lock(pools[0])
    late = Pool.objects.create(edition=pools[0].edition, insurer=factories.user(Role.INSURER_AGENT).organisation)
    Account.objects.bulk_create(Account(pool=late, kind=kind) for kind in rules.AccountKind)
    with pytest.raises(DatabaseError, match="month-locked"):
        entry_at(NOON, late)


@pytest.mark.parametrize("model", [MonthClose, MonthBalance])
def test_what_is_locked_is_never_changed_or_deleted(pools, model: type[models.Model]):
    lock(pools[0])
    for change in (lambda: model.objects.update(id=models.F("id")), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@contextmanager
def remade(model: type[models.Model]) -> Iterator[None]:
    """The table with one more column, which SQLite makes anew for it; and without it again."""
    field = models.CharField(max_length=5, default="x")
    field.set_attributes_from_name("remade")
    field.model = model
    with connection.schema_editor() as editor:
        editor.add_field(model, field)
    yield
    with connection.schema_editor() as editor:
        editor.remove_field(model, field)


@pytest.mark.parametrize("name", ["Transfer", "Pool", "MonthClose", "Account", "Queue"])
def test_the_trigger_lives_through_a_table_that_is_made_anew(committed_db, name: str):
    pools = two_months()
    lock(pools[0])
    with remade(apps.get_model("funds", name)):
        pass
    with pytest.raises(DatabaseError, match="month-locked"):
        entry_at(NOON, pools[0])
    assert entry_at(clock.local(OCTOBER), pools[0]).pk
    with pytest.raises(DatabaseError, match="append-only"):
        MonthClose.objects.update(entries=1)


# ── verify ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Changes = Callable[[tuple[Pool, Pool], MonthClose], None]


def _edit_amount(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run(
        "funds_transfer", f"UPDATE funds_transfer SET amount_fen = 1 WHERE kind = 'reserve' AND at < '{_end()}'"
    )


def _move_later(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run("funds_transfer", "UPDATE funds_transfer SET at = '2019-10-01 00:00:00+00:00' WHERE kind = 'reserve'")


def _insert(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    on = " ON funds_transfer" if connection.vendor == "postgresql" else ""
    tampering.run("funds_transfer", f"DROP TRIGGER funds_transfer_open_month{on}")
    entry_at(NOON, pools[1])


def _edit_balance(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    own = f"account_id IN (SELECT id FROM funds_account WHERE pool_id = {pools[1].pk} AND kind = 'received')"
    tampering.run("funds_monthbalance", f"UPDATE funds_monthbalance SET added_fen = 1, closing_fen = 1 WHERE {own}")


def _drop_balance(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    own = f"account_id IN (SELECT id FROM funds_account WHERE pool_id = {pools[1].pk} AND kind = 'received')"
    tampering.run("funds_monthbalance", f"DELETE FROM funds_monthbalance WHERE {own}")


def _edit_hash(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run("funds_monthclose", "UPDATE funds_monthclose SET content_hash = 'x'")


def _lay_at_another(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run("funds_monthclose", f"UPDATE funds_monthclose SET closed_by_id = {factories.user().pk}")


def _date_back(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run("funds_monthclose", "UPDATE funds_monthclose SET closed_at = '2019-10-01 00:00:00+00:00'")


def _edit_head(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run("funds_monthclose", "UPDATE funds_monthclose SET log_hash = 'x'")


def _unlock(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    Queue.objects.update(locked_until=None)


def _forget(pools: tuple[Pool, Pool], close: MonthClose) -> None:
    tampering.run("funds_monthbalance", "DELETE FROM funds_monthbalance")
    tampering.run("funds_monthclose", "DELETE FROM funds_monthclose")


def _end() -> str:
    return f"{clock.local(OCTOBER):%Y-%m-%d %H:%M:%S}"


NAME = "“南通市2019年度中小出口企业市级统保平台工作方案”2019年9月的月结"


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (_edit_amount, [
            f"{NAME}与分录不符：中国信保“可用额度”减少记为 10,000.00 元，按分录重算应为 0.01 元",
            f"{NAME}与分录不符：中国信保“可用额度”期末记为 90,000.00 元，按分录重算应为 99,999.99 元",
            f"{NAME}与分录不符：中国信保“已预占”增加记为 10,000.00 元，按分录重算应为 0.01 元",
            f"{NAME}与分录不符：中国信保“已预占”期末记为 10,000.00 元，按分录重算应为 0.01 元",
        ]),
        (_move_later, [
            f"{NAME}与分录不符：月结时有 5 笔分录，现在是 4 笔",
            f"{NAME}与分录不符：中国信保“可用额度”减少记为 10,000.00 元，按分录重算应为 0.00 元",
            f"{NAME}与分录不符：中国信保“可用额度”期末记为 90,000.00 元，按分录重算应为 100,000.00 元",
            f"{NAME}与分录不符：中国信保“已预占”增加记为 10,000.00 元，按分录重算应为 0.00 元",
            f"{NAME}与分录不符：中国信保“已预占”期末记为 10,000.00 元，按分录重算应为 0.00 元",
        ]),
        (_insert, [
            f"{NAME}与分录不符：月结时有 5 笔分录，现在是 6 笔",
            f"{NAME}与分录不符：人保财险“可用额度”减少记为 0.00 元，按分录重算应为 0.01 元",
            f"{NAME}与分录不符：人保财险“可用额度”期末记为 100,000.00 元，按分录重算应为 99,999.99 元",
            f"{NAME}与分录不符：人保财险“已预占”增加记为 0.00 元，按分录重算应为 0.01 元",
            f"{NAME}与分录不符：人保财险“已预占”期末记为 0.00 元，按分录重算应为 0.01 元",
        ]),
        (_edit_balance, [
            f"{NAME}与分录不符：人保财险“已到账未列支”增加记为 0.01 元，按分录重算应为 100,000.00 元",
            f"{NAME}与分录不符：人保财险“已到账未列支”期末记为 0.01 元，按分录重算应为 100,000.00 元",
            f"{NAME}留存的余额与内容摘要不符",
        ]),
        (_drop_balance, [
            f"{NAME}与分录不符：有账户当月有分录，却没有留存余额",
            f"{NAME}留存的余额与内容摘要不符",
        ]),
        (_edit_hash, [f"{NAME}留存的余额与内容摘要不符", f"{NAME}与审计记录第 {{}} 条不符"]),
        (_lay_at_another, [f"{NAME}与审计记录第 {{}} 条不符"]),
        (_date_back, [f"{NAME}与审计记录第 {{}} 条不符"]),
        (_edit_head, [f"{NAME}记下的审计链位置（第 {{}} 条）与现在的审计链不符"]),
        (_unlock, ["“南通市2019年度中小出口企业市级统保平台工作方案”排队登记的月结时间与最后一次月结不符"]),
        (_forget, [
            "“南通市2019年度中小出口企业市级统保平台工作方案”记着已月结，却没有月结记录",
            "审计记录第 {} 条的月结（2019-09）不见了",
        ]),
    ],
)  # fmt: skip
def test_verify_names_the_month_that_does_not_fit(committed_db, change: Changes, sentences: list[str]):
    pools = two_months()
    close = lock(pools[0])
    assert list(queries.month_faults()) == []
    change(pools, close)
    number = close.log_number if change is _edit_head else Record.objects.get(verb="funds.lock_month").number
    assert list(queries.month_faults()) == [sentence.format(number) for sentence in sentences]


def test_a_locked_month_that_changed_shows_on_its_trial_balance(committed_db):
    pools = two_months()
    lock(pools[0])
    _edit_amount(pools, MonthClose.objects.get())
    trial = queries.trial(factories.user(), pools[0].edition, queries.whole_month(SEPTEMBER))
    assert trial.faults == [
        "中国信保：“可用额度”账户月结时的余额是 90,000.00 元，按分录重算应为 99,999.99 元",
        "中国信保：“已预占”账户月结时的余额是 10,000.00 元，按分录重算应为 0.01 元",
    ]


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def signed_in(role: Role, pool: Pool | None = None) -> Client:
    client = Client()
    client.force_login(factories.user(role, pool.insurer if pool else None))
    return client


def text(response: Any) -> str:
    return response.content.decode()


def post(client: Client, pool: Pool, month: str = "2019-09") -> Any:
    return client.post(reverse("funds:lock_month"), {"edition": pool.edition_id, "month": month}, follow=True)


def test_finance_locks_a_month_by_its_button(pools):
    client = signed_in(Role.FINANCE_OFFICER)
    shown = text(client.get(reverse("funds:months")))
    assert ("已核对，月结2019年9月" in shown, "本月未结束" in shown) == (True, True)
    done = post(client, pools[0])
    assert "2019年9月已月结，这个月的账从现在起不能再变动。" in text(done)
    assert done.redirect_chain == [(reverse("funds:month", args=[MonthClose.objects.get().pk]), 302)]
    assert "已核对，月结" not in text(client.get(reverse("funds:months")))


def test_a_second_click_locks_nothing_twice(pools):
    client = signed_in(Role.FINANCE_OFFICER)
    post(client, pools[0])
    again = post(client, pools[0])
    assert (again.status_code, MonthClose.objects.count()) == (409, 1)
    assert "2019年9月已经月结，不需要再次办理。" in text(again)


@pytest.mark.parametrize("month", ["", "2019-1３", "9999-12", "2019-10", "x" * 9999, "0001-01"])
def test_no_other_month_is_locked_from_the_page(pools, month: str):
    assert (post(signed_in(Role.FINANCE_OFFICER), pools[0], month).status_code, MonthClose.objects.count()) == (409, 0)


def test_others_read_months_but_have_no_button(pools):
    close = lock(pools[0])
    for role in (Role.CITY_OFFICER, Role.AUDITOR):
        client = signed_in(role)
        assert '<form method="post" action="/fund' not in text(client.get(reverse("funds:months")))
        assert client.get(reverse("funds:month", args=[close.pk])).status_code == 200
        assert post(client, pools[0]).status_code == 403


def test_an_insurer_reads_its_own_balances_of_a_locked_month(pools):
    close = lock(pools[0])
    shown = text(signed_in(Role.INSURER_AGENT, pools[1]).get(reverse("funds:month", args=[close.pk])))
    assert ("人保财险" in shown, "中国信保" in shown) == (True, False)
    stranger = signed_in(Role.INSURER_AGENT)
    assert stranger.get(reverse("funds:month", args=[close.pk])).status_code == 404
    assert signed_in(Role.AUDITOR).get(reverse("funds:month", args=[2**62])).status_code == 404


def test_a_locked_month_stands_beside_the_month_before(pools):
    with clock.at(clock.local(NOVEMBER, 9)):
        lock(pools[0])
        close = lock(pools[0], OCTOBER)
    reserved = {
        one.kind.value: (one.change, one.more_added, one.more_taken)
        for one in dict(queries.month_balances(factories.user(), close))[pools[0]]
    }
    assert (reserved["reserved"], reserved["available"]) == ((WAN, 0, 0), (-WAN, -10 * WAN, 0))


def test_a_locked_month_is_taken_along(pools):
    close = lock(pools[0])
    response = signed_in(Role.AUDITOR).get(reverse("funds:month", args=[close.pk]), {"export": "xlsx"})
    book = load_workbook(BytesIO(response.content))
    rows = [tuple(row) for row in book["余额"].iter_rows(values_only=True)]
    assert rows[2] == ("中国信保", "可用额度", 0, 100_000, 10_000, 90_000, 100_000, 10_000, 90_000)
    facts = dict(book["月结"].iter_rows(values_only=True))
    assert (facts["内容摘要"], facts["审计链序号"]) == (close.content_hash, close.log_number)


def test_posting_reads_the_lock_from_the_fund(pools):
    """`_ledger.post` needs no row of its own: the books that the fund's lock reads know when the last month ended."""
    lock(pools[0])
    with transaction.atomic():
        fund = queries.lock_fund(pools[0].edition_id)
    stamp = _ledger.Stamp("k", "h", NOON, None)
    with CaptureQueriesContext(connection) as asked, pytest.raises(Refusal):
        _ledger.post(fund.books[pools[0].pk], rules.allotting(1), stamp)
    assert len(asked) == 0
