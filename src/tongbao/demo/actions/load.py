"""The whole of it, in the order in which a city would do it."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.demo import rules
from tongbao.demo.actions import people, register
from tongbao.demo.actions.stories import play
from tongbao.funds import actions as funds
from tongbao.funds import queries as pools
from tongbao.funds.rules import BookingKind
from tongbao.policies import actions as policies
from tongbao.scheme import actions as schemes
from tongbao.scheme.models import Edition, Terms

OPENING = clock.local(date(2019, 8, 26), 9)
SCHEME = "nantong-2019.yaml"
EXCLUDED = ["AF", "CU", "IQ", "KP", "SO", "SY", "VE", "YE"]  # made up, like everything here


def load() -> None:
    """Load the synthetic city into an empty database; deterministic, about half a minute."""
    firms = list(rules.firms())
    with clock.at(OPENING):
        staff = _city(firms)
        terms = _scheme(staff["shangwu-1"])
        _money(terms.edition, staff)
        _exclusions(staff)
    play(firms, staff)


@audit.action
def _city(firms: list[rules.Firm]) -> dict[str, User]:
    areas = people.areas()
    staff = people.bodies(areas, OPENING)
    officers = (staff["shangwu-1"], staff["shangwu-2"])
    count = register.load(firms, areas, officers, OPENING)
    password = officers[0].password
    for firm in firms:
        if firm.account:
            people.exporter_account(firm, firm.account, areas[firm.area], OPENING, password)
    first = officers[0]
    audit.record("demo.load", first, by=None, firms=len(firms), export_rows=count)
    return staff


def _scheme(by: User) -> Terms:
    text = (Path(settings.SCHEMES_DIR) / SCHEME).read_text(encoding="utf-8")
    return schemes.load_edition(text=text, name=SCHEME, by=by)


def _money(edition: Edition, staff: dict[str, User]) -> None:
    """Each pool's allotment, confirmed by the city, and its prepayment, confirmed by the insurer that received it."""
    agents = {"sinosure": staff["xinbao-2"], "picc": staff["renbao-2"]}
    for pool in funds.open_pools(edition=edition, by=staff["shangwu-1"]):
        code, fund_fen = pool.insurer.code, pools.ceiling_fen(pool) or 0
        said: dict[str, Any] = {"edition_id": edition.pk, "pool_id": pool.pk, "amount_fen": fund_fen}
        allotment = funds.prepare(
            kind=BookingKind.ALLOTMENT,
            document_number="通财工贸〔2019〕31号",
            day=date(2019, 8, 23),
            key=f"demo-allot-{code}",
            by=staff["caizheng-1"],
            **said,
        )
        funds.confirm(booking_id=allotment.pk, by=staff["shangwu-1"])
        prepayment = funds.prepare(
            kind=BookingKind.PREPAYMENT,
            payer="南通市财政局",
            voucher_number=f"2019-08-{code.upper()}-01",
            day=date(2019, 8, 26),
            key=f"demo-prepay-{code}",
            by=staff["caizheng-1"],
            **said,
        )
        receipt = f"SJ201908-{code.upper()}"
        funds.confirm(booking_id=prepayment.pk, receipt_number=receipt, by=agents[code])


def _exclusions(staff: dict[str, User]) -> None:
    for agent in ("xinbao-1", "renbao-1"):
        policies.list_excluded(
            countries=EXCLUDED,
            valid_from=date(2019, 9, 1),
            document_number="国别风险清单 2019 年第三季度（演示数据）",
            by=staff[agent],
        )
