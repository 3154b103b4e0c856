"""Money that comes in, moves and goes back: type, check, prepare; a second person confirms."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tongbao.accounts.decorators import page
from tongbao.accounts.requests import SignedIn
from tongbao.batch.uploads import refused_size
from tongbao.documents import actions as documents
from tongbao.documents.rules import not_received
from tongbao.funds import actions, forms, queries
from tongbao.funds.permissions import BOOKERS, PREPARING
from tongbao.funds.rules import SECOND_PERSON, BookingKind
from tongbao.refusal import Refusal

AGAIN = ("pool", "target_pool", "amount_fen", "document_number", "payer", "voucher_number", "day", "reason")


@dataclass(frozen=True)
class _Kind:
    """A kind of booking: its words and its form."""

    kind: BookingKind
    title: str
    lead: str
    form: type[forms.BookingForm]

    @property
    def second(self) -> str:
        """Who confirms it."""
        return SECOND_PERSON[self.kind]

    @property
    def after_closing(self) -> bool:
        """Whether it is still done when the year is closed."""
        return self.kind is BookingKind.RETURN


ALLOTMENT = _Kind(
    BookingKind.ALLOTMENT,
    "登记资金额度",
    "按下达文件登记各保险人的年度资金额度（五(一)），请按原件填写。",
    forms.AllotmentForm,
)
PREPAYMENT = _Kind(
    BookingKind.PREPAYMENT,
    "登记预付拨付",
    "按拨付凭证登记一次性预付的资金（五(二)），请按原件填写。",
    forms.PrepaymentForm,
)
MOVE = _Kind(
    BookingKind.MOVE,
    "登记额度调剂",
    "经批准，把一个资金池还没有占用的额度调到另一个资金池（五(一)），总额度不变。调剂的是额度，不动预付资金。",
    forms.MoveForm,
)
RETURN = _Kind(
    BookingKind.RETURN,
    "登记退回财政",
    "登记保险人退回财政的预付资金（五(二)）。年度结清后，结余也在这里登记退回。",
    forms.ReturnForm,
)
CLOSING = _Kind(
    BookingKind.CLOSING,
    "登记年度结清",
    "保障期限结束、申请都已办结后，收回未用额度，未用预付资金转为结余（五(二)）。",
    forms.ClosingForm,
)


@page(*BOOKERS)
def allot(request: SignedIn) -> HttpResponse:
    """资金额度."""
    return _prepare(request, ALLOTMENT)


@page(*BOOKERS)
def prepay(request: SignedIn) -> HttpResponse:
    """预付拨付."""
    return _prepare(request, PREPAYMENT)


@page(*PREPARING)
def move(request: SignedIn) -> HttpResponse:
    """额度调剂."""
    return _prepare(request, MOVE)


@page(*BOOKERS)
def return_money(request: SignedIn) -> HttpResponse:
    """退回财政."""
    return _prepare(request, RETURN)


@page(*PREPARING)
def close_year(request: SignedIn) -> HttpResponse:
    """年度结清: a checklist first; nothing is typed before all of it is done."""
    editions = queries.editions_open(request.user)
    asked = request.POST.get("edition") or request.GET.get("edition", "")
    chosen = editions.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else editions.last()
    if chosen is None:
        return _show(request, CLOSING, None)
    closing = queries.closing_of(request.user, chosen)
    shown = {"closing": closing, "others": editions.exclude(pk=chosen.pk)}
    sent = request.POST.get("step") == "book"  # a second click finds the first one's booking in the way, and its key
    return _prepare(request, CLOSING, **shown) if closing.ready or sent else _show(request, CLOSING, None, **shown)


def _prepare(request: SignedIn, kind: _Kind, **shown: Any) -> HttpResponse:
    kept = queries.kept_voucher(request.user, request.POST.get("kept", ""))
    choices: dict[str, Any] = {"pools": queries.bookable(request.user, closed=kind.after_closing)}
    choices["editions"] = queries.editions_open(request.user)
    if request.method != "POST" or request.POST.get("step") == "edit":
        initial, paper = _initial(request, kind, **shown)
        return _show(request, kind, kind.form(initial=initial, kept=kept or paper, **choices), **shown)
    form = kind.form(request.POST, request.FILES, kept=kept, **choices)
    if size := refused_size(request):
        form.refuse_files(not_received(size, "voucher"))
    if not form.is_valid():
        return _show(request, kind, form, **shown)
    try:
        if (paper := _keep(request, form.cleaned_data["voucher"])) is not None:
            form.keep(paper)
        if request.POST.get("step") != "book":
            effects = queries.preview(request.user, kind.kind, form.said())
            checked = {"title": "请核对", "booking": kind, "form": form, "effects": effects}
            return render(request, "funds/check.html", checked)
        booking = actions.prepare(kind=kind.kind, by=request.user, **_request(request, form))
    except Refusal as no:
        form.refuse(no)
        return _show(request, kind, form, **shown)
    messages.success(request, f"已登记，等待复核。{kind.second}")
    return redirect("funds:booking", booking.pk)


def _request(request: SignedIn, form: forms.BookingForm) -> dict[str, Any]:
    return {**form.said(), "voucher": form.kept, "key": request.POST.get("key", "")}


def _initial(request: SignedIn, kind: _Kind, **shown: Any) -> tuple[dict[str, Any], Any]:
    """What the form begins with: what was typed, or a booking of the same person that was sent back; and its paper."""
    if request.method == "POST":
        return request.POST.dict(), None
    given: dict[str, Any] = {"pool": request.GET.get("pool", "")}
    if "closing" in shown:
        given["edition"] = shown["closing"].edition.pk
    earlier = queries.again(request.user, kind.kind, request.GET.get("again", ""))
    if earlier is None:
        return given, None
    return given | {name: getattr(earlier, name) for name in AGAIN}, earlier.voucher


def _keep(request: SignedIn, upload: Any) -> Any:
    if not upload:
        return None
    try:
        return documents.store_upload(upload=upload, kind=queries.VOUCHER, by=request.user)
    except Refusal as no:
        raise Refusal(no.code, no.sentence, "voucher") from no


def _show(request: SignedIn, kind: _Kind, form: forms.BookingForm | None, **shown: Any) -> HttpResponse:
    figures = queries.pools(request.user) if kind in (MOVE, RETURN) else []
    closed = queries.closed_years(request.user)
    if not kind.after_closing:
        figures = [one for one in figures if one.pool.edition_id not in {year.edition_id for year in closed}]
    shown |= {"title": kind.title, "booking": kind, "form": form, "figures": figures, "closed": closed}
    return render(request, "funds/booking_form.html", shown)
