"""Bookings, rates, parities and pools that were changed behind the application's back are found and named."""

from datetime import date
from decimal import Decimal

import pytest

from tests import factories, tampering
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries
from tongbao.funds.models import Allotment, Booking, ExchangeRate, Parity, Pool, Prepayment
from tongbao.funds.rules import BookingKind

WAN = 10_000_00
SEPTEMBER, OCTOBER = date(2019, 9, 1), date(2019, 10, 1)
OTHER = "(SELECT max(id) FROM accounts_user)"
LONG_AGO = "'2019-09-01 00:00:00+00:00'"
PAPER = "(SELECT max(id) FROM documents_document)"


def plant(table: str, change: str) -> list[str]:
    """What a verification says once the rows of a table were changed."""
    assert list(queries.unrecorded()) == []
    factories.user(), factories.document("别的.pdf")
    tampering.run(table, f"UPDATE {table} SET {change}")
    return list(queries.unrecorded())


@pytest.fixture
def pool(committed_db) -> Pool:
    return factories.pools()[0]


# ── bookings ────────────────────────────────────────────────────────────────────────────────────────────────────────

SAID, PREPARER = "与登记时的记录不符", "的经办人或经办时间与审计记录不符"
DECIDER = "的复核人、复核时间、意见或收据与审计记录不符"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (f"voucher_id = {PAPER}", SAID),
        ("voucher_id = NULL", SAID),
        ("key = 'x'", SAID),
        (f"prepared_by_id = {OTHER}", PREPARER),
        (f"prepared_at = {LONG_AGO}", PREPARER),
        (f"decided_by_id = {OTHER}", DECIDER),
        (f"decided_at = {LONG_AGO}", DECIDER),
        ("note = '同意'", DECIDER),
        ("receipt_number = 'SJ-9'", DECIDER),
        (f"receipt_id = {PAPER}", DECIDER),
    ],
)
@pytest.mark.parametrize("kind", [BookingKind.RETURN, BookingKind.PREPAYMENT])
def test_who_booked_when_and_on_which_papers_cannot_be_changed(pool: Pool, kind: BookingKind, change: str, what: str):
    factories.allot(pool, WAN)
    voucher, receipt = factories.document("凭证.pdf"), factories.document("收据.pdf")
    paid = factories.prepay(pool, WAN, voucher=voucher).booking
    if kind is BookingKind.RETURN:
        said = {"amount_fen": 1, "voucher_number": "TK1", "reason": "多拨", "voucher": voucher}
        paid = factories.confirm(factories.booking(kind, pool, **said), receipt=receipt)
    found = plant("funds_booking", f"{change} WHERE id = {paid.pk}")
    assert f"资金业务 {paid.pk} {what}" in found


def test_a_decision_made_up_or_turned_round_is_found(pool: Pool):
    factories.allot(pool, WAN)
    prepared = factories.booking(BookingKind.ALLOTMENT, pool, amount_fen=1, document_number="通财2号")
    sent = factories.booking(BookingKind.ALLOTMENT, pool, amount_fen=1, document_number="通财3号")
    actions.send_back(booking_id=sent.pk, note="文号不对", by=factories.user(Role.FINANCE_OFFICER))
    found = plant("funds_booking", f"note = '改过' WHERE id IN ({prepared.pk}, {sent.pk})")
    assert found == [f"资金业务 {pk} {DECIDER}" for pk in (prepared.pk, sent.pk)]
    Booking.objects.filter(pk=sent.pk).update(state="withdrawn")
    assert f"资金业务 {sent.pk} 的状态与审计记录不符" in list(queries.unrecorded())


