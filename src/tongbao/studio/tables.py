"""The studio's lists: drafts, and firms under two sets of terms."""

from typing import ClassVar

import django_tables2 as tables
from django.utils.html import format_html

from tongbao.studio import queries, rules
from tongbao.studio.models import Draft
from tongbao.studio.rules import TONES, TURN_TONES, DraftState
from tongbao.ui.tables import FenColumn, HouseTable, LocalColumn, StatusColumn
from tongbao.ui.templatetags import ui

WHOLE = {"td": {"class": "no-break"}}


class DraftTable(HouseTable):
    """Drafts, the one changed last first."""

    caption = "方案草案"
    title = tables.Column(linkify=("studio:draft", {"code": tables.A("code")}))
    based_on = tables.Column(orderable=False)
    state = StatusColumn(tone=lambda state: TONES[DraftState(state)])
    faults = tables.Column(verbose_name="检查", orderable=False, empty_values=())
    updated_at = LocalColumn()

    class Meta(HouseTable.Meta):
        model = Draft
        empty_text = "还没有草案。"
        fields: ClassVar = ("title", "state", "based_on", "faults", "revision", "author", "updated_at")

    def render_based_on(self, record: Draft) -> str:
        """The edition and its version."""
        return f"{record.based_on.edition.code} 第 {record.based_on.version} 版"

    def render_faults(self, record: Draft) -> str:
        """Whether the text can be loaded."""
        return f"有 {len(record.faults)} 处问题" if record.faults else "没有问题"


class FirmsTable(HouseTable):
    """Firms whose lot changes; in a workbook each figure has a column of its own."""

    name = tables.Column(verbose_name="企业", accessor="change__firm__name")
    code = tables.Column(verbose_name="统一社会信用代码", accessor="change__firm__code", visible=False)
    area = tables.Column(verbose_name="区域", visible=False)
    turn = tables.Column(verbose_name="变化", accessor="change__turn")
    plans = tables.Column(
        verbose_name="方案", accessor="change", orderable=False, exclude_from_export=True, attrs=WHOLE
    )
    before = tables.Column(verbose_name="原方案", accessor="change__before__plan", visible=False)
    after = tables.Column(verbose_name="新方案", accessor="change__after__plan", visible=False)
    own_before = FenColumn(verbose_name="原自担（元）", accessor="change__before__own_fen", visible=False)
    own_after = FenColumn(verbose_name="新自担（元）", accessor="change__after__own_fen", visible=False)
    subsidy = FenColumn(verbose_name="财政扶持变化", accessor="change__subsidy_change_fen")
    why = tables.Column(verbose_name="原因", orderable=False, empty_values=(), attrs={"td": {"class": "why"}})

    class Meta(HouseTable.Meta):
        empty_text = "没有受影响的企业。"

    def render_name(self, value: str, record: queries.Row) -> str:
        """With code and area below; in a workbook they have columns of their own."""
        return format_html('{}<div class="field-hint">{} · {}</div>', value, record.change.firm.code, record.area)

    def value_name(self, value: str) -> str:
        """In a workbook."""
        return value

    def render_turn(self, record: queries.Row) -> str:
        """As a badge."""
        return ui.status(record.change.turn.label, TURN_TONES[record.change.turn])

    def value_turn(self, record: queries.Row) -> str:
        """In a workbook."""
        return record.change.turn.label

    def render_subsidy(self, record: queries.Row) -> str:
        """With its sign."""
        return rules.signed_yuan(record.change.subsidy_change_fen)

    def render_plans(self, record: queries.Row) -> str:
        """Before and after, once when they are the same."""
        before, after = (quote.plan if quote else "无" for quote in (record.change.before, record.change.after))
        return before if before == after else f"{before} → {after}"
