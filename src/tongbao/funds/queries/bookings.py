"""Bookings: what is prepared and waits for a second person, what was booked."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds import rules
from tongbao.funds.models import Booking, Pool, Reservation
from tongbao.funds.permissions import CONFIRMERS, PREPARING, WHOLE_FUND
from tongbao.funds.queries.books import Books, Fund, lock_fund
from tongbao.funds.rules import BookingKind, BookingState, Move, ReservationState
from tongbao.notify import queries as notices
from tongbao.notify.models import Message
from tongbao.refusal import Refusal
from tongbao.scheme import queries as scheme
from tongbao.scheme.models import Edition
from tongbao.ui.menu import Todo

OPEN = (ReservationState.WAITING, ReservationState.RESERVED, ReservationState.HELD)


def bookings(user: User) -> QuerySet[Booking]:
    """The bookings this person may see, newest first: who watches the whole fund all; an insurer's agent what concerns
    its own pool, the closing of a year too."""
    found = Booking.objects.select_related(
        "edition", "pool__insurer", "target_pool__insurer", "prepared_by", "decided_by", "voucher", "receipt"
    )
    if user.role in WHOLE_FUND:
        return found
    if user.role != Role.INSURER_AGENT:
        return found.none()
    own = Pool.objects.filter(insurer=user.organisation_id)
    closing = Q(kind=BookingKind.CLOSING, edition__in=own.values("edition"))
    return found.filter(Q(pool__in=own) | Q(target_pool__in=own) | closing)


def to_confirm(user: User) -> QuerySet[Booking]:
    """What waits for this person as the second one: the bookings of which `permissions.can_confirm` says yes."""
    kinds = [kind for kind, roles in CONFIRMERS.items() if user.role in roles]
    found = bookings(user).filter(state=BookingState.PREPARED, kind__in=kinds).exclude(prepared_by=user)
    if user.role == Role.INSURER_AGENT:
        found = found.filter(pool__insurer=user.organisation_id)
    return found.exclude(kind=BookingKind.CLOSING, prepared_by__organisation=user.organisation_id)


def returned_key(booking: Booking) -> str:
    """The key of the notice that tells the preparer that a booking was sent back."""
    return f"funds:sent_back:{booking.pk}"


def returned(user: User) -> QuerySet[Booking]:
    """This person's bookings that were sent back and not looked at, nor prepared anew, since."""
    keys = notices.unread(user).filter(user=user, key__startswith="funds:sent_back:").values_list("key", flat=True)
    pks = [int(key.rpartition(":")[2]) for key in keys if key]
    anew = Booking.objects.filter(
        prepared_by=user, kind=OuterRef("kind"), edition=OuterRef("edition"), prepared_at__gt=OuterRef("decided_at")
    )
    same_pool = Q(pool=OuterRef("pool")) | Q(kind=BookingKind.CLOSING)
    mine = bookings(user).filter(pk__in=pks, prepared_by=user, state=BookingState.SENT_BACK)
    return mine.exclude(Exists(anew.filter(same_pool)))


def returned_notice(user: User, booking: Booking) -> Message | None:
    """The unread notice that this person's booking was sent back, or None."""
    return notices.unread(user).filter(user=user, key=returned_key(booking)).first()


def booking_todos(user: User) -> list[Todo]:
    """What waits for this person among the bookings: to be confirmed, or to be prepared anew."""
    address = reverse("funds:bookings")
    return [
        Todo("待复核的资金业务", to_confirm(user).count(), f"{address}?waits=confirm", urgent=True),
        Todo(
            "退回给您的资金业务",
            returned(user).count() if user.role in PREPARING else 0,
            f"{address}?waits=returned",
            urgent=True,
        ),
    ]


def booking_now(pk: int) -> Booking:
    """A booking as it is, read under the fund's lock."""
    return Booking.objects.select_related("edition", "pool__insurer", "prepared_by", "decided_by").get(pk=pk)


def lock_booking(pk: int) -> Booking:
    """A booking that nobody else decides on until the transaction ends."""
    lock_booked(pk)
    return booking_now(pk)


def lock_booked(pk: int) -> Fund:
    """The fund of a booking, locked, whether its year is closed or not."""
    return lock_fund(Booking.objects.values_list("edition_id", flat=True).get(pk=pk), closed=True)


def pool_in(booking: Booking) -> Pool:
    """The pool of a booking, with its insurer and edition; every kind but a closing has one."""
    return Pool.objects.select_related("insurer", "edition").get(pk=booking.pool_id or 0)


def moves_of(books: Mapping[int, Books], booking: Booking, *, closed: bool) -> dict[int, list[Move]]:
    """What a booking moves, by pool, given the books of all pools of its edition."""
    balances = {pool_id: mine.balances for pool_id, mine in books.items()}
    pool, target = booking.pool_id or 0, booking.target_pool_id or 0
    return rules.booking_moves(
        BookingKind(booking.kind), booking.amount_fen, balances, pool=pool, target=target, closed=closed
    )


def check_pools(fund: Fund, booking: Booking) -> None:
    """Refuse a pool that is not of the edition."""
    for pool_id, field in ((booking.pool_id, "pool"), (booking.target_pool_id, "target_pool")):
        if pool_id is not None and pool_id not in fund.books:
            raise Refusal("no_pool", "没有找到这个资金池，请刷新页面后重新选择。", field)


def _prepared(booking: Booking) -> QuerySet[Booking]:
    """Others of the same edition that wait for a second person."""
    same = Booking.objects.filter(edition_id=booking.edition_id, state=BookingState.PREPARED)
    return same.exclude(pk=booking.pk or 0)


def prepared_twice(booking: Booking) -> bool:
    """Whether another prepared booking of the same kind and pool names the same document or voucher."""
    same = _prepared(booking).filter(kind=booking.kind, pool_id=booking.pool_id or 0)
    if booking.kind == BookingKind.ALLOTMENT:
        return same.filter(document_number=booking.document_number).exists()
    return same.filter(voucher_number=booking.voucher_number).exists()


def known_twice(booking: Booking) -> bool:
    """Whether another move between the same pools names the same document, or another return of the pool the same
    voucher; what was sent back or withdrawn does not count."""
    same = Booking.objects.filter(
        kind=booking.kind, pool_id=booking.pool_id or 0, target_pool_id=booking.target_pool_id
    )
    if booking.kind == BookingKind.MOVE:
        same = same.filter(document_number=booking.document_number)
    else:
        same = same.filter(voucher_number=booking.voucher_number)
    return same.filter(state__in=(BookingState.PREPARED, BookingState.BOOKED)).exclude(pk=booking.pk or 0).exists()


def prepared_prepayments(booking: Booking) -> bool:
    """Whether another prepayment of the pool was prepared before this one."""
    same = _prepared(booking).filter(kind=BookingKind.PREPAYMENT, pool_id=booking.pool_id or 0)
    return (same.filter(pk__lt=booking.pk) if booking.pk else same).exists()


def prepared_besides(booking: Booking) -> bool:
    """Whether anything else of the edition waits for a second person."""
    return _prepared(booking).exists()


def open_places(edition_id: int) -> int:
    """How many places of an edition are undecided: waiting, reserved or held."""
    return Reservation.objects.filter(edition_id=edition_id, state__in=OPEN).count()


def cover_to(edition: Edition) -> date:
    """The last day of shipments covered, by the newest terms."""
    return scheme.scheme_of(scheme.terms_of(edition)).cover_to
