"""Columns of the audit log and of the verifications."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from tongbao.audit.models import Record, Verification
from tongbao.audit.rules import VerificationState
from tongbao.desk import permissions, rules
from tongbao.ui.tables import CaseColumn, HouseTable, LocalColumn, StatusColumn

TONES = {VerificationState.WHOLE: "ok", VerificationState.FAULTY: "bad", VerificationState.UNFINISHED: "warn"}
AMOUNT = {"td": {"class": "amount"}, "th": {"class": "amount"}}


class LogTable(HouseTable):
    """One act a line."""

    number = tables.Column(verbose_name="序号")
    at = LocalColumn(verbose_name="时间")
    actor_name = tables.Column(verbose_name="操作人", attrs={"td": {"class": "text-nowrap"}})
    actor_body = tables.Column(verbose_name="单位", default="—")
    verb = tables.Column(verbose_name="做了什么")
    reference = CaseColumn(verbose_name="业务编号", default="—")
    subject_type = tables.Column(verbose_name="对象", orderable=False)
    hash = tables.Column(verbose_name="摘要", orderable=False)

    class Meta(HouseTable.Meta):
        model = Record
        fields = ("number", "at", "actor_name", "actor_body", "verb", "reference", "subject_type", "hash")
        sequence = fields
        order_by: ClassVar = ("-number",)

    def render_number(self, value: int) -> str:
        """A link to the record."""
        return format_html('<a href="{}">{}</a>', reverse("desk:record", args=[value]), value)

    def render_verb(self, value: str) -> str:
        """The sentence of a verb."""
        return rules.sentence(value)

    def render_reference(self, value: str) -> Any:
        """A link when it names an application and the reader may open it, else its plain text."""
        opens = rules.is_case(value) and permissions.can_open_cases(self.request.user)
        return CaseColumn().render(value) if opens else value

    def render_subject_type(self, value: str, record: Record) -> str:
        """What kind of thing, and which."""
        return f"{rules.thing(value)} {record.subject_id}"

    def render_hash(self, value: str) -> str:
        """The beginning of the hash; whole on hover and in the workbook."""
        return format_html('<code title="{}">{}…</code>', value, value[:10])

    def value_hash(self, value: str) -> str:
        """The whole hash."""
        return value


def tone(state: str) -> str:
    """The tone of a verification's state."""
    return TONES.get(VerificationState(state), "progress")


class VerificationTable(HouseTable):
    """One verification a line."""

    id = tables.Column(verbose_name="编号")
    asked_at = LocalColumn(verbose_name="要求时间")
    asked_by_name = tables.Column(verbose_name="要求人")
    state = StatusColumn(verbose_name="结果", tone=tone)
    fault_count = tables.Column(verbose_name="不符（处）", orderable=False, attrs=AMOUNT)
    head_number = tables.Column(verbose_name="开始时的链尾", attrs=AMOUNT)
    ended_at = LocalColumn(verbose_name="结束时间", default="—")

    class Meta(HouseTable.Meta):
        model = Verification
        fields = ("id", "asked_at", "asked_by_name", "state", "fault_count", "head_number", "ended_at")
        sequence = fields
        empty_text = "还没有校验过。"

    def render_id(self, value: int) -> str:
        """A link to the result."""
        return format_html('<a href="{}">第 {} 次</a>', reverse("desk:verification", args=[value]), value)

    def value_id(self, value: int) -> int:
        """The number."""
        return value

    def render_head_number(self, value: int) -> str:
        """The newest record when it began."""
        return f"第 {value:,} 条" if value else "—"

    def value_head_number(self, value: int) -> int:
        """Its number."""
        return value
