"""What plans pay out: limits and insured percentages."""

from tongbao.scheme.rules.checks.sections import Found, Sections, twice
from tongbao.scheme.rules.plans import Plan
from tongbao.scheme.rules.source import Path

BASES = {"policy_year": "保单年度", "buyer": "单一买方", "claim": "单次赔付"}
RISKS = {"any": "各类风险", "commercial": "商业风险", "political": "政治风险"}


def limits(s: Sections) -> Found:
    """Limits are above nothing; each kind stands once; none for a part lies above that of the year."""
    for i, plan in s.of("plans"):
        if plan.limit_usd is not None and plan.limit_usd <= 0:
            yield ("plans", i, "limit_usd"), f"方案 {plan.id} 的最高赔偿限额应大于 0", "例如 limit_usd: 10万"
        for j, limit in enumerate(plan.limits):
            for key in ("usd", "times_premium"):
                value = getattr(limit, key)
                if value is not None and value <= 0:
                    yield ("plans", i, "limits", j, key), f"方案 {plan.id} 的赔偿限额应大于 0", "没有这项限额的删去"
        yield from twice(_kinds(i, plan), f"方案 {plan.id} 的{{id}}写了两次", "同一口径只写一个，取最小的")
        yield from _never_least(i, plan)


def _kinds(i: int, plan: Plan) -> list[tuple[Path, str]]:
    short = [(("plans", i, "limit_usd"), f"{BASES['policy_year']}限额（金额）")] if plan.limit_usd is not None else []
    return short + [
        (("plans", i, "limits", j), f"{BASES[one.basis]}限额（{'金额' if one.usd is not None else '保费倍数'}）")
        for j, one in enumerate(plan.limits)
    ]


def _never_least(i: int, plan: Plan) -> Found:
    """A limit for one buyer or claim that is above the year's can never be the one that counts."""
    for j, limit in enumerate(plan.limits):
        yearly = [
            other.usd
            for other in plan.all_limits
            if other.basis == "policy_year" and other.usd is not None and other.cap == limit.cap
        ]
        if limit.basis != "policy_year" and limit.usd is not None and yearly and limit.usd > min(yearly):
            sentence = f"方案 {plan.id} 的{BASES[limit.basis]}限额 {limit.usd} 美元高于保单年度限额 {min(yearly)} 美元"
            yield ("plans", i, "limits", j, "usd"), sentence, "检查两个限额"


def ratios(s: Sections) -> Found:
    """One insured percentage for each risk, between 0 and 100 %; one for any risk stands alone."""
    for i, plan in s.of("plans"):
        named = [(("plans", i, "indemnity", j, "risk"), RISKS[one.risk]) for j, one in enumerate(plan.indemnity)]
        yield from twice(named, f"方案 {plan.id} 的{{id}}写了两个赔偿比例", "每类风险只写一个")
        for j, one in enumerate(plan.indemnity):
            path: Path = ("plans", i, "indemnity", j)
            if one.risk == "any" and len({other.risk for other in plan.indemnity}) > 1:
                yield (*path, "risk"), f"方案 {plan.id} 已写各类风险的赔偿比例，又另写了一类", "只写 any，或逐类写明"
            for key in ("ratio", "at_least"):
                share = getattr(one, key)
                if share is not None and not 0 < share <= 1:
                    yield (*path, key), f"方案 {plan.id} 的赔偿比例应大于 0、不超过 100%", "例如 80%"
