"""What the register says of a firm is corrected: entered by one officer with a reason, approved by another."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from tongbao import clock, money
from tongbao.accounts.models import Area, User
from tongbao.audit import actions as audit
from tongbao.audit.rules import content_hash
from tongbao.batch import actions as batch
from tongbao.batch.models import Import
from tongbao.documents import actions as documents
from tongbao.documents.models import Document
from tongbao.refusal import Refusal
from tongbao.registry import permissions, queries, rules
from tongbao.registry.actions import _layers
from tongbao.registry.actions._telling import tell_firm
from tongbao.registry.models import Correction, CustomsExport, Exporter, Particulars
from tongbao.registry.rules import CorrectionSubject


@dataclass(frozen=True)
class Why:
    """What an officer gives beside the correction itself."""

    reason: str
    evidence: UploadedFile | None
    dispute_id: int | None
    key: UUID  # a second click finds the correction of the first


@audit.action
def correct_figure(
    *, exporter_id: int, year: int, month: int, country: str, cents: int, why: Why, by: User
) -> Correction:
    """Enter another amount for one firm, year, month (0: the whole year) and country, in USD cents.

    It counts once another officer has approved it, and no later import goes over it. Refusals: `registry.keep` (403),
    `correction.reason`, `correction.day`, `correction.amount`, `correction.month` (a year is kept by
    months or as a whole, never both), `correction.dispute` (another firm's), `correction.same`.
    """
    exporter, known = _begin(exporter_id, why, by)
    if known is not None:
        return known
    _check_figure(year, month, cents)
    held = queries.figures_held(exporter, year)
    _check_month(year, month, held)
    old = held.get((month, country))
    if old == cents:
        raise Refusal("correction.same", "与现在登记的金额相同，不需要更正。", "amount")
    place = f"{year} 年{f' {month} 月' if month else '全年'}{rules.country_name(country)}"
    source = _source(f"更正：{place}出口额", exporter, by)
    CustomsExport.objects.create(
        exporter=exporter, source=source, year=year, month=month, country=country, amount_cents=cents
    )
    before = {f"{place}出口额": "没有记录" if old is None else f"{money.text(old)} 美元"}
    return _enter(
        exporter, source, CorrectionSubject.FIGURE, (before, {f"{place}出口额": f"{money.text(cents)} 美元"}), why, by
    )


def _check_figure(year: int, month: int, cents: int) -> None:
    """What a list may say, a correction may say: the same years, months and amounts."""
    today = clock.today()
    try:
        rules.read_year(year, today)
        rules.read_month(month or None, year, today)
    except rules.Wrong as wrong:
        raise Refusal("correction.day", f"{wrong}。", "year") from None
    if not 0 <= cents <= rules.MAX_CENTS:
        raise Refusal("correction.amount", "出口额应在 0 到 100 亿美元之间，请核对单位是不是美元。", "amount")


def _check_month(year: int, month: int, held: dict[tuple[int, str], int]) -> None:
    by_month = {held_month > 0 for held_month, _ in held}
    if by_month == {True} and not month:
        raise Refusal("correction.month", f"{year} 年登记的是分月数，请选择要更正的月份。", "month")
    if by_month == {False} and month:
        raise Refusal("correction.month", f"{year} 年登记的是全年合计数，请选择“全年”。", "month")


@audit.action
def correct_particulars(*, exporter_id: int, name: str, area: Area, why: Why, by: User) -> Correction:
    """Enter another name or area of registration; it counts once another officer has approved it.

    A new name given by the registry office is a renaming (`change_identity`), which keeps the old one findable.
    Refusals: `registry.keep` (403), `correction.reason`, `exporter.name`, `correction.same`.
    """
    exporter, known = _begin(exporter_id, why, by)
    if known is not None:
        return known
    try:
        name = rules.read_name(name)
    except rules.Wrong as wrong:
        raise Refusal("exporter.name", f"{wrong}。", "name") from None
    if (name, area.pk) == (exporter.name, exporter.area_id):
        raise Refusal("correction.same", "与现在登记的名称和注册地相同，不需要更正。", "name")
    source = _source("更正：企业名称与注册地", exporter, by)
    queries.copy_of_particulars(exporter, source=source, name=name, area=area).save()
    before = {"企业名称": exporter.name, "工商注册地": exporter.area.name}
    return _enter(
        exporter, source, CorrectionSubject.PARTICULARS, (before, {"企业名称": name, "工商注册地": area.name}), why, by
    )


def _begin(exporter_id: int, why: Why, by: User) -> tuple[Exporter, Correction | None]:
    permissions.check_keep(by)
    exporter = queries.lock_exporter(exporter_id)
    if not why.reason.strip():
        raise Refusal("correction.reason", "请写明更正的理由和依据，例如：海关更正报关单 2231…。", "reason")
    if why.dispute_id is not None and not exporter.disputes.filter(pk=why.dispute_id).exists():
        raise Refusal("correction.dispute", "这项异议不是这家企业提出的。请从异议的页面重新打开更正。")
    known = queries.correction_of_key(why.key)
    if known is not None:
        audit.record("registry.correction_again", known, by=by, reference=exporter.code)
    return exporter, known


def _source(title: str, exporter: Exporter, by: User) -> Import:
    """The import whose one row the correction is."""
    return batch.enter(
        kind=rules.CORRECTION,
        title=title,
        content_hash=content_hash({"title": title, "firm": exporter.code, "at": clock.now().isoformat()}),
        by=by,
    )


def _enter(
    exporter: Exporter,
    source: Import,
    subject: CorrectionSubject,
    change: tuple[dict[str, str], dict[str, str]],
    why: Why,
    by: User,
) -> Correction:
    made = Correction.objects.create(
        source=source,
        exporter=exporter,
        subject=subject,
        before=change[0],
        after=change[1],
        reason=why.reason.strip()[:500],
        evidence=_evidence(why.evidence, by),
        dispute_id=why.dispute_id,
        key=why.key,
    )
    audit.record(
        "registry.correction_entered", made, by=by, reference=exporter.code, about=subject.value,
        before=change[0], after=change[1], reason=made.reason, source=source.pk,
        rows_sha256=queries.rows_digest(source),
    )  # fmt: skip
    return made


def _evidence(upload: UploadedFile | None, by: User) -> Document | None:
    if upload is None:
        return None
    try:
        return documents.store_upload(upload=upload, kind="registry.correction", by=by)
    except Refusal as no:
        no.field = "evidence"
        raise


@audit.action
def approve_correction(*, correction_id: int, by: User) -> Correction:
    """A second officer lets a correction count at once; the firm is told, its open applications are judged anew.

    Refusals: `registry.keep` (403), `import.same_person`, `import.…_already`.
    """
    correction = queries.lock_correction(correction_id)
    permissions.check_keep(by)
    source = batch.confirm(import_id=correction.source_id, result={}, firms=1, by=by)
    _layers.settle([correction.exporter_id])
    batch.settled(import_id=source.pk, cursor=correction.exporter_id, firms=1, over=True)
    tell_firm(
        correction.exporter,
        "企业资料已更正",
        f"{_as_text(correction)}。理由：{correction.reason}",
        "/registry/mine/",
        by,
    )
    audit.record(
        "registry.correction_approved", correction, by=by, reference=correction.exporter.code,
        before=correction.before, after=correction.after,
    )  # fmt: skip
    return correction


def _as_text(correction: Correction) -> str:
    pairs: dict[str, Any] = correction.after
    return "；".join(f"{title}由“{correction.before[title]}”更正为“{text}”" for title, text in pairs.items())


@audit.action
def reject_correction(*, correction_id: int, opinion: str, by: User) -> Correction:
    """A correction does not come to count: refused by another officer, or taken back by who entered it.

    What was proposed stays on record. Refusals: `registry.keep` (403), `correction.opinion`, `import.…_already`.
    """
    correction = queries.lock_correction(correction_id)
    permissions.check_keep(by)
    if not opinion.strip():
        raise Refusal("correction.opinion", "请写明不批准的原因。", "opinion")
    source = batch.discard(import_id=correction.source_id, by=by)
    for model in (CustomsExport, Particulars):
        model.objects.filter(source=source).delete()
    batch.cleared(import_id=source.pk, rows=1, over=True)
    correction.opinion = opinion.strip()[:200]
    correction.save(update_fields=["opinion"])
    audit.record(
        "registry.correction_rejected",
        correction,
        by=by,
        reference=correction.exporter.code,
        opinion=correction.opinion,
    )
    return correction
