"""One of everything that an address may name, and a person of each kind who knocks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from tests import factories
from tests.funds import reconciling
from tests.registry.lists import previewed, row
from tests.studio import drafting, forecasting
from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import OrganisationKind, Role
from tongbao.audit import actions as audit
from tongbao.audit.models import Record, Verification
from tongbao.batch.models import Import
from tongbao.documents import actions as documents
from tongbao.documents.models import Document
from tongbao.funds import actions as funds
from tongbao.funds.models import Booking, ExchangeRate, InsurerStatement, MonthClose, Parity, Transfer
from tongbao.funds.rules import BookingKind
from tongbao.intake.models import Application, Paper
from tongbao.intake.rules import State
from tongbao.notify.models import Message
from tongbao.policies import actions as policies
from tongbao.policies.models import Cancellation, Policy, Repricing
from tongbao.registry import actions as registry
from tongbao.registry.models import CodeException, Correction, CoverInquiry, Designation, Dispute, FormerIdentity
from tongbao.registry.rules import DesignationKind
from tongbao.studio.models import Draft, ForecastRun

ENTRY = date(2019, 10, 15)


@dataclass
class World:
    """The case (an issued policy of 中国信保 for a firm of 崇川) and what stands around it."""

    people: dict[str, User | None]
    application: Application
    policy: Policy
    cancellation: Cancellation
    paper: Paper
    transfer: Transfer
    month: MonthClose
    rate: ExchangeRate
    parity: Parity
    repricing: Repricing
    voucher: Document
    booking: Booking
    statement: InsurerStatement
    inquiry: CoverInquiry
    designation: Designation
    upload: Import
    correction: Correction
    dispute: Dispute
    accepted: CodeException
    former: FormerIdentity
    message: Message
    record: Record
    verification: Verification
    person: User
    draft: Draft
    forecast: ForecastRun


def build() -> World:
    """Everything, made by the verbs themselves where there is one."""
    with clock.at(clock.local(date(2019, 9, 20), 9)):  # a month that can be locked
        lead, _ = factories.pools(allotted_fen=40_000_000, prepaid_fen=40_000_000)
    officer = factories.user(Role.FINANCE_OFFICER)
    voucher = documents.store_upload(upload=factories.upload("拨付凭证.pdf"), kind="funds.voucher", by=officer)
    factories.allot(lead, 1_000_000, voucher=voucher, by=officer)
    cash = {"payer": "南通市财政局", "voucher_number": "PZ-待确认", "document_number": "追加1号"}
    booking = factories.booking(BookingKind.PREPAYMENT, lead, by=officer, amount_fen=1_000_000, **cash)
    sinosure, picc = factories.insurer("sinosure"), factories.insurer("picc")
    exporter, other_exporter = factories.firm(), factories.firm()
    exporter.organisation.areas.set([factories.area()])
    people: dict[str, User | None] = {
        "anonymous": None,
        "exporter": exporter,
        "other_exporter": other_exporter,
        "district_officer": _district("chongchuan", "崇川区"),
        "other_district_officer": _district("tongzhou", "通州区"),
        "city_officer": factories.user(Role.CITY_OFFICER),
        "insurer_agent": factories.user(Role.INSURER_AGENT, sinosure),
        "other_insurer_agent": factories.user(Role.INSURER_AGENT, picc),
        "finance_officer": factories.user(Role.FINANCE_OFFICER),
        "auditor": factories.user(Role.AUDITOR),
        "administrator": factories.user(Role.ADMINISTRATOR),
    }
    application = factories.application(State.APPROVED, by=exporter)
    agent = factories.user(Role.INSURER_AGENT, sinosure)
    october = factories.confirmed_rate(sinosure, ENTRY)
    policy = policies.quote(
        application_id=application.pk, number="SX-1", entry_date=ENTRY, insured_percentage=Decimal("0.8"), by=agent
    )
    policies.issue(policy_id=policy.pk, by=agent)
    cancellation = policies.ask_cancellation(
        policy_id=policy.pk, last_day=date(2019, 12, 31), reason="no_exports", text="不再出口", by=exporter
    )
    policies.file_certificate(policy_id=policy.pk, by=agent)
    factories.corrected_rate(october, Decimal("7.08"))
    repricing = policies.reprice(policy_id=policy.pk, by=agent)
    (parity,) = funds.enter_parities(
        lines=[(date(2019, 9, 24), Decimal("7.0729"))], source="某日报", checked=False, by=officer
    )
    rate = funds.enter_rate(
        insurer_id=sinosure.pk, month=date(2019, 9, 1), cny_per_usd=Decimal("7.07"), checked=True, by=agent
    )
    city = factories.user(Role.CITY_OFFICER, people["city_officer"].organisation)  # a colleague of who knocks
    designation = registry.add_designation(
        exporter_id=application.exporter_id,
        kind=DesignationKind.POLICY_DIRECTION,
        document_number="通商发〔2019〕8号",
        valid_from=date(2019, 9, 1),
        valid_to=None,
        by=city,
    )
    upload = previewed(row(), by=city)
    accepted = registry.accept_code(
        code="91350211M0000XUF46", reason="已核对执照", evidence=factories.upload("执照.pdf"), by=city
    )
    ground = registry.Ground(date(2019, 9, 1), "准予变更1号", factories.upload("通知书.pdf"))
    registry.rename(exporter_id=application.exporter_id, name="南通新名纺织有限公司", ground=ground, by=city)
    dispute = registry.raise_dispute(
        exporter_id=application.exporter_id, fact="exports_usd", statement="少了一票",
        evidence=factories.upload("报关单.pdf"), key=uuid4(), by=exporter,
    )  # fmt: skip
    correction = registry.correct_figure(
        exporter_id=application.exporter_id, year=2018, month=0, country="DE", cents=1,
        why=registry.Why("海关更正", factories.upload("更正单.pdf"), dispute.pk, uuid4()), by=city,
    )  # fmt: skip
    message = Message.objects.filter(organisation=exporter.organisation).first() or Message.objects.create(
        organisation=exporter.organisation, title="消息", created_at=clock.now()
    )
    return World(
        people=people,
        application=Application.objects.get(pk=application.pk),
        policy=Policy.objects.get(pk=policy.pk),
        cancellation=cancellation,
        paper=application.papers.first(),
        month=funds.lock_month(edition_id=lead.edition_id, month=date(2019, 9, 1), by=officer),
        transfer=Transfer.objects.filter(reservation__reference=application.reference).first(),
        rate=rate,
        parity=parity,
        repricing=repricing,
        voucher=voucher,
        booking=booking,
        statement=reconciling.kept(lead, reconciling.row("SX-0", 1)),
        inquiry=CoverInquiry.objects.get(exporter=application.exporter, insurer=sinosure),
        designation=designation,
        upload=upload,
        correction=correction,
        dispute=dispute,
        accepted=accepted,
        former=FormerIdentity.objects.get(),
        message=message,
        record=Record.objects.first(),
        verification=_verification(people["auditor"]),
        person=exporter,
        draft=drafting.draft(by=city),
        forecast=forecasting.kept(application.edition.versions.get(), city),
    )


def _verification(by: User | None) -> Verification:
    one = audit.begin_verification(verification_id=audit.ask_verification(by=by).pk, total=0)
    return audit.finish_verification(verification_id=one.pk, attempt=one.attempt)


def _district(code: str, name: str) -> User:
    body = factories.organisation(OrganisationKind.DISTRICT, areas=[factories.area(code, name)], name=f"{name}商务局")
    return factories.user(Role.DISTRICT_OFFICER, body)
