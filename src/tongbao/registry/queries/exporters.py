"""Exporters, scoped."""

from django.db.models import QuerySet
from django.http import Http404

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.registry.models import Designation, Exporter


def visible_to(user: User) -> QuerySet[Exporter]:
    """Exporters: their own firm; districts: those of their areas; insurers: none; all others: every firm."""
    exporters = Exporter.objects.select_related("area")
    if user.role == Role.EXPORTER:
        return exporters.filter(code=user.organisation.code)
    if user.role == Role.DISTRICT_OFFICER:
        return exporters.filter(area__in=user.organisation.areas.values("pk"))
    return exporters.none() if user.role == Role.INSURER_AGENT else exporters


def get_visible(user: User, pk: int) -> Exporter:
    """One firm, if the person may see it; Http404 otherwise."""
    found = visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return found


def designations_visible_to(user: User) -> QuerySet[Designation]:
    """Places on lists of the firms a person sees."""
    shown = Designation.objects.select_related("exporter", "entered_by", "confirmed_by")
    return shown.filter(exporter__in=visible_to(user).values("pk")).order_by("-entered_at", "-pk")


def exporter_of(user: User) -> Exporter | None:
    """The firm that an exporter's account belongs to, or None while the register does not hold it."""
    return visible_to(user).first() if user.role == Role.EXPORTER else None


def by_code(code: str) -> Exporter | None:
    """The firm with this code, or None; unscoped, for actions."""
    return Exporter.objects.select_related("area").filter(code=code).first()


def lock_exporter(pk: int) -> Exporter:
    """One firm, locked until the transaction ends; Exporter.DoesNotExist when there is none."""
    return Exporter.objects.select_for_update(of=("self",)).select_related("area").get(pk=pk)


def lock_designation(pk: int) -> Designation:
    """One designation, locked; Designation.DoesNotExist when there is none."""
    return Designation.objects.select_for_update(of=("self",)).select_related("exporter").get(pk=pk)
