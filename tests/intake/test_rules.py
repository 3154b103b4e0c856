"""States, parts, phone numbers and comparisons, without a database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tongbao.intake import rules
from tongbao.intake.rules import Draft, Part, Section, State
from tongbao.scheme.rules import Finding, Offer, Outcome

COMPLETE = Draft(
    plan="A",
    insurer="sinosure",
    contact_name="张海燕",
    contact_phone="13812345678",
    address="南通市崇川区青年中路1号",
    data_confirmed=True,
    declares_uninsured=True,
    declares_truth=True,
    papers=frozenset({"form", "licence"}),
)


def test_every_state_says_where_it_may_go_and_what_enterprises_read():
    assert set(rules.TRANSITIONS) == set(State)
    assert set(rules.PUBLIC) == set(State)
    assert set(rules.TONES) == set(State)


def test_an_application_ends_where_nothing_follows():
    assert {state for state, onward in rules.TRANSITIONS.items() if not onward} == {*rules.CLOSED, State.ISSUED}


def test_every_state_can_be_reached_from_a_draft():
    reached, ahead = {State.DRAFT}, [State.DRAFT]
    while ahead:
        for onward in rules.TRANSITIONS[ahead.pop()] - reached:
            reached.add(onward)
            ahead.append(onward)
    assert reached == set(State)


def test_withdrawal_ends_with_the_second_approval():
    assert {
        State.DRAFT,
        State.SUBMITTED,
        State.FIRST_REVIEW,
        State.SECOND_REVIEW,
        State.RETURNED,
    } == rules.WITHDRAWABLE


def test_a_new_application_has_everything_to_do():
    assert [(task.label, task.state) for task in rules.tasks(Draft())] == [
        ("方案", Part.NOT_STARTED),
        ("保险公司", Part.NOT_STARTED),
        ("企业资料", Part.NOT_STARTED),
        ("声明", Part.NOT_STARTED),
        ("申请材料", Part.NOT_STARTED),
        ("检查并提交", Part.LOCKED),
    ]


def test_a_complete_application_may_be_submitted():
    assert [task.state for task in rules.tasks(COMPLETE)] == [Part.DONE] * 5 + [Part.NOT_STARTED]
    assert list(rules.missing(COMPLETE)) == []


def test_parts_half_done_are_in_progress():
    draft = Draft(plan="C", needs_fallback=True, contact_name="张海燕", declares_truth=True, papers=frozenset({"form"}))
    assert [task.state for task in rules.tasks(draft)] == [
        Part.IN_PROGRESS,
        Part.NOT_STARTED,
        Part.IN_PROGRESS,
        Part.IN_PROGRESS,
        Part.IN_PROGRESS,
        Part.LOCKED,
    ]


def test_what_is_missing_is_said_part_by_part():
    assert list(rules.missing(Draft(plan="C", needs_fallback=True))) == [
        (Section.PLAN, "方案C须由市商务局确认政策导向，请再选一个备选方案。"),
        (Section.INSURER, "请选择保险公司。"),
        (Section.DATA, "请填写联系人、联系电话和通讯地址。"),
        (Section.DATA, "请核对企业资料，并勾选“以上资料无误”。"),
        (Section.DECLARATION, "请逐条阅读并勾选声明。"),
        (Section.PAPERS, "请上传盖章申请表。"),
        (Section.PAPERS, "请上传营业执照。"),
    ]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0513-85215678", "0513-85215678"),
        ("(0513)85215678", "0513-85215678"),
        ("+86 513 85215678", "0513-85215678"),
        ("025-84471234转801", "025-84471234转801"),
        ("010 6512 3456", "010-65123456"),
        ("12812345678", None),
        ("1381234567", None),
        ("85215678", None),
        ("请打老板电话", None),
    ],
)
def test_phone_numbers(typed: str, number: str | None):
    assert rules.phone(typed) == number


def finding(id: str = "band", met: bool | None = True) -> Finding:
    return Finding.told(id, f"条件{id}", "二(一)", f"{id} {met}。", met)


def offer(plan: str, available: bool | None, *findings: Finding) -> Offer:
    return Offer(plan, f"方案{plan}", available, 1, Decimal(1), Decimal(1), 1, 1, 1, 0, "四(二)", findings)


def outcome(
    *findings: Finding,
    offers: tuple[Offer, ...] = (),
    not_offered: tuple[Offer, ...] = (),
    eligible: bool | None = True,
) -> Outcome:
    return Outcome("nantong-2019", "h", eligible, findings, (), offers, not_offered, Decimal("7.0729"))


def test_findings_are_compared_one_by_one():
    then = [finding("area"), finding("band"), finding("old")]
    now = [finding("area"), finding("band", met=False), finding("new", met=None)]
    assert [(row.id, row.changed, row.now is None, row.then is None) for row in rules.compare(then, now)] == [
        ("area", False, False, False),
        ("band", True, False, False),
        ("new", True, False, True),
        ("old", True, True, False),
    ]


def test_conditional_plans_need_a_settled_fallback():
    found = outcome(offers=(offer("A", True), offer("C", None)))
    assert rules.firm_plans(found) == ("A",)
    assert rules.conditional_plans(found) == {"C"}


def test_why_a_plan_cannot_be_chosen():
    refused = offer("C", False, finding("dependence", met=False))
    assert rules.plan_fault(outcome(offers=(offer("A", True),)), "A") is None
    assert rules.plan_fault(outcome(offers=(offer("A", True),), not_offered=(refused,)), "C") == (
        "intake.plan_not_offered",
        "方案C目前不能选：dependence False。请改选其他方案。",
    )
    assert rules.plan_fault(outcome(offers=(offer("A", True),)), "X") == (
        "intake.plan_unknown",
        "请从列出的方案中选择。",
    )
    assert rules.plan_fault(outcome(finding(met=False), eligible=False), "A") == (
        "intake.not_eligible",
        "目前不符合参保条件：band False。",
    )
    assert rules.plan_fault(outcome(finding(met=None), eligible=None), "A") == (
        "intake.no_exports",
        "企业名册里还没有贵公司上年度的出口额，无法确定方案和保费。请先联系所在区商务部门核对海关数据。",
    )


def test_a_firm_without_exports_proves_that_it_is_an_exporter():
    """二(一): at 0 the licence alone says nothing of exporting."""
    draft = replace(COMPLETE, needs_proof=True)
    assert list(rules.missing(draft)) == [(Section.PAPERS, "请上传出口经营资格证明。")]
    assert list(rules.missing(replace(draft, papers=frozenset({"form", "licence", "proof"})))) == []
