"""What is kept beside an answer to be read by people: the question in words, the comparison with the policy."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from tongbao import money
from tongbao.scheme.rules import Scheme
from tongbao.studio.rules.forecast import RATE_UNIT, THOUSAND, Question, Range
from tongbao.studio.rules.forecast_result import QUANTILES, Group, PoolUse, Result, Spread
from tongbao.studio.rules.forecast_words import Comparison, compare, percent, total_words, wan

NEVER = "期内未用完"


class Story(BaseModel):
    """The words of a forecast, as they were when it was made: a draft may change later."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: tuple[tuple[str, str], ...]
    compared: tuple[Comparison, ...]
    total: str


def tell(scheme: Scheme, question: Question, result: Result) -> Story:
    """The question in words, and the answer beside the policy's own estimates."""
    return Story(
        asked=tuple(asked(scheme, question, result)),
        compared=tuple(compare(scheme, result)),
        total=total_words(scheme),
    )


def asked(scheme: Scheme, question: Question, result: Result) -> Iterator[tuple[str, str]]:
    """The question as pairs of label and words."""
    yield "企业范围", f"{question.source.label}：{result.market_firms:,} 家可以参保"
    for one in question.uptake:
        yield f"参保率：{scheme.band(one.band).title}，{scheme.plan(one.plan).title}", _shares(one.share)
    yield "各方案参保率", "同高同低" if question.together else "互不影响"
    rates = "、".join(f"{Decimal(end) / RATE_UNIT:f}" for end in _ends(question.rate))
    yield "汇率（最低、最可能、最高）", f"{rates}；{question.drift.label}"
    yield "收件期间", f"{question.opens} 至 {question.closes}，{question.arrival.label}"
    for share in question.insurers:
        yield f"选择{scheme.insurer(share.insurer).short}", percent(Decimal(share.share) / THOUSAND)
    for pool in scheme.all_pools:
        fund = question.fund_fen(pool.id)
        yield f"资金：{pool.title}", "不限" if fund is None else f"{money.text(fund)} 元"
    yield "模拟次数与随机种子", f"{question.runs:,} 次，种子 {question.seed}"


def in_short(result: Result) -> list[str]:
    """The answer in a few sentences: firms and money, and when each pool runs out."""
    (all_,) = result.of("all")
    firms, fen = all_.firms, all_.subsidy_fen
    told = (
        f"九成的模拟中，参保企业在 {firms.p5:,} 与 {firms.p95:,} 家之间，中位数 {firms.p50:,} 家；"
        f"扶持资金在 {wan(fen.p5)}与 {wan(fen.p95)}之间，中位数 {wan(fen.p50)}。"
    )
    return [told, *(runs_out(pool) for pool in result.pools if pool.fund_fen is not None)]


def runs_out(pool: PoolUse) -> str:
    """How likely a pool runs out in the window, and when."""
    fund = wan(pool.fund_fen or 0)
    if not pool.out:
        return (
            f"{pool.title} {fund}：各次模拟中都没有用完。" if not pool.typical else f"{pool.title} {fund}：很少用完。"
        )
    return f"{pool.title} {fund}：{pool.percent_out} 的模拟中用完，用完的通常在 {pool.typical} 前后。"


def spreads(result: Result) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Tables of spreads for a page: heading with its unit, then rows of title and figures as text."""
    groups = [*result.of("all"), *result.of("plan"), *result.of("insurer")]
    shown = (
        ("参保企业（家）", "firms", lambda value: f"{value:,}"),
        ("保障出口额（万美元）", "exports_cents", money.text_wan),
        ("扶持资金（万元）", "subsidy_fen", money.text_wan),
    )
    return [
        (heading, [(group.title, [words(one) for one in _figures(getattr(group, name))]) for group in groups])
        for heading, name, words in shown
    ]


def sheets(story: Story, result: Result) -> dict[str, list[Sequence[Any]]]:
    """The forecast as a workbook: sheet title → rows, the first of them the headings; money in yuan and dollars."""
    return {
        "参数": [("项目", "内容"), *story.asked, ("结果摘要", result.hash)],
        "结果": [_HEAD, *(row for group in result.groups for row in _rows(group))],
        "资金使用": list(_weeks(result)),
        "资金用完": [
            ("资金池", "资金（元）", "用完的模拟占比", *(f"{share}% 的模拟不晚于" for share in QUANTILES)),
            *(
                (
                    one.title,
                    _major(one.fund_fen),
                    one.percent_out,
                    *(day(at) for at in one.out_days),
                )
                for one in result.pools
            ),
        ],
        "与政策测算比较": [
            ("项目", "条款", "说明"),
            *((one.title, one.clause, words) for one in story.compared for words in (*one.policy, *one.why)),
        ],
    }


def day(at: date | None) -> str:
    """A day on which money ran out, or that it did not."""
    return f"{at:%Y-%m-%d}" if at else NEVER


_HEAD = ("项目", "指标", *(f"P{share}" for share in QUANTILES), "平均")
_MEASURES = (
    ("申请企业（家）", "wanted", 1),
    ("参保企业（家）", "firms", 1),
    ("保障出口额（美元）", "exports_cents", 100),
    ("所需扶持资金（元）", "wanted_fen", 100),
    ("扶持资金（元）", "subsidy_fen", 100),
    ("企业承担保费（元）", "own_fen", 100),
)


def _rows(group: Group) -> Iterator[Sequence[Any]]:
    for label, name, unit in _MEASURES:
        yield (group.title, label, *(_major(value, unit) for value in _figures(getattr(group, name))))


def _figures(spread: Spread) -> list[int]:
    return [spread.p5, spread.p25, spread.p50, spread.p75, spread.p95, spread.mean]


def _major(minor: int | None, unit: int = 100) -> Decimal | int | None:
    return minor if minor is None or unit == 1 else Decimal(minor) / unit


def _weeks(result: Result) -> Iterator[Sequence[Any]]:
    yield ("截至", *(f"{pool.title} P{share}（元）" for pool in result.pools for share in QUANTILES))
    for number, week in enumerate(result.weeks):
        yield (week, *(_major(line[number]) for pool in result.pools for line in pool.fan))


def _shares(range_: Range) -> str:
    return "、".join(percent(Decimal(end) / THOUSAND) for end in _ends(range_)) + "（最低、最可能、最高）"


def _ends(range_: Range) -> tuple[int, int, int]:
    return range_.low, range_.likely, range_.high
