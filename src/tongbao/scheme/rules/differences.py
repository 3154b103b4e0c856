"""What a new version changes, in plain words; and what a first version holds, in figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.values import TEN_THOUSAND, plain

NONE = "（无）"
SECTIONS = {
    "edition": "年度方案", "period": "保障期限", "clauses": "条款原文", "areas": "区域", "facts": "事实",
    "bands": "分档", "holes": "空档", "criteria": "参保条件", "priorities": "优先支持", "plans": "保障方案",
    "conditions": "附加条件", "payers": "付款方", "insurers": "保险人", "queue": "排队规则", "parameters": "参数",
    "thresholds": "条件所用数值", "imputation": "无出口记录企业的计费基数", "exclusive": "互斥方案", "pools": "资金池",
    "enrolment": "参保方式", "quotas": "名额", "limits": "赔偿限额", "band_rates": "分档费率",
    "band_caps": "分档扶持上限", "indemnity": "赔偿比例",
    "deadlines": "期限", "process": "投保流程", "services": "增值服务", "targets": "绩效目标", "estimates": "测算",
}  # fmt: skip
FIELDS = {
    "id": "编号", "code": "编号", "city": "城市", "year": "年度", "title": "名称", "name": "名称",
    "text": "内容", "authority": "主管部门", "nominal_policyholder": "名义投保人", "base_year": "基期年度",
    "effective_from": "生效日期", "from": "起（含）", "above": "高于", "to": "止（含）", "below": "低于",
    "covered": "是否覆盖", "type": "类型", "unit": "单位", "supplier": "提供方", "yes": "为“是”时的说法",
    "no": "为“否”时的说法", "fact": "依据的事实", "reason": "理由", "when": "条件",
    "if_unknown": "缺数据时的条件", "in_areas": "按区域判断", "in_bands": "按分档判断",
    "limit_usd": "最高赔偿限额", "rate": "费率", "minimum_usd": "最低保费", "payer": "付款方", "share": "比例",
    "short": "简称", "office": "承办机构", "lead": "是否牵头", "fund_yuan": "保费扶持资金", "order": "排序依据",
    "priority_orders": "优先支持作用于", "class_frozen_at": "优先类别的确定时点", "opens_at": "开始收件",
    "closes_on": "收件截止日", "waits_until": "候补到何时为止", "value": "取值",
    "plans": "涉及方案", "firms": "企业数", "exports_usd": "出口额", "uptake": "覆盖面",
    "insured_firms": "参保企业数", "insured_exports_usd": "承保出口额", "subsidy_yuan": "扶持资金",
    "signed": "可为负数", "part_of": "属于", "usd": "金额", "number": "数值", "starts": "承保起点", "rank": "优先次序",
    "flat_usd": "定额保费", "discount": "优惠幅度", "rate_is_ceiling": "费率为上限",
    "minimum_subsidy_yuan": "最低扶持金额",
    "cap_yuan": "每家企业上限", "payment": "拨付方式", "pay_by": "最迟拨付日", "basis": "限额口径",
    "times_premium": "保费倍数", "cap": "限额与赔偿比例的次序", "risk": "风险",
    "ratio": "赔偿比例", "at_least": "最低赔偿比例",
    "band": "分档", "insurers": "保险人", "mode": "方式", "areas": "适用区域", "at_most_usd": "最多按",
    "bands": "适用分档", "clause": "条款出处", "default": "是否平台取值", "note": "说明",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that two versions give differently: where in words, where in the file, before and after."""

    where: str
    path: str
    before: str
    after: str


def differences(before: Scheme, after: Scheme) -> tuple[Difference, ...]:
    """Everything that differs between two versions, in the order of the file; nothing only when their hashes agree."""
    return tuple(_changes(before.full_body(), after.full_body(), (), ()))


