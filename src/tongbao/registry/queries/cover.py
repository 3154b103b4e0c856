"""Questions to the insurers on existing cover (clause 二(一))."""

from django.db.models import F, QuerySet
from django.http import Http404
from django.urls import reverse

from tongbao import once
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.registry.models import Correction, CoverInquiry, Designation, Dispute, Exporter
from tongbao.registry.rules import NEED_SECOND_PERSON, TABLES, DisputeState
from tongbao.scheme import queries as schemes
from tongbao.scheme.models import Edition
from tongbao.ui.menu import Todo


def asked_of(user: User) -> QuerySet[CoverInquiry]:
    """What the person's insurer was asked, unanswered first, oldest first; nobody else sees the list."""
    inquiries = CoverInquiry.objects.select_related("exporter__area", "edition", "answered_by", "insurer")
    if user.role != Role.INSURER_AGENT:
        return inquiries.none()
    return inquiries.filter(insurer=user.organisation_id).order_by(F("answered_at").desc(nulls_first=True), "asked_at")


def open_inquiries(user: User) -> QuerySet[CoverInquiry]:
    """Those of them that wait for an answer, oldest first."""
    return asked_of(user).filter(insured=None)


def inquiry_for(user: User, pk: int) -> CoverInquiry:
    """One of them; Http404 otherwise."""
    found = asked_of(user).filter(pk=pk).first()
    if found is None:
        raise Http404(str(pk))
    return found


def lock_inquiry(pk: int) -> CoverInquiry:
    """One inquiry, locked until the transaction ends; CoverInquiry.DoesNotExist when there is none."""
    return CoverInquiry.objects.select_for_update(of=("self",)).select_related("exporter", "insurer").get(pk=pk)


def cover_answers(edition: Edition, exporter: Exporter) -> QuerySet[CoverInquiry]:
    """What each insurer was asked about a firm in an edition, with the answers there are."""
    asked = CoverInquiry.objects.filter(edition=edition, exporter=exporter)
    return asked.select_related("insurer", "answered_by").order_by("pk")


@once.compiled
def asked_about(edition_id: int, exporter_id: int) -> QuerySet[CoverInquiry]:
    """What the insurers were asked about a firm in an edition."""
    return CoverInquiry.objects.filter(edition=edition_id, exporter=exporter_id).select_related("insurer")


def cover_answered(edition: Edition, exporter: Exporter) -> bool:
    """Whether every insurer of the edition has answered: needed before second review."""
    scheme = schemes.scheme_of(schemes.terms_of(edition))
    answered = cover_answers(edition, exporter).exclude(insured=None).values_list("insurer__code", flat=True)
    return {insurer.id for insurer in scheme.insurers} <= set(answered)


def todo(user: User) -> list[Todo]:
    """Inquiries to answer; designations, corrections, objections and imports that wait for an officer."""
    found = []
    if user.role == Role.INSURER_AGENT:
        found.append(Todo("待答复的投保情况核查", open_inquiries(user).count(), reverse("registry:inquiries")))
    if user.role == Role.CITY_OFFICER:
        waiting = Designation.objects.filter(live=True, kind__in=NEED_SECOND_PERSON, confirmed_by=None)
        others = waiting.exclude(entered_by=user).count()
        found.append(Todo("待第二人确认的政策导向认定", others, f"{reverse('registry:designations')}?waiting=1"))
        corrections = Correction.objects.filter(source__state=ImportState.PREVIEWED).exclude(source__uploaded_by=user)
        found.append(Todo("资料更正待批准", corrections.count(), f"{reverse('registry:corrections')}?state=previewed"))
        disputes = Dispute.objects.filter(state=DisputeState.OPEN).count()
        found.append(Todo("企业对资料的异议待答复", disputes, f"{reverse('registry:disputes')}?state=open"))
        pending = Import.objects.filter(kind__in=TABLES, state=ImportState.PREVIEWED, uploaded_by=user).count()
        found.append(Todo("待确认的导入", pending, f"{reverse('registry:imports')}?state=previewed"))
    return [one for one in found if one.count]
