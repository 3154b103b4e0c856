"""Lists of corrections and objections."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet

from tongbao.batch.rules import ImportState
from tongbao.registry.models import Correction, Dispute
from tongbao.registry.rules import CorrectionSubject, DisputeState
from tongbao.ui.tables import HouseFilterSet, HouseTable, LocalColumn, StatusColumn

CORRECTION_STATES = {
    ImportState.PREVIEWED.value: ("待批准", "progress"),
    ImportState.CONFIRMED.value: ("已生效", "ok"),
    ImportState.DISCARDED.value: ("未批准", "neutral"),
}
DISPUTE_TONES = {DisputeState.OPEN: "progress", DisputeState.UPHELD: "ok", DisputeState.DECLINED: "neutral"}


class CorrectionTable(HouseTable):
    """Corrections and where each stands."""

    exporter = tables.Column(verbose_name="企业", order_by="exporter__name")
    title = tables.Column(
        verbose_name="更正", accessor="source__file_name", linkify=("registry:correction", {"pk": tables.A("pk")})
    )
    state = StatusColumn(
        verbose_name="状态",
        tone=lambda state: CORRECTION_STATES[state][1],
        label=lambda state: CORRECTION_STATES[state][0],
    )
    entered_by = tables.Column(verbose_name="录入人", accessor="source__uploaded_by")
    entered_at = LocalColumn(verbose_name="录入时间", accessor="source__uploaded_at")
    decided_by = tables.Column(verbose_name="批准人", accessor="source__decided_by")

    class Meta(HouseTable.Meta):
        model = Correction
        fields: ClassVar = ("exporter", "title", "state", "reason", "entered_by", "entered_at", "decided_by")


class CorrectionFilter(HouseFilterSet):
    """By what is corrected and where it stands."""

    subject = django_filters.ChoiceFilter(label="内容", choices=CorrectionSubject.choices(), empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="状态",
        field_name="source__state",
        choices=[(state, label) for state, (label, _) in CORRECTION_STATES.items()],
        empty_label="全部",
    )

    class Meta:
        model = Correction
        fields: ClassVar = ["subject", "state"]


class DisputeTable(HouseTable):
    """Objections and where each stands."""

    exporter = tables.Column(verbose_name="企业", order_by="exporter__name")
    fact_title = tables.Column(linkify=("registry:dispute", {"pk": tables.A("pk")}))
    state = StatusColumn(tone=lambda state: DISPUTE_TONES[DisputeState(state)])
    raised_at = LocalColumn()
    answered_at = LocalColumn()

    class Meta(HouseTable.Meta):
        model = Dispute
        fields: ClassVar = ("exporter", "fact_title", "statement", "state", "raised_at", "answered_by", "answered_at")


class DisputeFilter(HouseFilterSet):
    """By where it stands, and by firm."""

    q = django_filters.CharFilter(label="企业名称", method="search")
    state = django_filters.ChoiceFilter(label="状态", choices=DisputeState.choices(), empty_label="全部")

    class Meta:
        model = Dispute
        fields: ClassVar = ["q", "state"]

    def search(self, found: QuerySet[Dispute], name: str, text: str) -> QuerySet[Dispute]:
        """Anywhere in the firm's name."""
        return found.filter(exporter__name__icontains=text.strip())
