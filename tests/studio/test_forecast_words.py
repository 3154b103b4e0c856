"""The policy's own estimates: defaults, the firms they speak of, and the differences in words."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from tests.scheme import nantong
from tests.studio.forecasting import A, B, D, funds, question, run, scheme
from tongbao.scheme.rules import Scheme
from tongbao.studio.rules import forecast_market, forecast_policy, forecast_result, forecast_run, forecast_words
from tongbao.studio.rules.forecast import Source
from tongbao.studio.rules.forecast_charts import fan, fans
from tongbao.studio.rules.forecast_story import in_short, runs_out, sheets, spreads, tell


def of_policy() -> forecast_result.Result:
    firms = forecast_policy.policy_firms(scheme(), equal=True)
    market = forecast_market.market(scheme(), firms)
    asked = forecast_policy.defaults(scheme(), Source.POLICY_EQUAL)
    return forecast_run.simulate(scheme(), nantong.compiled().hash, asked, market)


def without_estimates() -> Scheme:
    return scheme().model_copy(update={"estimates": ()})


def test_the_first_question_rests_on_the_estimates_and_the_funds():
    asked = forecast_policy.defaults(scheme())
    likely = {one.plan: (one.share.low, one.share.likely, one.share.high) for one in asked.uptake}
    assert likely == {"A": (192, 384, 576), "B": (58, 116, 174), "C": (250, 500, 750), "D": (50, 100, 150)}
    assert (asked.rate.low, asked.rate.likely, asked.rate.high) == (68607, 70729, 72851)
    assert (asked.opens, asked.closes) == (date(2019, 9, 1), date(2019, 12, 31))
    assert [(one.insurer, one.share) for one in asked.insurers] == [("sinosure", 900), ("picc", 100)]
    assert [(one.pool, one.fen) for one in asked.funds] == [("sinosure", 450_000_000), ("picc", 50_000_000)]


def test_without_estimates_half_of_the_firms_are_taken_to_come():
    asked = forecast_policy.defaults(without_estimates())
    assert {one.share.likely for one in asked.uptake} == {500}
    assert list(forecast_policy.policy_firms(without_estimates(), equal=True)) == []
    assert forecast_words.total_words(without_estimates()) == ""


def test_the_estimate_of_490_wan_is_a_mixture_of_a_and_b():
    shares = forecast_policy.mix(scheme(), scheme().estimates[0])
    assert {plan: round(share, 4) for plan, share in shares.items()} == {"A": Decimal("0.7680"), "B": Decimal("0.2320")}


def test_an_estimate_beyond_every_plan_is_the_nearest_of_them():
    dear = scheme().estimates[0].model_copy(update={"subsidy_yuan": Decimal(20_000_000)})
    assert forecast_policy.mix(scheme(), dear) == {"B": Decimal(1)}


def test_the_firms_of_the_policy_are_as_many_and_export_as_much_as_it_says():
    firms = list(forecast_policy.policy_firms(scheme(), equal=True))
    large, small = ([one for one in firms if one.plans == plans] for plans in ((A, B), (D,)))
    assert (len(large), len(small)) == (490, 1394)
    assert sum(one.base_cents for one in large) // 100 == 3_859_999_999  # cut down to the cent a firm
    assert {one.base_cents for one in small} == {42_857_142}


def test_what_the_policy_says_of_plans_a_b_and_c():
    assert list(forecast_words.own_words(scheme(), scheme().estimates[0])) == [
        "参保率 50% × 490 家 = 245 家，政策写 270 家，相当于参保率 55.1%。",
        (
            "参保率 50% × 38.60 亿美元 = 19.30 亿美元，政策写 20.00 亿美元；参保企业户均 740.74 万美元，"
            "全部企业户均 787.76 万美元。"
        ),
        "490.00 万元 ÷（20.00 亿美元 × 汇率 7.0729）= 0.0346%，即每美元出口平均得到的扶持。",
        (
            "全部企业选同一方案时的扶持资金：方案A 424.37 万元，方案B 707.29 万元，方案C 1,414.58 万元；"
            "政策所写相当于按出口额 76.8% 选方案A、23.2% 选方案B。"
        ),
    ]


def test_why_ten_wan_for_plan_d_does_not_follow():
    assert list(forecast_words.own_words(scheme(), scheme().estimates[1])) == [
        "参保率 10% × 1,394 家 = 139.4 家，政策取 140 家。",
        (
            "140 家 × 每家保费 128.57 美元（户均 42.86 万美元 × 0.03%，高于最低保费 100.00 美元） × 汇率 7.0729 ="
            " 12.73 万元，政策写 10.00 万元，比算得的少 2.73 万元。"
        ),
        (
            "如果 140 家都只付最低保费 100.00 美元，为 9.90 万元，与政策所写相近；"
            "但那要求每家出口额不超过 33.33 万美元，与户均 42.86 万美元不符。"
        ),
    ]


def test_the_whole_beside_the_fund():
    assert forecast_words.total_words(scheme()) == (
        "各项测算合计 490.00 万元 + 10.00 万元 = 500.00 万元，资金盘子 500.00 万元。"
        "单一方案的测算改按费率重算后，合计 502.73 万元，比资金盘子多 2.73 万元。"
    )


def test_the_reasons_for_a_difference_add_up_to_it():
    result = of_policy()
    for one in forecast_words.compare(scheme(), result):
        group = result.group("estimate", one.id)
        assert sum(_signed(words) for words in one.why) == _near(group.subsidy_fen.mean - one.subsidy_fen)


def _signed(words: str) -> int:
    """The effect a sentence names, in hundredths of 万元: '…：少 45.37 万元。' → -4537."""
    effect = words.rpartition("：")[2]
    if effect == "没有差别。":
        return 0
    amount = int(effect.split()[1].replace(".", "").replace(",", ""))
    return amount if effect.startswith("多") else -amount


class _near(int):  # noqa: N801  reads as a word in a comparison
    """Hundredths of 万元 within the roundings of four sentences."""

    def __new__(cls, fen: int) -> "_near":
        return super().__new__(cls, round(fen / 10_000))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and abs(int(self) - int(other)) <= 2

    __hash__ = int.__hash__


def test_nobody_came():
    result = run(question({"D": 500}))
    why = {one.id: one.why for one in forecast_words.compare(scheme(), result)}
    assert why["abc"] == ("预测中没有企业选择这些方案，扶持资金比政策少 490.00 万元。",)


def test_when_a_pool_runs_out_in_words():
    pool = {"title": "甲", "fund_fen": 100_000_000, "percent_out": "42.2%"}
    said = runs_out(SimpleNamespace(**pool, out=422, typical=date(2019, 12, 21)))  # type: ignore[arg-type]
    assert said == "甲 100.00 万元：42.2% 的模拟中用完，用完的通常在 2019-12-21 前后。"
    never = runs_out(SimpleNamespace(**pool, out=0, typical=None))  # type: ignore[arg-type]
    assert never == "甲 100.00 万元：各次模拟中都没有用完。"


def test_a_pool_without_a_sum_is_not_said_to_run_out():
    assert len(in_short(run(question(funds=funds(None, None))))) == 1


def test_the_fan_draws_whole_yuan_of_runs_and_the_fund():
    result = run(question(funds=funds(450_000_000, 50_000_000)))
    options = fan(result, result.pools[0])
    drawn = {line["name"]: line["data"] for line in options["series"]}
    assert drawn["中位数（元）"] == [fen // 100 for fen in result.pools[0].fan[2]]
    assert drawn["资金（元）"] == [4_500_000] * len(result.weeks)
    assert [title for title, *_ in fans(result)] == [one.title for one in result.pools]


def test_the_workbook_holds_the_question_the_answer_and_the_comparison():
    asked = question()
    result = run(asked)
    story = tell(scheme(), asked, result)
    book = sheets(story, result)
    assert list(book) == ["参数", "结果", "资金使用", "资金用完", "与政策测算比较"]
    assert book["参数"][-1] == ("结果摘要", result.hash)
    assert len(book["资金使用"]) == len(result.weeks) + 1
    subsidy = next(row for row in book["结果"] if row[:2] == ("合计", "扶持资金（元）"))
    assert subsidy[4] == Decimal(result.group("all", "all").subsidy_fen.p50) / 100
    assert [heading for heading, _ in spreads(result)] == ["参保企业（家）", "保障出口额（万美元）", "扶持资金（万元）"]
