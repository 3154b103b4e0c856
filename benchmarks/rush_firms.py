"""Firms with a complete draft each, and a browser that is signed in: what stands at the door when the minute opens.

Rows that hundreds of verbs would have left are written in bulk; edition, pools, allotments and the years of the
register come from the product's own verbs. What needs Django is imported when Django is set up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.customs import code

EDITION = "nantong-2019"
AREA = "chongchuan"
INSURERS = ("sinosure", "picc")
YEARS = (2017, 2018)
MARKETS = ("DE", "VN")
CENTS = 500_000_000  # a firm's exports of a year
AT_ONCE = 500
FUNDED = (85, 5)  # of a hundred firms, by insurer; the rest joins the line


@dataclass(frozen=True)
class Visitor:
    """A firm's browser: the draft it is about to submit, its cookies, its form."""

    application: int
    reference: str
    user: int
    session: str
    csrf_cookie: str
    csrf_token: str

    @property
    def key(self) -> str:
        """What the page's hidden field holds."""
        return f"rush-{self.application}"


def prepare(firms: int) -> list[Visitor]:
    """An open edition with money for most of `firms` firms, and these firms."""
    _open(firms)
    source = _source()
    parts = [range(start, min(start + AT_ONCE, firms)) for start in range(0, firms, AT_ONCE)]
    return [visitor for numbers in parts for visitor in _some(numbers, source)]


