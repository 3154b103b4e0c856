"""A decision in one plain sentence, and the scheme clause by clause, for people to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules import values
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.outcome import Outcome
from tongbao.scheme.rules.plan_words import in_words, wan_yuan
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.shapes import Clause, Threshold
from tongbao.scheme.rules.values import Cited
from tongbao.scheme.rules.wording import span, wan

WORDS = {
    "policy_year": "保单年度累计",
    "insurer": "由保险人确定",
    "return": "退回财政",
    "carry": "结转下年",
    "US": "美国",
    "latin_america": "拉美",
    "africa": "非洲",
    "middle_east": "中东",
    "eastern_europe": "东欧",
    "southeast_asia": "东南亚",
    "central_asia": "中亚",
}
PERCENTS = {"fx_buffer", "fx_tolerance"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision in one sentence; `tone` is ok, bad or warn."""

    tone: str
    headline: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing the scheme settles, and how the product reads it; `default` marks what the policy leaves open."""

    title: str
    text: str
    default: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A clause with everything in the scheme that cites it."""

    clause: Clause
    rows: tuple[Row, ...]


def verdict(outcome: Outcome) -> Verdict:
    """The answer first: may the firm join, may it not, or what must be known."""
    failed = [f"“{finding.title}”" for finding in outcome.findings if finding.met is False]
    open_ = [f"“{finding.title}”" for finding in outcome.findings if finding.met is None]
    if outcome.eligible:
        return Verdict("ok", "可以参保", f"全部条件都符合，{_plans(outcome)}。")
    if outcome.eligible is False:
        return Verdict("bad", "暂不能参保", f"有 {len(failed)} 项条件不符合：{'、'.join(failed)}。")
    return Verdict(
        "warn",
        "还不能确定",
        f"没有不符合的条件，还有 {len(open_)} 项要弄清楚：{'、'.join(open_)}。可以先提交申请，由审核核实。",
    )


def _plans(outcome: Outcome) -> str:
    if not outcome.offers:
        return "没有适用的方案，原因见下面" if outcome.not_offered else "还缺计费用的数据，暂时算不出保费"
    sure = "、".join(offer.title for offer in outcome.offers if offer.available)
    maybe = "、".join(offer.title for offer in outcome.offers if offer.available is None)
    parts = [f"可选{sure}" if sure else "", f"{maybe}还要看下面写明的条件" if maybe else ""]
    return "，".join(part for part in parts if part)


def chapters(scheme: Scheme) -> tuple[Chapter, ...]:
    """Every clause in the policy's order, with what cites it."""
    cited = list(_rows(scheme))
    return tuple(Chapter(clause, tuple(row for id, row in cited if id == clause.id)) for clause in scheme.clauses)


