"""What a fact of a firm rests on: the very rows, where each came from, and the rows that do not count (any more)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.batch import queries as batches
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.registry import rules
from tongbao.registry.models import CustomsExport, Designation, ExistingCover, Exporter, Particulars
from tongbao.registry.queries.changes import corrections_visible_to
from tongbao.registry.queries.cover import cover_answers
from tongbao.registry.queries.facts import facts_of
from tongbao.registry.queries.lists import current_scheme, emerging_markets
from tongbao.registry.queries.profile import in_words
from tongbao.scheme import queries as schemes
from tongbao.scheme.rules import Scheme

IMPORT_READERS = (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR)
BY_HAND = "手工登记"


@dataclass(frozen=True)
class OriginRow:
    """One row of the register: what it says and where it came from. `leads_to`: the page of its import or correction,
    as a name and an id, when the person may see it; `why_not`: why it does not count; `instead_cents`: what does."""

    about: str
    source: str
    row: int | None
    leads_to: tuple[str, int] | None = None
    cents: int | None = None
    country: str = ""
    span: str = ""
    state: str = ""
    entered: str = ""
    why_not: str = ""
    instead_cents: int | None = None


@dataclass(frozen=True)
class Origin:
    """A fact of a firm in words, the rows it rests on, and those that speak of the same but do not count.

    `sum_cents`: what the rows add up to, for an amount; `agrees`: that it is the fact's own value.
    """

    fact: str
    title: str
    shown: str
    known: bool
    sentences: Sequence[str]
    of_figures: bool
    rows: Sequence[OriginRow]
    left_out: Sequence[OriginRow]
    sum_cents: int | None = None
    agrees: bool = True


def origin(exporter: Exporter, fact: str, user: User) -> Origin | None:
    """Where a fact of the current edition comes from, for this person; None when the edition has no such fact."""
    scheme = current_scheme()
    wanted = next((one for one in scheme.facts if one.id == fact), None)
    if wanted is None:
        return None
    facts = facts_of(exporter, scheme, as_of=clock.today())
    value = facts.values.get(fact)
    of_figures = wanted.type == "number"
    sources = _Sources(exporter, user)
    find = _figures if of_figures else _FIND.get(fact, _designations)
    rows, left_out = find(exporter, fact, facts, scheme, sources)
    added = sum(row.cents or 0 for row in rows) if of_figures and value is not None else None
    return Origin(
        fact=fact,
        title=wanted.title,
        shown=in_words(value, scheme),
        known=value is not None,
        sentences=facts.provenance.get(fact, []),
        of_figures=of_figures,
        rows=rows,
        left_out=left_out,
        sum_cents=added,
        agrees=added is None or rules.usd(added) == value,
    )


class _Sources:
    """The imports and corrections that a firm's rows came with, and which of their pages a person may open."""

    def __init__(self, exporter: Exporter, user: User) -> None:
        self.exporter, self.names_people = exporter, user.role != Role.EXPORTER
        theirs = Q(pk__in=CustomsExport.objects.filter(exporter=exporter).values("source"))
        for model in (Particulars, Designation, ExistingCover):
            theirs |= Q(pk__in=model.objects.filter(exporter=exporter).values("source"))
        self.imports = {one.pk: one for one in Import.objects.filter(theirs)}
        seen = batches.visible_to(user, rules.TABLES).filter(pk__in=self.imports).order_by()
        self.open_imports = set(seen.values_list("pk", flat=True)) if user.role in IMPORT_READERS else set()
        self.corrections = dict(corrections_visible_to(user).filter(exporter=exporter).values_list("source_id", "pk"))

    def ended(self, source_id: int | None) -> bool:
        """Whether rows of an import counted once, or still do: it was confirmed."""
        return source_id is None or self.imports[source_id].state in (ImportState.CONFIRMED, ImportState.UNDONE)

    def said(self, source_id: int | None, row: int, **more: Any) -> OriginRow:
        """A row with its origin."""
        if source_id is None:
            return OriginRow(source=BY_HAND, row=None, **more)
        leads_to = None
        if source_id in self.open_imports:
            leads_to = ("import", source_id)
        elif source_id in self.corrections:
            leads_to = ("correction", self.corrections[source_id])
        return OriginRow(source=self.imports[source_id].file_name, row=row or None, leads_to=leads_to, **more)

    def why_not(self, source_id: int | None, instead: int | None, found: bool) -> str:
        """Why a row does not count. `instead`: the source of the row that does, if one was `found` (None: by hand)."""
        source = self.imports[source_id] if source_id is not None else None
        if source is not None and source.state == ImportState.UNDONE:
            reason = f"：{source.undone_reason}" if self.names_people else ""  # officers write freely there
            return f"这一批已于 {_day(source.undone_at)} 撤销{reason}"
        if not found:
            return "正在更新，稍后生效" if source is not None and source.work else "没有采用"
        if instead is None:
            return "以手工登记为准"
        winner = self.imports[instead]
        if winner.kind == rules.CORRECTION:
            return "以经两人批准的更正为准"
        return f"以 {_day(winner.decided_at)} 导入的“{winner.file_name}”为准"

    def entered(self, one: Designation | ExistingCover | Particulars) -> str:
        """When a row was entered, and for officers by whom; of a list: when it was confirmed."""
        if one.entered_at is None and one.source_id is not None:
            return f"{_day(self.imports[one.source_id].decided_at)} 导入"
        who = str(one.entered_by) if one.entered_by_id is not None and self.names_people else ""
        return "，".join(part for part in (who, _day(one.entered_at)) if part)


