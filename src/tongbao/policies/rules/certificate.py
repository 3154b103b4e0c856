"""The paper of a policy: certificate and schedule in one PDF, typeset from facts alone.

The same facts give the same bytes on any machine: no system font, no clock, no random identifier.
"""

import io
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
import typst

from tongbao import money
from tongbao.policies.rules.quoting import shown_code

TEMPLATES = Path(__file__).resolve().parents[1] / "typst"
FONTS = pylopdf_fonts_zh_cn.sans_path().parent  # Noto Sans SC and Noto Serif SC under the SIL Open Font License 1.1
ACCENT = "#0b5d66"
TITLE = "短期出口信用保险保单（统保平台）"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What the paper of a cancelled policy says of its end; sums in fen, with their arithmetic."""

    last_day: date
    approved_on: date
    asked_by: str
    consented_by: str
    approved_by: str
    reason: str
    fund_fen: int
    fund_how: str
    firm_fen: int
    firm_how: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything the paper says. Money in cents (`_cents`) and fen (`_fen`); rates as Decimal; days as dates."""

    edition: str
    terms_version: int
    terms_hash: str
    number: str
    reference: str
    nominal_policyholder: str
    insured: str
    insured_code: str
    insurer: str
    plan: str
    plan_title: str
    rate: str  # as the scheme words it: 0.03%
    computed: str  # how the premium in USD came about
    subsidy_rate: Decimal
    limit_cents: int
    insured_percentage: Decimal
    cover_from: date
    cover_to: date
    base_year: int
    base_exports_cents: int
    premium_cents: int
    premium_fen: int
    subsidy_fen: int
    exporter_share_fen: int
    share_paid_on: date | None
    cny_per_usd: Decimal
    rate_month: date
    entry_date: date
    issued_at: datetime
    issued_on: date
    excluded: tuple[str, ...]
    excluded_source: str
    code: str
    lookup_url: str
    cancelled: Cancelled | None = None
    endorsements: tuple[str, ...] = ()  # what corrected rates have changed since the issue

    @property
    def verification_url(self) -> str:
        """Where the QR code leads: the public page of this policy."""
        return f"{self.lookup_url}{self.code}/"


@dataclass(frozen=True, slots=True)
class PremiumLine:
    """One line of the schedule's computation of the premium."""

    item: str
    how: str
    amount: str
    clause: str
    total: bool = False


