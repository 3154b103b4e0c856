"""Whether every statement, reason and signature is as the log and the entries have it."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.funds.models import InsurerStatement, Resolution, SignOff
from tongbao.funds.queries.reconciliation.compared import COUNTING, lines, reconcile
from tongbao.funds.rules import reconciliation as rules
from tongbao.funds.rules.reconciliation import Side, StatementState

_VERBS = ("receive", "keep", "discard", "sign")


@dataclass
class _Told:
    """What the log tells of one statement."""

    receive: Record | None = None
    keep: Record | None = None
    discard: Record | None = None
    sign: Record | None = None  # the signature that froze it
    replaced: Record | None = None  # the keeping of the one that took its place
    signatures: list[Record] = field(default_factory=list)
    reasons: list[Record] = field(default_factory=list)

    @property
    def state(self) -> StatementState:
        """Where its last act left it."""
        if self.replaced:
            return StatementState.REPLACED
        if self.discard:
            return StatementState.DISCARDED
        if self.sign:
            return StatementState.SIGNED
        return StatementState.KEPT if self.keep else StatementState.UPLOADED


def reconciliation_faults() -> Generator[str, None, int]:
    """A Chinese sentence for each statement that is not as it was kept or signed, by its rows and by the log; returns
    how many statements were looked at."""
    looked_at, told = 0, _told()
    signatures, reasons = defaultdict(list), defaultdict(list)
    for signature in SignOff.objects.order_by("pk"):
        signatures[signature.statement_id].append(signature)
    for reason in Resolution.objects.order_by("pk"):
        reasons[reason.statement_id].append(reason)
    rows = InsurerStatement.objects.select_related("pool__insurer", "document").order_by("pk")
    for one in rows.iterator(chunk_size=500):
        looked_at += 1
        mine = told.pop(str(one.pk), _Told())
        where = f"{one.pool.insurer} {one.month:%Y-%m} 的对账（{one.pk}）"
        yield from (f"{where}：{what}" for what in _faults(one, mine))
        if not _all_signed(signatures[one.pk], mine.signatures):
            yield f"{where}：签字与审计记录不符"
        if not _all_explained(reasons[one.pk], mine.reasons):
            yield f"{where}：差异原因与审计记录不符"
    yield from (f"{'签过字的' if mine.sign else ''}对账 {pk} 不见了" for pk, mine in told.items())
    return looked_at


def _told() -> dict[str, _Told]:
    found: dict[str, _Told] = defaultdict(_Told)
    verbs = [f"funds.{verb}_statement" for verb in _VERBS]
    for record in log.of_verbs(*verbs, "funds.resolve_differences"):
        mine, verb = found[record.subject_id], record.verb.removeprefix("funds.").removesuffix("_statement")
        if verb == "resolve_differences":
            mine.reasons.append(record)
            continue
        if verb == "sign":
            mine.signatures.append(record)
        if verb != "sign" or record.detail["signed"]:
            setattr(mine, verb, record)
        if record.detail.get("replaced"):
            found[str(record.detail["replaced"])].replaced = record
    return dict(found)


def _faults(statement: InsurerStatement, told: _Told) -> Iterator[str]:
    if not _is_received(statement, told.receive):
        yield "与收到时的记录不符"
    kept = statement.state in COUNTING or statement.replaced_at is not None
    if kept and rules.lines_hash(lines(statement)) != statement.lines_hash:
        yield "对账单明细与保存时不符"
    if statement.state != told.state:
        yield "记录中双方已签字，现在却不是" if told.sign else "状态与审计记录不符"
    elif not _is_decided(statement, told):
        yield "确认人、时间、明细摘要或容差与审计记录不符"
    if statement.state == StatementState.SIGNED:
        yield from _signed_faults(statement, told.sign)


def _is_received(statement: InsurerStatement, record: Record | None) -> bool:
    if record is None or not log.is_of(record, statement.uploaded_by_id, statement.uploaded_at):
        return False
    kept = (statement.pool.insurer.code, f"{statement.month:%Y-%m-%d}", statement.document.sha256)
    said = record.detail
    return kept == (said["insurer"], f"{said['month']}-01", said["sha256"])


def _is_decided(statement: InsurerStatement, told: _Told) -> bool:
    """Whether it was kept or given up by whom and when it says, and replaced when it says."""
    record = told.keep or told.discard
    if record is None:
        return (statement.decided_by_id, statement.decided_at, statement.replaced_at) == (None, None, None)
    if not log.is_of(record, statement.decided_by_id, statement.decided_at):
        return False
    if not _is_at(told.replaced, statement.replaced_at):
        return False
    said = told.keep.detail if told.keep else {"lines": "", "tolerance_fen": 0}
    return (statement.lines_hash, statement.tolerance_fen) == (said["lines"], said["tolerance_fen"])


def _is_at(record: Record | None, at: datetime | None) -> bool:
    return at is None if record is None else log.is_of(record, record.actor_id, at)


def _signed_faults(statement: InsurerStatement, record: Record | None) -> Iterator[str]:
    found = reconcile(statement)
    if found.hash != statement.content_hash:
        yield "按当时的分录重新核对，结果与双方所签不符"
    said = record.detail if record else {}
    kept = (statement.content_hash, statement.last_transfer_id)
    if kept != (said.get("content"), said.get("last_transfer")) or not _is_at(record, statement.signed_at):
        yield "签字内容与审计记录不符"
    under = [one.side for one in found.signatures if one.content_hash == statement.content_hash]
    if missing := [side.label for side in Side if side not in under]:
        yield f"缺少{'、'.join(missing)}的签字"
    if found.open:
        yield f"有 {len(found.open)} 笔差异没有原因"


def _all_signed(kept: Iterable[SignOff], told: Iterable[Record]) -> bool:
    """Whether every signature was given by whom and when it says, and none is missing."""
    records = {record.detail["signature"]: record for record in told}
    for one in kept:
        record = records.pop(one.pk, None)
        if record is None or not log.is_of(record, one.by_id, one.at):
            return False
        if (record.detail["side"], record.detail["content"]) != (one.side, one.content_hash):
            return False
    return not records


def _all_explained(kept: Iterable[Resolution], told: Iterable[Record]) -> bool:
    """Whether every reason was given by whom and when it says, word for word, and none is missing."""
    rows = {one.pk: one for one in kept}
    for record in told:
        mine = [rows.pop(pk) for pk in record.detail["made"] if pk in rows]
        if rules.resolutions_hash(mine) != record.detail["content"]:
            return False
        if not all(log.is_of(record, one.by_id, one.at) for one in mine):
            return False
    return not rows
