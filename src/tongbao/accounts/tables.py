"""The lists of people and organisations."""

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.ui.tables import DayColumn, HouseFilterSet, HouseTable, StatusColumn


class PeopleTable(HouseTable):
    """People with their role and whether they may sign in."""

    name = tables.Column(linkify=("accounts:person", {"pk": tables.A("pk")}))
    role = tables.Column()
    organisation = tables.Column(order_by="organisation__name")
    date_joined = DayColumn()
    is_active = StatusColumn(
        verbose_name="状态", tone=lambda on: "ok" if on else "neutral", label=lambda on: "启用" if on else "已停用"
    )

    class Meta(HouseTable.Meta):
        model = User
        fields: ClassVar = ("name", "username", "role", "organisation", "date_joined", "is_active")


class PeopleFilter(HouseFilterSet):
    """By name, role and state."""

    q = django_filters.CharFilter(label="姓名、登录名或单位", method="search")
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices(), empty_label="全部")
    is_active = django_filters.ChoiceFilter(
        label="状态", choices=[("True", "启用"), ("False", "已停用")], empty_label="全部"
    )

    class Meta:
        model = User
        fields: ClassVar = ["q", "role", "is_active"]

    def search(self, people: QuerySet[User], name: str, text: str) -> QuerySet[User]:
        """Anywhere in the name, the sign-in name, the organisation's name or code."""
        where = Q(name__icontains=text) | Q(username__icontains=text)
        return people.filter(where | Q(organisation__name__icontains=text) | Q(organisation__code__icontains=text))


class OrganisationTable(HouseTable):
    """Organisations with their areas."""

    areas = tables.Column(empty_values=(), orderable=False)

    class Meta(HouseTable.Meta):
        model = Organisation
        fields: ClassVar = ("name", "kind", "code", "areas")

    def render_areas(self, record: Any) -> str:
        """The names of its areas."""
        return "、".join(area.name for area in record.areas.all()) or "—"


class OrganisationFilter(HouseFilterSet):
    """By name and kind."""

    q = django_filters.CharFilter(label="名称或编号", method="search")
    kind = django_filters.ChoiceFilter(label="单位类型", choices=OrganisationKind.choices(), empty_label="全部")

    class Meta:
        model = Organisation
        fields: ClassVar = ["q", "kind"]

    def search(self, organisations: QuerySet[Organisation], name: str, text: str) -> QuerySet[Organisation]:
        """Anywhere in the name or code."""
        return organisations.filter(Q(name__icontains=text) | Q(code__icontains=text))