def render(facts: Certificate) -> bytes:
    """The PDF (PDF/A-2a, tagged, fonts embedded): certificate, schedule, and the endorsement that cancelled it."""
    return typst.compile(
        str(TEMPLATES / "certificate.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2a"],
        timestamp=int(facts.issued_at.timestamp()),
        sys_inputs={"data": json.dumps(content(facts), ensure_ascii=False)},
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def content(facts: Certificate) -> dict[str, object]:
    """What the template prints, as text: sums with separators, days in Chinese, notes in order."""
    excluded = "、".join(facts.excluded) or "无"
    short = excluded if len(facts.excluded) <= 12 else f"{len(facts.excluded)} 个国家和地区，名单见保险单明细表"
    return {
        "title": TITLE,
        "document_title": f"{TITLE} {facts.number}",
        **{name: str(getattr(facts, name)) for name in ("edition", "terms_version", "number", "reference")},
        **{name: getattr(facts, name) for name in ("nominal_policyholder", "insured", "insured_code", "insurer")},
        "terms_hash": facts.terms_hash[:16],
        "terms_hash_long": facts.terms_hash,
        "plan_title": facts.plan_title,
        "plan_note": _plan_note(facts),
        "limit": money.text(facts.limit_cents),
        "limit_wan": money.text_wan(facts.limit_cents).removesuffix(".00"),
        "limit_clause": "一个保单年度内的累计赔偿上限（四(二)）",
        "percentage": percent(facts.insured_percentage),
        "cover_from": day(facts.cover_from),
        "cover_to": day(facts.cover_to),
        "cover_short": f"{facts.cover_from:%Y-%m-%d} 至 {_covered_to(facts):%Y-%m-%d}",
        "cover_clause": "按出运日期认定（四(一)）",
        "cover_note": f"自 {day(facts.cover_from)}起的出运一并承保，“特别约定”第 1 条所列除外（四(一)）",
        "excluded": excluded,
        "excluded_short": short,
        "excluded_note": facts.excluded_source,
        "premium_usd": money.text(facts.premium_cents),
        "premium_cny": money.text(facts.premium_fen),
        "rate_month": month(facts.rate_month),
        "rate": plain(facts.cny_per_usd),
        "subsidy": money.text(facts.subsidy_fen),
        "exporter_share": money.text(facts.exporter_share_fen),
        "premium_lines": [asdict(line) for line in premium_lines(facts)],
        "notes": notes(facts),
        "code": shown_code(facts.code),
        "verification_url": facts.verification_url,
        "verification_lookup": facts.lookup_url,
        "qr_svg": qr_svg(facts.verification_url),
        "issued_on": day(facts.issued_on),
        "entry_date": day(facts.entry_date),
        "cancelled": cancellation(facts.cancelled),
    }


def _covered_to(facts: Certificate) -> date:
    return facts.cancelled.last_day if facts.cancelled else facts.cover_to


def cancellation(facts: Cancelled | None) -> dict[str, object] | None:
    """What is printed of a cancellation: the band on the first page and the rows of the schedule (三, 五(二))."""
    if facts is None:
        return None
    until = f"保障到 {day(facts.last_day)}为止。该日及以前的出运，仍可报告可能损失和索赔；其后的出运不承保。"
    who = f"{facts.asked_by}提出，{facts.consented_by}同意，{facts.approved_by}批准（三）"
    rows = [
        ("注销", who, day(facts.approved_on)),
        ("原因", facts.reason, ""),
        ("保障到", day(facts.last_day), "该日及以前的出运，仍可报告可能损失和索赔（四(一)）"),
        ("退回资金池", f"{money.text(facts.fund_fen)} 元", f"{facts.fund_how}（五(二)）"),
    ]
    if facts.firm_fen:
        rows.append(("应退企业", f"{money.text(facts.firm_fen)} 元，由保险人退还", facts.firm_how))
    says = f"经被保险人和保险人同意、{facts.approved_by}批准，本保单自 {day(facts.approved_on)}起注销。{until}"
    return {"band": f"本保单已于 {day(facts.approved_on)}注销", "until": until, "says": says, "rows": rows}


def premium_lines(facts: Certificate) -> list[PremiumLine]:
    """How the premium came about and who bears it, line by line (四(二), 五(二))."""
    base, usd = money.text(facts.base_exports_cents), money.text(facts.premium_cents)
    borne = 1 - facts.subsidy_rate
    share = percent(borne) if borne else "无"
    if facts.share_paid_on:
        share = f"{share}，由企业直接缴至保险人，{day(facts.share_paid_on)}缴"
    return [
        PremiumLine("计费基数", f"{facts.base_year}年海关出口额", f"{base} 美元", "五(二)"),
        PremiumLine("美元保费", facts.computed, f"{usd} 美元", "四(二)、五(二)"),
        PremiumLine(
            "人民币保费",
            f"{usd} × {plain(facts.cny_per_usd)}（{month(facts.rate_month)}汇率）",
            f"{money.text(facts.premium_fen)} 元",
            "五(二)",
            total=True,
        ),
        PremiumLine(
            "其中：财政扶持",
            f"{percent(facts.subsidy_rate)}，由财政预付资金列支",
            f"{money.text(facts.subsidy_fen)} 元",
            "四(二)、五(二)",
        ),
        PremiumLine("其中：企业承担", share, f"{money.text(facts.exporter_share_fen)} 元", "四(二)"),
    ]


def notes(facts: Certificate) -> list[str]:
    """The special agreements of the schedule, each with its clause."""
    issued = day(facts.issued_on)
    found = [
        (
            f"出单日（{issued}）前已经逾期的应收账款，以及出单日前被保险人已知买方破产或无力偿付的应收账款，"
            "不属于保险责任。被保险人声明：在出单日不知悉任何已经发生或可能发生的损失（四(一)）。"
        ),
        "对不予承保国别买方的出口，不属于保险责任（四(二) 注）。",
        "本保单由名义投保人统一组织投保，赔款归被保险人所有（三）。注销保单或变更方案，须经被保险人和名义投保人同意（三）。",
        "保单到期后，保障期限内的出运仍可报告可能损失和索赔（四(一)）。",
    ]
    if facts.exporter_share_fen:
        found.append("财政扶持去尾到分，其余由企业承担；企业承担部分由企业直接缴至保险人，不先缴后补（四(二)）。")
    found.extend(facts.endorsements)
    return found


def _plan_note(facts: Certificate) -> str:
    borne = 1 - facts.subsidy_rate
    shares = f"财政扶持 {percent(facts.subsidy_rate)}" + (f"，企业承担 {percent(borne)}" if borne else "")
    return f"费率 {facts.rate}；{shares}（四(二)）"


def qr_svg(address: str) -> str:
    """A QR code as SVG: drawn by typst as vectors, sharp at any size."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, dark=ACCENT, xmldecl=False, svgclass=None, lineclass=None, omitsize=True
    )
    return drawn.getvalue().decode()


def percent(rate: Decimal) -> str:
    """Decimal('0.0003') as '0.03%'."""
    return f"{plain(rate * 100)}%"


def plain(value: Decimal) -> str:
    """A Decimal without trailing zeros or exponent: 7.072900 as '7.0729'."""
    return f"{value.normalize():f}"


def day(value: date) -> str:
    """2019-09-01 as 2019年9月1日."""
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: date) -> str:
    """2019-09-01 as 2019年9月."""
    return f"{value.year}年{value.month}月"
