"""A queue of any length with its log and its money: what hundreds of thousands of submissions would have left.

Rows are written straight into their tables, many at a time, in the form in which the verbs leave them: the product's
own proof finds no fault in them. What needs Django is imported when Django is set up.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from benchmarks.customs import code
from benchmarks.rush_firms import person

AT_ONCE = 20_000  # places in one transaction
FIRST = 5_000_000  # number of the first firm: nobody else has such a number
AMOUNT = 10_000  # fen for one firm: a million of them fit into the fund
MONEY = 2_000_000 * AMOUNT  # fen allotted and paid for them
STEP = timedelta(microseconds=1)  # between two receipts
# Of ten places: what has become of each (place: application), the last waits in the pool that has no money left.
FATES = (
    *(("reserved", "first_review"),) * 5,
    *(("charged", "issued"),) * 2,
    ("released", "withdrawn"),
    ("surrendered", "lapsed"),
    ("waiting", "submitted"),
)
RECORDS_OF_TEN = 14  # ten receipts, and what becomes of four of them


def fund() -> None:
    """Money for those who are to come into the first pool, by the product's own verbs."""
    from tongbao import clock
    from tongbao.accounts.models import User
    from tongbao.funds import actions
    from tongbao.funds.models import Pool
    from tongbao.funds.rules import BookingKind

    first, second = User.objects.filter(role="finance_officer").order_by("pk")
    pool = Pool.objects.select_related("insurer").order_by("pk")[0]
    said: dict[str, Any] = {"edition_id": pool.edition_id, "pool_id": pool.pk, "day": clock.today()}
    said["amount_fen"] = MONEY
    allotment = actions.prepare(
        kind=BookingKind.ALLOTMENT, document_number="通财〔2019〕99号", key="queue-allot", by=first, **said
    )
    actions.confirm(booking_id=allotment.pk, by=second)
    paid = {"payer": "南通市财政局", "voucher_number": "PZ99"}
    prepayment = actions.prepare(kind=BookingKind.PREPAYMENT, key="queue-prepay", by=first, **paid, **said)
    actions.confirm(booking_id=prepayment.pk, receipt_number="SJ99", by=person("agent", "insurer_agent", pool.insurer))


def fill(places: int) -> None:
    """So many places more."""
    from django.db import transaction

    for start in range(0, places, AT_ONCE):
        with transaction.atomic():
            writer = _Writer()
            for _ in range(min(AT_ONCE, places - start)):
                writer.place()
            writer.keep()


class _Sheet:
    """Rows of one table on their way in: what all have in common, and what each has of its own."""

    def __init__(self, model: type[Any], names: str, **common: Any) -> None:
        from django.db.models import Max

        row = model(**common)
        self.model, self.rows = model, []  # type: tuple[type[Any], list[list[Any]]]
        self.columns = [field.column for field in model._meta.local_concrete_fields]
        self.common = [getattr(row, field.attname) for field in model._meta.local_concrete_fields]
        attnames = [field.attname for field in model._meta.local_concrete_fields]
        self.own = [attnames.index(name) for name in ("id", *names.split())]
        self.last = model.objects.aggregate(last=Max("pk"))["last"] or 0

    def add(self, *values: Any) -> int:
        """One row with these values of its own; its id."""
        self.last += 1
        row = self.common.copy()
        for place, value in zip(self.own, (self.last, *values), strict=True):
            row[place] = value
        self.rows.append(row)
        return self.last

    def keep(self) -> None:
        """All of them into the table."""
        from django.db import connection

        name = connection.ops.quote_name
        table, columns = name(self.model._meta.db_table), ", ".join(map(name, self.columns))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as sink:
                    for row in self.rows:
                        sink.write_row(row)
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {self.last})")
            else:
                places = ", ".join(["%s"] * len(self.columns))
                known = ([connection.ops.adapt_unknown_value(value) for value in row] for row in self.rows)
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", known)


