"""What the platform charged by month, the statements that came, and what came of comparing the two."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Max, Q, QuerySet

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.documents import queries as documents
from tongbao.funds.models import InsurerLine, InsurerStatement, Pool, Resolution, SignOff, Transfer
from tongbao.funds.queries.seen import own_pools
from tongbao.funds.rules import AccountKind, TransferKind
from tongbao.funds.rules import reconciliation as rules
from tongbao.funds.rules.reconciliation import Held, Outcome, Reading, Result, Side, Stated, StatementState, Totals
from tongbao.scheme import queries as scheme

STATEMENT = "fund_statement"  # the kind of document that an insurer's statement is
COUNTING = (StatementState.KEPT, StatementState.SIGNED)
_CHARGING = (TransferKind.CHARGE, TransferKind.REVERSE, TransferKind.REFUND)


# ── the platform's side ─────────────────────────────────────────────────────────────────────────────────────────────


def charged(pools: Iterable[int], *, upto: int | None = None) -> dict[int, list[Held]]:
    """By pool, every charged policy with its fen by month, in the order of charging; `upto`: the last entry taken.

    The first charge counts in the month of entry, whatever is booked on it later in the month of that booking.
    """
    kind = AccountKind.CHARGED
    found = Transfer.objects.filter(Q(source__kind=kind) | Q(target__kind=kind), pool__in=pools, kind__in=_CHARGING)
    if upto is not None:
        found = found.filter(pk__lte=upto)
    held: dict[int, dict[int, Held]] = defaultdict(dict)
    first: dict[int, str] = {}
    sums: dict[int, dict[date, int]] = defaultdict(dict)
    place = ("reservation_id", "reservation__policy_number", "reservation__beneficiary_name",
             "reservation__beneficiary_code", "reservation__reference", "reservation__entry_date")  # fmt: skip
    rows = found.order_by("pk").values_list("pool_id", "target__kind", "amount_fen", "at", "key", *place)
    for pool_id, target, amount_fen, at, key, pk, number, name, code, reference, entered in rows:
        request, booked = key.rpartition(":")[0], clock.local_day(at)
        mine = held[pool_id].setdefault(pk, Held(pk, number, name, code, reference, entered or booked, sums[pk]))
        original = first.setdefault(pk, request) == request
        month = (mine.entry_date if original else booked).replace(day=1)
        sums[pk][month] = sums[pk].get(month, 0) + (amount_fen if target == kind else -amount_fen)
    return {pool_id: list(policies.values()) for pool_id, policies in held.items()}


def tolerance_fen(pool: Pool) -> int:
    """How far a line may differ and still be the same, in fen: one, unless the edition says otherwise."""
    if not pool.edition.versions.exists():
        return 1
    said = scheme.scheme_of(scheme.terms_of(pool.edition)).parameters.reconciliation_tolerance
    return 1 if said is None else int(said.value * 100)


def last_transfer(pool_id: int) -> int:
    """The newest entry of a pool; 0 before the first."""
    return Transfer.objects.filter(pool=pool_id).aggregate(last=Max("pk"))["last"] or 0


# ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────────


def statements(user: User) -> QuerySet[InsurerStatement]:
    """The statements of the pools this person may see."""
    found = InsurerStatement.objects.filter(pool__in=own_pools(user))
    return found.select_related("pool__insurer", "pool__edition", "document", "uploaded_by", "decided_by")


def lock_statement(pk: int) -> InsurerStatement:
    """A statement that nobody else decides on; with it all of the same pool and month, for one replaces another."""
    pool_id, month = InsurerStatement.objects.values_list("pool_id", "month").get(pk=pk)
    list(InsurerStatement.objects.select_for_update().filter(pool=pool_id, month=month).order_by("pk"))
    return InsurerStatement.objects.select_related("pool__insurer", "pool__edition", "document").get(pk=pk)


def counting(pool_id: int, month: date) -> InsurerStatement | None:
    """The statement that counts for a pool and month."""
    return InsurerStatement.objects.filter(pool=pool_id, month=month, state__in=COUNTING).first()


def read_file(content: bytes, file_name: str) -> Reading:
    """A file that was sent. Refusals: those of `rules.reconciliation.read`."""
    return rules.read(content, file_name, clock.today())


def read_statement(statement: InsurerStatement) -> Reading:
    """Its file, read again. Refusals: those of `rules.reconciliation.read`."""
    return read_file(documents.read(statement.document), statement.document.name)


def lines(statement: InsurerStatement) -> list[Stated]:
    """What was kept of it."""
    return [
        Stated(
            one.row, one.number, one.name, one.code, one.entry_date, one.subsidy_fen, one.premium_fen, one.refund_fen
        )
        for one in InsurerLine.objects.filter(statement=statement).order_by("row")
    ]


# ── the comparison ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Reconciliation:
    """A statement compared with the platform: as it is now, or for a signed one as it was signed."""

    statement: InsurerStatement
    results: Sequence[Result]
    resolutions: Mapping[str, Resolution]  # by mark; only such as still fit
    signatures: Sequence[SignOff] = field(default=())  # all that were ever given

    @cached_property
    def totals(self) -> Totals:
        """In sums."""
        return rules.totals(self.results)

    @property
    def differs(self) -> bool:
        """Whether there is anything to explain."""
        return self.totals.counts[Outcome.MATCHED] < len(self.results)

    @cached_property
    def open(self) -> list[Result]:
        """Differences without a reason."""
        return [one for one in self.results if one.outcome is not Outcome.MATCHED and one.mark not in self.resolutions]

    @cached_property
    def hash(self) -> str:
        """What is signed: whose statement, its lines, every result, every reason."""
        mine = self.statement
        head = {"pool": mine.pool_id, "month": str(mine.month), "lines": mine.lines_hash}
        head["tolerance_fen"] = mine.tolerance_fen
        said = {mark: (one.reason, one.note, str(one.by_id)) for mark, one in self.resolutions.items()}
        return rules.seal(head, self.results, said)

    @property
    def signed(self) -> dict[Side, SignOff]:
        """The signatures that are good: under exactly this content."""
        return {Side(one.side): one for one in self.signatures if one.content_hash == self.hash}

    @property
    def void(self) -> list[SignOff]:
        """Signatures under what has changed since."""
        return [one for one in self.signatures if one.content_hash != self.hash and one.side not in self.signed]


def reconcile(statement: InsurerStatement, held: Sequence[Held] | None = None) -> Reconciliation:
    """Compare a kept or signed statement; `held`: the pool's charges when the caller has them already."""
    bound = statement.last_transfer_id
    if held is None or bound is not None:
        held = charged([statement.pool_id], upto=bound).get(statement.pool_id, [])
    results = rules.match(statement.month, lines(statement), held, statement.tolerance_fen)
    found = Resolution.objects.filter(statement=statement).select_related("by").order_by("pk")
    newest, marks = {one.mark: one for one in found}, {one.mark for one in results}
    signatures = SignOff.objects.filter(statement=statement).select_related("by__organisation").order_by("pk")
    fitting = {mark: one for mark, one in newest.items() if mark in marks}
    return Reconciliation(statement, results, fitting, list(signatures))


