"""What a version changes, in plain words."""

import pytest

from tests.scheme.nantong import TEXT
from tongbao.scheme import rules

BEFORE = rules.load(TEXT, "before.yaml")


def changed(old: str, new: str) -> list[tuple[str, str, str, str]]:
    assert TEXT.count(old) == 1, f"{old!r} stands {TEXT.count(old)} times"
    after = rules.load(TEXT.replace(old, new), "after.yaml")
    return [(d.where, d.path, d.before, d.after) for d in rules.differences(BEFORE, after)]


def test_the_same_scheme_does_not_differ():
    assert rules.differences(BEFORE, rules.load("# 注释\n" + TEXT, "after.yaml")) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "limit_usd: 10万",
            "limit_usd: 12万",
            ("保障方案 › 方案A › 最高赔偿限额", "plans.A.limit_usd", "100,000 美元", "120,000 美元"),
        ),
        (
            "商务局）, share: 50%",
            "商务局）, share: 60%",
            (
                "保障方案 › 方案B › 付款方 › 市财政局（商务局） › 比例",
                "plans.B.payers.市财政局（商务局）.share",
                "50%",
                "60%",
            ),
        ),
        (
            "value: 10, clause: 四(二)",
            "value: 15, clause: 四(二)",
            ("期限 › 方案B企业向保险人缴清自担保费的期限 › 取值", "deadlines.exporter_share_days.value", "10", "15"),
        ),
        (
            "name: 海门市, covered: false",
            "name: 海门市, covered: true",
            ("区域 › 海门市 › 是否覆盖", "areas.haimen.covered", "否", "是"),
        ),
        (
            "fund_yuan: 450万",
            "fund_yuan: 500万",
            (
                "保险人 › 中国出口信用保险公司 › 保费扶持资金",
                "insurers.sinosure.fund_yuan",
                "4,500,000 元",
                "5,000,000 元",
            ),
        ),
        (
            "effective_from: 2019-09-01",
            "effective_from: 2020-01-01",
            ("年度方案 › 生效日期", "edition.effective_from", "2019-09-01", "2020-01-01"),
        ),
        (
            "text: 召开政策宣讲会",
            "text: 召开两场政策宣讲会",
            ("投保流程 › 政策宣讲 › 内容", "process.briefing.text", "召开政策宣讲会", "召开两场政策宣讲会"),
        ),
        (
            "text: 微信公众号及时向企业发布风险提示。",
            "text: 及时发布风险提示。",
            (
                "条款原文 › 七(一)4 服务质量·风险提示 › 内容",
                "clauses.七(一)4.text",
                "微信公众号及时向企业发布风险提示。",
                "及时发布风险提示。",
            ),
        ),
    ],
)
def test_one_change(old: str, new: str, said: tuple[str, str, str, str]):
    assert changed(old, new) == [said]


def test_what_comes_and_what_goes_is_told_value_by_value():
    ground = "  - {id: pilot_firm, title: 外贸综合服务、跨境电商试点企业, when: pilot_firm, clause: 二(二)5}\n"
    where = "优先支持 › 外贸综合服务、跨境电商试点企业"
    gone = changed(ground, "")
    assert gone == [
        (f"{where} › 条款出处", "priorities.pilot_firm.clause", "二(二)5", "（无）"),
        (f"{where} › 是否平台取值", "priorities.pilot_firm.default", "否", "（无）"),
        (f"{where} › 编号", "priorities.pilot_firm.id", "pilot_firm", "（无）"),
        (f"{where} › 名称", "priorities.pilot_firm.title", "外贸综合服务、跨境电商试点企业", "（无）"),
        (f"{where} › 条件", "priorities.pilot_firm.when", "pilot_firm", "（无）"),
        (f"{where} › 优先次序", "priorities.pilot_firm.rank", "0", "（无）"),
    ]


def test_another_order_is_a_difference_too():
    first, second = (
        f"  - {{id: {id}, name: {name}, covered: false, clause: 七(二)1}}\n"
        for id, name in (("rugao", "如皋市"), ("rudong", "如东县"))
    )
    ((where, path, before, after),) = changed(first + second, second + first)
    assert (where, path) == ("区域 › 排列次序", "areas")
    assert before.replace("如皋市、如东县", "如东县、如皋市") == after


def test_the_summary_counts():
    assert dict(rules.summary(BEFORE)) == {
        "保障期限": "2019-09-01 至 2020-08-31",
        "区域": "覆盖 6 个，共列 11 个",
        "出口规模": "0至50万美元、300万美元至3000万美元",
        "参保条件": "3 条",
        "优先支持": "7 项",
        "保障方案": "4 个：方案A、方案B、方案C、方案D",
        "保险人": "2 家：中国出口信用保险公司、中国人民财产保险股份有限公司",
        "保费扶持资金": "500 万元",
        "条款原文": "29 条",
        "平台取值": "30 处（方案没有写明、由平台明确，各附理由）",
    }
