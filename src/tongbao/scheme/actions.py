"""What can happen to schemes: terms are loaded, firms are decided on. Nothing is ever changed."""

from collections.abc import Mapping
from decimal import Decimal

from tongbao import clock, once
from tongbao.accounts import actions as accounts
from tongbao.accounts import queries as accounts_queries
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.refusal import Refusal
from tongbao.scheme import permissions, queries, rules
from tongbao.scheme.models import Decision, Edition, Terms


@audit.action
def load_edition(
    *, text: str, name: str, by: User | None, follows: int | None = None, proposed_by: User | None = None
) -> Terms:
    """Store a scheme file as the next immutable version of its edition; the same content again changes nothing.

    Areas of the city that are not registered yet come with it. `name` is the file's name, for faults and the record;
    `follows` the version the person compared it with (0: none; None: did not compare). Raises rules.Faults with every
    fault of the file; Refusal `effective_too_early` when it would take effect before the version it follows,
    `terms_moved` when somebody loaded another version since the comparison, and `second_person` when something is
    published already and nobody but `by` has proposed this.
    """
    permissions.check_load(by)
    scheme = rules.load(text, name)
    edition = _edition(scheme)
    if accounts_queries.unknown_areas(scheme.area_names):
        accounts.ensure_areas(areas=list(scheme.area_names.items()), by=by)
    last = edition.versions.order_by("version").last()
    if existing := edition.versions.filter(hash=scheme.hash).first():
        audit.record("terms.unchanged", existing, by=by, reference=edition.code, file=name, hash=scheme.hash)
        return existing
    _check_follows(scheme, last, follows)
    if queries.anything_published():
        permissions.check_second_person(by, proposed_by)
    terms = Terms.objects.create(
        edition=edition,
        version=last.version + 1 if last else 1,
        hash=scheme.hash,
        source=text,
        body=scheme.body(),
        effective_from=scheme.edition.effective_from,
        loaded_at=clock.now(),
    )
    audit.record(
        "terms.loaded",
        terms,
        by=by,
        reference=edition.code,
        file=name,
        version=terms.version,
        hash=terms.hash,
        source=terms.source_hash,
    )
    return terms


def _check_follows(scheme: rules.Scheme, last: Terms | None, follows: int | None) -> None:
    """The version it was compared with is still the last, and it does not reach back before that one."""
    if follows is not None and follows != (last.version if last else 0):
        raise Refusal("terms_moved", "预览之后又有人载入了新的版本。请重新核对下面的变化，再确认载入。")
    if last is not None and scheme.edition.effective_from < last.effective_from:
        raise Refusal(
            "effective_too_early",
            f"新版本的生效日期早于第{last.version}版的 {last.effective_from:%Y-%m-%d}，请改后再载入。",
        )


def _edition(scheme: rules.Scheme) -> Edition:
    """The edition of a scheme under lock, made when it is new; two who load it at once get the same one."""
    head = scheme.edition
    Edition.objects.get_or_create(code=head.code, defaults={"title": head.title, "city": head.city, "year": head.year})
    return queries.lock_edition(head.code)


@audit.action
def decide(
    *, terms: Terms, facts: Mapping[str, Decimal | bool | str | None], subject_code: str, by: User | None
) -> Decision:
    """Decide on one firm under terms and keep facts and result (Outcome.to_json()), at the reference exchange rate.

    Facts the terms do not know are left out. `subject_code` is the firm's unified social credit code. Refusal
    `bad_facts` for facts that cannot be true together, such as a part larger than its whole.
    """
    ready = queries.compiled(terms)
    known = {fact.id for fact in ready.scheme.facts}
    stored = {id: rules.jsonable(value) for id, value in facts.items() if id in known}
    try:
        outcome = rules.decide(ready, rules.read_facts(ready.scheme, stored))
    except rules.BadFacts as bad:
        raise Refusal("bad_facts", f"企业名册中的数据前后矛盾，请联系市商务局更正：{bad}。") from None
    decision = Decision(terms=terms, subject_code=subject_code, facts=stored, result=outcome.to_json(), at=clock.now())
    once.insert(decision)
    audit.record(
        "decision.taken",
        decision,
        by=by,
        reference=subject_code,
        hash=terms.hash,
        eligible=outcome.eligible,
        content=decision.content_hash,
    )
    return decision
