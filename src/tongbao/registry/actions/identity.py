"""A firm comes to be known otherwise: renamed, given another code, merged into another firm. Its history stays."""

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile

from tongbao import clock
from tongbao.accounts import actions as accounts
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.documents import actions as documents
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries, rules
from tongbao.registry.actions import _layers
from tongbao.registry.models import Exporter, FormerIdentity
from tongbao.registry.rules import IdentityChange


@dataclass(frozen=True)
class Ground:
    """On what an identity changes."""

    changed_on: date
    document_number: str
    evidence: UploadedFile | None


@audit.action
def rename(*, exporter_id: int, name: str, ground: Ground, by: User) -> Exporter:
    """Give a firm its new name; the old one stays findable. Refusals: `registry.keep` (403), `exporter.name`,
    `identity.same`, `identity.document`, `identity.day`."""
    exporter = _begin(exporter_id, ground, by)
    try:
        name = rules.read_name(name)
    except rules.Wrong as wrong:
        raise Refusal("exporter.name", f"{wrong}。", "name") from None
    if name == exporter.name:
        raise Refusal("identity.same", "与现在的名称相同，不需要变更。", "name")
    _remember(exporter, IdentityChange.RENAMED, ground, by, name=exporter.name)
    said = queries.copy_of_particulars(exporter, source=None, name=name, area=exporter.area)
    said.entered_by, said.entered_at = by, clock.now()
    said.save()
    _layers.settle([exporter.pk])
    if (account := queries.account_of(exporter)) is not None:
        accounts.rename_organisation(organisation=account, name=name, by=by)
    exporter.refresh_from_db()
    audit.record("registry.renamed", exporter, by=by, reference=exporter.code, name=name)
    return exporter


@audit.action
def recode(*, exporter_id: int, code: str, ground: Ground, by: User) -> Exporter:
    """Give a firm its new code; later lists under the old one lead to it, and its people keep their account.

    Refusals: `registry.keep` (403), `exporter.code`, `identity.taken`, `identity.document`, `identity.day`.
    """
    exporter = _begin(exporter_id, ground, by)
    try:
        code = rules.read_code(code, queries.accepted_codes())
    except rules.Wrong as wrong:
        raise Refusal("exporter.code", f"{wrong}。", "code") from None
    if queries.ids_of([code]) or queries.by_former_code(code) is not None:
        raise Refusal("identity.taken", "这个代码已经登记给一家企业。两家企业合并的，请登记为“被合并”。", "code")
    old, account = exporter.code, queries.account_of(exporter)
    _remember(exporter, IdentityChange.RECODED, ground, by, code=old)
    exporter.code = code
    exporter.save(update_fields=["code"])
    if account is not None:
        accounts.recode_organisation(organisation=account, to=code, by=by)
    _layers.raise_versions([exporter.pk])
    audit.record("registry.recoded", exporter, by=by, reference=code, old=old)
    return exporter


@audit.action
def merge(*, exporter_id: int, into: str, ground: Ground, by: User) -> Exporter:
    """Note that a firm was merged into another (by its code). Both keep their figures; the absorbed firm is found
    under its name with the other, and applies for nothing any more.

    Refusals: `registry.keep` (403), `identity.no_such`, `identity.same`, `identity.document`, `identity.day`.
    """
    exporter = _begin(exporter_id, ground, by)
    target = queries.by_code(rules.text(into).upper())
    if target is None:
        raise Refusal("identity.no_such", "企业名册里没有这个代码，请先登记合并后的企业。", "into")
    if target.pk == exporter.pk or target.merged_into_id is not None:
        raise Refusal("identity.same", "不能并入自己，也不能并入一家已被合并的企业，请核对代码。", "into")
    _remember(target, IdentityChange.MERGED, ground, by, name=exporter.name)
    exporter.merged_into = target
    exporter.save(update_fields=["merged_into"])
    _layers.raise_versions([exporter.pk, target.pk])
    audit.record("registry.merged", exporter, by=by, reference=exporter.code, into=target.code)
    return exporter


def _begin(exporter_id: int, ground: Ground, by: User) -> Exporter:
    permissions.check_keep(by)
    exporter = queries.lock_exporter(exporter_id)
    if not ground.document_number.strip():
        raise Refusal("identity.document", "请填写依据，例如：准予变更登记通知书（文号）。", "document_number")
    if ground.changed_on > clock.today():
        raise Refusal("identity.day", "变更日期还没有到，请核对。", "changed_on")
    if exporter.merged_into_id is not None:
        raise Refusal("identity.merged_already", "这家企业已并入其他企业，不能再变更。")
    return exporter


def _remember(
    exporter: Exporter, kind: IdentityChange, ground: Ground, by: User, *, name: str = "", code: str = ""
) -> None:
    document = None
    if ground.evidence is not None:
        try:
            document = documents.store_upload(upload=ground.evidence, kind="registry.identity", by=by)
        except Refusal as no:
            no.field = "evidence"
            raise
    FormerIdentity.objects.create(
        exporter=exporter,
        kind=kind,
        code=code,
        name=name,
        name_initials=rules.initials(name),
        changed_on=ground.changed_on,
        document_number=ground.document_number.strip()[:120],
        evidence=document,
        entered_by=by,
        entered_at=clock.now(),
    )
