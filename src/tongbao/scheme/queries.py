"""What can be asked of schemes; terms are public, so nothing here is scoped by person."""

from datetime import date
from functools import lru_cache

from django.db.models import QuerySet

from tongbao.refusal import Refusal
from tongbao.scheme import rules
from tongbao.scheme.models import Decision, Edition, Terms


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

    Before the first takes effect, the first (firms apply before the period begins); without a day, the latest.
    """
    versions = edition.versions.order_by("-effective_from", "-version")
    terms = versions.first() if on is None else versions.filter(effective_from__lte=on).first() or versions.last()
    if terms is None:
        raise Refusal("no_terms", f"“{edition.title}”还没有条款，请联系市商务局。")
    return terms


def scheme_of(terms: Terms) -> rules.Scheme:
    """The scheme of stored terms; cached, because terms never change."""
    return compiled(terms).scheme


def compiled(terms: Terms) -> rules.CompiledTerms:
    """Stored terms ready to decide; cached by hash."""
    return _compiled(terms.hash, terms.pk)


@lru_cache(maxsize=32)
def _compiled(hash: str, pk: int) -> rules.CompiledTerms:
    return rules.compile(rules.Scheme.from_body(Terms.objects.values_list("body", flat=True).get(pk=pk, hash=hash)))


def decision(pk: int) -> Decision:
    """A stored decision with its terms; Decision.DoesNotExist when there is none."""
    return Decision.objects.select_related("terms__edition").get(pk=pk)


def replay(decision: Decision) -> rules.Outcome:
    """What the terms of a decision say of its facts: always the stored result."""
    terms = compiled(decision.terms)
    return rules.decide(terms, rules.read_facts(terms.scheme, decision.facts))


def lock_edition(code: str) -> Edition | None:
    """An edition under lock, or None; for actions."""
    return Edition.objects.select_for_update().filter(code=code).first()
