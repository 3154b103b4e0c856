"""How an act of the log reads: a sentence for each verb, words for its facts, and what outsiders are told."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tongbao import money
from tongbao.desk.rules.verbs import OUTWARD, SENTENCES

THINGS = {
    "accounts.user": "人员",
    "accounts.organisation": "单位",
    "accounts.area": "区域",
    "audit.verification": "校验",
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
    "registry.coverinquiry": "投保情况核查",
    "funds.pool": "资金池",
    "funds.reservation": "资金预占",
    "funds.allotment": "资金额度",
    "funds.booking": "资金业务",
    "funds.prepayment": "预付拨付",
    "funds.exchangerate": "汇率",
    "funds.parity": "中间价",
    "funds.monthclose": "月结",
    "funds.insurerstatement": "保险人对账单",
    "intake.application": "申请",
    "policies.policy": "保单",
    "policies.excludedcountries": "不予承保国别",
}
LABELS = {
    "verdict": "结论",
    "reason": "原因",
    "why": "原因",
    "return_kind": "退回类型",
    "plan": "方案",
    "fallback": "备选方案",
    "insurer": "保险人",
    "queue_number": "排队序号",
    "received_at": "收件时间",
    "priority_class": "优先级",
    "amount_fen": "金额",
    "before_fen": "原金额",
    "reserved_fen": "预占金额",
    "shortfall_fen": "缺口",
    "premium_cents": "保费（美元）",
    "premium_fen": "保费",
    "subsidy_fen": "财政扶持",
    "exporter_share_fen": "企业承担保费",
    "number": "保单号",
    "rate": "汇率",
    "against": "对照",
    "before": "原数字",
    "day": "日期",
    "source": "来源",
    "month": "月份",
    "entry_date": "录入日期",
    "side": "申请方",
    "last_day": "最后保障日",
    "fund_fen": "退回资金池",
    "firm_fen": "应退企业",
    "paid_on": "缴费日期",
    "voucher": "凭证号",
    "document": "文件",
    "kind": "类别",
    "file": "文件名",
    "rows": "行数",
    "entries": "分录数",
    "faults": "错误数",
    "eligible": "是否符合",
    "countries": "国别",
    "valid_from": "生效日期",
    "year": "年份",
    "insured": "已投保",
    "state": "状态",
    "version": "版本",
    "check": "核对项目",
    "looked_at": "核对数量",
    "head": "链尾",
    "published": "公布过的链尾",
    "attempt": "第几次",
}
WORDS = {
    ("verdict", "approve"): "通过",
    ("verdict", "return"): "退回",
    ("verdict", "reject"): "不予支持",
    ("return_kind", "clarification"): "退回说明（保留序号）",
    ("return_kind", "correction"): "退回补正（按重新提交时间排队）",
    ("reason", "outside_area"): "工商注册地不在覆盖区域（二(一)）",
    ("reason", "outside_band"): "上年出口额不在覆盖区间（二(一)）",
    ("reason", "already_insured"): "已投保出口信用保险（二(一)）",
    ("reason", "papers_false"): "申报材料不实（三②）",
    ("reason", "not_exporter"): "不具备出口经营资格（二(一)）",
    ("reason", "other"): "其他",
    ("priority_class", "0"): "具备优先条件",
    ("priority_class", "1"): "按序号",
    ("state", "waiting"): "候补",
    ("state", "reserved"): "已预占",
    ("state", "held"): "待补足",
    ("state", "charged"): "已列支",
    ("state", "released"): "已释放",
    ("state", "surrendered"): "已让号",
    ("state", "submitted"): "已收件待资金",
    ("state", "first_review"): "区级初审",
    ("state", "second_review"): "市级复审",
    ("state", "approved"): "待承保",
    ("state", "issued"): "已出单",
    ("state", "returned"): "退回",
    ("state", "rejected"): "不予支持",
    ("state", "whole"): "没有发现不符",
    ("state", "faulty"): "发现不符",
    ("state", "unfinished"): "没有做完",
    ("kind", "form"): "盖章申请表",
    ("kind", "licence"): "营业执照",
    ("kind", "answer"): "补充材料",
    ("kind", "intake.form"): "盖章申请表",
    ("kind", "intake.licence"): "营业执照",
    ("kind", "intake.proof"): "出口经营资格证明",
    ("kind", "intake.answer"): "补充材料",
    ("kind", "fund_voucher"): "拨付凭证或下达文件",
    ("kind", "certificate"): "保险凭证",
}
REFERENCE = re.compile(r"TB\d{4}-\d{6,}")  # as intake numbers applications
HUSHED = frozenset(
    {
        "sha256", "decision", "state", "pool", "document", "cancellation", "beneficiary", "exporter", "contact",
        "insurer", "received_at",
    }
)  # fmt: skip


def sentence(verb: str) -> str:
    """The sentence of a verb; a verb that a later version left out reads as itself."""
    return SENTENCES.get(verb, verb)


def is_outward(verb: str) -> bool:
    """Whether the firm and the insurer of the case are told of this act."""
    return verb in OUTWARD


def verb_choices() -> list[tuple[str, str]]:
    """Every verb with its sentence, for the filter of the log."""
    return sorted(SENTENCES.items())


def thing(subject_type: str) -> str:
    """What kind of thing a record is about."""
    return THINGS.get(subject_type, subject_type)


def is_case(reference: str) -> bool:
    """Whether a number in the log is an application's; others name firms or editions."""
    return REFERENCE.fullmatch(reference) is not None


def day_after(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)


def details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every fact of a record as label and text, those with a known label first."""
    known = [(LABELS[key], _text(key, detail[key])) for key in LABELS if _says_something(detail.get(key))]
    return known + [(key, _text(key, value)) for key, value in detail.items() if key not in LABELS]


def known_details(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts of a record that help to understand a case, in the order of LABELS."""
    keys = [key for key in LABELS if key not in HUSHED and _says_something(detail.get(key))]
    return [(LABELS[key], _text(key, detail[key])) for key in keys]


def _says_something(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if (key, str(value)) in WORDS:
        return WORDS[key, str(value)]
    if isinstance(value, int) and key.endswith("_fen"):
        return f"{money.text(value)} 元"
    if isinstance(value, int) and key.endswith("_cents"):
        return f"{money.text(value)} 美元"
    if isinstance(value, list):
        return "、".join(str(one) for one in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{LABELS.get(name, name)}：{_text(name, one)}" for name, one in value.items()) or "—"
    return "—" if value in (None, "") else str(value)
