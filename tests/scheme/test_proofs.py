"""What shows only over all firms there could be: plans that overlap, plans nobody gets, rules that always hold."""

from decimal import Decimal

import pytest

from tests.scheme.nantong import TEXT as NANTONG
from tests.scheme.small import NAME, broken, line
from tongbao.scheme import rules
from tongbao.scheme.rules import grammar
from tongbao.scheme.rules.proofs import solver as solving
from tongbao.scheme.rules.proofs.smt import Language
from tongbao.scheme.rules.proofs.solver import Solver, Undecided
from tongbao.scheme.rules.shapes import Fact, Kind

C = "when: us_exports_usd <= 0.4 * exports_usd"
UNINSURED = "when: NOT insured"
ALWAYS = "永远成立，挡不住任何企业"
NOBODY = "没有一家企业能得到方案 "
BOTH_BANDS = """bands: [large, small]
    conditions:
      - {id: big, title: 大, when: exports_usd > 1000000, clause: 二}
      - {id: others"""
CASES = [
    ("no firm meets a condition", C, "when: us_exports_usd > exports_usd", "when: us_exports_usd > exports_usd",
     NOBODY + "C：“对美不为主”与参保条件、分档或前面的条件不能同时满足"),
    ("no firm meets it in the bands", C, "when: exports_usd < 100", "when: exports_usd < 100",
     NOBODY + "C：“对美不为主”与参保条件、分档或前面的条件不能同时满足"),
    ("no amount lies between two cents", C, "when: us_exports_usd > 0.01 AND us_exports_usd < 0.02",
     "us_exports_usd > 0.01", NOBODY + "C：“对美不为主”与参保条件、分档或前面的条件不能同时满足"),
    ("no firm of a covered area", C, "when: area <> 'east' AND area <> 'west'", "area <> 'east'",
     NOBODY + "C：“对美不为主”与参保条件、分档或前面的条件不能同时满足"),
    ("every firm meets a condition", C, "when: us_exports_usd * 0.5 <= exports_usd - 0.5 * exports_usd",
     "us_exports_usd * 0.5", "“对美不为主”" + ALWAYS),
    ("every firm meets a criterion", UNINSURED, "when: insured OR NOT insured", "insured OR", "“尚未投保”" + ALWAYS),
    ("no amount is below 0", UNINSURED, "when: turnover_usd >= 0", "turnover_usd >= 0", "“尚未投保”" + ALWAYS),
    ("a criterion that never holds", UNINSURED, "when: exports_usd < 0", "exports_usd < 0",
     "“尚未投保”永远不能满足，没有一家企业符合"),
    ("criteria at odds", UNINSURED, "when: exports_usd > 9000000", "exports_usd > 9000000",
     "“尚未投保”与前面的参保条件不能同时满足，没有一家企业符合"),
    ("a priority nobody has", "when: change_usd > 0,", "when: us_exports_usd > 9000000,", "us_exports_usd > 9000000",
     "“出口增长”：没有一家符合参保条件的企业能满足"),
    ("a fallback that never holds", "if_unknown: us_exports_usd > 100", "if_unknown: us_exports_usd > 9000000",
     "us_exports_usd > 9000000", "“出口增长”：没有一家符合参保条件的企业能满足"),
    ("bands of no eligible firm", UNINSURED, "when: exports_usd <= 5000000", "bands: [large]\n    limit_usd",
     NOBODY + "C：适用的分档里没有符合参保条件的企业"),
    ("one band of no firm of the plan", "bands: [large]\n    conditions:\n      - {id: others",
     BOTH_BANDS, "bands: [large, small]", "方案 C 的分档“小”里没有一家企业能得到这个方案"),
]  # fmt: skip


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.sentence) for fault in rules.faults_of(text, NAME)]


