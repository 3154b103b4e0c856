"""A city with one edition, two insurers, money in the pools, and applications that the city has approved."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests import factories
from tongbao import clock
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.config.settings import SCHEMES_DIR
from tongbao.funds import actions as funds
from tongbao.funds import queries as fund_queries
from tongbao.funds.models import Account, Pool
from tongbao.funds.rules import AccountKind
from tongbao.intake.models import Application, Review
from tongbao.intake.rules import Level, State, Verdict
from tongbao.policies import actions
from tongbao.policies.models import Policy
from tongbao.registry.models import Exporter
from tongbao.scheme import actions as schemes
from tongbao.scheme import queries as scheme_queries
from tongbao.scheme.models import Edition, Terms

RATE = Decimal("7.0729")
ENTRY = date(2019, 10, 14)
APPROVED_ON = date(2019, 10, 12)


@dataclass
class World:
    terms: Terms
    edition: Edition
    sinosure: Organisation
    picc: Organisation
    agent: User
    second_agent: User
    other_agent: User
    district: User
    city: User
    finance: User


def build() -> World:
    """The edition of 2019, its pools with 450 and 50 万元 allotted and paid, the rate of October confirmed."""
    path = SCHEMES_DIR / "nantong-2019.yaml"
    sinosure = factories.organisation(OrganisationKind.INSURER, code="sinosure", name="中国信保江苏分公司")
    picc = factories.organisation(OrganisationKind.INSURER, code="picc", name="人保财险南通市分公司")
    terms = schemes.load_edition(text=path.read_text(), name=path.name, by=None)
    agents = [factories.user(Role.INSURER_AGENT, one) for one in (sinosure, sinosure, picc)]
    world = World(
        terms,
        terms.edition,
        sinosure,
        picc,
        *agents,
        district=factories.user(Role.DISTRICT_OFFICER),
        city=factories.user(Role.CITY_OFFICER),
        finance=factories.user(Role.FINANCE_OFFICER),
    )
    funds.open_pools(edition=terms.edition, by=world.city)
    return world


def fill(world: World, allotted_fen: int = 100_000_000, paid_fen: int | None = None) -> None:
    """Allot and prepay into 中国信保's pool."""
    pool = pool_of(world)
    factories.allot(pool, allotted_fen, by=world.finance)
    paid_fen = allotted_fen if paid_fen is None else paid_fen
    if paid_fen:
        factories.prepay(pool, paid_fen, by=world.finance)


def set_rate(world: World, month: date = ENTRY, rate: Decimal = RATE, *, confirmed: bool = True) -> None:
    """The insurer's rate of a month, entered by one agent and confirmed by another."""
    entered = funds.enter_rate(
        insurer_id=world.sinosure.pk, month=month.replace(day=1), cny_per_usd=rate, by=world.agent, checked=True
    )
    if confirmed:
        funds.confirm_rate(rate_id=entered.pk, checked=True, by=world.second_agent)


def pool_of(world: World) -> Pool:
    return fund_queries.pool_of(world.edition, world.sinosure)


def balance(world: World, kind: AccountKind) -> int:
    return Account.objects.get(pool=pool_of(world), kind=kind).balance_fen


def approved(
    world: World, plan: str = "A", exports: str = "5000000.00", name: str = "南通海之源纺织品有限公司"
) -> Application:
    """An application for 中国信保, submitted, reserved, reviewed twice, approved on APPROVED_ON."""
    number = factories.number()
    code = f"913206{number:012d}"
    area = factories.area()
    exporter = Exporter.objects.create(code=code, name=name, area=area, created_at=clock.now())
    body = factories.organisation(OrganisationKind.EXPORTER, code=code, name=name)
    person = factories.user(Role.EXPORTER, body)
    facts = {"area": area.code, "exports_usd": Decimal(exports), "insured": False}
    decision = schemes.decide(terms=world.terms, facts=facts, subject_code=code, by=person)
    scheme = scheme_queries.scheme_of(world.terms)
    reservation = funds.receive(
        edition_id=world.edition.pk,
        pool_ids=[pool_of(world).pk],
        reference=f"NT2019-{number:06d}",
        beneficiary_code=code,
        beneficiary_name=name,
        purpose=plan,
        amount_fen=scheme.estimate_fen(plan, int(Decimal(exports) * 100)),
        priority_class=1,
        key=f"test-{number}",
        by=person,
    )
    application = Application.objects.create(
        edition=world.edition,
        exporter=exporter,
        area=area,
        reference=reservation.reference,
        state=State.APPROVED,
        plan=plan,
        insurer=world.sinosure,
        decision=decision,
        reservation=reservation,
        created_by=person,
        created_at=clock.now(),
        submitted_at=clock.now(),
    )
    for level, reviewer in ((Level.FIRST, world.district), (Level.SECOND, world.city)):
        Review.objects.create(
            application=application,
            level=level,
            verdict=Verdict.APPROVE,
            decision=decision,
            reviewer=reviewer,
            body=reviewer.organisation,
            at=clock.local(APPROVED_ON - timedelta(days=level == Level.FIRST), 10),
        )
    return application


def quoted(world: World, application: Application, number: str = "SX-2019-0001", day: date = ENTRY) -> Policy:
    """A quote at 80 %."""
    return actions.quote(
        application_id=application.pk,
        number=number,
        entry_date=day,
        insured_percentage=Decimal("0.8"),
        by=world.agent,
    )


def issued(world: World, application: Application | None = None, number: str = "SX-2019-0001") -> Policy:
    """A policy in force (the exporter's share paid where there is one)."""
    policy = quoted(world, application or approved(world), number)
    if policy.exporter_share_due:
        actions.record_exporter_payment(policy_id=policy.pk, paid_on=ENTRY, voucher="HD-1", by=world.agent)
    return actions.issue(policy_id=policy.pk, by=world.agent)


def exporter_of(policy: Policy) -> User:
    return User.objects.get(organisation__code=policy.insured.code)
