"""Rows for tests, with sensible defaults; each context adds its own small functions below."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum.cn import uscc

from tongbao import clock
from tongbao.accounts.models import Area, Organisation, User
from tongbao.accounts.rules import ROLE_OF_KIND, OrganisationKind, Role
from tongbao.batch.models import Import
from tongbao.documents import actions as documents
from tongbao.documents.models import Document
from tongbao.funds import actions as funds
from tongbao.funds.models import Allotment, Booking, ExchangeRate, Pool, Prepayment, Reservation
from tongbao.funds.rules import BookingKind, BookingState
from tongbao.intake import actions as intake
from tongbao.intake.models import Application, Review
from tongbao.intake.rules import State
from tongbao.registry import actions as registry
from tongbao.registry import queries as registry_queries
from tongbao.registry import rules as registry_rules
from tongbao.registry.models import CustomsExport, Exporter, Particulars
from tongbao.scheme import actions as scheme_actions
from tongbao.scheme.models import Edition

PASSWORD = "一把测试用的钥匙-2019"
_numbers = itertools.count(1)


def number() -> int:
    """A number not used before in this run."""
    return next(_numbers)


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def area(code: str = "chongchuan", name: str = "崇川区") -> Area:
    """The area with this code, made when it is not there."""
    return Area.objects.get_or_create(code=code, defaults={"name": name})[0]


def organisation(
    kind: OrganisationKind = OrganisationKind.CITY, *, code: str = "", name: str = "", areas: list[Area] | None = None
) -> Organisation:
    """A body of this kind; a known code gives the body that has it. Districts look after 崇川 unless told otherwise."""
    code = code or f"{kind.value}-{number()}"
    made, _ = Organisation.objects.get_or_create(
        code=code, defaults={"kind": kind, "name": name or f"{kind.label}{code}"}
    )
    if kind is OrganisationKind.DISTRICT or areas:
        made.areas.set(areas or [area()])
    return made


def user(role: Role = Role.CITY_OFFICER, organisation: Organisation | None = None, *, username: str = "") -> User:
    """A person with this role, in a body of the matching kind, who signs in with PASSWORD."""
    kind = next(kind for kind, theirs in ROLE_OF_KIND.items() if theirs is role)
    username = username or f"{role.value}-{number()}"
    made = User(
        username=username,
        name=f"{role.label}{username.rsplit('-', 1)[-1]}",
        role=role,
        organisation=organisation or globals()["organisation"](kind),
        date_joined=clock.now(),
    )
    made.set_password(PASSWORD)
    made.save()
    return made


# ── funds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def nantong() -> Edition:
    """The edition of schemes/nantong-2019.yaml, loaded when it is not there."""
    path = settings.SCHEMES_DIR / "nantong-2019.yaml"
    return scheme_actions.load_edition(text=path.read_text(), name=path.name, by=None).edition


def insurer(code: str = "sinosure") -> Organisation:
    """The insurer with the code the scheme file gives it: sinosure or picc."""
    return organisation(OrganisationKind.INSURER, code=code, name={"sinosure": "中国信保", "picc": "人保财险"}[code])


def pools(*, allotted_fen: int = 0, prepaid_fen: int = 0) -> tuple[Pool, Pool]:
    """The pools of 中国信保 and 人保财险 of nantong-2019, each with this allotment and this prepayment (fen).

    No pool gets more than the edition sets aside for it: 450 and 50 万元.
    """
    insurer("sinosure"), insurer("picc")
    lead, second = funds.open_pools(edition=nantong(), by=None)
    officer = user(Role.FINANCE_OFFICER)
    for pool, most in ((lead, 450_000_000), (second, 50_000_000)):
        if allotted_fen:
            allot(pool, min(allotted_fen, most), by=officer)
        if prepaid_fen:
            prepay(pool, min(prepaid_fen, most), by=officer)
    return lead, second


def booking(kind: BookingKind, pool: Pool, *, by: User | None = None, **said: Any) -> Booking:
    """Something prepared for the fund, which waits for a second person."""
    said.setdefault("key", f"booking-{number()}")
    said.setdefault("day", clock.today())
    return funds.prepare(
        kind=kind, edition_id=pool.edition_id, pool_id=pool.pk, by=by or user(Role.FINANCE_OFFICER), **said
    )


def confirm(prepared: Booking, **said: Any) -> Booking:
    """The same, confirmed once: cash by the insurer, the rest by another finance officer."""
    if prepared.state != BookingState.PREPARED:
        return prepared
    cash = prepared.kind == BookingKind.PREPAYMENT
    by = user(Role.INSURER_AGENT, prepared.pool.insurer) if cash else user(Role.FINANCE_OFFICER)
    return funds.confirm(booking_id=prepared.pk, by=by, **said)


def allot(pool: Pool, amount_fen: int, *, by: User | None = None, **said: Any) -> Allotment:
    """An allotment (资金额度) with a document number of its own, prepared and confirmed."""
    said.setdefault("document_number", f"通财〔2019〕{number()}号")
    return confirm(booking(BookingKind.ALLOTMENT, pool, by=by, amount_fen=amount_fen, **said)).allotment


def prepay(pool: Pool, amount_fen: int, *, by: User | None = None, **said: Any) -> Prepayment:
    """A prepayment (预付拨付) with numbers of its own; give a document_number from the second on."""
    number_ = number()
    receipt = said.pop("receipt_number", f"SJ{number_}")
    given = {"payer": "南通市财政局", "voucher_number": f"PZ{number_}", **said}
    prepared = booking(BookingKind.PREPAYMENT, pool, by=by, amount_fen=amount_fen, **given)
    return confirm(prepared, receipt_number=receipt).prepayment


def receive(*pools: Pool, amount_fen: int = 1_000_00, **said: Any) -> Reservation:
    """A complete application of some firm takes its place: first choice, then the other pools it accepts."""
    number_ = number()
    given = {
        "reference": f"NT2019-{number_:05d}",
        "beneficiary_code": f"{number_:018d}",
        "beneficiary_name": f"南通第{number_}进出口有限公司",
        "purpose": "A",
        "priority_class": 1,
        "key": f"receive-{number_}",
        "by": None,
        **said,
    }
    chosen = [pool.pk for pool in pools]
    return funds.receive(edition_id=pools[0].edition_id, pool_ids=chosen, amount_fen=amount_fen, **given)


def document(name: str = "凭证.pdf", by: User | None = None) -> Document:
    """A paper that shows money coming in."""
    return documents.store_generated(content=b"%PDF-1.7 " + name.encode(), name=name, kind="fund_voucher", by=by)


def unconfirmed_rate(
    by: User, month: date = date(2019, 10, 1), cny_per_usd: Decimal = Decimal("7.0729")
) -> ExchangeRate:
    """A rate this agent entered for its own insurer; nobody has confirmed it."""
    return funds.enter_rate(insurer_id=by.organisation_id, month=month, cny_per_usd=cny_per_usd, checked=True, by=by)


def confirmed_rate(insurer: Organisation, month: date, cny_per_usd: Decimal = Decimal("7.0729")) -> ExchangeRate:
    """A rate that counts: entered by one agent of the insurer, confirmed by another."""
    first, second = user(Role.INSURER_AGENT, insurer), user(Role.INSURER_AGENT, insurer)
    return funds.confirm_rate(rate_id=unconfirmed_rate(first, month, cny_per_usd).pk, checked=True, by=second)


def corrected_rate(wrong: ExchangeRate, cny_per_usd: Decimal, *, confirmed: bool = True) -> ExchangeRate:
    """A rate that takes the place of a confirmed one: entered by one agent of the insurer, confirmed by another."""
    first, second = user(Role.INSURER_AGENT, wrong.insurer), user(Role.INSURER_AGENT, wrong.insurer)
    said = {"reason": "系统汇率录错", "document": upload("说明.pdf"), "checked": True}
    entered = funds.correct_rate(rate_id=wrong.pk, cny_per_usd=cny_per_usd, by=first, **said)
    return funds.confirm_rate(rate_id=entered.pk, checked=True, by=second) if confirmed else entered


# ── intake ──────────────────────────────────────────────────────────────────────────────────────────────────────────


PDF = b"%PDF-1.7\n% a stamped paper\n"


def firm(
    exports: str = "5000000.00", *, us: str = "0.00", prior: str = "4000000.00", code: str = "", in_area: str = ""
) -> User:
    """The person who applies for a firm of 崇川 (or `in_area`) with these exports in USD: `exports` of 2018 in all,
    `us` of them to the US, the rest to Germany; `prior` of 2017. An empty `exports`: the register knows nothing."""
    code = code or f"913206{number():012d}"
    name = f"南通第{code[-6:]}纺织品有限公司"
    place = area(in_area) if in_area else area()
    exporter = _registered(code=code, name=name, area=place)
    if exports:
        customs(exporter, 2018, "US", us)
        customs(exporter, 2018, "DE", str(Decimal(exports) - Decimal(us)))
        customs(exporter, 2017, "DE", prior)
    return user(Role.EXPORTER, organisation(OrganisationKind.EXPORTER, code=code, name=name))


def customs(exporter: Exporter, year: int, country: str, usd: str) -> None:
    """A firm's exports of a whole year to one country, in USD; nothing for 0."""
    if cents := int(Decimal(usd) * 100):
        customs_export(exporter, cents, year=year, country=country, source=an_import())


