"""A verification: asked for by a person, carried out by the worker, one record a step."""

from typing import Any

from tongbao import clock
from tongbao.audit import queries, rules
from tongbao.audit.actions.transaction import action, record
from tongbao.audit.models import ChainHead, Verification
from tongbao.audit.rules import VerificationState
from tongbao.refusal import Refusal


@action
def ask_verification(*, published: str = "", by: Any) -> Verification:
    """Ask for everything to be replayed; while one replay is under way, that one is given.

    `published`: a head of the chain written down earlier ('1234:ab12…'), through which it must go. Refusal:
    `head.unreadable`.
    """
    number, hash = rules.read_head(published) if published.strip() else (0, "")
    ChainHead.objects.select_for_update().get(pk=1)  # two who ask at once
    running = queries.under_way()
    if running is not None:
        record("verification.asked_again", running, by=by)
        return running
    asked = Verification.objects.create(
        asked_by_id=by.pk,
        asked_by_name=str(by),
        asked_by_body=str(by.organisation),
        asked_at=clock.now(),
        published=f"{number}:{hash}" if hash else "",
        state=VerificationState.ASKED,
    )
    record("verification.asked", asked, by=by, published=asked.published)
    return asked


@action
def begin_verification(*, verification_id: int, total: int) -> Verification:
    """A worker takes it up: the first at the beginning, a later one where the last stopped; `total` checks.

    After too many workers it ends unfinished. Refusals: `verification.over`, `verification.at_work` (another worker
    has it).
    """
    one = queries.lock_verification(verification_id)
    now = clock.now()
    if one.ended_at is not None:
        raise Refusal("verification.over", "这次校验已经结束。")
    if one.touched_at is not None and one.touched_at > now - queries.SILENT:
        raise Refusal("verification.at_work", "这次校验正由另一个后台任务进行。")
    if one.attempt == rules.ATTEMPTS:
        return _end(one, VerificationState.UNFINISHED)
    if one.began_at is None:
        end = queries.head()
        one.began_at, one.head_number, one.head_hash = now, end.number, end.hash
    one.state, one.total, one.touched_at = VerificationState.RUNNING, total, now
    one.attempt += 1
    one.save()
    record("verification.began", one, by=None, attempt=one.attempt, head=f"{one.head_number}:{one.head_hash}")
    return one


@action
def note_verified(*, verification_id: int, attempt: int, line: rules.Line) -> Verification:
    """Keep what one check found. Refusals: `verification.over`, `verification.overtaken` (by another worker)."""
    one = _mine(verification_id, attempt)
    one.lines = [*one.lines, line.to_json()]
    one.touched_at = clock.now()
    one.save()
    record("verification.noted", one, by=None, check=line.title, looked_at=line.looked_at, faults=line.count)
    return one


@action
def finish_verification(*, verification_id: int, attempt: int) -> Verification:
    """Every check was made: the result is frozen, and the log is told its hash. Refusals as for `note_verified`."""
    one = _mine(verification_id, attempt)
    return _end(one, rules.outcome(one.found))


def _mine(verification_id: int, attempt: int) -> Verification:
    one = queries.lock_verification(verification_id)
    if one.ended_at is not None:
        raise Refusal("verification.over", "这次校验已经结束。")
    if one.attempt != attempt:
        raise Refusal("verification.overtaken", "这次校验已由另一个后台任务接手。")
    return one


def _end(one: Verification, state: VerificationState) -> Verification:
    one.state, one.ended_at = state, clock.now()
    one.save()
    sha256 = rules.report_hash(queries.report(one))
    record("verification.ended", one, by=None, state=state.value, faults=one.fault_count, sha256=sha256)
    return one
