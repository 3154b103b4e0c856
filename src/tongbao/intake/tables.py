"""The list of applications as staff see it."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from tongbao.accounts.models import Area, Organisation
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.intake import rules
from tongbao.intake.models import Application
from tongbao.ui.tables import CaseColumn, FenColumn, HouseFilterSet, HouseTable, LocalColumn, StatusColumn

PLANS = [(letter, f"方案{letter}") for letter in "ABCD"]
_REVIEWS = {Role.DISTRICT_OFFICER: rules.State.FIRST_REVIEW, Role.CITY_OFFICER: rules.State.SECOND_REVIEW}


class ApplicationTable(HouseTable):
    """Applications with their place in the order of receipt."""

    queue_number = tables.Column(
        "排队序号", accessor="reservation__queue_number", attrs={"td": {"class": "amount"}, "th": {"class": "amount"}}
    )
    reference = CaseColumn()
    exporter = tables.Column("企业", order_by="exporter__name")
    area = tables.Column("区域", order_by="area__order")
    insurer = tables.Column(order_by="insurer__name")
    amount = FenColumn(verbose_name="预占扶持", accessor="reservation__amount_fen")
    submitted_at = LocalColumn(verbose_name="收件时间")
    state = StatusColumn(tone=lambda state: rules.TONES[rules.State(state)])
    todo = tables.Column("办理", accessor="pk", orderable=False, exclude_from_export=True)

    class Meta(HouseTable.Meta):
        model = Application
        order_by = "-submitted_at"
        fields: ClassVar = (
            "queue_number",
            "reference",
            "exporter",
            "area",
            "plan",
            "insurer",
            "amount",
            "submitted_at",
            "state",
            "todo",
        )

    def render_todo(self, record: Application) -> str:
        """A link to the review that waits for this person's role."""
        user = self.request.user
        if _REVIEWS.get(user.role) != record.state:
            return "—"
        url = reverse("intake:review", args=[record.reference])
        return format_html(
            '<a class="btn btn-small" href="{}">审核<span class="visually-hidden"> {}</span></a>', url, record.reference
        )


class ApplicationFilter(HouseFilterSet):
    """By firm, state, area, insurer and plan."""

    q = django_filters.CharFilter(label="企业、代码或申请编号", method="search")
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[choice for choice in rules.State.choices() if choice[0] != rules.State.DRAFT],
        empty_label="全部",
    )
    area = django_filters.ModelChoiceFilter(label="区域", queryset=Area.objects.all(), empty_label="全部")
    insurer = django_filters.ModelChoiceFilter(
        label="保险人", queryset=Organisation.objects.filter(kind=OrganisationKind.INSURER), empty_label="全部"
    )
    plan = django_filters.ChoiceFilter(label="方案", choices=PLANS, empty_label="全部")

    class Meta:
        model = Application
        fields: ClassVar = ["q", "state", "area", "insurer", "plan"]

    def search(self, found: QuerySet[Application], name: str, text: Any) -> QuerySet[Application]:
        """Anywhere in the firm's name, its code or initials, or the reference."""
        text = str(text).strip()
        where = Q(exporter__name__icontains=text) | Q(exporter__code__icontains=text)
        return found.filter(
            where | Q(reference__icontains=text) | Q(exporter__name_initials__istartswith=text.replace(" ", ""))
        )
