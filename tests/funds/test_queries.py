"""Who sees what of the fund, and that every planted untruth is found and named."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests import factories, tampering
from tongbao import clock
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.funds import actions, queries
from tongbao.funds.models import Account, Pool, Queue, Reservation, Transfer
from tongbao.refusal import Refusal

WAN = 10_000_00


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)


def charged(pool: Pool, fen: int) -> Reservation:
    place = factories.receive(pool, amount_fen=fen)
    return actions.charge(reservation_id=place.pk, amount_fen=fen, key=f"charge-{place.pk}", by=None)


def figures(pool: Pool, role: Role = Role.FINANCE_OFFICER) -> queries.PoolFigures:
    return next(one for one in queries.pools(factories.user(role)) if one.pool == pool)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_how_a_pool_stands(pools):
    lead, second = pools
    charged(lead, 2 * WAN)
    factories.receive(lead, amount_fen=5 * WAN)
    factories.receive(lead, amount_fen=4 * WAN)
    shown = figures(lead)
    assert (shown.allotted, shown.available, shown.reserved, shown.charged) == (10 * WAN, 3 * WAN, 5 * WAN, 2 * WAN)
    assert (shown.received, shown.unspent, shown.cash_short) == (10 * WAN, 8 * WAN, False)
    assert (shown.waiting, shown.waiting_fen, shown.used_share, shown.available_share) == (1, 4 * WAN, "70.0%", "30.0%")
    assert (figures(second).available, figures(second).waiting) == (10 * WAN, 0)


def test_figures_take_as_many_queries_for_one_pool_as_for_two(pools, django_assert_num_queries):
    officer, agent = factories.user(Role.FINANCE_OFFICER), factories.user(Role.INSURER_AGENT, pools[0].insurer)
    for person in (officer, agent):
        with django_assert_num_queries(3):
            queries.pools(person)


def test_positions_in_the_list_are_those_of_the_line(pools):
    lead, _ = pools
    holder, other = factories.receive(lead, amount_fen=6 * WAN), factories.receive(lead, amount_fen=4 * WAN)
    for priority in (1, 0, 1, 0):
        factories.receive(lead, amount_fen=WAN, priority_class=priority)
    actions.adjust(reservation_id=holder.pk, amount_fen=7 * WAN, why="更正", by=None)
    listed = queries.places(factories.user(Role.CITY_OFFICER))
    assert [(one.queue_number, one.position) for one in listed] == [(1, 1), (2, None), (3, 4), (4, 2), (5, 5), (6, 3)]
    assert [queries.position(one) for one in Reservation.objects.order_by("queue_number")] == [1, None, 4, 2, 5, 3]
    assert other.state == "reserved"


def test_no_pool_has_a_sentence(pools):
    lead, _ = pools
    assert queries.pool_of(lead.edition, lead.insurer) == lead
    with pytest.raises(Refusal) as no:
        queries.pool_of(lead.edition, factories.user(Role.CITY_OFFICER).organisation)
    assert (no.value.code, no.value.field) == ("no_pool", "insurer")


# ── who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR])
def test_those_who_watch_the_fund_see_all_of_it(pools, role: Role):
    person = factories.user(role)
    place = factories.receive(pools[1])
    assert [one.pool for one in queries.pools(person)] == list(pools)
    assert queries.entries(person).count() == Transfer.objects.count()
    assert queries.reservation(person, place.pk) == place


@pytest.mark.parametrize("role", [Role.EXPORTER, Role.DISTRICT_OFFICER, Role.ADMINISTRATOR])
def test_others_see_nothing_of_it(pools, role: Role):
    person, place = factories.user(role), factories.receive(pools[0])
    seen = (queries.pools(person), list(queries.entries(person)), queries.reservation(person, place.pk))
    assert seen == ([], [], None)
    assert (list(queries.rates(person)), list(queries.insurers(person)), queries.todo(person)) == ([], [], [])


def test_an_insurer_sees_its_own_pool_and_those_it_insures(pools):
    lead, second = pools
    agent = factories.user(Role.INSURER_AGENT, lead.insurer)
    mine, waiting, theirs = charged(lead, WAN), factories.receive(lead), charged(second, WAN)
    assert [one.pool for one in queries.pools(agent)] == [lead]
    assert {entry.pool for entry in queries.entries(agent)} == {lead}
    assert queries.entry(agent, theirs.transfers.first().pk) is None
    assert [queries.reservation(agent, one.pk) for one in (mine, waiting, theirs)] == [mine, None, None]


def test_a_voucher_is_seen_by_those_who_see_its_pool(pools):
    lead, second = pools
    paper, stray = factories.document(), factories.document()
    factories.allot(lead, WAN, voucher=paper)
    for person, seen in (
        (factories.user(Role.AUDITOR), paper),
        (factories.user(Role.INSURER_AGENT, lead.insurer), paper),
        (factories.user(Role.INSURER_AGENT, second.insurer), None),
        (factories.user(Role.DISTRICT_OFFICER), None),
    ):
        assert (queries.voucher(person, paper.pk), queries.voucher(person, stray.pk)) == (seen, None)


def test_the_worklist_counts_rates_of_others_and_pools_without_cash(db):
    lead, _ = factories.pools(allotted_fen=10 * WAN)
    factories.receive(lead)
    first = factories.user(Role.INSURER_AGENT, lead.insurer)
    factories.unconfirmed_rate(first)
    counts = {}
    for person in (first, factories.user(Role.INSURER_AGENT, lead.insurer), factories.user(Role.FINANCE_OFFICER)):
        counts[person.pk] = [(line.label, line.count) for line in queries.todo(person)]
    assert list(counts.values()) == [
        [],
        [("待确认的汇率", 1)],
        [("待确认的汇率", 1), ("预付资金少于已预占额度的资金池", 1)],
    ]


# ── proof ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def run(*statements: str) -> None:
    tampering.run("funds_transfer", *statements)


def story(pool: Pool) -> list[Reservation]:
    """One charged, one reserved for all the rest, two in line."""
    places = [charged(pool, 2 * WAN)]
    places += [factories.receive(pool, amount_fen=fen, reference=f"NT-{fen}") for fen in (8 * WAN, WAN, WAN + 1)]
    return places


def test_a_true_fund_has_no_faults(pools):
    places = story(pools[0])
    factories.confirmed_rate(pools[0].insurer, date(2019, 10, 1))
    actions.adjust(reservation_id=places[1].pk, amount_fen=9 * WAN, why="更正", by=None)  # held
    actions.adjust(reservation_id=places[2].pk, amount_fen=2 * WAN, why="更正", by=None)
    factories.allot(pools[0], 4 * WAN)  # tops up the held, serves the first in line
    actions.release(reservation_id=places[3].pk, why="撤回", by=None)
    states = list(Reservation.objects.order_by("queue_number").values_list("state", flat=True))
    assert states == ["charged", "reserved", "reserved", "released"]
    assert list(queries.faults()) == []


def _balance(pool: Pool, places: list[Reservation]) -> str:
    account = Account.objects.get(pool=pool, kind="available")
    run(f"UPDATE funds_account SET balance_fen = 1 WHERE id = {account.pk}")
    return "中国信保的“可用额度”账户余额为 0.01 元，分录合计应为 0.00 元"


def _record(verb: str) -> int:
    """The number of the last record of a verb that moved money in the first pool."""
    pool = Pool.objects.order_by("pk").first()
    moved = (one for one in Record.objects.filter(verb=verb) if one.detail["pool"] == pool.pk)
    return [one.number for one in moved if one.detail.get("state") != "waiting"][-1]


def _without(place: Reservation) -> tuple[str, ...]:
    """SQL that makes a place vanish, with all that points at it."""
    return (
        f"DELETE FROM funds_standing WHERE reservation_id = {place.pk}",
        f"DELETE FROM funds_reservation WHERE id = {place.pk}",
    )


def _amount(pool: Pool, places: list[Reservation]) -> str:
    run(f"UPDATE funds_reservation SET amount_fen = amount_fen - 1 WHERE id = {places[1].pk}")
    return "序号 2（NT-8000000）的金额（应为 80,000.00 元）与审计记录不符"


def _state(pool: Pool, places: list[Reservation]) -> str:
    run(f"UPDATE funds_reservation SET state = 'waiting' WHERE id = {places[1].pk}")
    return "序号 2（NT-8000000）的状态或资金池与审计记录不符"


def _deleted(pool: Pool, places: list[Reservation]) -> str:
    run(*_without(places[2]))
    return f"收件记录 {places[2].reference}（序号 3）的资金预占不见了"


def _last_deleted(pool: Pool, places: list[Reservation]) -> str:
    run(*_without(places[3]), "UPDATE funds_queue SET last_number = 3")
    return "排队序号记到 3，记录的最后一个是 4"


def _swapped(pool: Pool, places: list[Reservation]) -> str:
    later = places[3].received_at + timedelta(hours=1)
    Reservation.objects.filter(pk=places[2].pk).update(received_at=later)
    return f"序号 3（{places[2].reference}）的收件序号或时间与审计记录不符"


def _counter(pool: Pool, places: list[Reservation]) -> str:
    Queue.objects.update(last_received_at=places[3].received_at + timedelta(hours=1))
    return "最后收件时间与序号 4 的收件时间不符"


def _transfer_amount(pool: Pool, places: list[Reservation]) -> str:
    entry = places[0].transfers.get(source__kind="received")
    run(f"UPDATE funds_transfer SET amount_fen = amount_fen - 100 WHERE id = {entry.pk}")
    return f"分录 {entry.pk}（列支 19,999.00 元）与记录 {_record('funds.charge')} 不符，应为：列支 20,000.00 元"


def _transfer_way(pool: Pool, places: list[Reservation]) -> str:
    entry = places[1].transfers.get()
    account = Account.objects.get(pool=pool, kind="surplus")
    run(f"UPDATE funds_transfer SET target_id = {account.pk} WHERE id = {entry.pk}")
    return f"分录 {entry.pk}（预占）的账户方向不对"


def _allotment(pool: Pool, places: list[Reservation]) -> str:
    entry = Transfer.objects.get(pool=pool, kind="allot")
    run(f"UPDATE funds_transfer SET allotment_id = NULL WHERE id = {entry.pk}")
    return f"分录 {entry.pk}（下达额度）的依据与记录 {_record('funds.allot')} 不符"


def _overtaken(pool: Pool, places: list[Reservation]) -> str:
    factories.allot(pool, 3 * WAN)  # serves both who wait, 3 before 4
    first, second = (one.transfers.get() for one in places[2:])
    run(
        f"UPDATE funds_transfer SET reservation_id = {places[3].pk}, amount_fen = {WAN + 1} WHERE id = {first.pk}",
        f"UPDATE funds_transfer SET reservation_id = {places[2].pk}, amount_fen = {WAN} WHERE id = {second.pk}",
    )
    return f"分录 {first.pk}（预占 10,000.01 元）与记录 {_record('funds.promote') - 1} 不符，应为：预占 10,000.00 元"


def _receipts_swapped(pool: Pool, places: list[Reservation]) -> str:
    first, second = places[2:]
    Reservation.objects.filter(pk=second.pk).update(queue_number=99)
    Reservation.objects.filter(pk=first.pk).update(queue_number=4, received_at=second.received_at)
    Reservation.objects.filter(pk=second.pk).update(queue_number=3, received_at=first.received_at)
    return f"序号 3（{first.reference}）的收件序号或时间与审计记录不符"


def _priority(pool: Pool, places: list[Reservation]) -> str:
    Reservation.objects.filter(pk=places[3].pk).update(priority_class=0)
    return f"序号 4（{places[3].reference}）的优先级与审计记录不符"


def _waiting_amount(pool: Pool, places: list[Reservation]) -> str:
    Reservation.objects.filter(pk=places[2].pk).update(amount_fen=1)
    return f"序号 3（{places[2].reference}）的金额（应为 10,000.00 元）与审计记录不符"


def _whole_charge(pool: Pool, places: list[Reservation]) -> str:
    """Every row of the books changed alike: only the log still knows."""
    place = places[0]
    run(
        f"UPDATE funds_transfer SET amount_fen = amount_fen - 100 WHERE reservation_id = {place.pk}",
        f"UPDATE funds_reservation SET amount_fen = amount_fen - 100 WHERE id = {place.pk}",
        "UPDATE funds_account SET balance_fen = balance_fen - 100 WHERE kind IN ('charged', 'earned')"
        f" AND pool_id = {pool.pk}",
        "UPDATE funds_account SET balance_fen = balance_fen + 100 WHERE kind IN ('available', 'received')"
        f" AND pool_id = {pool.pk}",
    )
    return f"序号 1（{place.reference}）的金额（应为 20,000.00 元）与审计记录不符"


def _other_firm(pool: Pool, places: list[Reservation]) -> str:
    Reservation.objects.filter(pk=places[1].pk).update(beneficiary_code="9" * 18)
    return "序号 2（NT-8000000）的申请或企业与审计记录不符"


def _transfer_deleted(pool: Pool, places: list[Reservation]) -> str:
    entry = places[1].transfers.get()
    run(f"DELETE FROM funds_transfer WHERE id = {entry.pk}")
    return f"记录 {_record('funds.receive')} 应有的分录不见了：预占 80,000.00 元"


def _entry_by(pool: Pool, places: list[Reservation]) -> str:
    entry = places[1].transfers.get()
    run(f"UPDATE funds_transfer SET by_name = '别人' WHERE id = {entry.pk}")
    return f"分录 {entry.pk}（预占）的经办人或时间与记录 {_record('funds.receive')} 不符"


def _entry_at(pool: Pool, places: list[Reservation]) -> str:
    entry = places[1].transfers.get()
    run(f"UPDATE funds_transfer SET at = '2019-11-15 01:00:00' WHERE id = {entry.pk}")
    return f"分录 {entry.pk}（预占）的经办人或时间与记录 {_record('funds.receive')} 不符"


def _plan(pool: Pool, places: list[Reservation]) -> str:
    Reservation.objects.filter(pk=places[1].pk).update(purpose="方案C")
    return "序号 2（NT-8000000）的企业名称、用途或请求与审计记录不符"


def _name(pool: Pool, places: list[Reservation]) -> str:
    Reservation.objects.filter(pk=places[1].pk).update(beneficiary_name="别的公司")
    return "序号 2（NT-8000000）的企业名称、用途或请求与审计记录不符"


def _choice(pool: Pool, places: list[Reservation]) -> str:
    run(f"UPDATE funds_standing SET place = 1 WHERE reservation_id = {places[2].pk}")
    return f"序号 3（{places[2].reference}）在候补队列中的位置与审计记录不符"


def _jumped(pool: Pool, places: list[Reservation]) -> str:
    run(f"UPDATE funds_standing SET queue_number = 1 WHERE reservation_id = {places[3].pk}")
    return f"序号 4（{places[3].reference}）在候补队列中的位置与审计记录不符"


def _inserted(pool: Pool, places: list[Reservation]) -> str:
    """A whole booking of the books made up, with its balances: no record explains it."""
    entry = Transfer.objects.filter(pool=pool, kind="allot").get()
    Transfer.objects.create(
        pool=pool, kind="allot", source=entry.source, target=entry.target, amount_fen=5, allotment=entry.allotment,
        at=entry.at, by_name="别人", key="made-up:0", request_hash="0" * 64,
    )  # fmt: skip
    run(f"UPDATE funds_account SET balance_fen = balance_fen + 5 WHERE id IN ({entry.source_id}, {entry.target_id})")
    made_up = Transfer.objects.order_by("pk").last().pk
    return f"分录 {made_up}（下达额度 0.05 元）没有对应的审计记录"


def _rate(pool: Pool, places: list[Reservation]) -> str:
    rate = factories.confirmed_rate(pool.insurer, date(2019, 10, 1))
    tampering.run("funds_exchangerate", f"UPDATE funds_exchangerate SET cny_per_usd = 7.9 WHERE id = {rate.pk}")
    return "中国信保 2019-10 的汇率与审计记录不符"


@pytest.mark.parametrize(
    "tamper",
    [
        _entry_by,
        _entry_at,
        _plan,
        _name,
        _choice,
        _jumped,
        _inserted,
        _receipts_swapped,
        _priority,
        _waiting_amount,
        _whole_charge,
        _other_firm,
        _transfer_deleted,
        _rate,
        _balance,
        _amount,
        _state,
        _deleted,
        _last_deleted,
        _swapped,
        _counter,
        _transfer_amount,
        _transfer_way,
        _allotment,
        _overtaken,
    ],
    ids=lambda tamper: tamper.__name__.removeprefix("_"),
)
def test_tampering_is_found_and_named(committed_db, tamper: Callable[[Pool, list[Reservation]], Any]):
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    sentence = tamper(pool, story(pool))
    assert sentence in list(queries.faults())


def test_charges_beyond_the_cash_are_found(committed_db):
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    charged(pool, 2 * WAN)
    Account.objects.filter(pool=pool, kind="treasury").update(balance_fen=WAN)
    expected = "中国信保的“财政已拨付”账户余额为 10,000.00 元，分录合计应为 100,000.00 元"
    assert expected in list(queries.faults())


def test_the_fund_is_locked_at_an_instant_of_the_databases_clock(db):
    pool, _ = factories.pools()
    with transaction.atomic():
        first, second = (queries.lock_fund(pool.edition_id).at for _ in range(2))
        assert first.utcoffset() == timedelta()
        assert first <= second < first + timedelta(seconds=5)
        assert abs(second - clock.now()) < timedelta(seconds=5)
        noon = clock.local(date(2019, 10, 1), 12)
        with clock.at(noon):
            assert abs(queries.lock_fund(pool.edition_id).at - noon) < timedelta(seconds=5)