def _day(moment: datetime | None) -> str:
    return clock.local_day(moment).isoformat() if moment else ""


Found = tuple[list[OriginRow], list[OriginRow]]


# ── amounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _figures(exporter: Exporter, fact: str, facts: rules.Facts, scheme: Scheme, sources: _Sources) -> Found:
    used = facts.figures.get(fact, ())
    about = _speaks_of(fact, used, scheme)
    kept = CustomsExport.objects.filter(exporter=exporter).order_by("year", "month", "country", "-pk")
    fields = ("year", "month", "country", "amount_cents", "source_id", "row", "live")
    every = [row for row in kept.values_list(*fields) if about(*row[:3])]
    winners = {row[:3]: row for row in every if row[6]}
    by_month = {row[0] for row in every if row[6] and row[1]}
    left_out = []
    for year, month, country, cents, source_id, row, live in every:
        winner = winners.get((year, month, country))
        if (live and (month or year not in by_month)) or not sources.ended(source_id):
            continue
        why = "这一年有分月数，全年合计数不与分月数相加" if live else ""
        why = why or sources.why_not(source_id, winner[4] if winner else None, winner is not None)
        more = {"why_not": why, "instead_cents": winner[3] if winner and not live else None}
        left_out.append(_figure(sources, year, month, country, cents, source_id, row, **more))
    rows = [_figure(sources, one.year, one.month, one.country, one.cents, one.source_id, one.row) for one in used]
    return rows, left_out


def _figure(
    sources: _Sources, year: int, month: int, country: str, cents: int, source_id: int, row: int, **more: Any
) -> OriginRow:
    when = f"{year}-{month:02d}" if month else f"{year} 全年"
    return sources.said(source_id, row, about=when, country=rules.country_name(country), cents=cents, **more)


def _speaks_of(fact: str, used: Sequence[rules.Figure], scheme: Scheme) -> Callable[[int, int, str], bool]:
    """Whether a figure of a year, month and country speaks of what a fact is about, counting or not."""
    base = scheme.base_year
    end = rules.closed_month(clock.today())
    if fact == "growth_before_usd":
        end = (end[0] - 1, end[1])
    first = base - 1 if fact in ("exports_prior_usd", "growth_before_usd") else base
    growth = fact in ("growth_usd", "growth_before_usd")
    last = max((one.year for one in used), default=first) if growth else first
    markets = {"us_exports_usd": frozenset({"US"}), "emerging_exports_usd": emerging_markets(scheme)}.get(fact)
    return lambda year, month, country: (
        first <= year <= last
        and (markets is None or country in markets)
        and (not growth or not month or (year, month) <= end)
    )