def an_import() -> Import:
    """The import that test figures say they came from."""
    found = Import.objects.filter(file_name="海关数据.xlsx").first()
    return found or Import.objects.create(
        kind="customs_exports",
        file_name="海关数据.xlsx",
        file_hash="0" * 64,
        state="confirmed",
        uploaded_by=(officer := user()),
        uploaded_at=(now := clock.now()),
        decided_by=officer,
        decided_at=now,
    )


def upload(name: str = "申请表.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def draft(
    by: User | None = None, *, plan: str = "A", fallback: str = "", insurer_code: str = "sinosure"
) -> Application:
    """A complete draft of a firm's person, ready to be submitted. Pools must be open only for submission."""
    nantong(), insurer("sinosure"), insurer("picc")
    by = by or firm()
    exporter = Exporter.objects.get(code=by.organisation.code)
    pk = intake.start(exporter_id=exporter.pk, by=by).pk
    intake.save_plan(application_id=pk, plan=plan, fallback_plan=fallback, by=by)
    chosen = insurer(insurer_code)
    intake.save_insurer(application_id=pk, insurer_id=chosen.pk, accepts_other_insurer=False, by=by)
    intake.confirm_data(
        application_id=pk,
        contact_name="张海燕",
        contact_phone="13812345678",
        address="南通市崇川区青年中路1号",
        confirmed=True,
        by=by,
    )
    intake.declare(application_id=pk, declares_uninsured=True, declares_truth=True, by=by)
    for kind in ("form", "licence"):
        intake.add_paper(application_id=pk, kind=kind, upload=upload(), by=by)
    return Application.objects.get(pk=pk)


