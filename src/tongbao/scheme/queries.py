"""What can be asked of schemes; terms are public, so nothing here is scoped by person."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from tongbao import once
from tongbao.accounts.models import User
from tongbao.audit import queries as log
from tongbao.audit.rules import content_hash
from tongbao.refusal import Refusal
from tongbao.scheme import rules
from tongbao.scheme.models import Decision, Edition, Terms
from tongbao.scheme.permissions import can_load
from tongbao.ui.menu import Todo


def editions() -> QuerySet[Edition]:
    """Every edition, newest year first."""
    return Edition.objects.all()


def current_edition() -> Edition:
    """The newest edition; Refusal `no_edition` when none is loaded."""
    edition = Edition.objects.first()
    if edition is None:
        raise Refusal("no_edition", "还没有载入年度方案，请联系市商务局。")
    return edition


def terms_of(edition: Edition, on: date | None = None) -> Terms:
    """The terms in force on a day: the latest version that had taken effect.

    Before the first takes effect, the first (firms apply before the period begins); without a day, the latest. Its
    long texts are only read when somebody asks for them.
    """
    found = _latest(edition.pk) if on is None else _in_force(edition.pk, on) or _first(edition.pk)
    if not found:
        raise Refusal("no_terms", f"“{edition.title}”还没有条款，请联系市商务局。")
    found[0].edition = edition
    return found[0]


def _versions(edition_id: int) -> QuerySet[Terms]:
    versions = Terms.objects.filter(edition=edition_id).defer("source", "body")
    return versions.order_by("-effective_from", "-version")


@once.compiled
def _latest(edition_id: int) -> QuerySet[Terms]:
    return _versions(edition_id)[:1]


@once.compiled
def _in_force(edition_id: int, on: date) -> QuerySet[Terms]:
    return _versions(edition_id).filter(effective_from__lte=on)[:1]


@once.compiled
def _first(edition_id: int) -> QuerySet[Terms]:
    return _versions(edition_id).reverse()[:1]


def scheme_of(terms: Terms) -> rules.Scheme:
    """The scheme of stored terms; cached, because terms never change."""
    return compiled(terms).scheme


def compiled(terms: Terms) -> rules.CompiledTerms:
    """Stored terms ready to decide; cached by hash."""
    return _compiled(terms.hash, terms.pk)


@lru_cache(maxsize=32)
def _compiled(hash: str, pk: int) -> rules.CompiledTerms:
    body = Terms.objects.values_list("body", flat=True).get(pk=pk, hash=hash)
    return rules.compile(rules.Scheme.from_body(body), hash)


def decision(pk: int) -> Decision:
    """A stored decision with its terms; Decision.DoesNotExist when there is none."""
    return Decision.objects.select_related("terms__edition").get(pk=pk)


def replay(decision: Decision) -> rules.Outcome:
    """What the terms of a decision say of its facts: always the stored result (the wording may have improved)."""
    terms = compiled(decision.terms)
    return rules.decide(terms, rules.read_facts(terms.scheme, decision.facts))


def lock_edition(code: str) -> Edition:
    """An edition under lock, for actions; Edition.DoesNotExist when there is none."""
    return Edition.objects.select_for_update().get(code=code)


@dataclass(frozen=True)
class Shelf:
    """An edition, its versions from the newest on, and the one in force."""

    edition: Edition
    versions: tuple[Terms, ...]
    in_force: Terms | None
    current: bool  # whether applications are received under this edition


def shelves(on: date) -> list[Shelf]:
    """Every edition with its versions (without their texts), the current one first."""
    versions = Prefetch("versions", Terms.objects.defer("source", "body").order_by("-effective_from", "-version"))
    found = []
    for place, edition in enumerate(editions().prefetch_related(versions)):
        known = tuple(edition.versions.all())
        in_force = next((terms for terms in known if terms.effective_from <= on), known[-1] if known else None)
        newest_first = tuple(sorted(known, key=lambda terms: -terms.version))
        found.append(Shelf(edition, newest_first, in_force, current=place == 0))
    return found


def version(code: str, number: int) -> Terms | None:
    """One version of an edition, or None."""
    return Terms.objects.select_related("edition").filter(edition__code=code, version=number).first()


def differences(terms: Terms) -> tuple[rules.Difference, ...]:
    """What a version changes of the one before it; nothing for the first."""
    before = version(terms.edition.code, terms.version - 1)
    return rules.differences(scheme_of(before), scheme_of(terms)) if before else ()


def anything_published() -> bool:
    """Whether there are terms already: from then on it takes two people to publish."""
    return Terms.objects.exists()


@dataclass(frozen=True)
class Preview:
    """What loading a scheme would do now."""

    scheme: rules.Scheme
    same: Terms | None  # the version that says the same already
    last: Terms | None
    replaces: Edition | None  # the edition that would no longer be the current one
    first: bool  # nothing is published yet: one person may load it

    @property
    def follows(self) -> int:
        """The version it would follow; 0 when it would be the first."""
        return self.last.version if self.last else 0

    @property
    def number(self) -> int:
        """The version it would become."""
        return self.follows + 1

    @property
    def too_early(self) -> bool:
        """Whether it would take effect before the version it follows."""
        return self.last is not None and self.scheme.edition.effective_from < self.last.effective_from


def preview(scheme: rules.Scheme) -> Preview:
    """Look at what loading a scheme would do, without doing it."""
    versions = Terms.objects.filter(edition__code=scheme.code).select_related("edition").order_by("version")
    present = editions().first()
    head = scheme.edition
    takes_over = present is not None and (head.year, present.code) > (present.year, head.code)
    return Preview(
        scheme=scheme,
        same=versions.filter(hash=scheme.hash).first(),
        last=versions.last(),
        replaces=present if present and takes_over and not versions.exists() else None,
        first=not anything_published(),
    )


def faults() -> Generator[str, None, int]:
    """A Chinese sentence for each version or decision that is not what it was when it was kept; returns how many
    decisions were replayed."""
    broken = set()
    loaded = {record.subject_id: record.detail for record in log.of_verbs("terms.loaded")}
    for terms in Terms.objects.select_related("edition").order_by("pk"):
        said = loaded.pop(str(terms.pk), {})
        if content_hash(terms.body) != terms.hash:
            broken.add(terms.pk)
            yield f"条款 {terms}的内容与摘要不符"
        elif (said.get("hash"), said.get("source")) != (terms.hash, terms.source_hash):
            yield f"条款 {terms}与载入时的记录不符"
    yield from (f"载入过的条款（编号 {pk}）不见了" for pk in loaded)
    return (yield from _changed_decisions(broken))


def _changed_decisions(broken: set[int]) -> Generator[str, None, int]:
    """Each decision is as the log recorded it, and its terms say the same of its facts again."""
    taken = {record.subject_id: record.detail["content"] for record in log.of_verbs("decision.taken")}
    count = 0
    decisions = Decision.objects.select_related("terms__edition").order_by("pk").iterator(chunk_size=2000)
    for decision in decisions:
        count += 1
        if taken.pop(str(decision.pk), None) != decision.content_hash:
            yield f"{decision}（{decision.subject_code}）与作出时的记录不符"
        elif decision.terms_id in broken:
            continue
        elif not rules.same_substance(decision.result, replay(decision)):
            yield f"{decision}（{decision.subject_code}）按条款重新判定，结果不同"
    yield from (f"作出过的判定 {pk} 不见了" for pk in taken)
    return count


def todo(user: User) -> list[Todo]:
    """Without an edition nothing can begin: the first task of those who load it."""
    missing = can_load(user) and not editions().exists()
    return [Todo("载入年度方案", 1, reverse("scheme:load"), urgent=True)] if missing else []