# ── lists, cover, the firm itself ────────────────────────────────────────────────────────────────────────────────────


def _designations(exporter: Exporter, fact: str, facts: rules.Facts, scheme: Scheme, sources: _Sources) -> Found:
    rows = Designation.objects.filter(exporter=exporter, kind=fact).select_related("entered_by", "confirmed_by")

    def state(one: Designation) -> str:
        if one.kind in rules.NEED_SECOND_PERSON and one.confirmed_by_id is None:
            return "待第二人确认，还不计入"
        return _in_force(one.valid_from, one.valid_to)

    def entered(one: Designation) -> str:
        confirmed = f"；{one.confirmed_by} 确认" if one.confirmed_by_id and sources.names_people else ""
        return sources.entered(one) + confirmed

    return _split(
        rows,
        sources,
        lambda one: one.document_number,
        lambda one: {"about": one.document_number, "span": _span(one), "state": state(one), "entered": entered(one)},
    )


def _covers(exporter: Exporter, fact: str, facts: rules.Facts, scheme: Scheme, sources: _Sources) -> Found:
    rows, left_out = _split(
        ExistingCover.objects.filter(exporter=exporter).select_related("entered_by"),
        sources,
        lambda one: (one.insurer_name, one.valid_from),
        lambda one: {
            "about": f"{one.insurer_name}（{one.document_number}）",
            "span": _span(one),
            "state": _in_force(one.valid_from, one.valid_to),
            "entered": sources.entered(one),
        },
    )
    return rows + [_answer(one, sources) for one in cover_answers(schemes.current_edition(), exporter)], left_out


def _answer(inquiry: Any, sources: _Sources) -> OriginRow:
    who = f"{inquiry.answered_by}，" if inquiry.answered_by_id and sources.names_people else ""
    return OriginRow(
        about=f"{inquiry.insurer}的答复",
        source="保险人答复",
        row=None,
        state={None: "待答复", True: "已投保", False: "未投保"}[inquiry.insured],
        entered=f"{who}{_day(inquiry.answered_at)}" if inquiry.answered_at else "",
    )


def _area(exporter: Exporter, fact: str, facts: rules.Facts, scheme: Scheme, sources: _Sources) -> Found:
    rows = Particulars.objects.filter(exporter=exporter).select_related("area", "entered_by")
    return _split(
        rows,
        sources,
        lambda one: one.exporter_id,
        lambda one: {
            "about": f"{one.area}（{one.name}）",
            "state": "采用" if one.live else "",
            "entered": sources.entered(one),
        },
    )


_FIND = {"area": _area, "insured": _covers}


def _split(
    rows: QuerySet[Any], sources: _Sources, key: Callable[[Any], Any], words: Callable[[Any], Mapping[str, Any]]
) -> Found:
    """The rows that count, and those that did or could and do not."""
    every: Collection[Any] = list(rows.order_by("-pk"))
    winners = {key(one): one for one in every if one.live}
    left_out = []
    for one in _confirmed(every, sources):
        winner = winners.get(key(one))
        why = sources.why_not(one.source_id, winner.source_id if winner else None, winner is not None)
        left_out.append(sources.said(one.source_id, one.row, why_not=why, **words(one)))
    return [sources.said(one.source_id, one.row, **words(one)) for one in every if one.live], left_out


def _confirmed(every: Iterable[Any], sources: _Sources) -> list[Any]:
    return [one for one in every if not one.live and sources.ended(one.source_id)]


def _span(one: Designation | ExistingCover) -> str:
    return f"{one.valid_from} 至 {one.valid_to or '长期'}"


def _in_force(first: date, last: date | None) -> str:
    today = clock.today()
    if today < first:
        return "尚未开始"
    return "已过期" if last is not None and last < today else "在有效期内"
