"""What matters of the difference between two decisions, and what people are told of it; without a database."""

from typing import Any

import pytest

from tests.scheme.nantong import compiled, decide
from tongbao.funds.rules import ReservationState
from tongbao.intake import rules
from tongbao.intake.rules import Changes, Found, State
from tongbao.scheme.rules import read_facts

US_FIRM = {"exports_usd": "6000000.00", "us_exports_usd": "5500000.00"}
BRAND = (
    "是否江苏省重点培育和发展的国际知名品牌企业由“不在国际知名品牌名单内”"
    "变为“入选2017-2019年度江苏省重点培育和发展的国际知名品牌”"
)
STAYS = "不过复审已经通过，保费仍按复审时的资料计算，已预留的扶持资金不变。"
BAND = (
    "2018年海关出口额 100.00 万美元，落在 50.00 万美元（不含）至 300.00 万美元（不含）的空档："
    "这一规模的企业由省级小微企业统保平台服务，市级平台不覆盖；距上一档起点还差 200.00 万美元。"
)


def found(plan: str = "A", fallback: str = "", **facts: Any) -> Found:
    """What is found of a firm of 崇川 without insurance that exported 500 万 USD, unless told otherwise."""
    given = {"area": "chongchuan", "insured": False, "exports_usd": "5000000.00", **facts}
    scheme = compiled().scheme
    return Found(scheme, read_facts(scheme, given), decide(**given), plan, fallback)


def test_the_same_facts_change_nothing():
    assert rules.changes(found(), found()) == Changes()
    assert not rules.changes(found(), found())


def test_a_fact_that_decides_nothing_changes_nothing():
    assert not rules.changes(found(exports_prior_usd="1.00"), found(exports_prior_usd="2.00"))


def test_a_firm_that_is_too_small_now():
    changes = rules.changes(found(), found(exports_usd="1000000.00"))
    assert changes == Changes(
        ("2018年海关出口额由“5,000,000.00 美元”变为“1,000,000.00 美元”",), (f"不再符合参保条件：{BAND}",), bad=True
    )
    assert changes.sentence == (
        f"资料变化：2018年海关出口额由“5,000,000.00 美元”变为“1,000,000.00 美元”。重新判定：不再符合参保条件：{BAND}"
    )


def test_a_firm_that_may_take_part_again():
    changes = rules.changes(found(exports_usd="1000000.00"), found())
    assert changes.results == ("现在符合全部参保条件。", "预计财政扶持为 10,927.63 元（含汇率浮动的余量）。")
    assert not changes.bad


def test_what_a_firm_fails_for_is_another_criterion():
    changes = rules.changes(found(exports_usd="1000000.00"), found(insured=True))
    assert changes.results == ("仍不符合参保条件，原因有变化：已投保短期出口信用保险，不属于尚未投保的企业。",)
    assert changes.facts == (
        "2018年海关出口额由“1,000,000.00 美元”变为“5,000,000.00 美元”",
        "是否已投保短期出口信用保险由“尚未投保短期出口信用保险”变为“已投保短期出口信用保险，不属于尚未投保的企业”",
    )


def test_what_is_not_known_any_more():
    changes = rules.changes(found(), found(area=None))
    assert changes.facts == ("工商注册地由“崇川区”变为“没有记录”",)
    assert changes.results[0].startswith("有参保条件待核实：")
    assert not changes.bad
    assert rules.changes(found(area=None), found()).results == ("现在符合全部参保条件。",)


def test_more_exports_ask_for_more_money():
    changes = rules.changes(found(), found(exports_usd="10000000.00"))
    assert changes.results == (
        "仍符合全部参保条件。",
        "预计财政扶持由 10,927.63 元变为 21,855.26 元（含汇率浮动的余量）。",
    )
    assert (found().amount_fen, found(exports_usd="10000000.00").amount_fen) == (1_092_763, 2_185_526)


def test_the_firm_s_own_share_moves_too():
    assert rules.changes(found("B"), found("B", exports_usd="10000000.00")).results == (
        "仍符合全部参保条件。",
        "预计财政扶持由 18,212.72 元变为 36,425.43 元（含汇率浮动的余量）。",
        "企业承担保费约由 17,682.25 元变为 35,364.50 元。",
    )


