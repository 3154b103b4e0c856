"""Exporters, scoped."""

from django.db.models import Q, QuerySet
from django.http import Http404

from tongbao import clock
from tongbao.accounts import queries as accounts
from tongbao.accounts.models import Area, User
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.registry import rules
from tongbao.registry.models import CodeException, Designation, Exporter, FormerIdentity

MOST_FOUND = 1_000  # firms whose ids go from one question into the next


def visible_to(user: User) -> QuerySet[Exporter]:
    """Exporters: their own firm; districts: those of their areas; insurers: none; all others: every firm."""
    exporters = Exporter.objects.filter(present=True).select_related("area")
    if user.role == Role.EXPORTER:
        return exporters.filter(code=user.organisation.code)
    if user.role == Role.DISTRICT_OFFICER:
        theirs = user.organisation.areas.values("pk")
        taken_in = Q(area__merged_into__in=theirs, area__valid_to__lt=clock.today())  # 港闸 is 崇川's since 2020-07
        return exporters.filter(Q(area__in=theirs) | taken_in)
    return exporters.none() if user.role == Role.INSURER_AGENT else exporters


def get_visible(user: User, pk: int) -> Exporter:
    """One firm, if the person may see it; Http404 otherwise."""
    found = visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return found


def designations_visible_to(user: User) -> QuerySet[Designation]:
    """Places on lists of the firms a person sees."""
    shown = Designation.objects.filter(live=True).select_related("exporter", "entered_by", "confirmed_by")
    return shown.filter(exporter__in=visible_to(user).values("pk")).order_by("-entered_at", "-pk")


def matching(exporters: QuerySet[Exporter], text: str) -> QuerySet[Exporter]:
    """Those of the firms with this text anywhere in the name or in the initials of its pinyin, or at the beginning of
    the code; a former name or code finds the firm too."""
    typed = text.strip()
    wanted = _like(typed) | Q(pk__in=FormerIdentity.objects.filter(_like(typed)).values("exporter"))
    # No index helps to look inside a name, so that is done once: the list counts and pages by the ids that were found.
    found = list(Exporter.objects.filter(wanted).order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])
    return exporters.filter(pk__in=found) if len(found) <= MOST_FOUND else exporters.filter(wanted)


def _like(typed: str) -> Q:
    """Chinese is looked for in names only; letters and digits of a name stand in its initials too, in lower case."""
    plain = "".join(one for one in typed if one.isalnum())
    if typed.isascii() and plain[:6].isdigit() and len(plain) >= 6:  # the beginning of a code: 913206…
        return Q(code__startswith=plain.upper())
    if typed.isascii() and plain:
        return Q(code__startswith=plain.upper()) | Q(name_initials__contains=plain.lower())
    return Q(name__icontains=typed) if typed.upper() != typed.lower() else Q(name__contains=typed)


def exporter_of(user: User) -> Exporter | None:
    """The firm that an exporter's account belongs to, or None while the register does not hold it."""
    return visible_to(user).first() if user.role == Role.EXPORTER else None


def by_code(code: str) -> Exporter | None:
    """The firm with this code, or None; unscoped, for actions."""
    return Exporter.objects.select_related("area").filter(code=code, present=True).first()


def area_today(exporter: Exporter) -> Area:
    """The area whose officers look after a firm today: one that ended is part of the area that took it in."""
    return accounts.area_on(exporter.area, clock.today()) or exporter.area


def by_former_code(code: str) -> Exporter | None:
    """The firm that had this code before, or None; unscoped."""
    return Exporter.objects.filter(former__code=code).first()


def accepted_codes() -> frozenset[str]:
    """Codes accepted on evidence although their check digit does not fit."""
    return frozenset(CodeException.objects.values_list("code", flat=True))


def accepted_code(code: str) -> CodeException | None:
    """The exception made for a code, or None."""
    return CodeException.objects.filter(code=code).first()


def unconfirmed_of(source: Import) -> QuerySet[Designation]:
    """Entries of an imported list that need a second person still."""
    return Designation.objects.filter(source=source, kind__in=rules.NEED_SECOND_PERSON, confirmed_by=None)


def lock_exporter(pk: int) -> Exporter:
    """One firm, locked until the transaction ends; Exporter.DoesNotExist when there is none."""
    return Exporter.objects.select_for_update(of=("self",)).select_related("area").get(pk=pk)


def lock_designation(pk: int) -> Designation:
    """One designation, locked; Designation.DoesNotExist when there is none."""
    return Designation.objects.select_for_update(of=("self",)).select_related("exporter").get(pk=pk)
