"""Bookings: what one person prepares and another confirms, what each refuses, and that nothing moves before."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tests.funds.test_concurrency import at_once
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.documents.models import Document
from tongbao.funds import actions, permissions, queries
from tongbao.funds.models import Account, Allotment, Booking, Pool, Prepayment, Queue, Reservation, Transfer
from tongbao.funds.rules import AccountKind, BookingKind, BookingState
from tongbao.notify.models import Message
from tongbao.refusal import Forbidden, Refusal

WAN = 10_000_00
OVER = "2020-09-15T09:00"  # the cover of nantong-2019 has ended
B = BookingKind


def books(pool: Pool) -> dict[str, int]:
    """Every balance that is not zero."""
    return {kind: fen for kind, fen in pool.accounts.values_list("kind", "balance_fen") if fen}


def state_of_all() -> tuple[Any, ...]:
    rows = (list(model.objects.order_by("pk").values()) for model in (Account, Booking, Queue, Reservation))
    return *rows, Transfer.objects.count(), Record.objects.count(), Message.objects.count()


def refused(verb: Callable[[], Any]) -> tuple[str, str | None]:
    """Code and field of the refusal, after which nothing has changed."""
    before = state_of_all()
    with pytest.raises(Refusal) as no:
        verb()
    assert state_of_all() == before
    return no.value.code, no.value.field


def finance() -> User:
    return factories.user(Role.FINANCE_OFFICER)


def city() -> User:
    return factories.user(Role.CITY_OFFICER)


def agent(pool: Pool) -> User:
    return factories.user(Role.INSURER_AGENT, pool.insurer)


def move(pool: Pool, target: Pool, amount_fen: int, **said: Any) -> Booking:
    given = {"document_number": "通商发〔2020〕5号", "reason": "人保财险申请较多", **said}
    return factories.booking(B.MOVE, pool, target_pool_id=target.pk, amount_fen=amount_fen, **given)


def give_back(pool: Pool, amount_fen: int, **said: Any) -> Booking:
    given = {"voucher_number": f"TK{factories.number()}", "reason": "未用完", **said}
    return factories.booking(B.RETURN, pool, amount_fen=amount_fen, **given)


def closing(pool: Pool, by: User | None = None, **said: Any) -> Booking:
    given = {
        "document_number": "通财〔2020〕90号",
        "key": f"closing-{factories.number()}",
        "day": clock.today(),
        **said,
    }
    return actions.prepare(kind=B.CLOSING, edition_id=pool.edition_id, by=by or finance(), **given)


def close(pool: Pool) -> Booking:
    """The year closed by finance and city."""
    return actions.confirm(booking_id=closing(pool).pk, by=city())


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=20 * WAN, prepaid_fen=10 * WAN)


@pytest.fixture
def over(pools, set_clock) -> tuple[Pool, Pool]:
    """The same pools after the end of the cover."""
    set_clock(OVER)
    return pools


@pytest.fixture(autouse=True)
def _the_fund_stays_true(request: pytest.FixtureRequest) -> Any:
    """After every story here the books, the queue and the order are still true."""
    held = [request.getfixturevalue(name) for name in ("db", "committed_db") if name in request.fixturenames]
    yield
    if held:
        assert list(queries.faults()) == []


# ── two persons ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_moves_before_a_second_person_confirms(pools):
    lead, _ = pools
    before = books(lead), Transfer.objects.count(), Allotment.objects.count()
    prepared = factories.booking(B.ALLOTMENT, lead, amount_fen=WAN, document_number=" 通财〔2020〕1号 ")
    assert (books(lead), Transfer.objects.count(), Allotment.objects.count()) == before
    assert (prepared.state, prepared.document_number) == ("prepared", "通财〔2020〕1号")
    by = city()
    booked = actions.confirm(booking_id=prepared.pk, by=by)
    assert (booked.state, booked.decided_by, booked.allotment.confirmed_by) == ("booked", by, by)
    assert booked.allotment.entered_by == prepared.prepared_by
    assert books(lead)["allotted"] == 21 * WAN
    assert [one.booking_id for one in booked.transfers.all()] == [prepared.pk]


@pytest.mark.parametrize("kind", [B.ALLOTMENT, B.PREPAYMENT, B.MOVE, B.RETURN])
def test_who_prepared_it_never_confirms_it(pools, kind: BookingKind):
    lead, second = pools
    said = {"document_number": "通财〔2020〕1号", "payer": "南通市财政局", "voucher_number": "PZ-1", "reason": "调剂"}
    officer = finance()
    prepared = factories.booking(
        kind, lead, by=officer, amount_fen=WAN, target_pool_id=second.pk if kind is B.MOVE else None, **said
    )
    for verb in (
        lambda: actions.confirm(booking_id=prepared.pk, by=officer, receipt_number="SJ-1"),
        lambda: actions.send_back(booking_id=prepared.pk, note="不对", by=officer),
    ):
        assert refused(verb) == ("same_person", None)


def test_the_database_holds_the_two_persons(pools):
    prepared = factories.booking(B.ALLOTMENT, pools[0], amount_fen=WAN, document_number="1号")
    with pytest.raises(DatabaseError), transaction.atomic():
        Booking.objects.filter(pk=prepared.pk).update(
            state="booked", decided_by=prepared.prepared_by, decided_at=clock.now()
        )


PEOPLE = [*Role, "other_agent", "other_finance"]  # other: of another insurer, of another finance office
MAY_CONFIRM: dict[BookingKind, set[str]] = {
    B.ALLOTMENT: {Role.FINANCE_OFFICER, "other_finance", Role.CITY_OFFICER},
    B.PREPAYMENT: {Role.FINANCE_OFFICER, "other_finance", Role.INSURER_AGENT},
    B.MOVE: {Role.CITY_OFFICER},
    B.RETURN: {Role.FINANCE_OFFICER, "other_finance", Role.CITY_OFFICER},
    B.CLOSING: {"other_finance", Role.CITY_OFFICER},
}


@pytest.mark.parametrize("kind", [*B])
def test_who_may_confirm_has_it_in_the_worklist_and_nobody_else(over, kind: BookingKind):
    lead, second = over
    said = {"document_number": "通财〔2020〕1号", "payer": "南通市财政局", "voucher_number": "PZ-1", "reason": "调剂"}
    preparer = finance()
    if kind is B.CLOSING:
        prepared = closing(lead, by=preparer)
    else:
        target = second.pk if kind is B.MOVE else None
        prepared = factories.booking(kind, lead, by=preparer, amount_fen=WAN, target_pool_id=target, **said)
    people = {who: _person(who, lead, second, preparer) for who in PEOPLE}
    assert {who for who, person in people.items() if permissions.can_confirm(person, prepared)} == MAY_CONFIRM[kind]
    for who, person in people.items():
        may = who in MAY_CONFIRM[kind]
        assert list(queries.to_confirm(person)) == ([prepared] if may else [])
        assert [line.count for line in queries.todo(person) if line.label == "待复核的资金业务"] == [1] * may
        if not may:
            with pytest.raises(Forbidden):
                actions.confirm(booking_id=prepared.pk, by=person, receipt_number="SJ-1")
            with pytest.raises(Forbidden):
                actions.send_back(booking_id=prepared.pk, note="不对", by=person)


def _person(who: Any, lead: Pool, second: Pool, preparer: User) -> User:
    if who == "other_agent":
        return agent(second)
    if who == "other_finance":
        return finance()
    bodies = {Role.INSURER_AGENT: lead.insurer, Role.FINANCE_OFFICER: preparer.organisation}
    return factories.user(who, bodies.get(who))


def test_finance_prepares_everything_and_the_city_moves_and_closings(pools):
    said: dict[str, Any] = {"edition_id": pools[0].edition_id, "day": clock.today(), "key": "k"}
    for role in Role:
        person = factories.user(role)
        may = [kind for kind in B if permissions.can_prepare(person, kind)]
        assert may == {Role.FINANCE_OFFICER: [*B], Role.CITY_OFFICER: [B.MOVE, B.CLOSING]}.get(role, [])
        for kind in set(B) - set(may):
            with pytest.raises(Forbidden):
                actions.prepare(kind=kind, by=person, **said)


# ── twice, at once, changed ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_click_confirms_once(pools):
    lead, _ = pools
    by, other = agent(lead), agent(lead)
    said = {"voucher_number": "PZ-2", "payer": "南通市财政局", "document_number": "追加1号"}
    prepared = factories.booking(B.PREPAYMENT, lead, amount_fen=WAN, **said)
    first = actions.confirm(booking_id=prepared.pk, by=by, receipt_number="SJ-2")
    again = actions.confirm(booking_id=prepared.pk, by=by, receipt_number=" SJ-2 ")
    assert (again, again.decided_at) == (first, first.decided_at)
    assert (books(lead)["received"], Prepayment.objects.filter(booking=prepared).count()) == (11 * WAN, 1)
    other_number = lambda: actions.confirm(booking_id=prepared.pk, by=by, receipt_number="SJ-3")  # noqa: E731
    assert refused(other_number) == ("booking_decided", None)
    with pytest.raises(Refusal) as no:
        actions.confirm(booking_id=prepared.pk, by=other, receipt_number="SJ-2")
    when = f"{first.decided_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    assert no.value.sentence == f"这笔资金业务已于 {when} 由 {by.name} 复核入账，不需要再次办理。"


@pytest.mark.parametrize("decide", ["confirm", "send_back", "take_back"])
def test_what_is_decided_is_not_decided_again(pools, decide: str):
    prepared = factories.booking(B.ALLOTMENT, pools[0], amount_fen=WAN, document_number="1号")
    by, other = city(), city()
    verbs: dict[str, Callable[[User], Any]] = {
        "confirm": lambda by: actions.confirm(booking_id=prepared.pk, by=by),
        "send_back": lambda by: actions.send_back(booking_id=prepared.pk, note="不对", by=by),
        "take_back": lambda _: actions.take_back(booking_id=prepared.pk, by=prepared.prepared_by),
    }
    verbs[decide](by)
    for verb in verbs.values():
        assert refused(lambda verb=verb: verb(other)) == ("booking_decided", None)


@pytest.mark.parametrize("decide", ["confirm", "send_back", "take_back"])
def test_a_decided_booking_cannot_be_changed_even_in_the_database(pools, decide: str):
    prepared = factories.booking(B.ALLOTMENT, pools[0], amount_fen=WAN, document_number="1号")
    if decide == "confirm":
        actions.confirm(booking_id=prepared.pk, by=city())
    elif decide == "send_back":
        actions.send_back(booking_id=prepared.pk, note="不对", by=city())
    else:
        actions.take_back(booking_id=prepared.pk, by=prepared.prepared_by)
    rows = Booking.objects.filter(pk=prepared.pk)
    for change in (
        lambda: rows.update(amount_fen=2 * WAN),
        lambda: rows.update(state="prepared"),
        lambda: rows._raw_delete(rows.db),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert rows.get().amount_fen == WAN


def test_the_same_request_again_is_prepared_once_and_other_content_is_refused(pools):
    lead, _ = pools
    officer, paper, other_paper = finance(), factories.document(), factories.document("另一份.pdf")
    said: dict[str, Any] = {"by": officer, "key": "one", "document_number": "1号", "amount_fen": WAN, "voucher": paper}
    first = factories.booking(B.ALLOTMENT, lead, **said)
    assert factories.booking(B.ALLOTMENT, lead, **said) == first
    for changed in ({"amount_fen": 2 * WAN}, {"document_number": "2号"}, {"voucher": other_paper}):
        verb = lambda changed=changed: factories.booking(B.ALLOTMENT, lead, **said | changed)  # noqa: E731
        assert refused(verb) == ("key_reused", None)
    assert Booking.objects.filter(key="one").count() == 1


def test_what_the_person_saw_is_what_is_confirmed(pools):
    prepared = factories.booking(B.ALLOTMENT, pools[0], amount_fen=WAN, document_number="1号")
    by = city()
    unseen = lambda: actions.confirm(booking_id=prepared.pk, by=by, seen="0" * 64)  # noqa: E731
    assert refused(unseen) == ("booking_changed", None)
    assert actions.confirm(booking_id=prepared.pk, by=by, seen=prepared.request_hash).state == "booked"


def test_two_people_confirm_at_once_and_one_does(committed_db):
    lead, _ = factories.pools(allotted_fen=10 * WAN)
    prepared = factories.booking(B.ALLOTMENT, lead, amount_fen=WAN, document_number="1号")
    people = [city() for _ in range(6)]
    results = at_once([lambda by=by: actions.confirm(booking_id=prepared.pk, by=by) for by in people])
    codes = sorted(result.code for result in results if isinstance(result, Refusal))
    assert (codes, sum(isinstance(result, Booking) for result in results)) == (["booking_decided"] * 5, 1)
    assert (books(lead)["allotted"], Allotment.objects.filter(booking=prepared).count()) == (11 * WAN, 1)


def test_the_same_request_at_once_is_prepared_once(committed_db):
    lead, _ = factories.pools()
    officer = finance()
    said: dict[str, Any] = {"by": officer, "key": "one", "document_number": "1号", "amount_fen": WAN}
    results = at_once([lambda: factories.booking(B.ALLOTMENT, lead, **said)] * 6)
    assert {getattr(result, "pk", result) for result in results} == {Booking.objects.get().pk}


# ── sent back, taken back ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sent_back_is_told_to_its_preparer_until_he_looks(pools):
    lead, _ = pools
    prepared = factories.booking(B.ALLOTMENT, lead, amount_fen=WAN, document_number="1号")
    preparer, by = prepared.prepared_by, city()
    note_needed = lambda: actions.send_back(booking_id=prepared.pk, note=" ", by=by)  # noqa: E731
    assert refused(note_needed) == ("note_needed", "note")
    before = books(lead)
    back = actions.send_back(booking_id=prepared.pk, note=" 金额与文件不符 ", by=by)
    assert (back.state, back.note, back.decided_by, books(lead)) == ("sent_back", "金额与文件不符", by, before)
    notice = Message.objects.get(user=preparer)
    assert (notice.url, notice.body) == (f"/funds/bookings/{prepared.pk}/", f"{by.name}：金额与文件不符")
    assert [(line.label, line.count) for line in queries.todo(preparer)] == [("退回给您的资金业务", 1)]
    assert list(queries.returned(finance())) == []
    Message.objects.filter(pk=notice.pk).update(read_at=clock.now())
    assert queries.todo(preparer) == []


def test_what_is_prepared_anew_leaves_the_worklist(pools):
    lead, second = pools
    officer = finance()
    prepared = factories.booking(B.ALLOTMENT, lead, by=officer, amount_fen=WAN, document_number="1号")
    actions.send_back(booking_id=prepared.pk, note="不对", by=city())
    factories.booking(B.ALLOTMENT, second, by=officer, amount_fen=WAN, document_number="1号")
    assert list(queries.returned(officer)) == [prepared]  # that was another pool's
    anew = factories.booking(B.ALLOTMENT, lead, by=officer, amount_fen=2 * WAN, document_number="1号")
    assert (list(queries.returned(officer)), anew.state) == ([], "prepared")


def test_only_who_prepared_it_takes_it_back(pools):
    prepared = factories.booking(B.ALLOTMENT, pools[0], amount_fen=WAN, document_number="1号")
    with pytest.raises(Forbidden):
        actions.take_back(booking_id=prepared.pk, by=finance())
    assert actions.take_back(booking_id=prepared.pk, by=prepared.prepared_by).state == "withdrawn"
    assert factories.booking(B.ALLOTMENT, pools[0], amount_fen=WAN, document_number="1号").state == "prepared"


# ── allotments and prepayments ──────────────────────────────────────────────────────────────────────────────────────


def test_a_document_or_voucher_waits_for_its_confirmation_once(pools):
    lead, second = pools
    said = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "追加9号", "amount_fen": WAN}
    officer = finance()
    factories.booking(B.ALLOTMENT, lead, by=officer, amount_fen=WAN, document_number="1号")
    factories.booking(B.PREPAYMENT, lead, by=officer, **said)
    again = lambda: factories.booking(B.ALLOTMENT, lead, by=officer, amount_fen=WAN, document_number="1号")  # noqa: E731
    assert refused(again) == ("document_known", "document_number")
    again = lambda: factories.booking(B.PREPAYMENT, lead, by=officer, **said)  # noqa: E731
    assert refused(again) == ("voucher_known", "voucher_number")
    assert factories.booking(B.ALLOTMENT, second, by=officer, amount_fen=WAN, document_number="1号").pk


def test_no_return_and_no_move_is_booked_twice_on_one_paper(pools):
    lead, second = pools
    said = {"voucher_number": "TK-1"}
    first = give_back(lead, WAN, **said)
    assert refused(lambda: give_back(lead, WAN, **said)) == ("voucher_known", "voucher_number")
    factories.confirm(first)
    assert refused(lambda: give_back(lead, WAN, **said)) == ("voucher_known", "voucher_number")
    assert give_back(second, WAN, **said).state == "prepared"  # another insurer's paper
    factories.confirm(give_back(lead, 8 * WAN))
    moved = move(lead, second, WAN)
    assert refused(lambda: move(lead, second, WAN)) == ("document_known", "document_number")
    actions.send_back(booking_id=moved.pk, note="金额不对", by=city())
    assert actions.confirm(booking_id=move(lead, second, 2 * WAN).pk, by=city()).state == "booked"


def test_a_prepayment_waits_for_the_number_of_the_insurers_receipt(pools):
    lead, _ = pools
    said = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "追加9号", "amount_fen": WAN}
    prepared = factories.booking(B.PREPAYMENT, lead, **said)
    by, scan = agent(lead), factories.document("收据.pdf")
    for nothing in ("", " \u3000"):
        verb = lambda nothing=nothing: actions.confirm(booking_id=prepared.pk, by=by, receipt_number=nothing)  # noqa: E731
        assert refused(verb) == ("receipt_number_needed", "receipt_number")
    booked = actions.confirm(booking_id=prepared.pk, by=by, receipt_number="SJ-9", receipt=scan)
    assert (booked.receipt, booked.prepayment.receipt_number, books(lead)["received"]) == (scan, "SJ-9", 11 * WAN)
    assert Record.objects.filter(verb="funds.prepay").last().detail["receipt_file"] == scan.sha256


def test_the_receipt_is_shown_by_who_confirms_for_the_insurer(pools):
    lead, _ = pools
    said = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "追加9号", "amount_fen": WAN}
    prepared, by = factories.booking(B.PREPAYMENT, lead, **said), finance()
    verb = lambda: actions.confirm(booking_id=prepared.pk, by=by, receipt_number="SJ-9")  # noqa: E731
    assert refused(verb) == ("receipt_needed", "receipt")
    assert books(lead)["received"] == 10 * WAN
    scan = factories.document("收据.pdf")
    booked = actions.confirm(booking_id=prepared.pk, by=by, receipt_number="SJ-9", receipt=scan)
    assert (booked.receipt, books(lead)["received"]) == (scan, 11 * WAN)


def test_a_prepayment_prepared_while_another_waits_needs_a_document(db):
    lead, _ = factories.pools(allotted_fen=20 * WAN)
    said: dict[str, Any] = {"payer": "南通市财政局", "amount_fen": WAN, "by": finance()}
    first = factories.booking(B.PREPAYMENT, lead, voucher_number="PZ-1", **said)
    second = lambda: factories.booking(B.PREPAYMENT, lead, voucher_number="PZ-2", **said)  # noqa: E731
    assert refused(second) == ("document_number_needed", "document_number")
    assert factories.confirm(first, receipt_number="SJ-1").state == "booked"


def test_what_no_longer_fits_is_refused_at_the_confirmation(db):
    lead, _ = factories.pools(allotted_fen=440 * WAN)
    both = [factories.booking(B.ALLOTMENT, lead, amount_fen=6 * WAN, document_number=f"{n}号") for n in (1, 2)]
    by = city()
    actions.confirm(booking_id=both[0].pk, by=by)
    assert refused(lambda: actions.confirm(booking_id=both[1].pk, by=by)) == ("over_fund", "amount_fen")


def test_a_confirmed_allotment_serves_those_who_wait(db):
    lead, _ = factories.pools(allotted_fen=WAN)
    waits = factories.receive(lead, amount_fen=3 * WAN)
    prepared = factories.booking(B.ALLOTMENT, lead, amount_fen=2 * WAN, document_number="1号")
    assert Reservation.objects.get(pk=waits.pk).state == "waiting"
    actions.confirm(booking_id=prepared.pk, by=city())
    assert (Reservation.objects.get(pk=waits.pk).state, books(lead).get("available", 0)) == ("reserved", 0)


# ── between pools, back to the treasury ─────────────────────────────────────────────────────────────────────────────


def test_a_move_shifts_the_allotment_and_leaves_the_sum(pools):
    lead, second = pools
    waits = factories.receive(second, amount_fen=21 * WAN)
    booked = actions.confirm(booking_id=move(lead, second, 5 * WAN).pk, by=city())
    assert (books(lead)["allotted"], books(lead)["available"]) == (15 * WAN, 15 * WAN)
    assert (books(second)["allotted"], Reservation.objects.get(pk=waits.pk).state) == (25 * WAN, "reserved")
    assert [(one.pool, one.kind, one.amount_fen) for one in booked.transfers.all()] == [
        (lead, "move", 5 * WAN),
        (second, "move", 5 * WAN),
    ]


def test_what_a_move_may_not_be(pools):
    lead, second = pools
    factories.receive(lead, amount_fen=2 * WAN)
    officer = finance()

    def no(amount_fen: int = WAN, pool: Pool = lead, target: Pool = second, **said: Any) -> tuple[str, str | None]:
        return refused(lambda: move(pool, target, amount_fen, by=officer, **said))

    assert no(0) == ("amount", "amount_fen")
    assert no(target=lead) == ("no_target", "target_pool")
    assert no(document_number=" ") == ("document_number_needed", "document_number")
    assert no(reason="") == ("reason_needed", "reason")
    assert no(18 * WAN + 1) == ("over_available", "amount_fen")
    assert no(10 * WAN + 1) == ("cash_first", "amount_fen")  # 10 万元 are backed by cash
    factories.receive(lead, amount_fen=19 * WAN)
    assert no() == ("line_waits", "pool")
    gone = Pool(pk=10**6, edition=lead.edition, insurer=lead.insurer)
    assert (no(pool=gone), no(target=gone)) == (("no_pool", "pool"), ("no_pool", "target_pool"))


def test_what_an_insurer_pays_back_leaves_its_cash(pools):
    lead, _ = pools
    officer = finance()
    over_received = lambda: give_back(lead, 10 * WAN + 1, by=officer)  # noqa: E731
    assert refused(over_received) == ("over_received", "amount_fen")
    for field in ("voucher_number", "reason"):
        empty = lambda field=field: give_back(lead, WAN, by=officer, **{field: " "})  # noqa: E731
        assert refused(empty) == (f"{field}_needed", field)
    actions.confirm(booking_id=give_back(lead, 4 * WAN).pk, by=city())
    assert (books(lead)["treasury"], books(lead)["received"]) == (6 * WAN, 6 * WAN)


def test_a_day_to_come_and_a_broken_key_are_refused(pools):
    officer, tomorrow = finance(), clock.today() + timedelta(days=1)
    assert refused(lambda: give_back(pools[0], WAN, by=officer, day=tomorrow)) == ("future_day", "day")
    long_ago = date(1019, 10, 15)
    assert refused(lambda: give_back(pools[0], WAN, by=officer, day=long_ago)) == ("day_early", "day")
    for key in ("", "x" * 81, "a\x00b"):
        assert refused(lambda key=key: give_back(pools[0], WAN, by=officer, key=key)) == ("key", None)


# ── the end of a year ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_year_is_closed_by_two_bodies_and_ends_what_is_left(over):
    lead, second = over
    place = factories.receive(lead, amount_fen=3 * WAN)
    actions.charge(reservation_id=place.pk, amount_fen=3 * WAN, key="one", by=None)
    prepared = closing(lead)
    colleague = factories.user(Role.FINANCE_OFFICER, prepared.prepared_by.organisation)
    with pytest.raises(Forbidden):
        actions.confirm(booking_id=prepared.pk, by=colleague)
    by = city()
    actions.confirm(booking_id=prepared.pk, by=by)
    assert actions.confirm(booking_id=prepared.pk, by=by) == prepared  # a second click
    spent = {"allotted": 3 * WAN, "charged": 3 * WAN, "earned": 3 * WAN}
    assert books(lead) == {**spent, "treasury": 10 * WAN, "surplus": 7 * WAN}
    assert books(second) == {"treasury": 10 * WAN, "surplus": 10 * WAN}
    assert Queue.objects.get().closed_at is not None


def test_a_year_is_not_closed_before_its_time(pools, set_clock):
    lead, _ = pools
    officer = finance()
    assert refused(lambda: closing(lead, by=officer)) == ("not_over", None)
    place = factories.receive(lead, amount_fen=3 * WAN)
    set_clock(OVER)
    assert refused(lambda: closing(lead, by=officer)) == ("places_open", None)
    actions.release(reservation_id=place.pk, why="撤回", by=None)
    waits = give_back(lead, WAN)
    assert refused(lambda: closing(lead, by=officer)) == ("bookings_open", None)
    actions.take_back(booking_id=waits.pk, by=waits.prepared_by)
    assert refused(lambda: closing(lead, by=officer, document_number="")) == (
        "document_number_needed",
        "document_number",
    )
    assert closing(lead, by=officer).state == "prepared"
    assert refused(lambda: closing(lead, by=officer)) == ("bookings_open", None)


def test_after_the_closing_only_the_surplus_is_paid_back(over):
    lead, second = over
    close(lead)
    officer = finance()
    said: dict[str, Any] = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "9号", "by": officer}
    for verb in (
        lambda: factories.booking(B.ALLOTMENT, lead, amount_fen=WAN, **said),
        lambda: factories.booking(B.PREPAYMENT, lead, amount_fen=WAN, **said),
        lambda: move(lead, second, WAN, by=officer),
        lambda: closing(lead, by=officer),
        lambda: factories.receive(lead),
    ):
        assert refused(verb) == ("edition_closed", None)
    over_surplus = lambda: give_back(lead, 10 * WAN + 1, by=officer)  # noqa: E731
    assert refused(over_surplus) == ("over_received", "amount_fen")
    booked = actions.confirm(booking_id=give_back(lead, 10 * WAN).pk, by=city())
    assert [(one.source.kind, one.target.kind) for one in booked.transfers.all()] == [("surplus", "treasury")]
    assert (books(lead), books(second)) == ({}, {"treasury": 10 * WAN, "surplus": 10 * WAN})


def test_what_still_waited_when_the_year_was_closed_is_not_booked_after_it(over):
    """Prepared after the checklist was read, it stands in the way of the confirmation; nothing slips through."""
    lead, _ = over
    prepared = closing(lead)
    late = factories.booking(B.ALLOTMENT, lead, amount_fen=WAN, document_number="1号")
    by = city()
    assert refused(lambda: actions.confirm(booking_id=prepared.pk, by=by)) == ("bookings_open", None)
    actions.send_back(booking_id=late.pk, note="年度结清", by=by)
    assert actions.confirm(booking_id=prepared.pk, by=by).state == "booked"


# ── what people see ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_booking_would_do_is_what_it_does(over):
    lead, second = over
    officer, auditor = finance(), factories.user(Role.AUDITOR)
    said = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "9号", "by": officer}
    makers: list[Callable[[], Booking]] = [
        lambda: factories.booking(B.ALLOTMENT, lead, amount_fen=3 * WAN, **said),
        lambda: factories.booking(B.PREPAYMENT, lead, amount_fen=2 * WAN, **said),
        lambda: move(lead, second, 4 * WAN),
        lambda: give_back(lead, WAN),
        lambda: closing(lead, by=officer),
        lambda: give_back(lead, 5 * WAN),
    ]
    kinds = []
    for make in makers:
        prepared = make()
        told = {(one.pool.pk, one.account): (one.before, one.after) for one in queries.effects(auditor, prepared)}
        before = dict(Account.objects.values_list("pk", "balance_fen"))
        actions.confirm(
            booking_id=prepared.pk, by=city() if prepared.kind != "prepayment" else agent(lead), **_receipt(prepared)
        )
        changed = {
            (account.pool_id, AccountKind(account.kind)): (before[account.pk], account.balance_fen)
            for account in Account.objects.all()
            if before[account.pk] != account.balance_fen
        }
        assert told == changed
        kinds.append(prepared.kind)
    assert kinds == ["allotment", "prepayment", "move", "return", "closing", "return"]


def _receipt(prepared: Booking) -> dict[str, str]:
    return {"receipt_number": "SJ-9"} if prepared.kind == B.PREPAYMENT else {}


def test_an_insurer_sees_what_concerns_its_own_pool(over):
    lead, second = over
    theirs = factories.booking(B.ALLOTMENT, second, amount_fen=WAN, document_number="1号", voucher=factories.document())
    ours = factories.booking(B.ALLOTMENT, lead, amount_fen=WAN, document_number="1号", voucher=factories.document())
    to_them = move(lead, second, WAN)
    before = Booking.objects.exclude(pk__in=[theirs.pk, ours.pk, to_them.pk])
    mine, them = agent(lead), agent(second)
    assert set(queries.bookings(mine)) == {ours, to_them, *before.filter(pool=lead)}
    assert set(queries.bookings(them)) == {theirs, to_them, *before.filter(pool=second)}
    assert {one.pool for one in queries.effects(mine, to_them)} == {lead}
    assert list(queries.bookings(factories.user(Role.EXPORTER))) == []
    for booking in (theirs, ours, to_them):
        actions.take_back(booking_id=booking.pk, by=booking.prepared_by)
    year = closing(lead)
    assert (year in queries.bookings(mine), {one.pool for one in queries.effects(mine, year)}) == (True, {lead})


def test_papers_go_to_those_who_may_see_the_booking(pools):
    lead, second = pools
    voucher, receipt = factories.document(), factories.document("收据.pdf")
    said = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "9号", "amount_fen": WAN}
    prepared = factories.booking(B.PREPAYMENT, lead, voucher=voucher, **said)
    actions.confirm(booking_id=prepared.pk, by=agent(lead), receipt_number="SJ-9", receipt=receipt)
    loose = factories.document("还没有登记.pdf")

    def seen(person: User) -> list[Document]:
        return [paper for paper in (voucher, receipt, loose) if queries.voucher(person, paper.pk) == paper]

    for role in (Role.FINANCE_OFFICER, Role.CITY_OFFICER, Role.AUDITOR):
        assert seen(factories.user(role)) == [voucher, receipt]
    assert (seen(agent(lead)), seen(agent(second))) == ([voucher, receipt], [])
    for role in (Role.EXPORTER, Role.DISTRICT_OFFICER, Role.ADMINISTRATOR):
        assert seen(factories.user(role)) == []


def test_every_state_and_kind_reads_as_words():
    assert {kind.label for kind in B} == {"下达资金额度", "预付拨付", "额度调剂", "退回财政", "年度结清"}
    assert {state.label for state in BookingState} == {"待复核", "已入账", "已退回", "已撤回"}
