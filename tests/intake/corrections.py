"""The register is corrected after an application was handed in, and what came of it."""

from tests import factories
from tongbao.accounts.models import Organisation
from tongbao.accounts.rules import OrganisationKind
from tongbao.audit import queries as log
from tongbao.audit.models import Record
from tongbao.funds import queries as funds
from tongbao.funds.models import Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake import queries
from tongbao.intake.models import Application
from tongbao.registry.models import Exporter
from tongbao.scheme import queries as schemes

ONE_FEN, TWO_FEN, LESS_FEN = 1_092_763, 2_185_526, 764_934  # plan A of 500, 1000, 350 万 USD
SMALL, LESS, TWICE = "1000000.00", "3500000.00", "10000000.00"
IN_PLACE = (ReservationState.RESERVED, ONE_FEN, 0)


def correct(made: Application, usd: str) -> None:
    """The register says another sum of the base year; the list confirmed last counts."""
    source = factories.customs_import(f"更正{factories.number()}.xlsx")
    cents = int(usd.replace(".", ""))
    factories.customs_export(Exporter.objects.get(pk=made.exporter_id), cents, country="DE", source=source)


def fresh(made: Application) -> Application:
    """The row as it is now."""
    return Application.objects.get(pk=made.pk)


def money_of(made: Application) -> tuple[str, int, int]:
    """State, sum and shortfall of its place, in fen."""
    return Reservation.objects.values_list("state", "amount_fen", "shortfall_fen").get(application=made.pk)


def told(body: Organisation) -> list[str]:
    """Titles of what a body was told of changed facts."""
    return [message.title for message in body.messages.order_by("pk") if "资料有变化" in message.title]


def verbs(made: Application) -> list[str]:
    """What the log says of judging it anew, oldest first."""
    found = Record.objects.filter(reference=made.reference).order_by("number").values_list("verb", flat=True)
    return [verb for verb in found if verb.startswith("intake.re_")]


def district() -> Organisation:
    """The body that reviews the firms of 崇川."""
    return factories.organisation(OrganisationKind.DISTRICT, code="cc", areas=[factories.area()])


def no_faults() -> bool:
    """Whether `tongbao verify` would find everything true."""
    return [*queries.faults(), *funds.faults(), *schemes.faults(), *log.faults()] == []
