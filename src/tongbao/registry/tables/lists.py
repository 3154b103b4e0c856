"""The register's lists: which columns, which filters."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from tongbao.accounts.models import Area
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.registry import queries
from tongbao.registry.models import CoverInquiry, Designation, Exporter
from tongbao.registry.rules import NEED_SECOND_PERSON, DesignationKind
from tongbao.ui.tables import (
    DayColumn,
    HouseFilterSet,
    HouseTable,
    LocalColumn,
    StatusColumn,
    WanUsdColumn,
)

RIGHT = {"td": {"class": "amount"}, "th": {"class": "amount"}}
STATE_TONES = {ImportState.PREVIEWED: "progress", ImportState.CONFIRMED: "ok", ImportState.DISCARDED: "neutral"}


def percent(part: int | None, whole: int | None) -> str:
    """A share for the eye, one decimal: '37.5%'; a dash when there is nothing to divide."""
    if part is None or not whole:
        return "—"
    return f"{(Decimal(part) * 100 / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def exporter_table(base_year: int) -> type[HouseTable]:
    """The list of exporters with the figures of an edition's base year and the year before."""

    class ExporterTable(HouseTable):
        name = tables.Column(linkify=("registry:exporter", {"pk": tables.A("pk")}))
        area = tables.Column(order_by="area__order")
        base_cents = WanUsdColumn(verbose_name=f"{base_year}年出口额")
        prior_cents = WanUsdColumn(verbose_name=f"{base_year - 1}年出口额")
        us_share = tables.Column(verbose_name="对美占比", empty_values=(), orderable=False, attrs=RIGHT)
        emerging_share = tables.Column(verbose_name="新兴市场占比", empty_values=(), orderable=False, attrs=RIGHT)
        lists = tables.Column(verbose_name="名单认定", empty_values=(), orderable=False)

        class Meta(HouseTable.Meta):
            model = Exporter
            fields: ClassVar = (
                "name",
                "code",
                "area",
                "base_cents",
                "prior_cents",
                "us_share",
                "emerging_share",
                "lists",
            )

        def render_us_share(self, record: Any) -> str:
            return percent(record.us_cents, record.base_cents)

        def render_emerging_share(self, record: Any) -> str:
            return percent(record.emerging_cents, record.base_cents)

        def render_lists(self, record: Any) -> str:
            kinds = {one.kind for one in record.designations.all()}
            return "、".join(SHORT[kind] for kind in DesignationKind if kind in kinds) or "—"

    return ExporterTable


SHORT = {
    DesignationKind.POLICY_DIRECTION: "政策导向",
    DesignationKind.BASE_KEY_FIRM: "基地骨干",
    DesignationKind.FAMOUS_BRAND: "知名品牌",
    DesignationKind.PILOT_FIRM: "试点企业",
    DesignationKind.KEY_FAIR_EXHIBITOR: "重点展会",
}


class ExporterFilter(HouseFilterSet):
    """By text, area, band and list."""

    q = django_filters.CharFilter(label="名称、代码或拼音首字母", method="search")
    area = django_filters.ModelChoiceFilter(label="区域", queryset=Area.objects.all(), empty_label="全部")
    band = django_filters.ChoiceFilter(
        label="出口额", choices=queries.band_choices, method="by_band", empty_label="全部"
    )
    listed = django_filters.ChoiceFilter(
        label="名单", choices=DesignationKind.choices(), method="by_list", empty_label="全部"
    )

    class Meta:
        model = Exporter
        fields: ClassVar = ["q", "area", "band", "listed"]

    def search(self, firms: QuerySet[Exporter], name: str, text: str) -> QuerySet[Exporter]:
        """Anywhere in the name, or the beginning of the code or of the initials."""
        typed = text.strip()
        where = Q(name__icontains=typed) | Q(code__istartswith=typed) | Q(name_initials__istartswith=typed.lower())
        return firms.filter(where)

    def by_band(self, firms: QuerySet[Exporter], name: str, band: str) -> QuerySet[Exporter]:
        """By the base year's exports."""
        return queries.in_band(firms, band)

    def by_list(self, firms: QuerySet[Exporter], name: str, kind: str) -> QuerySet[Exporter]:
        """Firms on a list, whatever its days."""
        return firms.filter(designations__kind=kind).distinct()


class ImportTable(HouseTable):
    """Imports with where they stand."""

    file_name = tables.Column(linkify=("registry:import", {"pk": tables.A("pk")}))
    uploaded_at = LocalColumn()
    state = StatusColumn(tone=lambda state: STATE_TONES.get(state, "neutral"))

    class Meta(HouseTable.Meta):
        model = Import
        fields: ClassVar = ("file_name", "state", "row_count", "faulty_row_count", "uploaded_by", "uploaded_at")


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