def application(state: State = State.FIRST_REVIEW, by: User | None = None, **said: Any) -> Application:
    """An application brought to a state by the verbs themselves: draft, submitted (the pools are empty then),
    first_review, second_review, approved, returned, rejected or withdrawn. Opens pools with 50 万元 each if need be."""
    if not Pool.objects.exists():
        pools(allotted_fen=0 if state == State.SUBMITTED else 50_000_000)
    made = draft(by, **said)
    if state == State.DRAFT:
        return made
    made = intake.submit(application_id=made.pk, key=f"submit-{number()}", by=made.created_by)
    if state == State.WITHDRAWN:
        return intake.withdraw(application_id=made.pk, why="", by=made.created_by)
    given: dict[State, dict[str, Any]] = {
        State.RETURNED: {"verdict": "return", "return_kind": "clarification", "questions": {"papers": "印章不清晰"}},
        State.REJECTED: {"verdict": "reject", "reason": "not_exporter"},
    }
    if state not in (State.SUBMITTED, State.FIRST_REVIEW):
        review(made, "first", **given.get(state, {"verdict": "approve"}))
    if state == State.APPROVED:
        answer_cover(made)
        review(made, "second", verdict="approve")
    return Application.objects.get(pk=made.pk)


def review(application: Application, level: str, *, by: User | None = None, **said: Any) -> Review:
    """A review by somebody new of the right body: approval unless told otherwise."""
    if by is None and level == "first":
        by = user(Role.DISTRICT_OFFICER, organisation(OrganisationKind.DISTRICT, areas=[application.area]))
    said.setdefault("verdict", "approve")
    return intake.review(application_id=application.pk, level=level, by=by or user(), **said)