def _rows(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    period = scheme.period
    late = "，中途参保的自保单录入之日起" if period.starts == "issue" else ""
    yield period.clause, _row(period, "保障期限", f"{period.first} 至 {period.last}{late}")
    yield from _coverage(scheme)
    for plan in scheme.plans:
        yield plan.clause, _row(plan, plan.title, _plan(plan, scheme))
        for condition in plan.conditions:
            yield condition.clause, _row(condition, f"{plan.title}条件", condition.title)
    for insurer in scheme.insurers:
        fund = "" if insurer.fund_yuan is None else f"保费扶持资金 {wan_yuan(insurer.fund_yuan)}；"
        text = f"{fund}承办：{insurer.office}{'（牵头）' if insurer.lead else ''}"
        yield insurer.clause, _row(insurer, insurer.title, text)
    yield from _money(scheme)
    yield scheme.queue.clause, _row(scheme.queue, "排队", "按收到完整投保材料的时间排序；优先支持只影响候补的先后")
    yield from _window(scheme)
    for group in (scheme.parameters, scheme.deadlines):
        for name in type(group).model_fields:
            part = getattr(group, name)
            if part is None:
                continue
            days = " 个工作日" if group is scheme.deadlines else ""
            yield part.clause, _row(part, part.title, _text(name, part.value) + days)
    yield from _left_open(scheme)
    yield from _around(scheme)


def _window(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    """From when to when applications are received, where the edition says so."""
    queue = scheme.queue
    parts = [f"{queue.opens_at:%Y-%m-%d %H:%M} 起" if queue.opens_at else ""]
    parts += [f"{queue.closes_on} 止（含当日）" if queue.closes_on else ""]
    if any(parts):
        waits = "收件截止" if queue.waits_until == "receipt" else "保障期限届满"
        text = f"{'，'.join(part for part in parts if part)}；候补到{waits}为止"
        yield queue.clause, _row(queue, "收件时间", text)


def _left_open(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    """Parts told with the one they stand in: by themselves only where the policy leaves them open, with the reason."""
    head = scheme.edition
    parts: list[tuple[Cited, str, str]] = [(head, "主管部门、生效日", f"{head.authority}，{head.effective_from}")]
    parts += [(fact, fact.title, f"由{fact.supplier}提供") for fact in scheme.facts]
    for plan in scheme.plans:
        words = in_words(plan, scheme)
        parts += [(payer, f"{plan.title}的财政扶持", words.subsidy) for payer in plan.payers]
        parts += [(limit, f"{plan.title}的赔偿限额", words.limit) for limit in plan.limits]
        parts += [(ratio, f"{plan.title}的赔偿比例", words.indemnity) for ratio in plan.indemnity]
    yield from ((part.clause, _row(part, title, text)) for part, title, text in parts if part.default)


def _money(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    """Pools that are shared, who comes in, and how many."""
    for pool in scheme.pools:
        names = "、".join(scheme.insurer(id).title for id in pool.insurers)
        fund = "金额以当年预算为准" if pool.fund_yuan is None else wan_yuan(pool.fund_yuan)
        yield pool.clause, _row(pool, pool.title, f"{fund}；{names}共用")
    if scheme.imputation is not None:
        by = scheme.imputation
        text = f"基期没有出口记录的企业，保费按“{scheme.fact(by.fact).title}”计算，最多按 {wan(by.at_most_usd)}"
        yield by.clause, _row(by, by.title, text)
    if scheme.enrolment is not None:
        yield scheme.enrolment.clause, _row(scheme.enrolment, "参保方式", scheme.enrolment.title)
    for quota in scheme.quotas:
        scope = [scheme.plan(id).title for id in quota.plans] + [scheme.area_names[code] for code in quota.areas]
        yield quota.clause, _row(quota, quota.title, f"{'、'.join(scope) or '全部'}最多 {quota.firms:,} 家")
    for exclusion in scheme.exclusive:
        names = "、".join(scheme.plan(id).title for id in exclusion.plans)
        yield exclusion.clause, _row(exclusion, "互斥方案", f"{names}只能符合其中之一")


def _areas(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for area in scheme.all_areas:
        if area.reason:
            yield area.clause, _row(area, f"{area.name}{'' if area.covered else '不覆盖'}", area.reason)
    for covered, title in ((True, "覆盖区域"), (False, "绩效评估时作比较的区域")):
        areas = [area for area in scheme.all_areas if area.covered is covered and not area.reason]
        if areas:
            yield areas[0].clause, _row(areas[0], title, "、".join(area.name for area in areas))


def _coverage(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    yield from _areas(scheme)
    for group in scheme.bands:
        for band in group.bands:
            yield band.clause, _row(band, group.title, f"{band.title}：{span(band)}")
        for hole in group.holes:
            yield hole.clause, _row(hole, "不覆盖的一档", f"{span(hole)}：{hole.reason}")
    for criterion in scheme.criteria:
        if criterion.when:
            yield criterion.clause, _row(criterion, "参保条件", criterion.title)
    for ground in scheme.priorities:
        yield ground.clause, _row(ground, "优先支持", ground.title)
    for figure in scheme.thresholds:
        yield figure.clause, _row(figure, figure.title, _figure(figure))


def _around(scheme: Scheme) -> Iterator[tuple[str, Row]]:
    for step in (*scheme.process, *scheme.services):
        yield step.clause, _row(step, step.title, step.text)
    for target in scheme.targets:
        value = "" if target.value is None else f"{target.value:f} {target.unit}"
        yield target.clause, _row(target, target.title, value or "年度评估时对照检查")
    for estimate in scheme.estimates:
        text = (
            f"未投保企业 {estimate.firms:,} 家，按 {values.write_percent(estimate.uptake)} 覆盖面"
            f"约 {estimate.insured_firms} 家，承保出口额约 {wan(estimate.insured_exports_usd)}，"
            f"扶持资金约 {wan_yuan(estimate.subsidy_yuan)}"
        )
        yield estimate.clause, _row(estimate, f"方案自己的测算：{estimate.title}", text)


def _plan(plan: Plan, scheme: Scheme) -> str:
    words = in_words(plan, scheme)
    said = (
        ("适用 ", words.firms),
        ("最高赔偿限额 ", words.limit),
        ("费率 " if plan.flat_usd is None else "保费 ", words.premium),
        ("财政扶持 ", words.subsidy),
        ("", words.payment),
        ("赔偿比例 ", words.indemnity),
        ("单张保单最低保费 ", words.minimum),
    )
    return "，".join(label + text for label, text in said if text)


def _figure(threshold: Threshold) -> str:
    if threshold.share is not None:
        return values.write_percent(threshold.share)
    return wan(threshold.usd) if threshold.usd is not None else f"{threshold.value:f}"


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(WORDS.get(str(item), str(item)) for item in value)
    if isinstance(value, Decimal):
        return values.write_percent(value) if name in PERCENTS else f"{value:f}"
    return value.isoformat() if isinstance(value, date) else WORDS.get(str(value), str(value))


def _row(part: Cited, title: str, text: str) -> Row:
    return Row(title, text, part.default, part.note)
