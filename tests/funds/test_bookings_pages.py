"""The pages of the bookings: the list, one booking, what each kind asks, and what stands there after a year's end."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories
from tests.funds.test_bookings import OVER, agent, city, close, closing, finance, give_back, move
from tests.funds.test_views import hidden, paper, signed_in, text
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds import actions, queries
from tongbao.funds.models import Booking, Pool, Prepayment, Transfer
from tongbao.funds.rules import BookingKind
from tongbao.intake import actions as intake
from tongbao.refusal import Refusal

WAN = 10_000_00
B = BookingKind


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=20 * WAN, prepaid_fen=10 * WAN)


def cash(pool: Pool, by: User | None = None, **said: Any) -> Booking:
    given = {"payer": "南通市财政局", "voucher_number": "PZ-9", "document_number": "追加9号", "amount_fen": WAN, **said}
    return factories.booking(B.PREPAYMENT, pool, by=by, **given)


def quota(pool: Pool, by: User | None = None, **said: Any) -> Booking:
    return factories.booking(B.ALLOTMENT, pool, by=by, **{"document_number": "7号", "amount_fen": WAN, **said})


def at(name: str, booking: Booking) -> str:
    return reverse(f"funds:{name}", args=[booking.pk])


def listed(client: Client, **asked: Any) -> list[int]:
    return [row.pk for row in client.get(reverse("funds:bookings"), asked).context["table"].data]


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_filtered_searched_and_exported(pools):
    lead, second = pools
    client = signed_in(finance())
    allotment, prepayment, moved = quota(lead, day=date(2019, 10, 1)), cash(lead), move(lead, second, WAN)
    assert listed(client, state="prepared") == [moved.pk, prepayment.pk, allotment.pk]
    assert listed(client, state="prepared", kind="move") == [moved.pk]
    assert [moved.pk] == [pk for pk in listed(client, pool=second.pk) if pk >= allotment.pk]
    assert listed(client, until="2019-10-01") == [allotment.pk]
    assert listed(client, since="2019-10-02", state="prepared") == [moved.pk, prepayment.pk]
    assert (listed(client, q=" PZ-9 "), listed(client, q="通商发")) == ([prepayment.pk], [moved.pk])
    actions.confirm(booking_id=prepayment.pk, by=agent(lead), receipt_number="SJ-42")
    assert listed(client, q="SJ-42") == [prepayment.pk]
    assert listed(client, waits="confirm") == [allotment.pk]
    actions.send_back(booking_id=allotment.pk, note="不对", by=city())
    assert listed(signed_in(allotment.prepared_by), waits="returned") == [allotment.pk]
    for odd in ({"pool": 10**30}, {"pool": "²"}, {"since": "9999-99-99"}, {"kind": "x"}, {"q": "甲" * 5000}):
        assert client.get(reverse("funds:bookings"), odd).status_code == 200
    book = client.get(reverse("funds:bookings"), {"kind": "prepayment", "q": "PZ-9", "export": "xlsx"})
    rows = list(
        load_workbook(BytesIO(b"".join(book.streaming_content) if book.streaming else book.content)).active.values
    )
    said = dict(zip(rows[0], rows[1], strict=True))
    assert rows[1][:4] == (prepayment.pk, "预付拨付", "中国信保", 10000)
    assert (said["保险人收据号"], said["文号"], said["复核时间"]) == ("SJ-42", "追加9号", "2019-10-15 09:00")


def test_the_list_takes_a_constant_number_of_queries(pools, django_assert_max_num_queries):
    officer = finance()
    for number in range(20):
        quota(pools[0], by=officer, document_number=f"{number}号", amount_fen=1)
    client = signed_in(city())
    client.get(reverse("funds:bookings"))
    with django_assert_max_num_queries(14):
        client.get(reverse("funds:bookings"))


def test_another_insurers_booking_is_not_there(pools):
    lead, second = pools
    prepared = cash(lead, voucher=factories.document())
    client = signed_in(agent(second))
    assert prepared.pk not in listed(client)
    for name in ("confirm_booking", "send_back"):
        assert client.post(at(name, prepared), {"receipt_number": "SJ-1", "note": "不对"}).status_code == 404
    assert client.get(at("booking", prepared)).status_code == 404
    assert client.get(reverse("funds:voucher", args=[prepared.voucher_id])).status_code == 404
    assert client.get(reverse("funds:booking", args=[2**63 + 1])).status_code == 404
    assert Booking.objects.get(pk=prepared.pk).state == "prepared"


# ── one booking ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_insurer_confirms_the_cash_with_its_receipt(pools):
    lead, _ = pools
    prepared, by = cash(lead, voucher=factories.document()), agent(lead)
    client = signed_in(by)
    shown = text(client.get(at("booking", prepared)))
    for wanted in (
        "确认到账",
        "PZ-9",
        "追加9号",
        "10,000.00 元",
        "100,000.00 元",
        "110,000.00 元",
        "凭证.pdf",
        "待复核",
    ):
        assert wanted in shown
    empty = client.post(at("confirm_booking", prepared), {"seen": hidden(shown)["seen"]})
    assert empty.context["confirm_form"].errors == {"receipt_number": ["请填写收据号"]}
    typed = {"receipt_number": "SJ-42", "seen": hidden(shown)["seen"]}
    for upload in (paper(), None):  # a second click
        sent = typed | ({"receipt": upload} if upload else {})
        done = client.post(at("confirm_booking", prepared), sent, follow=True)
        now = Booking.objects.get(pk=prepared.pk)
        assert f"{now.decided_text}。" in text(done)
    assert (now.state, now.decided_by, Prepayment.objects.get(booking=now).receipt_number) == ("booked", by, "SJ-42")
    entry = now.transfers.get()
    assert reverse("funds:entry", args=[entry.pk]) in text(done)
    assert (
        b"".join(client.get(reverse("funds:voucher", args=[now.receipt_id])).streaming_content) == b"%PDF-1.7 voucher"
    )
    other = signed_in(agent(lead)).post(at("confirm_booking", prepared), typed, follow=True)
    assert f"这笔资金业务{now.decided_text}，不需要再次办理。" in text(other)


def test_who_confirms_the_cash_for_the_insurer_shows_its_receipt(pools):
    prepared = cash(pools[0])
    client, address = signed_in(finance()), at("confirm_booking", prepared)
    page = text(client.get(at("booking", prepared)))
    assert "您代保险人确认到账，须上传保险人出具的收据。" in page
    without = client.post(address, {"receipt_number": "SJ-42"})
    assert without.context["confirm_form"].errors == {"receipt": ["请上传收据扫描件"]}
    assert Booking.objects.get(pk=prepared.pk).state == "prepared"
    client.post(address, {"receipt_number": "SJ-42", "receipt": paper()})
    booked = Booking.objects.get(pk=prepared.pk)
    assert (booked.state, booked.receipt.name) == ("booked", "凭证.pdf")


@pytest.mark.parametrize(("page", "left"), [("move", "200,000.00"), ("return_money", "100,000.00")])
def test_more_than_there_is_is_refused_at_the_first_step(pools, page: str, left: str):
    lead, second = pools
    typed = {"amount_fen": "50万", "reason": "调剂", "day": "2019-10-11", "voucher": paper(), "pool": lead.pk}
    typed |= {"target_pool": second.pk, "document_number": "1号", "voucher_number": "TK-1"}
    client = signed_in(finance())
    shown = client.post(reverse(f"funds:{page}"), typed)
    assert list(shown.context["form"].errors) == ["amount_fen"]
    assert f"只有 {left} 元" in text(shown)


def test_a_receipt_that_is_no_paper_is_refused_beside_its_field(pools):
    prepared = cash(pools[0])
    program = paper()
    program.file.seek(0), program.file.write(b"MZ program......")
    program.file.seek(0)
    client = signed_in(agent(pools[0]))
    response = client.post(at("confirm_booking", prepared), {"receipt_number": "SJ-1", "receipt": program})
    assert list(response.context["confirm_form"].errors) == ["receipt"]
    assert Booking.objects.get(pk=prepared.pk).state == "prepared"


def test_who_may_not_confirm_is_told_who_does(pools):
    prepared = quota(pools[0])
    own = text(signed_in(prepared.prepared_by).get(at("booking", prepared)))
    assert "您是登记人，不能复核自己登记的业务。由另一位财政经办人员或市商务局复核后入账。" in own
    assert ("已核对，确认入账" in own, at("take_back", prepared) in own) == (False, True)
    auditor = text(signed_in(factories.user(Role.AUDITOR)).get(at("booking", prepared)))
    assert ("已核对，确认入账" in auditor, "由另一位财政经办人员或市商务局复核后入账。" in auditor) == (False, True)
    assert signed_in(prepared.prepared_by).post(at("confirm_booking", prepared)).status_code == 409
    assert Booking.objects.get(pk=prepared.pk).state == "prepared"


def test_what_is_sent_back_is_prepared_anew_from_what_was_typed(pools):
    lead, _ = pools
    prepared = quota(lead, voucher=factories.document("批复.pdf", by=(officer := finance())), by=officer)
    second = signed_in(city())
    empty = second.post(at("send_back", prepared), {"note": " "})
    assert empty.context["send_back_form"].errors == {"note": ["请填写退回原因"]}
    second.post(at("send_back", prepared), {"note": "金额与文件不符"})
    again = second.post(at("send_back", prepared), {"note": "再退一次"}, follow=True)
    back = Booking.objects.get(pk=prepared.pk)
    assert (back.note, f"这笔资金业务{back.decided_text}，不需要再次办理。" in text(again)) == ("金额与文件不符", True)
    client = signed_in(officer)
    assert "退回给您的资金业务" in text(client.get("/"))
    shown = text(client.get(at("booking", prepared)))
    assert "退回了这笔业务：金额与文件不符" in shown
    anew = client.get(re.search(r'href="([^"]+again=\d+)"', shown)[1])
    form = anew.context["form"]
    assert (form["document_number"].value(), form["pool"].value(), form.kept) == ("7号", lead.pk, prepared.voucher)
    assert signed_in(finance()).get(anew.request["PATH_INFO"], {"again": prepared.pk}).context["form"].kept is None
    client.post(at("booking_seen", prepared))
    assert queries.todo(officer) == []
    assert "退回给您的资金业务" not in text(client.get("/"))


def test_a_booking_is_taken_back_once(pools):
    prepared = quota(pools[0])
    client = signed_in(prepared.prepared_by)
    for _ in range(2):
        response = client.post(at("take_back", prepared), follow=True)
        assert Booking.objects.get(pk=prepared.pk).decided_text in text(response)
    assert signed_in(finance()).post(at("take_back", quota(pools[0]))).status_code == 403


def test_what_no_longer_fits_is_said_on_its_page(db):
    lead, _ = factories.pools(allotted_fen=440 * WAN)
    first, second = (quota(lead, amount_fen=6 * WAN, document_number=f"{n}号") for n in (1, 2))
    client = signed_in(city())
    client.post(at("confirm_booking", first))
    response = client.post(at("confirm_booking", second))
    assert "超过年度方案五(一)规定的" in response.context["confirm_form"].non_field_errors()[0]


# ── preparing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def through(client: Client, address: str, typed: dict[str, Any]) -> Any:
    """Typed, checked, sent."""
    checking = client.post(address, {**typed, "step": "check", "voucher": paper()})
    assert "确认无误，提交复核" in text(checking), checking.context["form"].errors
    return checking, client.post(address, {**hidden(text(checking)), "step": "book"})


def test_a_move_shows_both_pools_before_it_is_prepared(pools):
    lead, second = pools
    factories.receive(second, amount_fen=21 * WAN)
    client, address = signed_in(city()), reverse("funds:move")
    page = text(client.get(address))
    assert [wanted for wanted in ("200,000.00 元", "1 家，共需", "中国信保", "人保财险") if wanted not in page] == []
    typed = {"pool": lead.pk, "target_pool": second.pk, "amount_fen": "5万", "document_number": "通商发〔2019〕9号"}
    typed |= {"day": "2019-10-14", "reason": "人保财险申请较多"}
    checking, sent = through(client, address, typed)
    effects = {(one.pool, one.account.value): (one.before, one.after) for one in checking.context["effects"]}
    assert effects == {
        (lead, "available"): (20 * WAN, 15 * WAN),
        (lead, "allotted"): (20 * WAN, 15 * WAN),
        (second, "available"): (20 * WAN, 25 * WAN),
        (second, "allotted"): (20 * WAN, 25 * WAN),
    }
    moved = Booking.objects.get(kind="move")
    assert (sent.headers["Location"], moved.amount_fen, moved.voucher.name) == (
        at("booking", moved),
        5 * WAN,
        "凭证.pdf",
    )
    assert Transfer.objects.filter(kind="move").count() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"target_pool": "{lead}"}, "target_pool"),
        ({"amount_fen": "20.01万"}, "amount_fen"),
        ({"target_pool": str(2**64)}, "target_pool"),
        ({"pool": "²"}, "pool"),
        ({"amount_fen": "0"}, "amount_fen"),
        ({"day": "2019-10-16"}, "day"),
        ({"reason": " "}, "reason"),
        ({"reason": "长" * 201}, "reason"),
        ({"document_number": "号" * 121}, "document_number"),
    ],
)
def test_what_a_move_may_not_say(pools, wrong: dict[str, str], field: str):
    lead, second = pools
    typed = {"pool": lead.pk, "target_pool": second.pk, "amount_fen": "1万", "document_number": "9号"}
    typed |= {"day": "2019-10-14", "reason": "调剂"} | {
        name: value.format(lead=lead.pk) for name, value in wrong.items()
    }
    client = signed_in(city())
    response = client.post(reverse("funds:move"), {**typed, "step": "book", "key": "k", "voucher": paper()})
    assert list(response.context["form"].errors) == [field]
    assert Booking.objects.filter(kind="move").count() == 0


def test_what_an_insurer_paid_back_is_prepared(pools):
    client = signed_in(finance())
    typed = {
        "pool": pools[0].pk,
        "amount_fen": "3万",
        "voucher_number": "TK-1",
        "day": "2019-10-14",
        "reason": "未用完",
    }
    _, sent = through(client, reverse("funds:return_money"), typed)
    booking = Booking.objects.get(kind="return")
    assert (sent.headers["Location"], booking.amount_fen) == (at("booking", booking), 3 * WAN)


# ── the end of a year ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closing_begins_with_a_checklist(pools, set_clock):
    lead, _ = pools
    place, waiting = factories.receive(lead, amount_fen=3 * WAN), quota(lead)
    client, address = signed_in(finance()), reverse("funds:close_year")
    early = client.get(address)
    assert (early.context["form"], "到 2020-08-31 才结束" in text(early)) == (None, True)
    set_clock(OVER)
    page = text(client.get(address))
    for wanted in ("已预占 1 笔", f"pool={lead.pk}&amp;state=reserved", at("booking", waiting), "170,000.00 元"):
        assert wanted in page
    assert client.post(address, {"step": "check", "document_number": "90号"}).context["form"] is None
    actions.release(reservation_id=place.pk, why="撤回", by=None)
    actions.take_back(booking_id=waiting.pk, by=waiting.prepared_by)
    typed = {**hidden(text(client.get(address))), "document_number": "通财〔2020〕90号", "day": "2020-09-14"}
    checking, _ = through(client, address, typed)
    again = client.post(address, {**hidden(text(checking)), "step": "book"})  # a second click
    booking = Booking.objects.get(kind="closing")
    assert (again.headers["Location"], "年度结清" in text(client.get(address))) == (at("booking", booking), True)
    done = signed_in(city()).post(at("confirm_booking", booking), follow=True)
    assert booking.edition.queue.closed_at is not None
    assert [one.get_kind_display() for one in done.context["movements"]] == ["年度结清"] * 4


def test_after_the_closing_every_page_where_money_is_booked_says_so(pools, set_clock):
    lead, _ = pools
    firm = factories.draft()
    set_clock(OVER)
    close(lead)
    client = signed_in(finance())
    for name in ("allot", "prepay", "move", "return_money", "close_year", "overview"):
        assert "结清" in text(client.get(reverse(f"funds:{name}"))), name
    for name in ("allot", "prepay", "move"):
        page = client.get(reverse(f"funds:{name}"))
        assert (list(page.context["form"].fields["pool"].queryset), "不再收件、预占、列支" in text(page)) == ([], True)
    typed = {"pool": lead.pk, "amount_fen": "1万", "document_number": "9号", "day": "2020-09-14", "voucher": paper()}
    stale = client.post(reverse("funds:allot"), {**typed, "step": "book", "key": "k"})
    assert stale.context["form"].errors == {
        "pool": ["这个资金池不能选：年度已经结清，或页面已经过时。请刷新页面后重新选择"]
    }
    overview = text(client.get(reverse("funds:overview")))
    assert "结余 100,000.00 元，待退回财政。" in overview
    typed = {"pool": lead.pk, "amount_fen": "10万", "voucher_number": "TK-1", "day": "2020-09-14", "reason": "结余"}
    through(client, reverse("funds:return_money"), typed)
    actions.confirm(booking_id=Booking.objects.get(kind="return").pk, by=city())
    assert "没有待退回的结余" in text(client.get(reverse("funds:overview")))
    with pytest.raises(Refusal, match="保障期已于 2020-08-31 结束，不再受理申请"):
        intake.submit(application_id=firm.pk, key="late", by=firm.created_by)


def test_a_closed_year_is_not_closed_again(pools, set_clock):
    set_clock(OVER)
    officer = finance()
    prepared = closing(pools[0], by=officer)
    actions.confirm(booking_id=prepared.pk, by=city())
    client = signed_in(officer)
    assert "没有需要结清的年度" in text(client.get(reverse("funds:close_year")))
    sent = client.post(reverse("funds:close_year"), {"edition": pools[0].edition_id, "step": "book", "key": "k"})
    assert "没有需要结清的年度" in text(sent)
    assert signed_in(agent(pools[0])).get(at("booking", prepared)).status_code == 200


def test_an_entry_leads_to_its_booking(pools):
    lead, second = pools
    booked = actions.confirm(booking_id=give_back(lead, WAN).pk, by=city())
    entry = reverse("funds:entry", args=[booked.transfers.get().pk])
    assert at("booking", booked) in text(signed_in(agent(lead)).get(entry))
    assert signed_in(agent(second)).get(entry).status_code == 404
