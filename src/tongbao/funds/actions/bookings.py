"""Money that comes in, moves between pools and goes back: one person prepares it, another confirms it (clause 五)."""

from datetime import date
from typing import Any

from django.urls import reverse

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash
from tongbao.documents.models import Document
from tongbao.funds import permissions, queries, rules
from tongbao.funds.actions import _ledger
from tongbao.funds.actions._posting import POSTINGS
from tongbao.funds.models import Booking
from tongbao.funds.rules import BookingKind, BookingState
from tongbao.notify import actions as notify
from tongbao.refusal import Refusal


@audit.action
def prepare(
    *,
    kind: BookingKind,
    edition_id: int,
    day: date,
    key: str,
    by: User,
    pool_id: int | None = None,
    target_pool_id: int | None = None,
    amount_fen: int = 0,
    document_number: str = "",
    payer: str = "",
    voucher_number: str = "",
    reason: str = "",
    voucher: Document | None = None,
) -> Booking:
    """Prepare a booking; no money moves until a second person confirms it (五(一), 五(二)).

    What a kind must say is in `rules.NEEDED`. The same key again gives the first booking. Refusals: `amount`,
    `future_day`, `day_early`, `<field>_needed`, `no_pool`, `document_known`, `voucher_known`, `over_fund`,
    `over_allotted`, `over_available`, `line_waits`, `cash_first`, `over_received`, `places_open`, `not_over`,
    `key_reused`; `edition_closed`; Forbidden for who may not prepare this kind.
    """
    permissions.check_prepare(by, kind)
    rules.check_key(key)
    rules.check_day(day, clock.today(), "day")
    said: dict[str, Any] = {
        "pool_id": pool_id,
        "target_pool_id": target_pool_id,
        "amount_fen": amount_fen,
        "document_number": document_number.strip(),
        "payer": payer.strip(),
        "voucher_number": voucher_number.strip(),
        "reason": reason.strip(),
    }
    request_hash = content_hash({"kind": kind, "edition": edition_id, "day": day.isoformat(), **said})
    fund = queries.lock_fund(edition_id, closed=True)
    if (earlier := _earlier(key, request_hash, voucher, by)) is not None:
        return earlier
    rules.check_said(kind, said)
    booking = Booking(edition_id=edition_id, kind=kind, day=day, voucher=voucher, **said)
    booking.key, booking.request_hash = key, request_hash
    queries.check_fits(fund, booking)
    return _keep(booking, by)


def _earlier(key: str, request_hash: str, voucher: Document | None, by: User) -> Booking | None:
    """What was prepared under this key before; refused when that was something else, or on another paper."""
    earlier = Booking.objects.filter(key=key).first()
    if earlier is not None:
        rules.check_same_request(earlier.request_hash, request_hash if earlier.voucher == voucher else "")
        audit.record("funds.repeat", earlier, by=by)
    return earlier


def _keep(booking: Booking, by: User) -> Booking:
    """Keep what was prepared; its paper is recorded by its hash."""
    booking.state, booking.prepared_by, booking.prepared_at = BookingState.PREPARED, by, clock.now()
    booking.save()
    paper = {"voucher_file": booking.voucher.sha256} if booking.voucher else {}
    _record("funds.prepare", booking, by, key=booking.key, **paper)
    return booking


@audit.action
def confirm(
    *,
    booking_id: int,
    by: User,
    seen: str = "",
    receipt_number: str = "",
    receipt: Document | None = None,
) -> Booking:
    """Confirm a booking as a second person: the money moves now, and those in line are served with it.

    A prepayment counts once its receiver says so: `receipt_number` is that of the insurer's receipt; who confirms it
    instead of the insurer shows the `receipt` itself. `seen` is the request hash of what stood on the person's screen.
    The same person again gives the first result. Refusals: `booking_decided`, `same_person`, `booking_changed`,
    `receipt_number_needed`, `receipt_needed`, and those of `prepare` that the fund now gives; Forbidden for who may
    not confirm it.
    """
    fund = queries.lock_booked(booking_id)
    booking = queries.booking_now(booking_id)
    if _is_repeat(booking, receipt_number, by):
        audit.record("funds.repeat", booking, by=by)
        return booking
    permissions.check_confirm(by, booking)
    if seen and seen != booking.request_hash:
        raise Refusal("booking_changed", "这笔业务的内容与您看到的不同，请刷新页面核对后再确认。")
    queries.check_fits(fund, booking)
    kind = BookingKind(booking.kind)
    if kind is BookingKind.PREPAYMENT:
        booking.receipt_number = rules.needed(receipt_number, "receipt_number", "请填写保险人出具的收据号。")
        permissions.check_receipt_shown(by, receipt)
        booking.receipt = receipt
    stamp = _ledger.Stamp(f"booking:{booking.pk}", booking.request_hash, clock.now(), by)
    _decide(booking, BookingState.BOOKED, "", stamp.at, by)
    POSTINGS[kind](fund, booking, stamp)
    _ledger.promote(fund, at=stamp.at)
    return booking


def _is_repeat(booking: Booking, receipt_number: str, by: User) -> bool:
    """Whether this person has confirmed it before, with the same receipt: a second click."""
    mine = booking.state == BookingState.BOOKED and booking.decided_by_id == by.pk
    return mine and receipt_number.strip() in ("", booking.receipt_number)


@audit.action
def send_back(*, booking_id: int, note: str, by: User) -> Booking:
    """Refuse a booking as a second person, with a reason of which the preparer is told; nothing has moved.

    Refusals: `booking_decided`, `same_person`, `note_needed`; Forbidden for who may not confirm it.
    """
    booking = queries.lock_booking(booking_id)
    permissions.check_confirm(by, booking)
    note = rules.needed(note, "note", "请写明退回的原因，经办人会看到。")
    _decide(booking, BookingState.SENT_BACK, note, clock.now(), by)
    _record("funds.send_back", booking, by, note=note)
    notify.send(
        to=booking.prepared_by,
        title=f"资金业务被退回：{BookingKind(booking.kind).label}",
        body=f"{by.name}：{note}",
        url=reverse("funds:booking", args=[booking.pk]),
        key=queries.returned_key(booking),
        by=by,
    )
    return booking


@audit.action
def take_back(*, booking_id: int, by: User) -> Booking:
    """Withdraw one's own booking while nobody has decided on it. Refusals: `booking_decided`; Forbidden for others."""
    booking = queries.lock_booking(booking_id)
    permissions.check_take_back(by, booking)
    _decide(booking, BookingState.WITHDRAWN, "", clock.now(), by)
    _record("funds.take_back", booking, by)
    return booking


def _decide(booking: Booking, state: BookingState, note: str, at: Any, by: User) -> None:
    booking.state, booking.note, booking.decided_by, booking.decided_at = state, note, by, at
    booking.save(update_fields=["state", "note", "decided_by", "decided_at", "receipt_number", "receipt", "amount_fen"])


def _record(verb: str, booking: Booking, by: User, **more: Any) -> None:
    audit.record(
        verb,
        booking,
        by=by,
        kind=booking.kind,
        pool=booking.pool_id,
        amount_fen=booking.amount_fen,
        request=booking.request_hash,
        **more,
    )
