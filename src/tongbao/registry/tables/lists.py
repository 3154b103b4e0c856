"""The register's lists: which columns, which filters."""

from typing import ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.registry.models import CoverInquiry, Designation
from tongbao.registry.rules import NEED_SECOND_PERSON, TABLES, DesignationKind
from tongbao.ui.tables import (
    DayColumn,
    HouseFilterSet,
    HouseTable,
    LocalColumn,
    StatusColumn,
)

STATE_TONES = {
    ImportState.UPLOADED: "progress",
    ImportState.READING: "progress",
    ImportState.FAILED: "bad",
    ImportState.PREVIEWED: "warn",
    ImportState.CONFIRMED: "ok",
    ImportState.DISCARDED: "neutral",
    ImportState.UNDONE: "neutral",
}


class ImportTable(HouseTable):
    """Imports with where they stand."""

    file_name = tables.Column(linkify=("registry:import", {"pk": tables.A("pk")}))
    kind = tables.Column()
    uploaded_at = LocalColumn()
    state = StatusColumn(tone=lambda state: STATE_TONES.get(state, "neutral"))

    class Meta(HouseTable.Meta):
        model = Import
        fields: ClassVar = ("file_name", "kind", "state", "row_count", "faulty_row_count", "uploaded_by", "uploaded_at")

    def render_kind(self, value: str) -> str:
        """What the list is about."""
        return TABLES[value].kind.title

    value_kind = render_kind


class ImportFilter(HouseFilterSet):
    """By what the list is about and where it stands."""

    kind = django_filters.ChoiceFilter(
        label="内容", choices=[(id, table.kind.title) for id, table in TABLES.items()], empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=ImportState.choices(), empty_label="全部")

    class Meta:
        model = Import
        fields: ClassVar = ["kind", "state"]


class DesignationTable(HouseTable):
    """Places on lists, and whether they count."""

    exporter = tables.Column(
        verbose_name="企业", order_by="exporter__name", linkify=("registry:exporter", {"pk": tables.A("exporter_id")})
    )
    valid_from = DayColumn()
    valid_to = DayColumn()
    confirmed_by = tables.Column(verbose_name="状态", empty_values=())

    class Meta(HouseTable.Meta):
        model = Designation
        fields: ClassVar = (
            "exporter",
            "kind",
            "document_number",
            "valid_from",
            "valid_to",
            "entered_by",
            "confirmed_by",
        )

    def render_confirmed_by(self, record: Designation) -> str:
        """Who stands for it beside the one who entered it."""
        return counts(record)


def counts(designation: Designation) -> str:
    """Whether an entry counts, in words."""
    if designation.confirmed_by_id is not None:
        return f"已由{designation.confirmed_by}确认"
    return "待第二人确认" if designation.kind in NEED_SECOND_PERSON else "有效"


class DesignationFilter(HouseFilterSet):
    """By list, and those that wait for a second person."""

    kind = django_filters.ChoiceFilter(label="名单", choices=DesignationKind.choices(), empty_label="全部")
    waiting = django_filters.ChoiceFilter(
        label="状态", choices=[("1", "待第二人确认")], method="by_waiting", empty_label="全部"
    )

    class Meta:
        model = Designation
        fields: ClassVar = ["kind", "waiting"]

    def by_waiting(self, listed: QuerySet[Designation], name: str, value: str) -> QuerySet[Designation]:
        """Entries that do not count yet."""
        return listed.filter(kind__in=NEED_SECOND_PERSON, confirmed_by=None)


class InquiryTable(HouseTable):
    """What an insurer was asked."""

    exporter = tables.Column(verbose_name="企业", order_by="exporter__name")
    code = tables.Column(verbose_name="统一社会信用代码", accessor="exporter__code")
    area = tables.Column(verbose_name="工商注册地", accessor="exporter__area__name")
    asked_at = LocalColumn()
    insured = tables.Column(verbose_name="答复", empty_values=())
    answered_by = tables.Column(verbose_name="答复人")
    answered_at = LocalColumn()

    class Meta(HouseTable.Meta):
        model = CoverInquiry
        fields: ClassVar = ("exporter", "code", "area", "asked_at", "insured", "note", "answered_by", "answered_at")

    def render_insured(self, record: CoverInquiry) -> str:
        """The answer, or the way to give it."""
        if record.insured is None:
            address = reverse("registry:answer", args=[record.pk])
            return format_html('<a class="btn btn-primary" href="{}">答复</a>', address)
        return "已投保" if record.insured else "未投保"

    def value_insured(self, record: CoverInquiry) -> str:
        """In a workbook."""
        return {None: "待答复", True: "已投保", False: "未投保"}[record.insured]


class InquiryFilter(HouseFilterSet):
    """By text, and open or answered."""

    q = django_filters.CharFilter(label="企业名称或代码", method="search")
    state = django_filters.ChoiceFilter(
        label="状态", choices=[("open", "待答复"), ("answered", "已答复")], method="by_state", empty_label="全部"
    )

    class Meta:
        model = CoverInquiry
        fields: ClassVar = ["q", "state"]

    def search(self, asked: QuerySet[CoverInquiry], name: str, text: str) -> QuerySet[CoverInquiry]:
        """Anywhere in the name or the beginning of the code."""
        typed = text.strip()
        return asked.filter(Q(exporter__name__icontains=typed) | Q(exporter__code__istartswith=typed))

    def by_state(self, asked: QuerySet[CoverInquiry], name: str, state: str) -> QuerySet[CoverInquiry]:
        """Open or answered."""
        return asked.filter(insured__isnull=state == "open")
