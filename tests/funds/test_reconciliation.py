"""Statements kept, explained and signed: what the rows say, what is refused, what verification finds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from tests import factories, tampering
from tests.funds import reconciling
from tests.funds.reconciling import OCTOBER, SEPTEMBER, agent, charged, finance, kept, received, row, sign, signed
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries
from tongbao.funds.models import Account, InsurerLine, InsurerStatement, Pool, Resolution, SignOff
from tongbao.funds.queries import reconciliation
from tongbao.funds.rules.reconciliation import Outcome, Reason, Side
from tongbao.refusal import Forbidden, Refusal
from tongbao.scheme import actions as schemes

WAN = 10_000_00


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)


def sent(pool: Pool, **said: Any) -> InsurerStatement:
    return received(pool, row("SX-1", 1), **said)


def refused(code: str, verb: Callable[..., Any], **said: Any) -> None:
    """The verb says no with this code, and no row has changed."""
    before = [
        list(model.objects.order_by("pk").values()) for model in (InsurerStatement, InsurerLine, Resolution, SignOff)
    ]
    with pytest.raises(Refusal) as no, transaction.atomic():
        verb(**said)
    after = [
        list(model.objects.order_by("pk").values()) for model in (InsurerStatement, InsurerLine, Resolution, SignOff)
    ]
    assert (no.value.code, before) == (code, after)


def by_month(pool: Pool) -> dict[str, dict[date, int]]:
    return {one.number: dict(one.by_month) for one in reconciliation.charged([pool.pk])[pool.pk]}


# ── the platform's side ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_charge_counts_in_the_month_of_entry_and_the_rest_when_it_is_booked(pools, set_clock):
    place = charged(pools[0], 1000, "SX-1")
    actions.recharge(reservation_id=place.pk, amount_fen=1200, why="汇率更正", key="r", by=None)
    set_clock("2019-11-04T09:00")
    actions.refund(reservation_id=place.pk, amount_fen=300, why="注销", key="b", by=None)
    assert by_month(pools[0]) == {"SX-1": {SEPTEMBER: 1000, OCTOBER: 200, date(2019, 11, 1): -300}}


def test_a_policy_without_an_entry_date_counts_when_it_was_charged(pools):
    place = factories.receive(pools[0], amount_fen=500)
    actions.charge(reservation_id=place.pk, amount_fen=500, key="x", by=None)
    assert by_month(pools[0]) == {"": {OCTOBER: 500}}


def test_what_was_reserved_too_much_and_released_is_no_charge(pools):
    place = factories.receive(pools[0], amount_fen=900)
    actions.charge(
        reservation_id=place.pk, amount_fen=700, key="x", policy_number="SX-1", entry_date=SEPTEMBER, by=None
    )
    assert by_month(pools[0]) == {"SX-1": {SEPTEMBER: 700}}


# ── received and kept ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_uploaded_statement_counts_for_nothing_until_it_is_kept(pools):
    waiting = received(pools[0], row("SX-1", 10))
    assert (waiting.state, waiting.lines.count()) == ("uploaded", 0)
    assert reconciliation.counting(pools[0].pk, SEPTEMBER) is None
    reading = reconciliation.read_statement(waiting)
    done = actions.keep_statement(statement_id=waiting.pk, reading=reading, by=finance())
    assert list(done.lines.values_list("row", "number", "subsidy_fen", "refund_fen")) == [(2, "SX-1", 1000, 0)]
    assert (done.state, done.tolerance_fen, reconciliation.counting(pools[0].pk, SEPTEMBER)) == ("kept", 1, done)


def test_keeping_twice_keeps_once(pools):
    done = kept(pools[0], row("SX-1", 10))
    actions.keep_statement(statement_id=done.pk, reading=reconciliation.read_statement(done), by=finance())
    assert InsurerLine.objects.count() == 1


def test_a_statement_with_a_fault_is_not_kept(pools):
    waiting = received(pools[0], row("SX-1", 10), row("", 5))
    reading = reconciliation.read_statement(waiting)
    refused("statement_faults", actions.keep_statement, statement_id=waiting.pk, reading=reading, by=finance())


def test_a_newer_statement_takes_the_place_of_one_that_is_not_signed(pools):
    first = kept(pools[0], row("SX-1", 10))
    sign_after = reconciling.resolve_all(first)
    sign(first, agent(pools[0]))
    second = kept(pools[0], row("SX-1", 11))
    first.refresh_from_db()
    assert (sign_after, first.state, second.state, first.lines.count()) == (None, "replaced", "kept", 1)
    assert reconciliation.reconcile(second).signatures == []


def test_a_signed_month_takes_no_other_statement(pools):
    waiting = received(pools[0], row("SX-2", 10))
    reading = reconciliation.read_statement(waiting)
    signed(kept(pools[0], row("SX-1", 10)))
    refused("month_signed", actions.keep_statement, statement_id=waiting.pk, reading=reading, by=finance())
    refused("month_signed", sent, pool=pools[0])


def test_a_month_that_is_not_over_is_refused(pools):
    refused("month_open", sent, pool=pools[0], month=OCTOBER)


def test_a_file_that_is_no_statement_is_refused(db):
    with pytest.raises(Refusal) as no:
        reconciliation.read_file(b"\x00\x01 nothing", "对账单.xlsx")
    assert no.value.code == "import.not_workbook"


def test_others_neither_upload_nor_sign_nor_resolve(pools):
    done = kept(pools[0], row("SX-1", 10))
    for person in (agent(pools[1]), factories.user(Role.CITY_OFFICER), factories.user(Role.AUDITOR)):
        refused("not_reconciler", sent, pool=pools[0], by=person)
        refused("not_reconciler", actions.sign_statement, statement_id=done.pk, seen="", by=person)
        refused("not_reconciler", actions.discard_statement, statement_id=done.pk, by=person)
        said = {"statement_id": done.pk, "marks": [], "reason": Reason.OTHER, "note": "x", "by": person}
        refused("not_resolver", actions.resolve_differences, **said)
    with pytest.raises(Forbidden):
        actions.resolve_differences(statement_id=done.pk, marks=[], reason=Reason.OTHER, note="x", by=agent(pools[0]))


def test_what_was_given_up_stays_given_up(pools):
    waiting = received(pools[0], row("SX-1", 10))
    actions.discard_statement(statement_id=waiting.pk, by=finance())
    reading = reconciliation.read_statement(waiting)
    refused("statement_over", actions.keep_statement, statement_id=waiting.pk, reading=reading, by=finance())
    refused("statement_over", actions.discard_statement, statement_id=waiting.pk, by=finance())


# ── explained and signed ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_moves_no_money_and_fits_only_this_difference(pools):
    place = charged(pools[0], 1000, "SX-1")
    done = kept(pools[0], row("SX-1", 12))
    balances = list(Account.objects.order_by("pk").values_list("balance_fen", flat=True))
    reconciling.resolve_all(done, Reason.PLATFORM_CORRECTION)
    assert list(Account.objects.order_by("pk").values_list("balance_fen", flat=True)) == balances
    assert reconciliation.reconcile(done).open == []
    other = charged(pools[0], 700, "SX-9")
    left = reconciliation.reconcile(done).open
    assert [(one.outcome, one.reference) for one in left] == [(Outcome.PLATFORM_ONLY, other.reference)]
    assert place.reference not in {one.reference for one in left}


def test_the_newest_reason_counts(pools):
    done = kept(pools[0], row("SX-1", 12))
    reconciling.resolve_all(done)
    reconciling.resolve_all(done, Reason.INSURER_NEXT_MONTH)
    assert [one.reason for one in reconciliation.reconcile(done).resolutions.values()] == ["insurer_next_month"]


def test_a_difference_that_has_changed_is_not_resolved_from_a_stale_page(pools):
    done = kept(pools[0], row("SX-1", 12))
    mark = reconciliation.reconcile(done).open[0].mark
    charged(pools[0], 1000, "SX-1")
    said = {"statement_id": done.pk, "reason": Reason.OTHER, "note": "x", "by": finance()}
    refused("difference_gone", actions.resolve_differences, marks=[mark], **said)
    refused("nothing_chosen", actions.resolve_differences, marks=[], **said)


def test_nobody_signs_while_a_difference_is_open_or_what_they_have_not_seen(pools):
    charged(pools[0], 1000, "SX-1")
    done, person = kept(pools[0], row("SX-1", 12)), agent(pools[0])
    seen = reconciliation.reconcile(done).hash
    refused("differences_open", actions.sign_statement, statement_id=done.pk, seen=seen, by=person)
    reconciling.resolve_all(done)
    refused("statement_changed", actions.sign_statement, statement_id=done.pk, seen=seen, by=person)


@pytest.mark.parametrize("first", list(Side))
def test_two_sides_sign_in_either_order_and_then_it_is_frozen(pools, first: Side):
    charged(pools[0], 1000, "SX-1")
    done = kept(pools[0], row("SX-1", 12))
    reconciling.resolve_all(done)
    people = {Side.INSURER: agent(pools[0]), Side.FINANCE: finance()}
    half = sign(done, people.pop(first))
    assert (half.state, half.signed_at) == ("kept", None)
    whole = sign(done, people.popitem()[1])
    found = reconciliation.reconcile(whole)
    assert (whole.state, whole.content_hash) == ("signed", found.hash)
    assert set(found.signed) == set(Side)
    said = {"statement_id": done.pk, "marks": [], "reason": Reason.OTHER, "note": "x", "by": finance()}
    refused("statement_not_kept", actions.resolve_differences, **said)


def test_signing_twice_signs_once(pools):
    done, person = kept(pools[0], row("SX-1", 12)), agent(pools[0])
    reconciling.resolve_all(done)
    for _ in range(2):
        sign(done, person)
    assert SignOff.objects.count() == 1
    sign(done, finance())
    sign(done, person)
    assert SignOff.objects.count() == 2


def test_a_signature_is_void_once_the_content_has_changed(pools):
    done, person = kept(pools[0], row("SX-1", 12)), agent(pools[0])
    reconciling.resolve_all(done)
    sign(done, person)
    reconciling.resolve_all(done, Reason.INSURER_NEXT_MONTH)
    found = reconciliation.reconcile(done)
    assert (found.signed, [one.by for one in found.void]) == ({}, [person])
    assert sign(done, finance()).state == "kept"
    assert sign(done, person).state == "signed"


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("what", ["statement", "line", "resolution", "signature"])
def test_the_database_itself_keeps_what_was_signed(pools, what: str, verb: str):
    charged(pools[0], 1000, "SX-1")
    done = signed(kept(pools[0], row("SX-1", 12)))
    rows = {
        "statement": (InsurerStatement.objects.filter(pk=done.pk), {"content_hash": "0" * 64}),
        "line": (InsurerLine.objects.all(), {"subsidy_fen": 1}),
        "resolution": (Resolution.objects.all(), {"note": "改"}),
        "signature": (SignOff.objects.all(), {"side": "finance"}),
    }
    found, change = rows[what]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        found.update(**change) if verb == "update" else found._raw_delete(found.db)


def test_a_kept_statement_may_still_be_replaced(pools):
    done = kept(pools[0], row("SX-1", 12))
    done.replaced_at = done.decided_at
    done.save(update_fields=["replaced_at"])
    done.state = "replaced"
    done.save(update_fields=["state"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        done.save(update_fields=["replaced_at"])


def test_what_is_booked_later_for_a_signed_month_is_shown_and_changes_nothing(pools):
    charged(pools[0], 1000, "SX-1")
    done = signed(kept(pools[0], row("SX-1", 10)))
    late = charged(pools[0], 700, "SX-2")
    found = reconciliation.reconcile(done)
    assert (found.hash, found.totals.platform_fen) == (done.content_hash, 1000)
    assert [(one.reference, fen) for one, fen in reconciliation.since_signed(done)] == [(late.reference, 700)]
    assert list(reconciliation.reconciliation_faults()) == []


def test_a_promise_is_carried_until_the_months_together_agree(pools, set_clock):
    set_clock("2019-12-02T09:00")
    charged(pools[0], 1000, "SX-1")
    september = kept(pools[0], row("SX-1", 12))
    reconciling.resolve_all(september, Reason.INSURER_NEXT_MONTH)
    sign(september, agent(pools[0]))
    sign(september, finance())
    october = kept(pools[0], row("SX-2", 1, day=OCTOBER), month=OCTOBER)
    assert [(one.number, one.left_fen, one.settled) for one in reconciliation.carried(october)] == [
        ("SX-1", 200, False)
    ]
    november = kept(pools[0], row("SX-1", -2), month=date(2019, 11, 1))
    assert [(one.number, one.left_fen, one.settled) for one in reconciliation.carried(november)] == [("SX-1", 0, True)]
    assert reconciliation.carried(september) == []


def test_a_policy_charged_late_for_a_signed_month_settles_the_month_in_which_it_was_stated(pools, set_clock):
    set_clock("2019-12-02T09:00")
    charged(pools[0], 1000, "SX-1")
    signed(kept(pools[0], row("SX-1", 10)))
    october = kept(pools[0], row("SX-2", 7), month=OCTOBER)
    reconciling.resolve_all(october, Reason.CROSS_MONTH)
    charged(pools[0], 700, "SX-2")
    assert reconciling.outcomes(october) == {"SX-2": "month"}
    reconciling.resolve_all(october, Reason.CROSS_MONTH)
    november = kept(pools[0], row("SX-3", 1), month=date(2019, 11, 1))
    assert reconciliation.carried(november) == []


def test_the_edition_says_how_far_a_line_may_differ(pools):
    charged(pools[0], 1000, "SX-1")
    text = (settings.SCHEMES_DIR / "nantong-2019.yaml").read_text(encoding="utf-8")
    said = "reconciliation_tolerance: {title: 对账容差, value: 0.05, clause: 五(二), default: true, note: 测试}"
    schemes.load_edition(text=text.replace("  surplus:", f"  {said}\n  surplus:", 1), name="x.yaml", by=None)
    done = kept(pools[0], row("SX-1", 10.05))
    assert (done.tolerance_fen, reconciling.outcomes(done)) == (5, {"SX-1": "matched"})


# ── what is seen ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_months_that_are_over_are_listed_with_their_stage(pools):
    charged(pools[0], 1000, "SX-1")
    charged(pools[0], 500, "SX-2", entry=date(2019, 10, 8))  # not over
    person = factories.user(Role.AUDITOR)
    assert [(one.month, one.stage, one.platform_fen) for one in reconciliation.months(person)] == [
        (SEPTEMBER, "missing", 1000)
    ]
    done = kept(pools[0], row("SX-1", 12))
    assert [(one.stage, one.open_count, one.difference_fen) for one in reconciliation.months(person)] == [
        ("open", 1, 200)
    ]
    reconciling.resolve_all(done)
    assert [one.stage for one in reconciliation.months(person)] == ["signing"]
    sign(done, finance())
    assert [one.stage for one in reconciliation.months(person)] == ["one"]
    sign(done, agent(pools[0]))
    assert [one.stage for one in reconciliation.months(person)] == ["signed"]
    assert reconciliation.months(agent(pools[1])) == []


def test_the_worklist_says_what_waits_for_whom(pools):
    charged(pools[0], 1000, "SX-1")
    mine, money = agent(pools[0]), finance()

    def told(person: Any) -> dict[str, int]:
        return {line.label: line.count for line in queries.todo(person) if "对账" in line.label}

    missing = {"待上传的保险人对账单": 1}
    assert [told(person) for person in (mine, money, agent(pools[1]), factories.user())] == [missing, missing, {}, {}]
    done = kept(pools[0], row("SX-1", 12))
    assert (told(mine), told(money)) == ({}, {"待处理的对账差异": 1})
    reconciling.resolve_all(done)
    assert (told(mine), told(money)) == ({"待签字的对账": 1}, {"待签字的对账": 1})
    sign(done, mine)
    assert (told(mine), told(money)) == ({}, {"待签字的对账": 1})


# ── proof ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_found_while_nothing_was_touched(pools):
    charged(pools[0], 1000, "SX-1")
    kept(pools[0], row("SX-1", 9))
    signed(kept(pools[0], row("SX-1", 12)))
    kept(pools[1], row("PX-1", 9))
    assert list(reconciliation.reconciliation_faults()) == []


OTHER = "(SELECT max(id) FROM accounts_user)"
PAPER = "(SELECT max(id) FROM documents_document)"
LONG_AGO = "'2019-09-01 00:00:00+00:00'"
DECIDED = "确认人、时间、明细摘要或容差与审计记录不符"


@pytest.mark.parametrize(
    ("table", "change", "found"),
    [
        ("funds_insurerline", "subsidy_fen = subsidy_fen + 1", "对账单明细与保存时不符"),
        ("funds_resolution", "note = '改过'", "按当时的分录重新核对，结果与双方所签不符"),
        ("funds_insurerstatement", "content_hash = 'x'", "签字内容与审计记录不符"),
        ("funds_insurerstatement", "state = 'kept'", "记录中双方已签字，现在却不是"),
        ("funds_signoff", "content_hash = 'x'", "缺少保险人、财政的签字"),
        ("funds_signoff", f"by_id = {OTHER}", "签字与审计记录不符"),
        ("funds_signoff", f"at = {LONG_AGO}", "签字与审计记录不符"),
        ("funds_resolution", "number = 'SX-9'", "差异原因与审计记录不符"),
        ("funds_resolution", "difference_fen = 1", "差异原因与审计记录不符"),
        ("funds_resolution", f"at = {LONG_AGO}", "差异原因与审计记录不符"),
        ("funds_resolution", f"by_id = {OTHER}", "差异原因与审计记录不符"),
        ("funds_insurerstatement", "month = '2019-08-01'", "与收到时的记录不符"),
        ("funds_insurerstatement", f"uploaded_by_id = {OTHER}", "与收到时的记录不符"),
        ("funds_insurerstatement", f"uploaded_at = {LONG_AGO}", "与收到时的记录不符"),
        ("funds_insurerstatement", f"document_id = {PAPER}", "与收到时的记录不符"),
        ("funds_insurerstatement", f"decided_by_id = {OTHER}", DECIDED),
        ("funds_insurerstatement", f"decided_at = {LONG_AGO}", DECIDED),
        ("funds_insurerstatement", f"replaced_at = {LONG_AGO}", DECIDED),
        ("funds_insurerstatement", "tolerance_fen = 99", DECIDED),
        ("funds_insurerstatement", "lines_hash = 'x'", DECIDED),
        ("funds_insurerstatement", "state = 'discarded'", "记录中双方已签字，现在却不是"),
        ("funds_insurerstatement", f"signed_at = {LONG_AGO}", "签字内容与审计记录不符"),
        ("funds_insurerstatement", "last_transfer_id = last_transfer_id + 1", "签字内容与审计记录不符"),
        ("funds_transfer", "amount_fen = amount_fen + 1", "按当时的分录重新核对，结果与双方所签不符"),
    ],
)
def test_planted_tamperings_are_named(committed_db, table: str, change: str, found: str):
    pools = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    charged(pools[0], 1000, "SX-1")
    signed(kept(pools[0], row("SX-1", 12)))
    factories.user(), factories.document("别的.csv")
    assert list(reconciliation.reconciliation_faults()) == []
    tampering.run(table, f"UPDATE {table} SET {change}")
    assert any(sentence.endswith(f"：{found}") for sentence in reconciliation.reconciliation_faults())


def test_what_was_never_signed_is_guarded_too(committed_db):
    pool, _ = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    first, second = kept(pool, row("SX-1", 12)), kept(pool, row("SX-1", 13))
    waiting, given_up = received(pool, row("SX-1", 14)), received(pool, row("SX-1", 15))
    actions.discard_statement(statement_id=given_up.pk, by=given_up.uploaded_by)
    reconciling.resolve_all(second)
    assert list(reconciliation.reconciliation_faults()) == []
    tampering.run(
        "funds_insurerstatement",
        f"UPDATE funds_insurerstatement SET replaced_at = {LONG_AGO} WHERE id = {first.pk}",
        f"UPDATE funds_insurerstatement SET decided_by_id = {OTHER} WHERE id = {second.pk}",
        f"DELETE FROM funds_insurerstatement WHERE id = {waiting.pk}",
        f"UPDATE funds_insurerstatement SET state = 'uploaded' WHERE id = {given_up.pk}",
    )
    tampering.run("funds_resolution", "DELETE FROM funds_resolution")
    where = "中国信保 2019-09 的对账"
    assert list(reconciliation.reconciliation_faults()) == [
        f"{where}（{first.pk}）：{DECIDED}",
        f"{where}（{second.pk}）：{DECIDED}",
        f"{where}（{second.pk}）：差异原因与审计记录不符",
        f"{where}（{given_up.pk}）：状态与审计记录不符",
        f"对账 {waiting.pk} 不见了",
    ]


# ── two at once ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_statements_kept_at_once_leave_one(committed_db):
    pools = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    waiting = [received(pools[0], row("SX-1", fen)) for fen in (10, 11)]
    readings = [reconciliation.read_statement(one) for one in waiting]
    person = finance()

    def keep(place: int) -> None:
        try:
            actions.keep_statement(statement_id=waiting[place].pk, reading=readings[place], by=person)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(keep, range(2)))
    assert sorted(InsurerStatement.objects.values_list("state", flat=True)) == ["kept", "replaced"]
    assert list(reconciliation.reconciliation_faults()) == []


def test_both_sides_sign_at_once(committed_db):
    pools = factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)
    charged(pools[0], 1000, "SX-1")
    done = kept(pools[0], row("SX-1", 10))
    seen, people = reconciliation.reconcile(done).hash, [agent(pools[0]), finance()] * 2

    def put(person: Any) -> None:
        try:
            actions.sign_statement(statement_id=done.pk, seen=seen, by=person)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, people))
    done.refresh_from_db()
    assert (done.state, SignOff.objects.count()) == ("signed", 2)
    assert list(reconciliation.reconciliation_faults()) == []