def test_the_plan_chosen_is_not_offered_any_more():
    changes = rules.changes(found(), found(exports_usd="30000.00"))
    assert changes.results == (
        "仍符合全部参保条件。",
        "所选方案A现在不能办理：2018年海关出口额 3.00 万美元，低于起点 300.00 万美元，还差 297.00 万美元。",
    )
    assert changes.bad
    assert found(exports_usd="30000.00").amount_fen is None
    assert rules.changes(found(exports_usd="30000.00"), found()).results[:2] == (
        "仍符合全部参保条件。",
        "所选方案A现在可以办理。",
    )


def test_a_plan_that_falls_back_is_nothing_bad():
    changes = rules.changes(found("C", "A", **US_FIRM), found("C", "A", **{**US_FIRM, "us_exports_usd": "1000.00"}))
    assert changes.results[1].startswith("所选方案C现在不能办理：")
    assert changes.results[1].endswith("，复审通过时按备选方案A办理。")
    assert not changes.bad


def test_a_condition_of_the_plan_is_settled():
    before, now = found("C", "A", **US_FIRM), found("C", "A", **US_FIRM, policy_direction=True)
    assert rules.changes(before, now).results == (
        "仍符合全部参保条件。",
        "所选方案C的条件已核实，符合。",
        "优先条件的认定有变化；优先级在收件时已经确定，不受影响。",
    )
    assert rules.changes(now, before).results[1] == "所选方案C的条件待核实。"


def test_without_exports_on_record_there_is_no_premium():
    changes = rules.changes(found(), found(exports_usd=None))
    assert changes.results[1] == "所选方案A现在不能办理：企业名册里没有上年度的出口额，无法计算保费。"
    assert changes.bad


def test_a_ground_of_priority_that_came_too_late():
    changes = rules.changes(found(famous_brand=False), found(famous_brand=True))
    assert changes == Changes(
        (BRAND,),
        ("仍符合全部参保条件。", "优先条件的认定有变化；优先级在收件时已经确定，不受影响。"),
    )


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ReservationState.WAITING, "候补的金额相应改为 1.00 元，排队序号不变。"),
        (ReservationState.RESERVED, "已预留的扶持资金相应调整为 1.00 元，排队序号不变。"),
        (ReservationState.HELD, "资金池余额不足，还差 0.50 元，有资金时最先补足，排队序号不变。"),
    ],
)
def test_how_the_money_stands(state: ReservationState, said: str):
    assert rules.money_sentence(state, 100, 50) == said


GOOD, BAD = Changes((), ("好。",)), Changes((), ("坏。",), bad=True)


@pytest.mark.parametrize(
    ("changes", "state", "how", "after"),
    [
        (GOOD, State.FIRST_REVIEW, {}, "申请继续办理，这一变化不需要您做什么。"),
        (BAD, State.SUBMITTED, {}, "申请不会自动取消，由审核人员核实后决定。"),
        (BAD, State.RETURNED, {"correcting": True}, "按现在的资料不能重新提交。"),
        (BAD, State.SECOND_REVIEW, {"reviewed": True}, "审核以新的判定为准。"),
        (GOOD, State.APPROVED, {}, STAYS),
        (
            BAD,
            State.APPROVED,
            {},
            f"{STAYS}申请不会自动取消，由市商务局和保险公司核实后答复您。",
        ),
    ],
)
def test_what_the_firm_is_told(changes: Changes, state: State, how: dict[str, bool], after: str):
    title, body = rules.told_to_firm("TB2019-000001", changes, state, "钱。", **how)
    assert title == "申请 TB2019-000001 的资料有变化，已重新判定"
    wrong = "您认为资料有误的，请尽快联系所在区商务部门核对。"
    assert body == f"重新判定：{changes.results[0]}钱。{after}{wrong}"


@pytest.mark.parametrize(
    ("changes", "state", "after"),
    [
        (GOOD, State.FIRST_REVIEW, "请在审核时以新的判定为准。"),
        (BAD, State.SECOND_REVIEW, "申请没有自动处理，请在审核时核实，退回或不予支持。"),
        (
            GOOD,
            State.APPROVED,
            f"{STAYS}请在出单前核实，有疑问的与市商务局联系。",
        ),
    ],
)
def test_what_officers_are_told(changes: Changes, state: State, after: str):
    title, body = rules.told_to_officers("TB2019-000001", "某企业" * 40, changes, state, "")
    assert (title.startswith("申请 TB2019-000001（某企业"), len(title)) == (True, 120)
    assert body == f"重新判定：{changes.results[0]}{after}"