@pytest.mark.parametrize(
    "change",
    [
        "document_number = '别的文号'",
        "allotted_on = '2019-09-01'",
        f"voucher_id = {PAPER}",
        f"entered_by_id = {OTHER}",
        f"confirmed_by_id = {OTHER}",
        f"entered_at = {LONG_AGO}",
        "booking_id = NULL",
    ],
)
def test_an_allotment_says_what_its_booking_says(pool: Pool, change: str):
    mine = factories.allot(pool, WAN)
    assert plant("funds_allotment", change) == [f"额度 {mine.pk} 与它的资金业务不符"]
    assert Allotment.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        "payer = '别的单位'",
        "voucher_number = 'PZ-9'",
        "document_number = '通财9号'",
        "receipt_number = 'SJ-9'",
        "paid_on = '2019-09-01'",
        f"voucher_id = {PAPER}",
        f"entered_by_id = {OTHER}",
        f"confirmed_by_id = {OTHER}",
        "booking_id = NULL",
    ],
)
def test_a_prepayment_says_what_its_booking_says(pool: Pool, change: str):
    factories.allot(pool, WAN)
    mine = factories.prepay(pool, WAN)
    assert plant("funds_prepayment", change) == [f"拨付 {mine.pk} 与它的资金业务不符"]
    assert Prepayment.objects.count() == 1


def test_pools_whose_insurers_were_swapped_are_found(committed_db):
    lead, second = factories.pools()
    other = factories.organisation(lead.insurer.kind, code="third", name="第三家")
    found = plant("funds_pool", f"insurer_id = {other.pk} WHERE id = {second.pk}")
    assert found == [f"资金池 {second.pk} 的年度或保险人与开设时的记录不符"]


# ── rates and parities ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        "cny_per_usd = 7.2",
        "month = '2019-08-01'",
        "insurer_id = (SELECT id FROM accounts_organisation WHERE code = 'picc')",
        "reason = '另一个原因'",
        f"document_id = {PAPER}",
        f"entered_by_id = {OTHER}",
        f"entered_at = {LONG_AGO}",
        f"confirmed_by_id = {OTHER}",
        f"confirmed_at = {LONG_AGO}",
        "confirmed_by_id = NULL, confirmed_at = NULL",
    ],
)
def test_a_changed_correction_of_a_rate_is_found(pool: Pool, change: str):
    rate = factories.corrected_rate(factories.confirmed_rate(pool.insurer, SEPTEMBER), Decimal("7.08"))
    found = plant("funds_exchangerate", f"{change} WHERE id = {rate.pk}")
    rate.refresh_from_db()
    assert f"{rate.insurer} {rate.month:%Y-%m} 的汇率与审计记录不符" in found


def test_a_rate_that_vanished_is_found_but_not_one_that_was_withdrawn(pool: Pool):
    kept = factories.confirmed_rate(pool.insurer, SEPTEMBER)
    gone = factories.confirmed_rate(pool.insurer, OCTOBER)
    taken_back = factories.corrected_rate(kept, Decimal("7.08"), confirmed=False)
    actions.withdraw_rate(rate_id=taken_back.pk, by=taken_back.entered_by)
    assert list(queries.unrecorded()) == []
    tampering.run("funds_exchangerate", f"DELETE FROM funds_exchangerate WHERE id = {gone.pk}")
    assert list(queries.unrecorded()) == ["登记过的 sinosure 2019-10 的汇率不见了"]
    assert list(ExchangeRate.objects.all()) == [kept]


@pytest.mark.parametrize(
    "change",
    [
        "cny_per_usd = 7.2",
        "source = '别处'",
        "checked = TRUE",
        f"entered_by_id = {OTHER}",
        f"entered_at = {LONG_AGO}",
    ],
)
def test_a_changed_parity_is_found(committed_db, change: str):
    keeper = factories.user(Role.CITY_OFFICER)
    lines = [(date(2019, 9, 6), Decimal("7.0855"))]
    actions.enter_parities(lines=lines, source="外汇局网站", checked=False, by=keeper)
    assert plant("funds_parity", change) == ["2019-09-06 的中间价与审计记录不符"]


def test_a_parity_that_vanished_or_was_made_up_is_found(db):
    keeper = factories.user(Role.CITY_OFFICER)
    lines = [(date(2019, 9, 6), Decimal("7.0855"))]
    (row,) = actions.enter_parities(lines=lines, source="外汇局网站", checked=False, by=keeper)
    said = {"cny_per_usd": Decimal("7.05"), "source": "编造", "entered_by": keeper, "entered_at": row.entered_at}
    Parity.objects.create(day=date(2019, 9, 9), **said)
    row.delete()
    assert list(queries.unrecorded()) == [
        "2019-09-09 的中间价与审计记录不符",
        "登记过的 2019-09-06 的中间价不见了",
    ]
