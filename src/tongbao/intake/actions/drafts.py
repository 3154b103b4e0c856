"""Filling in: one verb for each page, so that what was typed is kept page by page."""

from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.audit.rules import digest
from tongbao.intake import permissions, queries, rules
from tongbao.intake.actions._steps import keep_paper
from tongbao.intake.models import Application, Paper
from tongbao.refusal import Refusal
from tongbao.registry import queries as registry
from tongbao.scheme import queries as schemes


@audit.action
def start(*, exporter_id: int, by: User) -> Application:
    """Open the firm's draft in the current edition, or give back the one application that lives (clause 二(一)).

    Refusals: `intake.not_own` (403), `intake.merged`, `intake.closed_edition`, `intake.window_over`.
    """
    exporter = registry.lock_exporter(exporter_id)
    permissions.check_start(by, exporter)
    edition = schemes.current_edition()
    if (living := queries.live_of(exporter, edition)) is not None:
        audit.record("intake.start_again", living, by=by, reference=living.reference)
        return living
    permissions.check_not_merged(exporter)
    permissions.check_edition_open(schemes.scheme_of(schemes.terms_of(edition, on=clock.today())), clock.today())
    application = Application.objects.create(
        edition=edition,
        exporter=exporter,
        area=registry.area_today(exporter),
        reference=uuid4().hex,  # replaced at once: the number comes with the row
        state=rules.State.DRAFT,
        created_by=by,
        created_at=clock.now(),
    )
    application.reference = f"TB{edition.year}-{application.pk:06d}"
    application.save(update_fields=["reference"])
    audit.record("intake.start", application, by=by, reference=application.reference, exporter=exporter.code)
    return application


def _editable(application_id: int, by: User) -> Application:
    application = queries.lock_application(application_id)
    permissions.check_edit(by, application)
    return application


@audit.action
def save_plan(*, application_id: int, plan: str, fallback_plan: str = "", by: User) -> Application:
    """Keep the plan chosen, and for a conditional one the plan to fall back on (may still be empty in a draft).

    Refusals: those of `rules.plan_fault` (with what is missing), `intake.fallback`.
    """
    application = _editable(application_id, by)
    outcome = queries.current_outcome(application, clock.now())
    if (fault := rules.plan_fault(outcome, plan)) is not None:
        raise Refusal(*fault, "plan")
    conditional = plan in rules.conditional_plans(outcome)
    if conditional and fallback_plan and fallback_plan not in rules.firm_plans(outcome):
        raise Refusal("intake.fallback", "备选方案须是现在就能选的方案，请重新选择。", "fallback_plan")
    application.plan, application.fallback_plan = plan, fallback_plan if conditional else ""
    application.save(update_fields=["plan", "fallback_plan"])
    audit.record(
        "intake.save_plan", application, by=by, reference=application.reference, plan=plan, fallback=fallback_plan
    )
    return application


@audit.action
def save_insurer(*, application_id: int, insurer_id: int, accepts_other_insurer: bool, by: User) -> Application:
    """Keep the firm's first choice of insurer and its 服从调剂 tick (clause 三). Refusal: `intake.insurer_unknown`."""
    application = _editable(application_id, by)
    body = queries.insurer_of(application, insurer_id)
    application.insurer, application.accepts_other_insurer = body, accepts_other_insurer
    application.save(update_fields=["insurer", "accepts_other_insurer"])
    audit.record(
        "intake.save_insurer",
        application,
        by=by,
        reference=application.reference,
        insurer=body.code,
        accepts_other=accepts_other_insurer,
    )
    return application


@audit.action
def confirm_data(
    *, application_id: int, contact_name: str, contact_phone: str, address: str, confirmed: bool, by: User
) -> Application:
    """Keep contact and address, and whether the firm found its data in the register right.

    Parts may be empty in a draft. Refusal: `intake.phone`.
    """
    application = _editable(application_id, by)
    number = rules.phone(contact_phone) if contact_phone else ""
    if number is None:
        raise Refusal("intake.phone", "请填写 11 位手机号，或带区号的固定电话，例如 0513-85215678。", "contact_phone")
    application.contact_name, application.contact_phone = contact_name, number
    application.address, application.data_confirmed = address, confirmed
    application.save(update_fields=["contact_name", "contact_phone", "address", "data_confirmed"])
    audit.record(
        "intake.confirm_data",
        application,
        by=by,
        reference=application.reference,
        contact=digest(f"{contact_name} {number}"),
        confirmed=confirmed,
    )
    return application


@audit.action
def declare(*, application_id: int, declares_uninsured: bool, declares_truth: bool, by: User) -> Application:
    """Keep the firm's declarations together with the version of their text (clause 二(一), 三②)."""
    application = _editable(application_id, by)
    application.declares_uninsured, application.declares_truth = declares_uninsured, declares_truth
    application.declaration_version = rules.DECLARATION_VERSION
    application.save(update_fields=["declares_uninsured", "declares_truth", "declaration_version"])
    audit.record(
        "intake.declare",
        application,
        by=by,
        reference=application.reference,
        uninsured=declares_uninsured,
        truth=declares_truth,
        version=rules.DECLARATION_VERSION,
    )
    return application


@audit.action
def add_paper(*, application_id: int, kind: str, upload: UploadedFile, by: User) -> Paper:
    """Hand in a mandatory paper (PDF, JPG, PNG); a newer one replaces it, the old one is kept.

    Refusals: those of `documents.store_upload`, at the field named like the kind.
    """
    application = _editable(application_id, by)
    return keep_paper(application, kind, upload, by)