def answer_cover(application: Application, *, insured: bool = False) -> None:
    """Both insurers say whether the firm is already insured with them."""
    for inquiry in registry_queries.cover_answers(application.edition, application.exporter):
        registry.answer_cover(
            inquiry_id=inquiry.pk,
            insured=insured,
            note="保单 SX-1，至 2020-06-30" if insured else "",
            by=user(Role.INSURER_AGENT, inquiry.insurer),
        )


# ── registry ────────────────────────────────────────────────────────────────────────────────────────────────────────


def code(serial: int | None = None) -> str:
    """A valid unified social credit code (GB 32100-2015) of a made-up firm of Nantong."""
    body = f"91320600MA{number() if serial is None else serial:07d}"
    return body + uscc.calc_check_digit(body)


def exporter(area_: Area | None = None, **said: Any) -> Exporter:
    """A firm of 崇川 unless told otherwise, with a valid code of its own and no exports."""
    number_ = number()
    given = {"code": code(number_), "name": f"南通第{number_}进出口有限公司", "area": area_ or area(), **said}
    given.setdefault("name_initials", registry_rules.initials(given["name"]))
    return _registered(**given)


def _registered(**given: Any) -> Exporter:
    """A firm with what was typed of it."""
    made = Exporter.objects.create(created_at=clock.now(), **given)
    Particulars.objects.create(exporter=made, name=made.name, area=made.area, entered_at=made.created_at, live=True)
    return made


def customs_import(name: str = "出口额.xlsx") -> Import:
    """A customs list brought in earlier; the same name gives the same import."""
    known = Import.objects.filter(file_name=name).first()
    officer = known.uploaded_by if known else user(Role.CITY_OFFICER)
    return known or Import.objects.create(
        kind="customs_exports",
        file_name=name,
        file_hash="0" * 64,
        state="confirmed",
        uploaded_by=officer,
        uploaded_at=clock.now(),
        decided_by=officer,
        decided_at=clock.now(),
    )


def customs_export(
    of: Exporter, cents: int, *, year: int = 2018, month: int = 0, country: str = "US", source: Import | None = None
) -> CustomsExport:
    """One figure of the register, USD cents; month 0 is the whole year."""
    made = CustomsExport.objects.create(
        exporter=of, year=year, month=month, country=country, amount_cents=cents, source=source or customs_import()
    )
    registry.settle_firms(exporter_ids=[of.pk])
    return CustomsExport.objects.get(pk=made.pk)


def user_of(firm: Exporter) -> User:
    """Someone who signs in for a firm."""
    return user(Role.EXPORTER, organisation(OrganisationKind.EXPORTER, code=firm.code, name=firm.name))