def previewed(statement: InsurerStatement, reading: Reading) -> Reconciliation:
    """What would come of comparing a file that is not kept yet."""
    held = charged([statement.pool_id]).get(statement.pool_id, [])
    return Reconciliation(
        statement, rules.match(statement.month, reading.lines, held, tolerance_fen(statement.pool)), {}
    )


@dataclass(frozen=True)
class Carried:
    """A difference of an earlier month for which a later month was promised, and whether it has come."""

    statement: InsurerStatement
    number: str
    resolution: Resolution
    left_fen: int  # what all months up to this one together still differ in

    @property
    def settled(self) -> bool:
        """Whether the months together agree."""
        return abs(self.left_fen) <= self.statement.tolerance_fen


def carried(statement: InsurerStatement) -> list[Carried]:
    """What earlier months promised, looked at with this month's statement; what was settled before is over.

    All months are taken as the platform has them today, so that what was booked for a signed month since counts too.
    """
    pool_id, month = statement.pool_id, statement.month
    kept = InsurerStatement.objects.filter(pool=pool_id, month__lte=month, state__in=COUNTING)
    stated = list(kept.select_related("pool").order_by("month"))
    held = charged([pool_id]).get(pool_id, [])
    today = [(one.month, rules.match(one.month, lines(one), held, one.tolerance_fen)) for one in stated]
    left = rules.outstanding(results for _, results in today)
    before = rules.outstanding(results for then, results in today if then < month)
    found = []
    for one in (one for one in stated if one.month < month):
        compared = reconcile(one, held)
        for result in compared.results:
            said = compared.resolutions.get(result.mark)
            number = rules.plain_number(result.number) or result.reference
            open_before = abs(before.get(number, 0)) > one.tolerance_fen
            if said is not None and said.reason in rules.CARRIED and open_before:
                found.append(Carried(one, result.number or result.reference, said, left.get(number, 0)))
    return found


def since_signed(statement: InsurerStatement) -> list[tuple[Held, int]]:
    """What the platform booked for the month after both had signed: policy and fen."""
    if statement.last_transfer_id is None:
        return []
    pool_id = statement.pool_id
    then = charged([pool_id], upto=statement.last_transfer_id).get(pool_id, [])
    return rules.changes(statement.month, then, charged([pool_id]).get(pool_id, []))