def _open(firms: int) -> None:
    from django.conf import settings

    from tongbao import clock
    from tongbao.accounts.models import Organisation
    from tongbao.funds import actions as funds
    from tongbao.funds.rules import BookingKind
    from tongbao.scheme import actions as schemes

    text = (settings.SCHEMES_DIR / f"{EDITION}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"fund_yuan: \d+万", "fund_yuan: 100000万", text)  # as much as firms in this measurement need
    edition = schemes.load_edition(text=text, name=f"{EDITION}.yaml", by=None).edition
    for insurer in INSURERS:
        Organisation.objects.create(kind="insurer", code=insurer, name=insurer)
    office = Organisation.objects.create(kind="finance", code="finance", name="财政局")
    first, second = (person(name, "finance_officer", office) for name in ("finance-1", "finance-2"))
    for pool in funds.open_pools(edition=edition, by=None):
        share = dict(zip(INSURERS, FUNDED, strict=True))[pool.insurer.code]
        amount = _amount(edition) * (firms * share // 100 + 1) - 1  # not a fen for one more
        said: dict[str, Any] = {"day": clock.today(), "document_number": f"通财〔2019〕{pool.pk}号"}
        booking = funds.prepare(
            kind=BookingKind.ALLOTMENT,
            edition_id=edition.pk,
            pool_id=pool.pk,
            amount_fen=amount,
            key=f"allot-{pool.pk}",
            by=first,
            **said,
        )
        funds.confirm(booking_id=booking.pk, by=second)


def _amount(edition: Any) -> int:
    """What one firm reserves, in fen."""
    from tongbao.scheme import queries as schemes

    return schemes.scheme_of(schemes.terms_of(edition)).estimate_fen("A", CENTS)


def _source() -> Any:
    from tongbao import clock
    from tongbao.accounts.models import Organisation
    from tongbao.batch.models import Import

    officer = person("city", "city_officer", Organisation.objects.create(kind="city", code="city", name="商务局"))
    said = {"uploaded_by": officer, "uploaded_at": clock.now(), "decided_by": officer, "decided_at": clock.now()}
    return Import.objects.create(
        kind="customs_exports", file_name="海关数据.xlsx", file_hash="0" * 64, state="confirmed", **said
    )


def person(username: str, role: str, organisation: Any) -> Any:
    """Somebody of an organisation."""
    from tongbao import clock
    from tongbao.accounts.models import User

    return User.objects.create(
        username=username, name=username, role=role, organisation=organisation, date_joined=clock.now()
    )


def _some(numbers: range, source: Any) -> Iterator[Visitor]:
    from django.db import transaction

    with transaction.atomic():
        firms = _register(numbers, source)
        people = _people(firms)
        drafts = _drafts(firms, people)
        yield from _browsers(drafts, people)


def _register(numbers: range, source: Any) -> list[Any]:
    from tongbao import clock
    from tongbao.accounts.models import Area
    from tongbao.registry import actions
    from tongbao.registry.models import CustomsExport, Exporter, Particulars

    area, now = Area.objects.get(code=AREA), clock.now()
    names = {number: f"南通第{number:06d}进出口有限公司" for number in numbers}
    firms = Exporter.objects.bulk_create(
        Exporter(code=code(number), name=name, area=area, created_at=now) for number, name in names.items()
    )
    Particulars.objects.bulk_create(
        Particulars(exporter=firm, name=firm.name, area=area, entered_at=now, live=True) for firm in firms
    )
    CustomsExport.objects.bulk_create(
        [
            CustomsExport(exporter=firm, source=source, year=year, month=month, country=country, amount_cents=cents)
            for firm in firms
            for year in YEARS
            for month, country, cents in _months()
        ],
        batch_size=5_000,
    )
    actions.settle_firms(exporter_ids=[firm.pk for firm in firms])
    return firms


def _months() -> Iterator[tuple[int, str, int]]:
    """A year's figures: twelve months to two countries, CENTS in all."""
    each = CENTS // (12 * len(MARKETS))
    for month in range(1, 13):
        for country in MARKETS:
            rest = CENTS - each * 12 * len(MARKETS) if (month, country) == (12, MARKETS[-1]) else 0
            yield month, country, each + rest


def _people(firms: list[Any]) -> list[Any]:
    from tongbao import clock
    from tongbao.accounts.models import Organisation, User

    bodies = Organisation.objects.bulk_create(
        Organisation(kind="exporter", code=firm.code, name=firm.name) for firm in firms
    )
    return User.objects.bulk_create(
        User(
            username=body.code,
            name="张海燕",
            role="exporter",
            phone="13812345678",
            organisation=body,
            date_joined=clock.now(),
            password=f"argon2$bench${body.code}",
        )
        for body in bodies
    )


def _drafts(firms: list[Any], people: list[Any]) -> list[Any]:
    from tongbao import clock
    from tongbao.accounts.models import Organisation
    from tongbao.documents.models import Document
    from tongbao.intake import rules
    from tongbao.intake.models import Application, Paper
    from tongbao.scheme.models import Edition

    edition, now = Edition.objects.get(code=EDITION), clock.now()
    insurers = [Organisation.objects.get(code=insurer) for insurer in INSURERS]
    drafts = Application.objects.bulk_create(
        Application(
            edition=edition,
            exporter=firm,
            area=firm.area,
            reference=f"TB2019-{firm.pk:06d}",
            state=rules.State.DRAFT,
            plan="A",
            insurer=insurers[firm.pk % 10 == 9],
            accepts_other_insurer=True,
            contact_name=person.name,
            contact_phone=person.phone,
            address="南通市崇川区青年中路1号",
            data_confirmed=True,
            declares_uninsured=True,
            declares_truth=True,
            declaration_version=rules.DECLARATION_VERSION,
            created_by=person,
            created_at=now,
        )
        for place, (firm, person) in enumerate(zip(firms, people, strict=True))
    )
    kinds = [(draft, kind) for draft in drafts for kind in rules.REQUIRED_PAPERS]
    documents = Document.objects.bulk_create(
        Document(
            kind=f"intake.{kind}",
            name=f"{kind}.pdf",
            content_type="application/pdf",
            size=1,
            sha256=f"{draft.pk:064d}",
            file=f"{draft.pk}/{kind}.pdf",
            uploaded_by_id=draft.created_by_id,
            uploaded_by_name="张海燕",
            created_at=now,
        )
        for draft, kind in kinds
    )
    Paper.objects.bulk_create(
        Paper(application=draft, kind=kind, document=document, added_at=now)
        for (draft, kind), document in zip(kinds, documents, strict=True)
    )
    return drafts


def _browsers(drafts: list[Any], people: list[Any]) -> Iterator[Visitor]:
    from secrets import token_hex

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.http import HttpRequest
    from django.middleware.csrf import get_token

    store, until, sessions = SessionStore(), SessionStore().get_expiry_date(), []
    for draft, person in zip(drafts, people, strict=True):
        signed_in = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        session = Session(session_key=token_hex(16), session_data=store.encode(signed_in), expire_date=until)
        sessions.append(session)
        request = HttpRequest()
        token = get_token(request)
        yield Visitor(draft.pk, draft.reference, person.pk, session.session_key, request.META["CSRF_COOKIE"], token)
    Session.objects.bulk_create(sessions)
