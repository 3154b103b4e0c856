"""How an act reads in a sentence, and what may be told to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tongbao import money


@dataclass(frozen=True)
class Act:
    """One verb as it reads; `outward` acts are also told to the firm and the insurer of the case."""

    sentence: str
    outward: bool = False


ACTS: dict[str, Act] = {}

THINGS = {
    "accounts.user": "人员",
    "accounts.organisation": "单位",
    "accounts.area": "区域",
    "documents.document": "文件",
    "notify.message": "消息",
    "batch.import": "导入批次",
    "scheme.edition": "年度方案",
    "scheme.terms": "条款版本",
    "scheme.decision": "判定",
    "registry.exporter": "企业",
    "registry.designation": "名单认定",
    "registry.existingcover": "已有保险",
    "registry.completelist": "完整名单声明",
    "registry.coverinquiry": "投保情况询问",
    "funds.pool": "资金池",
    "funds.reservation": "资金预占",
    "funds.allotment": "资金额度",
    "funds.prepayment": "预付拨付",
    "funds.exchangerate": "汇率",
    "intake.application": "申请",
    "intake.paper": "申请材料",
    "intake.review": "审核",
    "intake.question": "补充问题",
    "policies.policy": "保单",
    "policies.excludedcountries": "不予承保国别",
}


def sentence(verb: str) -> str:
    """The sentence of a verb; a verb of a later version reads as itself."""
    act = ACTS.get(verb)
    return act.sentence if act else verb


def is_outward(verb: str) -> bool:
    """Whether the firm and the insurer of the case are told of this act."""
    act = ACTS.get(verb)
    return bool(act and act.outward)


def verb_choices() -> list[tuple[str, str]]:
    """Every verb with its sentence, for the filter of the log."""
    return sorted(((verb, act.sentence) for verb, act in ACTS.items()), key=lambda pair: pair[0])


def thing(subject_type: str) -> str:
    """What kind of thing a record is about."""
    return THINGS.get(subject_type, subject_type)


def day_after(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)


def details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts of a record as pairs of label and text, those with a known label first."""
    known = [(LABELS[key], _text(key, detail[key])) for key in LABELS if detail.get(key) not in (None, "", [], {})]
    return known + [(key, _text(key, value)) for key, value in detail.items() if key not in LABELS]


LABELS: dict[str, str] = {}


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if key.endswith("_fen") and isinstance(value, int):
        return f"{money.text(value)} 元"
    if key.endswith("_cents") and isinstance(value, int):
        return f"{money.text(value)} 美元"
    if isinstance(value, list):
        return "、".join(str(one) for one in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{name}：{_text(name, one)}" for name, one in value.items()) or "—"
    return "—" if value in (None, "") else str(value)
