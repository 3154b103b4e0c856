"""What passed between the platform, the insurers and a firm, and how the register came to say what it says of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.desk.rules import Dealing
from tongbao.notify.models import Message
from tongbao.registry import queries as registry
from tongbao.registry import rules as registry_rules
from tongbao.registry.models import Correction, CustomsExport, Designation, ExistingCover, Exporter, FormerIdentity
from tongbao.registry.models import Particulars as Said

IMPORT_READERS = (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
COUNTED = (ImportState.CONFIRMED, ImportState.UNDONE)
LAYERS = ((Said, "企业资料"), (CustomsExport, "出口额"), (Designation, "名单认定"), (ExistingCover, "已有保险"))


@dataclass(frozen=True)
class Event:
    """One line of the time line; `leads_to`: the page of the thing itself, as a name and an id."""

    kind: Dealing
    at: datetime
    title: str
    text: str = ""
    who: str = ""
    state: str = ""
    tone: str = "neutral"
    leads_to: tuple[str, int] | None = None


def dealings(user: User, exporter: Exporter, kind: str = "") -> list[Event]:
    """What passed, newest first; of one kind only, or of all."""
    wanted = [one for name, one in _DEALINGS.items() if not kind or name == kind]
    events = (event for ask in wanted for event in ask(user, exporter))
    return sorted(events, key=lambda event: event.at)[::-1]  # of one moment: the later step first


def _notices(user: User, exporter: Exporter) -> Iterator[Event]:
    for one in Message.objects.filter(organisation__code=exporter.code):
        state, tone = ("企业已读", "ok") if one.read_at else ("企业未读", "neutral")
        yield Event(Dealing.NOTICE, one.created_at, one.title, one.body, "平台", state, tone)


def _disputes(user: User, exporter: Exporter) -> Iterator[Event]:
    for one in registry.disputes_visible_to(user).filter(exporter=exporter):
        page = ("registry:dispute", one.pk)
        state = (one.get_state_display(), "warn" if one.answered_at is None else "neutral")
        text = f"当时显示：{one.shown}。企业说明：{one.statement}"
        yield Event(
            Dealing.DISPUTE, one.raised_at, f"对“{one.fact_title}”提出异议", text, str(one.raised_by), *state, page
        )
        if one.answered_at is not None:
            title = f"答复对“{one.fact_title}”的异议：{one.get_state_display()}"
            yield Event(Dealing.DISPUTE, one.answered_at, title, one.answer, str(one.answered_by), leads_to=page)


def _inquiries(user: User, exporter: Exporter) -> Iterator[Event]:
    for one in registry.inquiries_of(exporter):
        state = ("待答复", "progress") if one.answered_at is None else ("", "neutral")
        yield Event(Dealing.INQUIRY, one.asked_at, f"请{one.insurer}核查是否已投保", "", "平台", *state)
        if one.answered_at is not None:
            said = ("已投保", "bad") if one.insured else ("未投保", "ok")
            who = f"{one.insurer} {one.answered_by}"
            yield Event(Dealing.INQUIRY, one.answered_at, f"{one.insurer}答复核查", one.note, who, *said)


def _corrections(user: User, exporter: Exporter) -> Iterator[Event]:
    for one in _corrections_of(user, exporter):
        source, about, page = one.source, one.get_subject_display(), ("registry:correction", one.pk)
        waits = ("待批准", "warn") if source.decided_at is None else ("", "neutral")
        for at, did, text, who in _steps(one):
            yield Event(Dealing.CORRECTION, at, f"{did}：{about}", text, str(who), *waits, page)


def _steps(one: Correction) -> Iterator[tuple[datetime, str, str, Any]]:
    source = one.source
    yield source.uploaded_at, "录入更正", one.reason, source.uploaded_by
    if source.decided_at is not None:
        verdict = "不批准更正" if source.state == ImportState.DISCARDED else "批准更正"
        yield source.decided_at, verdict, one.opinion, source.decided_by
    if source.undone_at is not None:
        yield source.undone_at, "撤销更正", source.undone_reason, source.undone_by


def _corrections_of(user: User, exporter: Exporter) -> QuerySet[Correction]:
    return registry.corrections_visible_to(user).select_related("source__undone_by").filter(exporter=exporter)


_DEALINGS: dict[str, Callable[[User, Exporter], Iterator[Event]]] = {
    Dealing.NOTICE: _notices,
    Dealing.DISPUTE: _disputes,
    Dealing.INQUIRY: _inquiries,
    Dealing.CORRECTION: _corrections,
}


# ── changes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Brought:
    """What one import (None: typing) brought of a firm: how many rows of what, and how many of all still count."""

    source: Import | None
    kind: str
    rows: list[tuple[str, int]]
    live: int
    opens: bool = False

    @property
    def count(self) -> int:
        """Rows in all."""
        return sum(rows for _, rows in self.rows)


@dataclass(frozen=True)
class Corrected:
    """A correction with what was and what is said instead, and where it stands."""

    correction: Correction

    @property
    def pairs(self) -> list[tuple[str, str, str]]:
        """What it is about, what was said before, what is said instead."""
        return [(label, self.correction.before.get(label, "—"), now) for label, now in self.correction.after.items()]

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        return _STANDS.get(ImportState(self.correction.source.state), ("待批准", "warn"))[0]

    @property
    def tone(self) -> str:
        """The tint of that."""
        return _STANDS.get(ImportState(self.correction.source.state), ("待批准", "warn"))[1]


_STANDS = {
    ImportState.CONFIRMED: ("已生效", "ok"),
    ImportState.DISCARDED: ("没有批准", "neutral"),
    ImportState.UNDONE: ("已撤销", "neutral"),
}


def former_identities(exporter: Exporter) -> list[FormerIdentity]:
    """Names and codes that a firm had, and firms that were merged into it, newest first."""
    return list(exporter.former.select_related("entered_by"))


def absorbed_firms(exporter: Exporter) -> list[Exporter]:
    """Firms that were merged into this one."""
    return list(exporter.absorbed.order_by("code"))


def corrections(user: User, exporter: Exporter) -> list[Corrected]:
    """Corrections of what is said of a firm, newest first, as far as the person may see them."""
    return [Corrected(one) for one in _corrections_of(user, exporter)]


def brought(user: User, exporter: Exporter) -> list[Brought]:
    """The imports that a firm's rows came with, the latest first; undone ones too, those not confirmed yet not."""
    counts: dict[int | None, list[tuple[str, int, int]]] = {}
    for model, label in LAYERS:
        rows = model._default_manager.filter(exporter=exporter).order_by().values_list("source_id")
        for source, every, live in rows.annotate(every=Count("pk"), counting=Count("pk", filter=Q(live=True))):
            counts.setdefault(source, []).append((label, every, live))
    ids = [pk for pk in counts if pk is not None]
    imports = Import.objects.filter(pk__in=ids, state__in=COUNTED, kind__in=registry_rules.TABLES)
    opened = batches.visible_to(user, registry_rules.TABLES).filter(pk__in=ids).order_by().values_list("pk", flat=True)
    opens = set(opened) if user.role in IMPORT_READERS else set()
    found = [
        _brought(one, registry_rules.TABLES[one.kind].kind.title, counts[one.pk], one.pk in opens)
        for one in imports.select_related("uploaded_by", "decided_by").order_by("-decided_at", "-pk")
    ]
    return found + ([_brought(None, "", counts[None], False)] if None in counts else [])


def _brought(source: Import | None, kind: str, rows: list[tuple[str, int, int]], opens: bool) -> Brought:
    return Brought(source, kind, [(label, every) for label, every, _ in rows], sum(live for *_, live in rows), opens)