@pytest.mark.parametrize(("old", "new", "needle", "sentence"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_fault(old: str, new: str, needle: str, sentence: str):
    text = broken(old, new)
    if sentence.endswith("适用的分档里没有符合参保条件的企业"):  # both plans of the band are told
        assert [said for _, said in faults(text)] == [NOBODY + "B" + sentence[len(NOBODY) + 1 :], sentence]
        return
    found = [fault for fault in faults(text) if "互斥" not in fault[1]]
    assert found == [(line(text, needle), sentence)]


def test_plans_declared_exclusive_are_told_with_a_firm_that_gets_both():
    text = broken(C, "when: us_exports_usd <= 0.45 * exports_usd")
    ((at, sentence),) = faults(text)
    said, firm = sentence.split("，例如：")
    assert (at, said) == (line(text, "plans: [B, C]"), "方案 B 与 C 声明为互斥，但有企业同时符合两者")
    words = firm.split("、")
    assert [word.split(" ")[0] for word in words] == ["注册地", "出口额", "对美出口额", "已投保：否"]
    exports, us = (Decimal(word.split(" ")[1].replace(",", "")) for word in words[1:3])
    assert Decimal("0.4") * exports < us <= Decimal("0.45") * exports
    assert 600 <= exports <= 900


def test_plans_that_meet_in_a_single_firm_are_found():
    text = broken(
        C, "when: us_exports_usd <= 0.4 * exports_usd OR exports_usd = 6123456.78 AND us_exports_usd = 2449382.72"
    )
    ((_, sentence),) = faults(text)
    assert "、出口额 6,123,456.78 美元、对美出口额 2,449,382.72 美元、" in sentence


def test_nantong_plan_c_is_within_plan_b():
    """B and C may both be had, which is why the edition does not declare them exclusive; declared, it is told."""
    text = broken("\ninsurers:\n", "\nexclusive:\n  - {plans: [C, D], clause: 四(二)}\ninsurers:\n", NANTONG)
    assert faults(text) == []
    text = text.replace("plans: [C, D]", "plans: [B, C]")
    ((at, sentence),) = faults(text)
    assert (at, sentence[:28]) == (line(text, "[B, C]"), "方案 B 与 C 声明为互斥，但有企业同时符合两者，例如")


def test_a_firm_in_two_bands_has_no_one_rate():
    text = broken("fact: turnover_usd\n", "fact: exports_usd\n")
    text = broken("bands: [small, middle]", "bands: [middle, known]", text)
    text = broken("- {band: small, rate", "- {band: known, rate", text)
    ((at, sentence),) = faults(text)
    assert (at, sentence.split("，例如：")[0]) == (
        line(text, "bands: [middle, known]"), "方案 A 按分档定费率或封顶，但有企业同在“中”和“有营业额”"
    )  # fmt: skip


def test_proofs_stand_beside_other_faults():
    """What no firm can do stays so whatever else is wrong; that a firm exists is said only of what was read whole."""
    text = broken(C, "when: us_exports_usd > exports_usd")
    text = broken("title: 起保日, value: 2020-01-01", "title: 起保日, value: 2019-01-01", text)
    text = broken("when: change_usd > 0,", "when: changed_usd > 0,", text)
    assert [said for _, said in faults(text)] == [
        "没有名为“changed_usd”的事实",
        NOBODY + "C：“对美不为主”与参保条件、分档或前面的条件不能同时满足",
        "承保起日不在保障期限之内",
    ]
    text = broken(C, "when: us_exports_usd <= 0.45 * exports_usd")
    text = broken(UNINSURED, "when: NOT insurd", text)
    assert [said for _, said in faults(text)] == ["没有名为“insurd”的事实"]


def test_what_the_solver_cannot_decide_is_a_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(solving, "MOST_EFFORT", 1)
    text = broken("title: 方案C", "title: 方案丙")
    found = faults(text)
    assert {said for _, said in found} == {"这里的条件太复杂，在限定的计算量内不能证明没有问题"}
    assert line(text, "plans: [B, C]") in {at for at, _ in found}


def test_the_effort_of_a_whole_file_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(solving, "WHOLE_EFFORT", 2 * solving.LEAST_EFFORT)
    fact = Fact(id="a", type=Kind.NUMBER, title="甲", supplier="乙", clause="一")
    solver = Solver(Language({"a": fact}, ()))
    condition = grammar.parse("a > 1", {"a": Kind.NUMBER})
    firms = [solver.firm(condition), solver.firm(condition)]
    assert all(firm is not None and firm["a"] > 1 for firm in firms)
    with pytest.raises(Undecided):
        solver.firm(condition)


def test_a_firm_beyond_the_digits_of_decisions_proves_nothing():
    """Decisions count with 28 digits, the solver with all of them; the grammar lets no such sum through."""
    fact = Fact(id="a", type=Kind.NUMBER, title="甲", supplier="乙", clause="一")
    number = grammar.FactRef("a", Kind.NUMBER)
    factor, little = (grammar.Constant(Decimal(one), Kind.NUMBER) for one in ("1.0000000000001", "0.00000000000001"))
    product = grammar.Arithmetic("*", factor, number)
    sums = grammar.Compare(">", grammar.Arithmetic("+", product, little), product)
    large = grammar.Compare(">", number, grammar.Constant(Decimal("99999999999999"), Kind.NUMBER))
    with pytest.raises(Undecided):
        Solver(Language({"a": fact}, ())).firm(grammar.Junction(False, (sums, large)))
