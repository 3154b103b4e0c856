"""What may be typed above the audit log, and before a verification."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from tongbao import clock
from tongbao.audit.models import Record
from tongbao.desk import rules
from tongbao.ui.forms import HouseForm
from tongbao.ui.tables import HouseFilterSet


class AskForm(HouseForm):
    """Ask for a verification."""

    head = forms.CharField(
        label="以前抄存的链尾",
        required=False,
        max_length=200,
        help_text="可以不填。填写公布过或抄存在系统之外的“序号:摘要”，可以查出整条日志被人从某处起重新写过。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class LogFilter(HouseFilterSet):
    """By case, person, verb and day."""

    q = django_filters.CharFilter(label="业务编号、人员或单位", method="find")
    verb = django_filters.ChoiceFilter(label="动作", choices=rules.verb_choices, empty_label="全部动作")
    since = django_filters.DateFilter(label="起始日期", method="from_day", widget=forms.DateInput)
    until = django_filters.DateFilter(label="截止日期", method="to_day", widget=forms.DateInput)

    class Meta:
        model = Record
        fields: tuple[str, ...] = ()

    def find(self, records: QuerySet[Record], _: str, text: str) -> QuerySet[Record]:
        """Any part of the person's or body's name, or the beginning of the case's or thing's number."""
        text = text.strip()
        return records.filter(
            Q(reference__istartswith=text)
            | Q(subject_id=text)
            | Q(actor_name__icontains=text)
            | Q(actor_body__icontains=text)
        )

    def from_day(self, records: QuerySet[Record], _: str, day: Any) -> QuerySet[Record]:
        """From the beginning of a Shanghai day."""
        return records.filter(at__gte=clock.local(day))

    def to_day(self, records: QuerySet[Record], _: str, day: Any) -> QuerySet[Record]:
        """To the end of a Shanghai day."""
        return records.filter(at__lt=clock.local(rules.day_after(day)))
