"""Trial balance, journal and statements: every figure from the transfers, and every figure links to its entries."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries
from tongbao.funds.models import Account, Pool, Reservation, Transfer
from tongbao.funds.queries import View
from tongbao.funds.rules import AccountKind, BookingKind, TransferKind
from tongbao.scheme.models import Edition

WAN = 10_000_00


def moment(day: date, hour: int = 9) -> Any:
    return clock.at(clock.local(day, hour))


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    """Two months of all that can happen: September and October of 2019, in both pools and under three plans."""
    with moment(date(2019, 9, 10)):
        lead, second = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
        one = factories.receive(lead, amount_fen=3 * WAN, purpose="方案A", reference="NT-ONE")
        gone = factories.receive(lead, amount_fen=1 * WAN, purpose="方案B")
        charged = factories.receive(second, amount_fen=2 * WAN, purpose="方案A")
    with moment(date(2019, 9, 30), 23):
        actions.release(reservation_id=gone.pk, why="撤回", by=None)
        actions.charge(reservation_id=charged.pk, amount_fen=2 * WAN - 100, key="c1", by=None, policy_number="SX-77")
    with moment(date(2019, 10, 1), 0):
        actions.adjust(reservation_id=one.pk, amount_fen=4 * WAN, why="更正", by=None)
        actions.recharge(reservation_id=charged.pk, amount_fen=1 * WAN, why="汇率", key="c2", by=None)
    with moment(date(2019, 10, 10)):
        actions.refund(reservation_id=charged.pk, amount_fen=12_34, why="退保", key="c3", by=None)
        factories.receive(lead, amount_fen=9 * WAN, purpose="方案D")  # more than there is: it waits
    return lead, second


@pytest.fixture
def edition(pools) -> Edition:
    return pools[0].edition


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def officer(role: Role = Role.FINANCE_OFFICER) -> Client:
    return signed_in(factories.user(role))


def text(response: Any) -> str:
    return response.content.decode()


def sheets(response: Any) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(BytesIO(response.content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def flows(trial: queries.Trial, place: int) -> dict[str, tuple[int, int, int, int]]:
    return {
        kind.value: (flow.opening, flow.added, flow.taken, flow.closing)
        for kind, flow in trial.pools[place].flows.items()
        if (flow.opening, flow.added, flow.taken) != (0, 0, 0)
    }


# ── trial balance ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_month_has_its_own_opening_movements_and_closing(edition):
    september = queries.trial(factories.user(), edition, queries.whole_month(date(2019, 9, 1)))
    assert flows(september, 0) == {
        "allotted": (0, 10 * WAN, 0, 10 * WAN),
        "available": (0, 11 * WAN, 4 * WAN, 7 * WAN),
        "reserved": (0, 4 * WAN, 1 * WAN, 3 * WAN),
        "treasury": (0, 10 * WAN, 0, 10 * WAN),
        "received": (0, 10 * WAN, 0, 10 * WAN),
    }
    assert flows(september, 1) == {
        "allotted": (0, 10 * WAN, 0, 10 * WAN),
        "available": (0, 10 * WAN + 100, 2 * WAN, 8 * WAN + 100),
        "reserved": (0, 2 * WAN, 2 * WAN, 0),
        "charged": (0, 2 * WAN - 100, 0, 2 * WAN - 100),
        "treasury": (0, 10 * WAN, 0, 10 * WAN),
        "received": (0, 10 * WAN, 2 * WAN - 100, 8 * WAN + 100),
        "earned": (0, 2 * WAN - 100, 0, 2 * WAN - 100),
    }
    assert (september.faults, september.period.last) == ([], date(2019, 9, 30))
    assert september.total.flows[AccountKind.ALLOTTED].closing == 20 * WAN


def test_until_now_begins_with_this_month_and_ends_with_the_balances_that_are_kept(edition):
    trial = queries.trial(factories.user(), edition, queries.until_now())
    kept = dict(Account.objects.filter(pool=trial.pools[0].pool).values_list("kind", "balance_fen"))
    assert {kind.value: fen for kind, fen in trial.pools[0].closing.items()} == kept
    assert trial.pools[0].flows[AccountKind.AVAILABLE].opening == 7 * WAN
    assert (trial.period.first, trial.period.last, trial.faults) == (date(2019, 10, 1), date(2019, 10, 15), [])


@pytest.mark.parametrize(("day", "reserved"), [(date(2019, 9, 29), 4), (date(2019, 9, 30), 3), (date(2019, 10, 1), 4)])
def test_a_day_counts_to_its_last_moment_in_shanghai(edition, day: date, reserved: int):
    trial = queries.trial(factories.user(), edition, queries.until_day(day))
    assert trial.pools[0].closing[AccountKind.RESERVED] == reserved * WAN


def test_a_balance_that_is_not_the_sum_of_its_transfers_is_named(pools):
    Account.objects.filter(pool=pools[0], kind="reserved").update(balance_fen=5)
    shown = text(officer().get(reverse("funds:trial")))
    assert "账不平" in shown
    assert "中国信保：“已预占”账户记的余额是 0.05 元，按分录重算应为 40,000.00 元" in shown
    assert "账平。" not in shown


def test_a_trial_balance_that_balances_says_so_and_shows_what_is_equal(pools):
    response = officer().get(reverse("funds:trial"))
    assert "账平。" in text(response)
    says = [(one.says, one.holds) for one in response.context["trial"].total.identities]
    assert says == [
        ("已下达额度 = 可用额度 + 已预占 + 已列支", True),
        ("财政已拨付 = 已到账未列支 + 已列支保费 + 结余", True),
        ("已列支 = 已列支保费", True),
    ]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"until": "2019-10-16"}, "日期不能晚于今天，请改为今天或以前的日期"),
        ({"until": "2019-08-31"}, "这一天还没有资金业务，账目从2019年9月开始"),
        ({"until": "0001-01-01"}, "这一天还没有资金业务，账目从2019年9月开始"),
        ({"until": "昨天"}, "请按“年-月-日”填写日期，例如 2019-10-15"),
        ({"until": "2019-10-01", "month": "2019-09"}, "月份和日期请只填一项"),
        ({"month": "9999-12"}, "请从列出的选项中选择"),
    ],
)
def test_what_cannot_be_asked_of_the_trial_balance(pools, asked: dict[str, str], sentence: str):
    response = officer().get(reverse("funds:trial"), asked)
    assert (response.status_code, sentence in text(response)) == (200, True)
    assert response.context["trial"].period == queries.until_now()


@pytest.mark.parametrize("edition", ["²", "９", "-1", "1e3", str(2**63), "x" * 4000, "999999"])
def test_an_edition_that_is_none_shows_the_newest(pools, edition: str):
    for name in ("trial", "statements", "months"):
        response = officer().get(reverse(f"funds:{name}"), {"edition": edition})
        assert (response.status_code, response.context["edition"]) == (200, pools[0].edition)


@pytest.mark.django_db
def test_before_any_pool_there_are_no_books():
    for name in ("trial", "statements", "months"):
        assert "还没有资金池" in text(officer().get(reverse(f"funds:{name}")))


def test_an_insurer_reads_the_books_of_its_own_pool_only(pools):
    agent = signed_in(factories.user(Role.INSURER_AGENT, pools[1].insurer))
    for name in ("trial", "statements", "months"):
        assert "中国信保" not in text(agent.get(reverse(f"funds:{name}")))
    trial = agent.get(reverse("funds:trial")).context["trial"]
    assert [one.pool for one in trial.tables] == [pools[1]]


def test_the_trial_balance_is_taken_along_as_numbers_in_yuan(pools):
    response = officer().get(reverse("funds:trial"), {"month": "2019-09", "export": "xlsx"})
    rows = sheets(response)["试算平衡"]
    assert rows[0] == ("资金池", "账簿", "账户", "期初（元）", "增加（元）", "减少（元）", "期末（元）")
    assert rows[2] == ("中国信保", "额度账", "可用额度", 0, 110_000, 40_000, 70_000)
    assert ("合计", "核对", "已列支 = 已列支保费", 19_999, 19_999, None, "平") in rows


# ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────────


def lines(edition: Edition, view: View) -> list[tuple[Any, ...]]:
    """Each line: what it is about, firms, and its figures in the order of FIGURES."""
    found = queries.statement(factories.user(), edition, view).lines
    return [
        (
            *(one for one in (line.pool and str(line.pool), line.plan, line.month and f"{line.month:%m}") if one),
            line.firms,
            *line.figures.values(),
            line.net_fen,
            line.waiting,
            line.waiting_fen,
        )
        for line in found
    ]


CHARGED = 2 * WAN - 100


@pytest.mark.parametrize(
    ("view", "wanted"),
    [
        (View.POOL, [
            ("中国信保", 2, 4 * WAN, 1 * WAN, 1 * WAN, 0, 0, 0, 0, 1, 9 * WAN),
            ("人保财险", 1, 2 * WAN, WAN, 0, CHARGED + WAN, CHARGED, 12_34, WAN - 12_34, 0, 0),
        ]),
        (View.PLAN, [
            ("方案A", 2, 5 * WAN, WAN, 1 * WAN, CHARGED + WAN, CHARGED, 12_34, WAN - 12_34, 0, 0),
            ("方案B", 1, 1 * WAN, 1 * WAN, 0, 0, 0, 0, 0, 0, 0),
            ("方案D", 0, 0, 0, 0, 0, 0, 0, 0, 1, 9 * WAN),
        ]),
        (View.MONTH, [
            ("09", 3, 6 * WAN, WAN + 100, 0, CHARGED, 0, 0, CHARGED, 0, 0),
            ("10", 2, 0, WAN - 100, 1 * WAN, WAN, CHARGED, 12_34, WAN - CHARGED - 12_34, 1, 9 * WAN),
        ]),
        (View.POOL_MONTH, [
            ("中国信保", "09", 2, 4 * WAN, WAN, 0, 0, 0, 0, 0, 0, 0),
            ("中国信保", "10", 1, 0, 0, WAN, 0, 0, 0, 0, 1, 9 * WAN),
            ("人保财险", "09", 1, 2 * WAN, 100, 0, CHARGED, 0, 0, CHARGED, 0, 0),
            ("人保财险", "10", 1, 0, WAN - 100, 0, WAN, CHARGED, 12_34, WAN - CHARGED - 12_34, 0, 0),
        ]),
        (View.PLAN_MONTH, [
            ("方案A", "09", 2, 5 * WAN, 100, 0, CHARGED, 0, 0, CHARGED, 0, 0),
            ("方案A", "10", 2, 0, WAN - 100, WAN, WAN, CHARGED, 12_34, WAN - CHARGED - 12_34, 0, 0),
            ("方案B", "09", 1, WAN, WAN, 0, 0, 0, 0, 0, 0, 0),
            ("方案D", "10", 0, 0, 0, 0, 0, 0, 0, 0, 1, 9 * WAN),
        ]),
    ],
)  # fmt: skip
def test_a_statement_says_what_was_done_for_firms(edition, view: View, wanted: list[tuple[Any, ...]]):
    assert lines(edition, view) == wanted


def linked(client: Client, view: View) -> Iterator[tuple[str, str]]:
    """Each figure of a statement that has a link to the journal: what is shown, and the link."""
    response = client.get(reverse("funds:statements"), {"by": view.value})
    rows = [cells for _, cells in response.context["rows"]]
    for cell in [cell for cells in [*rows, response.context["total"]] for cell in cells]:
        if cell.url.startswith(reverse("funds:ledger")):
            yield cell.text, cell.url


@pytest.mark.parametrize("view", list(View))
def test_every_figure_links_to_the_entries_that_make_it(pools, view: View):
    client, looked_at = officer(Role.AUDITOR), 0
    for shown, url in linked(client, view):
        response = client.get(url)
        assert (response.context["filter"].errors, response.status_code) == ({}, 200)
        entries = response.context["filter"].qs
        back = -1 if parse_qs(urlparse(url).query)["kind"] == ["adjust"] else 1
        fen = sum(one.amount_fen * (1 if one.target.kind in ("reserved", "charged") else back) for one in entries)
        looked_at += bool(fen)
        assert fen == int(Decimal(shown.replace(",", "")) * 100), url
    assert looked_at >= 8


def test_adjustments_that_come_to_nothing_are_shown_and_linked(pools):
    place = Reservation.objects.get(reference="NT-ONE")
    actions.adjust(reservation_id=place.pk, amount_fen=3 * WAN, why="改回", by=None)
    client = officer()
    response = client.get(reverse("funds:statements"), {"by": "pool"})
    (_, first), (_, second) = response.context["rows"]
    assert [(cell.text, bool(cell.url)) for cell in (first[3], second[3])] == [("0.00", True), ("—", False)]
    assert client.get(first[3].url).context["filter"].qs.count() == 2


def test_an_insurer_is_linked_only_to_entries_it_may_read(pools):
    agent = signed_in(factories.user(Role.INSURER_AGENT, pools[1].insurer))
    found = list(linked(agent, View.POOL))
    kinds = {parse_qs(urlparse(url).query)["kind"][0] for _, url in found}
    assert kinds == {"charge", "reverse", "refund"}
    for shown, url in found:
        assert f"{agent.get(url).context['filter'].total_fen / 100:,.2f}" == shown


def test_the_whole_set_is_one_workbook_with_a_sheet_for_each_view(pools):
    found = sheets(officer().get(reverse("funds:statements"), {"export": "xlsx"}))
    assert list(found) == ["按资金池", "按方案", "按月", "资金池×月", "方案×月", "试算平衡"]
    head, first, *_, last = found["资金池×月"]
    assert head == (
        "资金池", "月份", "企业（家）", "预占（元）", "释放（元）", "调整（元）", "列支（元）", "冲正（元）",
        "退保退回（元）", "净列支（元）", "候补（家）", "候补金额（元）",
    )  # fmt: skip
    assert first == ("中国信保", "2019-09", 2, 40_000, 10_000, 0, 0, 0, 0, 0, 0, 0)
    assert (last[0], last[2], last[9]) == ("合计", 3, 9_987.66)


def test_an_unknown_view_shows_the_pools_and_charged_agrees_with_the_books(pools):
    shown = officer().get(reverse("funds:statements"), {"by": "' OR 1=1"})
    assert shown.context["statement"].view is View.POOL
    assert "净列支合计与额度账“已列支”余额一致：9,987.66 元" in text(shown)
    Account.objects.filter(pool=pools[1], kind="charged").update(balance_fen=1)
    assert "两者不一致" in text(officer().get(reverse("funds:statements")))


# ── journal ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def journal(**asked: Any) -> list[str]:
    response = officer().get(reverse("funds:ledger"), asked)
    return sorted(f"{entry.kind}:{entry.pool}" for entry in response.context["filter"].qs)


def test_the_journal_is_filtered_by_month_plan_document_and_book(pools):
    papers = dict(Transfer.objects.filter(kind="allot").values_list("pool", "allotment__document_number"))
    voucher = Transfer.objects.get(kind="prepay", pool=pools[0]).prepayment.voucher_number
    assert journal(month="2019-10", plan="方案A", pool=pools[0].pk) == ["adjust:中国信保"]
    assert journal(plan="方案B") == ["release:中国信保", "reserve:中国信保"]
    assert journal(document=papers[pools[1].pk]) == ["allot:人保财险"]
    assert journal(document=voucher) == ["prepay:中国信保"]
    assert journal(q="NT-ONE") == ["adjust:中国信保", "reserve:中国信保"]
    assert set(journal(q="sx-77", book="cash")) == {"charge:人保财险", "refund:人保财险", "reverse:人保财险"}
    assert journal(month="2019-09", kind="charge", book="quota") == ["charge:人保财险"]


def test_a_move_is_found_by_its_document(pools):
    mover = factories.user(Role.CITY_OFFICER)
    said = {"amount_fen": WAN, "document_number": "通商函〔2019〕7号", "reason": "调剂", "target_pool_id": pools[0].pk}
    back = {"amount_fen": 2 * WAN, "voucher_number": "TK-1", "reason": "多付"}
    factories.confirm(factories.booking(BookingKind.RETURN, pools[1], **back))
    prepared = factories.booking(BookingKind.MOVE, pools[1], by=mover, **said)
    actions.confirm(booking_id=prepared.pk, by=factories.user(Role.CITY_OFFICER))
    assert journal(document="函〔2019〕7") == ["move:中国信保", "move:人保财险"]
    assert journal(document="tk-1") == ["return:人保财险"]


@pytest.mark.parametrize("asked", [{"month": "2019-13"}, {"month": "0001-01"}, {"plan": "方案Z"}, {"book": "x"}])
def test_what_the_journal_cannot_be_asked_is_said_beside_the_field(pools, asked: dict[str, str]):
    response = officer().get(reverse("funds:ledger"), asked)
    assert list(response.context["filter"].form.errors.values()) == [["请从列出的选项中选择"]]


def test_the_journal_says_what_its_entries_add_up_to(pools):
    assert "金额合计 <strong>30,000.00 元</strong>" in text(
        officer().get(reverse("funds:ledger"), {"kind": "reserve", "plan": "方案A", "pool": pools[0].pk})
    )


def test_the_exported_journal_has_accounts_cause_and_clause(pools):
    client = officer()
    rows = sheets(client.get(reverse("funds:ledger"), {"q": "NT-ONE", "kind": "reserve", "export": "xlsx"}))["资金流水"]
    assert rows[0] == (
        "分录号", "时间", "资金池", "事项", "金额", "转出账户", "转入账户", "依据编号", "经办人", "事由", "条款",
    )  # fmt: skip
    entry = Transfer.objects.get(reservation__reference="NT-ONE", kind="reserve")
    firm = entry.reservation.beneficiary_name
    assert rows[1] == (
        entry.pk, "2019-09-10 09:00", "中国信保", "预占", 30_000, "可用额度", "已预占", "NT-ONE", "系统",
        f"{firm}，方案A，排队序号 1", "二(三) 按收件先后预占额度，先到先得，用完为止。",
    )  # fmt: skip
    assert len(rows) == 2
    assert "事由" not in text(client.get(reverse("funds:ledger")))


def test_pages_take_the_same_few_queries_however_long_the_journal(pools, django_assert_max_num_queries):
    client = officer()
    addresses = [reverse("funds:trial"), reverse("funds:ledger"), reverse("funds:months")]
    addresses += [f"{reverse('funds:statements')}?by={view.value}" for view in View]
    for address in addresses:
        client.get(address)

    def counts() -> list[int]:
        return [_count(client, address) for address in addresses]

    before = counts()
    for _ in range(20):
        factories.receive(pools[1], amount_fen=100)
    assert counts() == before
    assert max(before) <= 16


def _count(client: Client, address: str) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as found:
        client.get(address)
    return len(found)


def test_entries_of_one_kind_are_whole_in_the_statement(edition):
    """What the statement calls charged is what the charged account took in, whatever the plans and months."""
    total = queries.statement(factories.user(), edition, View.PLAN_MONTH).total
    assert total.net_fen == sum(Account.objects.filter(kind="charged").values_list("balance_fen", flat=True))
    assert total.figures[TransferKind.RESERVE] == 6 * WAN
    assert isinstance(queries.until_now().start, datetime)