def summary(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """What a scheme holds, as (label, figures): to see at a glance that the right file was chosen."""
    funds = [pool.fund_yuan for pool in scheme.all_pools if pool.fund_yuan is not None]
    fund = f"{plain(sum(funds, Decimal(0)) / TEN_THOUSAND):,f} 万元" if funds else "以当年下达的额度为准"
    own = sum(_defaults(scheme.body()))
    return (
        ("保障期限", f"{scheme.period.first} 至 {scheme.period.last}"),
        ("区域", f"覆盖 {len(scheme.areas)} 个，共列 {len(scheme.all_areas)} 个"),
        ("出口规模", "、".join(band.title for group in scheme.bands for band in group.bands)),
        ("参保条件", f"{len(scheme.criteria)} 条"),
        ("优先支持", f"{len(scheme.priorities)} 项"),
        ("保障方案", f"{len(scheme.plans)} 个：{'、'.join(plan.title for plan in scheme.plans)}"),
        ("保险人", f"{len(scheme.insurers)} 家：{'、'.join(insurer.title for insurer in scheme.insurers)}"),
        ("保费扶持资金", fund),
        ("条款原文", f"{len(scheme.clauses)} 条"),
        ("平台取值", f"{own} 处（方案没有写明、由平台明确，各附理由）"),
    )


def _defaults(part: Any) -> Iterator[int]:
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _defaults(value)
    if isinstance(part, dict) and part.get("default") is True:
        yield 1


def _changes(before: Any, after: Any, words: tuple[str, ...], path: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = before or {}, after or {}
        for key in dict.fromkeys((*old, *new)):
            was, becomes = old.get(key), new.get(key)
            word = _word(key, becomes or was, top=not words)
            yield from _changes(was, becomes, (*words, word), (*path, key))
    elif _is_of_parts(before) or _is_of_parts(after):
        yield from _in_lists(before or [], after or [], words, path)
    elif (was := _text(before, path)) != (becomes := _text(after, path)):
        yield Difference(" › ".join(words), ".".join(path), was, becomes)


def _in_lists(
    before: Sequence[Any], after: Sequence[Any], words: tuple[str, ...], path: tuple[str, ...]
) -> Iterator[Difference]:
    old, new = _by_name(before), _by_name(after)
    for name in dict.fromkeys((*old, *new)):
        was, becomes = old.get(name), new.get(name)
        yield from _changes(was, becomes, (*words, _title(becomes or was, name)), (*path, name))
    kept = [[name for name in names if name in old and name in new] for names in (old, new)]
    if kept[0] != kept[1]:
        orders = ["、".join(_title(new[name], name) for name in names) for names in kept]
        yield Difference(" › ".join((*words, "排列次序")), ".".join(path), *orders)


def _by_name(parts: Sequence[Any]) -> dict[str, Any]:
    """The parts of a list by their id (or payer), or by place where there is none or it stands twice."""
    found: dict[str, Any] = {}
    for place, part in enumerate(parts, 1):
        name = str(part.get("id") or part.get("payer") or place)
        found[name if name not in found else f"{name}#{place}"] = part
    return found


def _title(part: Any, name: str) -> str:
    title = str(part.get("title") or part.get("name") or part.get("payer") or "")
    if not title:
        return f"第 {name} 项"
    return f"{name} {title}" if "text" in part and "clause" not in part else title  # clauses go by their numbers


def _is_of_parts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _word(key: str, value: Any, *, top: bool) -> str:
    if isinstance(value, dict) and "title" in value and not top:
        return str(value["title"])  # a parameter
    if _is_of_parts(value) and not top:
        return {"bands": "各档"}.get(key) or SECTIONS.get(key, key)
    return (SECTIONS if top else FIELDS).get(key, key)


def _text(value: Any, path: tuple[str, ...]) -> str:
    if value is None or value == "" or value == []:
        return NONE
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    unit = {"usd": " 美元", "yuan": " 元"}.get(path[-1].rpartition("_")[2])
    return f"{Decimal(value):,f}{unit}" if unit else str(value)
