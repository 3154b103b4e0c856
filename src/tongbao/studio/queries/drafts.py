"""Drafts, their revisions, and the terms they would become."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.urls import reverse

from tongbao.accounts.models import User
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Terms
from tongbao.scheme.rules import CompiledTerms, Fault, Scheme
from tongbao.screening.rules import decision_sql
from tongbao.studio.models import Draft, Revision
from tongbao.studio.permissions import can_approve, can_write
from tongbao.studio.rules import DraftState
from tongbao.ui.menu import Todo


@dataclass(frozen=True)
class Checked:
    """What a text says: the scheme when it has no faults, else all of them."""

    scheme: Scheme | None
    faults: Sequence[Fault]


@lru_cache(maxsize=32)
def check(text: str, name: str) -> Checked:
    """Read a scheme file's text and find everything that is wrong with it, also what only the whole register shows:
    names that would share a column, numbers too long to be worked out for all firms at once.
    """
    try:
        scheme = scheme_rules.load(text, name)
        decision_sql(scheme_rules.compile(scheme), "register")
        return Checked(scheme, ())
    except scheme_rules.Faults as found:
        return Checked(None, tuple(found.faults))
    except Refusal as no:
        return Checked(None, (Fault(name, 1, "", no.sentence, "改好后才能在企业名册上试算"),))


def drafts() -> QuerySet[Draft]:
    """Every draft, the one changed last first, without the texts."""
    related = Draft.objects.select_related("based_on__edition", "author", "submitted_by", "published__edition")
    return related.defer("text", "body", "based_on__source", "based_on__body", "published__source", "published__body")


def draft(code: str) -> Draft | None:
    """One draft with what it rests on, or None."""
    people = ("author", "submitted_by", "approved_by")
    return Draft.objects.select_related("based_on__edition", "published__edition", *people).filter(code=code).first()


def lock_draft(code: str) -> Draft:
    """A draft under lock, for actions; Draft.DoesNotExist when there is none."""
    return Draft.objects.select_for_update(of=("self",)).select_related("based_on__edition").get(code=code)


def draft_of_key(key: str) -> Draft | None:
    """The draft that a form's first click has made, or None."""
    return Draft.objects.filter(key=key).first()


def revisions(draft: Draft) -> QuerySet[Revision]:
    """The history of a draft's text, the newest first."""
    return draft.revisions.select_related("by").defer("text")


def revision(draft: Draft, number: int) -> Revision | None:
    """One state of the text, or None."""
    return draft.revisions.select_related("by").filter(number=number).first()


def hands(draft: Draft) -> list[str]:
    """The names of those who wrote any of it: none of them may approve it."""
    names = draft.revisions.order_by("number").values_list("by__name", flat=True)
    return list(dict.fromkeys(names))


def compiled(draft: Draft) -> CompiledTerms | None:
    """A draft's terms ready to decide; None while its text has faults."""
    return None if draft.body is None else _compiled(draft.code, draft.text_hash)


@lru_cache(maxsize=32)
def _compiled(code: str, text_hash: str) -> CompiledTerms:
    found = Draft.objects.get(code=code)
    assert found.body is not None
    return scheme_rules.compile(Scheme.from_body(found.body))


def faults_of(draft: Draft) -> list[Fault]:
    """What was wrong with the text when it was saved."""
    return [Fault(**fault) for fault in draft.faults]


def versions() -> QuerySet[Terms]:
    """Published versions, the newest edition and version first, without their texts."""
    found = Terms.objects.select_related("edition").defer("source", "body")
    return found.order_by("-edition__year", "edition__code", "-version")


def terms(pk: int) -> Terms | None:
    """One published version with its text, or None."""
    return Terms.objects.select_related("edition").filter(pk=pk).first()


@dataclass(frozen=True)
class Subject:
    """Terms that can be tried: a published version or a draft without faults; `ref` names it in addresses."""

    ref: str
    title: str
    compiled: CompiledTerms
    edition: str  # the edition to whose inquiries the insurers have answered
    draft: Draft | None = None
    terms: Terms | None = None

    @property
    def scheme(self) -> Scheme:
        """The scheme it holds."""
        return self.compiled.scheme


def subject(ref: str) -> Subject | None:
    """The terms that a reference names; None when there are none, or when the draft has faults."""
    kind, _, name = ref.partition("-")
    if kind == "draft" and (found := draft(name)) is not None:
        return subject_of_draft(found)
    if kind == "terms" and name.isdecimal() and len(name) < 10 and (published := terms(int(name))) is not None:
        return subject_of_terms(published)
    return None


def subject_of_draft(draft: Draft) -> Subject | None:
    """A draft as terms to try; None while it has faults."""
    ready = compiled(draft)
    if ready is None:
        return None
    return Subject(f"draft-{draft.code}", f"草案“{draft.title}”", ready, draft.based_on.edition.code, draft=draft)


def subject_of_terms(terms: Terms) -> Subject:
    """A published version as terms to try."""
    title = f"{terms.edition.title}第 {terms.version} 版"
    return Subject(f"terms-{terms.pk}", title, schemes.compiled(terms), terms.edition.code, terms=terms)


def subject_of_text(draft: Draft, text: str) -> Subject | None:
    """A draft with a text that is not saved yet; None while it has faults."""
    scheme = check(text, f"{draft.code}.yaml").scheme
    if scheme is None:
        return None
    edition = draft.based_on.edition.code
    return Subject(f"draft-{draft.code}", f"草案“{draft.title}”", scheme_rules.compile(scheme), edition, draft=draft)


def subjects() -> list[tuple[str, str]]:
    """Everything that can be compared, as choices: drafts without faults, then published versions."""
    ready = drafts().exclude(body=None).exclude(state=DraftState.WITHDRAWN)
    return [
        *((f"draft-{one.code}", f"草案：{one.title}（{one.get_state_display()}）") for one in ready),
        *((f"terms-{one.pk}", f"已发布：{one.edition.title} 第 {one.version} 版") for one in versions()),
    ]


def todo(user: User) -> list[Todo]:
    """Drafts that wait for this person's approval, and own drafts that came back."""
    if not can_write(user):
        return []
    waiting = [one for one in drafts().filter(state=DraftState.SUBMITTED) if can_approve(user, one)]
    back = drafts().filter(state=DraftState.EDITING, submitted_by=user).exclude(returned="").count()
    address = reverse("studio:drafts")
    found = [
        Todo("待批准发布的方案草案", len(waiting), address, urgent=True),
        Todo("被退回修改的方案草案", back, address),
    ]
    return [one for one in found if one.count]