class _Writer:
    """Some places after those that are there."""

    def __init__(self) -> None:
        from tongbao import clock
        from tongbao.accounts.models import Organisation, User
        from tongbao.audit.models import ChainHead, Record
        from tongbao.funds.models import Account, Pool, Queue, Reservation, Standing, Transfer
        from tongbao.funds.rules import AccountKind
        from tongbao.intake.models import Application
        from tongbao.registry.models import Exporter

        self.queue, self.head = Queue.objects.select_for_update().get(), ChainHead.objects.select_for_update().get()
        self.at: datetime = self.queue.last_received_at or clock.now()
        self.pools = [pool.pk for pool in Pool.objects.order_by("pk")]
        self.accounts = {(one.pool_id, AccountKind(one.kind)): one for one in Account.objects.all()}
        firm, person = Exporter.objects.order_by("pk")[0], User.objects.order_by("pk")[0]
        of_edition = {"edition_id": self.queue.edition_id, "created_at": self.at}
        insurer = Organisation.objects.filter(kind="insurer").order_by("pk")[0]
        self.exporters = _Sheet(Exporter, "code name", area_id=firm.area_id, created_at=self.at)
        self.applications = _Sheet(
            Application, "exporter_id reference state reservation_id submitted_at", **of_edition, area_id=firm.area_id,
            plan="A", insurer=insurer, first_choice=insurer, created_by=person,
        )  # fmt: skip
        self.reservations = _Sheet(
            Reservation,
            "pool_id reference beneficiary_code beneficiary_name queue_number received_at amount_fen state state_at"
            " public_link policy_number entry_date key",
            edition_id=self.queue.edition_id, purpose="方案A", priority_class=1, request_hash="0" * 64,
        )  # fmt: skip
        self.transfers = _Sheet(
            Transfer, "pool_id kind source_id target_id amount_fen reservation_id at key", by_name="系统",
            request_hash="0" * 64,
        )  # fmt: skip
        self.standings = _Sheet(Standing, "pool_id reservation_id queue_number", rank=1, priority_class=1, place=0)
        self.records = _Sheet(
            Record, "number at verb subject_id reference detail previous_hash hash", actor_name="系统",
            subject_type="funds.reservation",
        )  # fmt: skip

    def place(self) -> None:
        """The next firm hands in, and what becomes of it."""
        from tongbao.audit.rules import digest
        from tongbao.funds.rules import AccountKind, public_link, reserving

        number = self.queue.last_number = self.queue.last_number + 1
        self.at += STEP
        state, application = FATES[number % len(FATES)]
        waits = state == "waiting"
        pool = self.pools[1] if waits else self.pools[0]
        amount = self.accounts[pool, AccountKind.AVAILABLE].balance_fen + 1 if waits else AMOUNT
        self.queue.public_head = public_link(self.queue.public_head, number, self.at)
        firm, reference = code(FIRST + number), f"TB2019-{FIRST + number}"
        name, charged = f"南通第{FIRST + number}进出口有限公司", state == "charged"
        policy, entered = (f"BD{number}", self.at.date()) if charged else ("", None)
        pk = self.reservations.add(
            pool, reference, firm, name, number, self.at, amount, state, self.at, self.queue.public_head, policy,
            entered, f"queue-{number}",
        )  # fmt: skip
        exporter = self.exporters.add(firm, name)
        self.applications.add(exporter, reference, application, pk, self.at)
        said = {
            "queue_number": number, "received_at": self.at.isoformat(), "priority_class": 1, "amount_fen": amount,
            "pools": [pool], "link": self.queue.public_head, "beneficiary": digest(firm),
        }  # fmt: skip
        self.record("funds.receive", pk, reference, pool=pool, state="waiting" if waits else "reserved", **said)
        if waits:
            self.standings.add(pool, pk, number)
            return
        self.move(pool, pk, f"receive:queue-{number}", reserving(amount))
        self.end(state, pool, pk, reference, policy, str(entered or ""))

    def end(self, state: str, pool: int, pk: int, reference: str, policy: str, entered: str) -> None:
        """What becomes of a place that has its money."""
        from tongbao.funds.rules import charging, releasing

        of_place = {"pool": pool, "state": state, "amount_fen": AMOUNT}
        if state == "charged":
            self.move(pool, pk, f"charge:queue-{pk}", charging(AMOUNT, AMOUNT))
            said = {**of_place, "reserved_fen": AMOUNT, "policy": policy, "entered": entered}
            self.record("funds.charge", pk, reference, **said)
        elif state != "reserved":
            self.move(pool, pk, f"release:{pk}:1", releasing(AMOUNT))
            self.record("funds.release" if state == "released" else "funds.surrender", pk, reference, **of_place)

    def move(self, pool: int, pk: int, key: str, moves: list[Any]) -> None:
        """Money from account to account."""
        from tongbao.funds.rules import balance_changes

        for place, move in enumerate(moves):
            source, target = self.accounts[pool, move.source].pk, self.accounts[pool, move.target].pk
            self.transfers.add(pool, move.kind.value, source, target, move.amount_fen, pk, self.at, f"{key}:{place}")
        for kind, fen in balance_changes(moves).items():
            self.accounts[pool, kind].balance_fen += fen

    def record(self, verb: str, pk: int, reference: str, **detail: Any) -> None:
        """The next record of the log."""
        from tongbao.audit import rules

        number = self.head.number = self.head.number + 1
        text, before = rules.canonical(detail), self.head.hash
        self.head.hash = rules.seal(
            before, number, self.at.isoformat(timespec="microseconds"), actor_id=None, actor_name="系统", actor_body="",
            verb=verb, subject=f"funds.reservation:{pk}", reference=reference, detail=text,
        )  # fmt: skip
        self.records.add(number, self.at, verb, str(pk), reference, text, before, self.head.hash)

    def sheets(self) -> Iterator[_Sheet]:
        """In the order in which rows point to each other."""
        yield from (self.exporters, self.reservations, self.applications)
        yield from (self.transfers, self.standings, self.records)

    def keep(self) -> None:
        """All rows, and where queue, chain and balances stand now."""
        for sheet in self.sheets():
            sheet.keep()
        self.queue.last_received_at = self.at
        self.queue.save()
        self.head.save()
        for account in self.accounts.values():
            account.save()
