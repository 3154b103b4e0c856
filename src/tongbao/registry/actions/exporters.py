"""Firms enter the register by hand; a genuine code that fails its check is accepted on evidence."""

from django.core.files.uploadedfile import UploadedFile

from tongbao import clock
from tongbao.accounts.models import Area, User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries, rules
from tongbao.registry.actions import _layers
from tongbao.registry.models import CodeException, Exporter, Particulars


@audit.action
def register_exporter(*, code: str, name: str, area: Area, by: User | None) -> Exporter:
    """Enter one firm that no customs list has brought: it may have exported nothing (clause 二(一)).

    Refusals: `registry.keep` (403), `exporter.code` and `exporter.name` (what is wrong with them), `exporter.known`.
    """
    permissions.check_keep(by)
    code, name = _read_code(code), _read_name(name)
    exporter, _ = Exporter.objects.get_or_create(  # two who enter one firm at once: the second is told
        code=code,
        defaults={
            "name": name,
            "name_initials": rules.initials(name),
            "area": area,
            "present": False,
            "created_at": clock.now(),
        },
    )
    exporter = queries.lock_exporter(exporter.pk)
    if exporter.present:
        raise Refusal("exporter.known", f"这个代码已登记为“{exporter.name}”，无需重复登记。", "code")
    Particulars.objects.create(exporter=exporter, name=name, area=area, entered_by=by, entered_at=clock.now())
    _layers.settle([exporter.pk])
    exporter.refresh_from_db()
    audit.record("registry.exporter", exporter, by=by, reference=code, name=name, area=area.code)
    return exporter


def _read_code(code: str) -> str:
    try:
        read = rules.read_code(code, queries.accepted_codes())
    except rules.Wrong as wrong:
        raise Refusal("exporter.code", f"{wrong}。", "code") from None
    if (today := queries.by_former_code(read)) is not None:
        raise Refusal("exporter.known", f"这是“{today.name}”（{today.code}）的原代码，无需重复登记。", "code")
    return read


def _read_name(name: str) -> str:
    try:
        return rules.read_name(name)
    except rules.Wrong as wrong:
        raise Refusal("exporter.name", f"{wrong}。", "name") from None


@audit.action
def accept_code(*, code: str, reason: str, evidence: UploadedFile, by: User) -> CodeException:
    """Accept a genuine code whose check digit does not fit, on evidence (a licence): it can then be entered and
    imported. A second time changes nothing.

    Refusals: `registry.keep` (403), `code.form` (not 18 characters of the alphabet), `code.fits` (no exception needed),
    `code.reason`; those of `documents.store_upload` at the field `evidence`.
    """
    permissions.check_keep(by)
    try:
        read = rules.read_code(code, exceptions={rules.text(code).upper()})
    except rules.Wrong as wrong:
        raise Refusal("code.form", f"{wrong}。", "code") from None
    if rules.code_fits(read):
        raise Refusal("code.fits", "这个代码校验通过，可以直接登记或导入，不需要例外。", "code")
    if not reason.strip():
        raise Refusal("code.reason", "请写明为什么这是真实的代码，例如：已核对营业执照原件。", "reason")
    if (known := queries.accepted_code(read)) is not None:
        audit.record("registry.code_accepted_again", known, by=by, reference=read)
        return known
    try:
        document = documents.store_upload(upload=evidence, kind="registry.code", by=by)
    except Refusal as no:
        no.field = "evidence"
        raise
    accepted = CodeException.objects.create(
        code=read, reason=reason.strip()[:200], evidence=document, entered_by=by, entered_at=clock.now()
    )
    audit.record(
        "registry.code_accepted", accepted, by=by, reference=read, reason=accepted.reason, sha256=document.sha256
    )
    return accepted
