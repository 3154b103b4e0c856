"""What follows when the register has changed: the decision in force, the money, and who is told."""

from django.urls import reverse

from tongbao.accounts.models import User
from tongbao.funds import actions as funds
from tongbao.funds.rules import ReservationState
from tongbao.intake import queries, rules
from tongbao.intake.actions._steps import promote
from tongbao.intake.models import Application
from tongbao.notify import actions as notify
from tongbao.scheme.models import Decision

_IN_PLACE = (ReservationState.WAITING, ReservationState.RESERVED, ReservationState.HELD)


def what_changed(application: Application, before: Decision | None, now: Decision) -> rules.Changes:
    """What two stored decisions differ in that matters to an application; nothing when there was none before."""
    if before is None:
        return rules.Changes()
    return rules.changes(queries.found_in(before, application), queries.found_in(now, application))


def keep_decision(application: Application, changed: Decision | None, facts_version: int) -> None:
    """Note the version that was judged on; the decision becomes the one in force when it says something else."""
    application.facts_version = facts_version
    if changed is not None:
        application.latest_decision = changed
    application.save(update_fields=["facts_version", "latest_decision"])


def fit_money(application: Application, by: User | None) -> str:
    """Bring the sum that is set aside to what the decision in force estimates, and say how the money stands; "" when
    it stays.

    An approved application keeps its sum: the insurer may have quoted on it. So does one whose plan is not offered any
    more: what becomes of it is the reviewers' to decide.
    """
    reservation, decision = application.reservation, queries.in_force(application)
    if application.state not in rules.ADJUSTED or reservation is None or decision is None:
        return ""
    reservation.refresh_from_db()
    amount_fen = queries.found_in(decision, application).amount_fen
    unchanged = amount_fen == reservation.amount_fen + reservation.shortfall_fen
    if not amount_fen or unchanged or reservation.state not in _IN_PLACE:
        return ""
    funds.adjust(reservation_id=reservation.pk, amount_fen=amount_fen, why="企业资料有变化，重新估算扶持金额", by=by)
    promote(application.edition_id)
    application.refresh_from_db(fields=["state", "insurer"])  # the sum that came back may have served this very place
    reservation.refresh_from_db()
    return rules.money_sentence(reservation.state, reservation.amount_fen, reservation.shortfall_fen)


def tell_firm(
    application: Application, changes: rules.Changes, money_says: str, by: User | None, *, reviewed: bool = False
) -> None:
    """A notice to the firm, once for each version of its facts."""
    if (firm := queries.firm_of(application)) is None:
        return
    title, body = rules.told_to_firm(
        application.reference,
        changes,
        application.state,
        money_says,
        correcting=application.return_kind == rules.ReturnKind.CORRECTION,
        reviewed=reviewed,
    )
    url = reverse("intake:application", args=[application.reference])
    notify.send(to=firm, title=title, body=body, url=url, by=by, key=_key(application, "firm"))


def tell_officers(application: Application, changes: rules.Changes, money_says: str, by: User | None) -> None:
    """A notice to those whose turn it is, once for each version of the firm's facts."""
    firm = application.exporter.name
    title, body = rules.told_to_officers(application.reference, firm, changes, application.state, money_says)
    for organisation in queries.whose_turn(application):
        key = _key(application, str(organisation.pk))
        notify.send(to=organisation, title=title, body=body, url=_case(application), by=by, key=key)


def _key(application: Application, to: str) -> str:
    return f"intake.re_evaluate:{application.pk}:{application.facts_version}:{to}"


def _case(application: Application) -> str:
    """The page of the case is the roof's; its address is fixed, as `ui`'s case_link knows."""
    return f"/cases/{application.reference}/"
