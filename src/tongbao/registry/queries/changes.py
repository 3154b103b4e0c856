"""Corrections, objections and former identities: who may see them, what waits."""

from uuid import UUID

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from tongbao import clock
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.documents.models import Document
from tongbao.registry import rules
from tongbao.registry.models import (
    CodeException,
    Correction,
    CustomsExport,
    Dispute,
    Exporter,
    FormerIdentity,
    Particulars,
)
from tongbao.registry.queries.exporters import visible_to
from tongbao.registry.queries.facts import facts_of
from tongbao.registry.queries.lists import current_scheme
from tongbao.registry.queries.profile import FactInWords, in_words

_PAGES = (Role.CITY_OFFICER, Role.DISTRICT_OFFICER, Role.AUDITOR)


def corrections_visible_to(user: User) -> QuerySet[Correction]:
    """Corrections of the firms a person sees, newest first, with the `state` of their origin; administrators and
    finance see none."""
    found = Correction.objects.select_related(
        "exporter", "source__uploaded_by", "source__decided_by", "dispute", "evidence"
    ).annotate(state=F("source__state"))
    return found.filter(exporter__in=visible_to(user).values("pk")) if user.role in _PAGES else found.none()


def get_correction(user: User, pk: int) -> Correction:
    """One correction; Http404 when it is not this person's to see."""
    return get_object_or_404(corrections_visible_to(user), pk=pk)


def lock_correction(pk: int) -> Correction:
    """One correction with its firm, locked; Correction.DoesNotExist when there is none."""
    found = Correction.objects.select_for_update(of=("self",)).select_related("exporter__area", "source")
    return found.get(pk=pk)


def correction_of_key(key: UUID) -> Correction | None:
    """The correction that a click with this key made, or None."""
    return Correction.objects.filter(key=key).first()


def waiting_corrections(dispute: Dispute | None = None) -> QuerySet[Correction]:
    """Corrections that nobody has decided on; with a `dispute` those made for it."""
    found = Correction.objects.filter(source__state=ImportState.PREVIEWED)
    return found if dispute is None else found.filter(dispute=dispute)


def figures_held(exporter: Exporter, year: int) -> dict[tuple[int, str], int]:
    """(month, country) → cents, of the figures of a year that count."""
    rows = CustomsExport.objects.filter(exporter=exporter, year=year, live=True).order_by("month", "country")
    return {(month, country): cents for month, country, cents in rows.values_list("month", "country", "amount_cents")}


def years_held(exporter: Exporter) -> list[int]:
    """Years of which the register holds figures of a firm, newest first."""
    return list(exporter.years.order_by("-year").values_list("year", flat=True))


def copy_of_particulars(exporter: Exporter, *, source: Import | None, name: str, area: Area) -> Particulars:
    """What counts of a firm today, with another name or area and another origin; not stored yet."""
    said = Particulars.objects.filter(exporter=exporter, live=True).first() or Particulars(exporter=exporter)
    return Particulars(
        exporter=exporter,
        source=source,
        name=name,
        area=area,
        customs_code=said.customs_code,
        nature=said.nature,
        registered_on=said.registered_on,
        address=said.address,
    )


def account_of(exporter: Exporter) -> Organisation | None:
    """The firm as a body whose people sign in; None when nobody of it ever has."""
    return Organisation.objects.filter(code=exporter.code, kind=OrganisationKind.EXPORTER).first()


def keepers() -> list[Organisation]:
    """The bodies that keep the register."""
    return list(Organisation.objects.filter(kind=OrganisationKind.CITY))


# ── objections ───────────────────────────────────────────────────────────────────────────────────────────────────────


def disputes_visible_to(user: User) -> QuerySet[Dispute]:
    """Objections of the firms a person sees (a firm: its own), newest first; administrators and finance see none."""
    found = Dispute.objects.select_related("exporter", "raised_by", "answered_by", "evidence")
    if user.role not in (*_PAGES, Role.EXPORTER):
        return found.none()
    return found.filter(exporter__in=visible_to(user).values("pk"))


def get_dispute(user: User, pk: int) -> Dispute:
    """One objection; Http404 when it is not this person's to see."""
    return get_object_or_404(disputes_visible_to(user), pk=pk)


def lock_dispute(pk: int) -> Dispute:
    """One objection with its firm, locked; Dispute.DoesNotExist when there is none."""
    return Dispute.objects.select_for_update(of=("self",)).select_related("exporter").get(pk=pk)


def dispute_of_key(key: UUID) -> Dispute | None:
    """The objection that a click with this key made, or None."""
    return Dispute.objects.filter(key=key).first()


def open_dispute(exporter: Exporter, fact: str) -> Dispute | None:
    """The objection to a fact that nobody has answered yet, or None."""
    return Dispute.objects.filter(exporter=exporter, fact=fact, state=rules.DisputeState.OPEN).first()


def fact_in_words(exporter: Exporter, fact: str) -> FactInWords | None:
    """A fact of the current edition as it stands today, by its id; None when the edition has no such fact."""
    scheme = current_scheme()
    wanted = next((one for one in scheme.facts if one.id == fact), None)
    if wanted is None:
        return None
    facts = facts_of(exporter, scheme, as_of=clock.today())
    value = facts.values.get(fact)
    return FactInWords(wanted.title, in_words(value, scheme), value is not None, facts.provenance.get(fact, []))


def figures_in_words(exporter: Exporter, year: int | None) -> list[tuple[int, str, str, int]]:
    """The figures of a year that count: month (0: the whole year), country code and name, cents."""
    held = figures_held(exporter, year) if year is not None else {}
    return [(month, code, rules.country_name(code), cents) for (month, code), cents in held.items()]


def code_exceptions() -> QuerySet[CodeException]:
    """Codes accepted on evidence, newest first."""
    return CodeException.objects.select_related("entered_by", "evidence")


def identity_evidence(user: User, pk: int) -> Document:
    """The paper of a former name or code of a firm the person sees; Http404 when there is none."""
    shown = FormerIdentity.objects.filter(exporter__in=visible_to(user).values("pk"), evidence__isnull=False)
    found = get_object_or_404(shown.select_related("evidence"), pk=pk)
    assert found.evidence is not None
    return found.evidence
