"""What stands beside the plans: exclusions, quotas, insurers and their money, the exchange rate, estimates."""

from tongbao.scheme.rules.checks.sections import Found, Sections, twice

NO_PLAN = ("没有名为“{id}”的方案", "检查方案编号")


def exclusive(s: Sections) -> Found:
    """Plans declared exclusive exist and stand once."""
    for i, exclusion in s.of("exclusive"):
        named = [(("exclusive", i, "plans", j), plan) for j, plan in enumerate(exclusion.plans)]
        yield from ((path, NO_PLAN[0].format(id=id), NO_PLAN[1]) for path, id in named if id not in s.ids("plans"))
        yield from twice(named, "方案“{id}”写了两次", "互斥的是不同的方案，每个只写一次")


def quotas(s: Sections) -> Found:
    """Quotas name plans and covered areas that exist."""
    covered = {area.id for _, area in s.of("areas") if area.covered}
    for i, quota in s.of("quotas"):
        for j, plan in enumerate(quota.plans):
            if plan not in s.ids("plans"):
                yield ("quotas", i, "plans", j), NO_PLAN[0].format(id=plan), NO_PLAN[1]
        for j, area in enumerate(quota.areas):
            if area not in s.ids("areas"):
                yield ("quotas", i, "areas", j), f"没有名为“{area}”的区域", "检查区域编号"
            elif s.whole("areas") and area not in covered:
                yield ("quotas", i, "areas", j), f"区域“{area}”不在覆盖范围内，不必限定家数", "检查区域编号"
        for key, names in (("plans", quota.plans), ("areas", quota.areas)):
            yield from twice(
                ((("quotas", i, key, j), name) for j, name in enumerate(names)), "“{id}”写了两次", "删去一个"
            )


def insurers(s: Sections) -> Found:
    """Exactly one insurer leads."""
    leads = [i for i, insurer in s.of("insurers") if insurer.lead]
    if s.of("insurers") and len(s.of("insurers")) == len(s.ids("insurers")) and len(leads) != 1:
        yield ("insurers",), f"牵头保险人应有且只有一家，现有 {len(leads)} 家", "只在一家写 lead: true"


def pools(s: Sections) -> Found:
    """Each insurer draws from exactly one pool: its own, or one that is declared."""
    draws: dict[str, str] = {one.id: "自有资金" for _, one in s.of("insurers") if one.fund_yuan is not None}
    for i, pool in s.of("pools"):
        for j, insurer in enumerate(pool.insurers):
            path = ("pools", i, "insurers", j)
            if insurer not in s.ids("insurers"):
                yield path, f"没有名为“{insurer}”的保险人", "先在 insurers 中列出"
            elif insurer in draws:
                yield path, f"保险人“{insurer}”已有{draws[insurer]}，不能再用“{pool.id}”", "每家保险人只从一处列支"
            draws.setdefault(insurer, f"“{pool.id}”")
    if not s.whole("pools"):
        return
    for i, one in s.of("insurers"):
        if one.id not in draws:
            yield ("insurers", i), f"保险人“{one.id}”没有资金来源", "写 fund_yuan，或列入 pools 中的一个"


def exchange(s: Sections) -> Found:
    """The reference exchange rate is a rate."""
    parameters = s.parts.get("parameters")
    if parameters is not None and not 0 < parameters.reference_rate.value < 1000:
        yield ("parameters", "reference_rate", "value"), "测算汇率应为正数", "写成 1 美元兑多少元，例如 7.0729"


def estimates(s: Sections) -> Found:
    """Estimates speak of plans that exist, and of no more firms than there are."""
    for i, estimate in s.of("estimates"):
        for j, plan in enumerate(estimate.plans):
            if plan not in s.ids("plans"):
                yield ("estimates", i, "plans", j), NO_PLAN[0].format(id=plan), NO_PLAN[1]
        if estimate.insured_firms > estimate.firms:
            yield (
                ("estimates", i, "insured_firms"),
                f"参保 {estimate.insured_firms} 家多于全部 {estimate.firms} 家",
                "检查两个家数",
            )
