"""The pages of the reconciliation, as the insurer's agent and the finance office meet them."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests import factories
from tests.funds import reconciling
from tests.funds.reconciling import SEPTEMBER, agent, charged, finance, kept, received, row, signed
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.funds.models import InsurerStatement, Pool, Resolution, SignOff
from tongbao.funds.queries import reconciliation

WAN = 10_000_00


@pytest.fixture
def pools(db) -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=10 * WAN, prepaid_fen=10 * WAN)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def upload(*rows: Any, name: str = "对账单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, reconciling.file(*rows))


def url(name: str, statement: InsurerStatement) -> str:
    return reverse(f"funds:{name}", args=[statement.pk])


def sheets(response: Any) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_from_the_template_to_both_signatures(pools):
    policy = charged(pools[0], 1_060_935, "SX-1", beneficiary_name="南通甲纺织有限公司")
    charged(pools[0], 50_000, "SX-2")
    mine, money = agent(pools[0]), finance()
    client, office = signed_in(mine), signed_in(money)
    template = sheets(client.get(reverse("funds:statement_template")))
    assert template["对账单"] == [reconciling.HEADINGS]
    sent = {"pool": pools[0].pk, "month": "2019年9月", "file": upload(row("ＳＸ１", 10610.35), row("SX-7", 5))}
    shown = client.post(reverse("funds:statement_upload"), sent, follow=True)
    found = InsurerStatement.objects.get()
    assert "与平台核对会是这样" in text(shown)
    assert "确认这份对账单（2 行）" in text(shown)
    shown = text(client.post(url("statement_keep", found), follow=True))
    for wanted in ("金额不符", "仅对账单有", "仅平台有", "1.00 元", policy.reference, "处理完才能签字"):
        assert wanted in shown
    assert 'name="marks"' not in shown  # the insurer explains nothing
    shown = text(office.get(url("insurer_statement", found)))
    marks = re.findall(r'name="marks" value="(\w+)"', shown)
    assert len(marks) == 3
    sent = {"marks": marks, "reason": "insurer_next_month", "note": "10月更正"}
    shown = text(office.post(url("statement_resolve", found), sent, follow=True))
    assert "已写明 3 笔差异的原因。" in shown
    for person in (office, client):
        shown = text(person.get(url("insurer_statement", found)))
        seen = re.search(r'name="seen" value="(\w+)"', shown)
        assert seen
        shown = text(person.post(url("statement_sign", found), {"seen": seen[1]}, follow=True))
    assert "双方已签字，对账结果就此固定。" in shown
    printed = sheets(office.get(url("statement_sheet", found)))
    assert ["对账单合计", "", 10615.35] in printed["对账汇总"]
    assert [line[2] for line in printed["签字"][1:]] == [str(mine), str(money)]
    papers = [office.get(url("statement_paper", found)).content for _ in range(2)]
    assert papers[0].startswith(b"%PDF-")
    assert papers[0] == papers[1]


def test_a_preview_names_every_fault_and_offers_them_as_a_workbook(pools):
    waiting = received(pools[0], row("SX-1", 10), row("", "=1"))
    client = signed_in(waiting.uploaded_by)
    shown = text(client.get(url("insurer_statement", waiting)))
    assert "请填写保单号" in shown
    assert "确认这份对账单" not in shown
    book = sheets(client.get(url("statement_errors", waiting)))
    assert [line[:3] for line in book["错误清单"][1:]] == [[3, "A", "保单号"], [3, "E", "财政扶持（元）"]]
    assert book["出错的行"][1][4] == "'=1"  # cannot run
    refused = client.post(url("statement_keep", waiting))
    assert (refused.status_code, InsurerStatement.objects.get().state) == (409, "uploaded")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"month": "2019-10"}, "2019-10 还没有结束"),
        ({"month": "九月"}, "请填写年份和月份，例如 2019-08"),
        ({"file": SimpleUploadedFile("a.xlsx", b"\x00\x01")}, "这不是能读取的表格"),
        ({"file": SimpleUploadedFile("a.xlsx", b"")}, "这个文件是空的"),
        ({"pool": "99999999999999999999"}, "请从列出的选项中选择"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(pools, change: dict[str, Any], sentence: str):
    sent = {"pool": pools[0].pk, "month": "2019-09", "file": upload(row("SX-1", 1))} | change
    shown = signed_in(agent(pools[0])).post(reverse("funds:statement_upload"), sent)
    assert (shown.status_code, sentence in text(shown), InsurerStatement.objects.count()) == (200, True, 0)


def test_an_agent_uploads_for_no_other_pool(pools):
    sent = {"pool": pools[1].pk, "month": "2019-09", "file": upload(row("SX-1", 1))}
    shown = signed_in(agent(pools[0])).post(reverse("funds:statement_upload"), sent)
    assert "请从列出的选项中选择" in text(shown)
    assert InsurerStatement.objects.count() == 0


def test_another_insurer_s_reconciliation_is_not_found(pools):
    charged(pools[0], 1000, "SX-1")
    done, client = kept(pools[0], row("SX-1", 12)), signed_in(agent(pools[1]))
    for name in ("insurer_statement", "statement_errors", "statement_original", "statement_sheet"):
        assert client.get(url(name, done)).status_code == 404
    for name in ("statement_keep", "statement_discard", "statement_sign"):
        assert client.post(url(name, done)).status_code == 404
    assert "2019-09" not in text(client.get(reverse("funds:reconciliation")))


def test_whoever_watches_sees_all_and_changes_nothing(pools):
    charged(pools[0], 1000, "SX-1")
    done, client = kept(pools[0], row("SX-1", 12)), signed_in(factories.user(Role.AUDITOR))
    shown = text(client.get(url("insurer_statement", done)))
    assert "金额不符" in shown
    for never in ('name="marks"', 'name="seen"', "重新上传", "写明勾选差异的原因"):
        assert never not in shown


def test_where_nothing_differs_there_is_nothing_to_explain(pools):
    charged(pools[0], 1000, "SX-1")
    shown = text(signed_in(finance()).get(url("insurer_statement", kept(pools[0], row("SX-1", 10)))))
    assert "写明勾选差异的原因" not in shown
    assert "已核对，代表财政签字" in shown


def test_results_are_filtered_by_outcome(pools):
    for number in range(3):
        charged(pools[0], 1000, f"SX-{number}")
    done = kept(pools[0], row("SX-0", 10), row("SX-1", 12))
    client = signed_in(finance())

    def numbers(outcome: str) -> list[str]:
        shown = text(client.get(url("insurer_statement", done), {"outcome": outcome}))
        return re.findall(r'data-label="保单号">(SX-\d)', shown)

    assert numbers("matched") == ["SX-0"]
    assert numbers("amount") == ["SX-1"]
    assert numbers("platform_only") == ["SX-2"]
    assert numbers("open") == ["SX-1", "SX-2"]
    assert numbers("nonsense") == ["SX-1", "SX-2", "SX-0"]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"reason": "other", "note": "x"}, "请先勾选要处理的差异。"),
        ({"reason": "", "note": "x", "marks": "all"}, "请选择原因"),
        ({"reason": "other", "note": " ", "marks": "all"}, "原因选“其他”的，请在说明中写明。"),
        ({"reason": "double_entry", "note": "", "marks": "all"}, "“重复登记”不能说明“金额不符”"),
        ({"reason": "other", "note": "x", "marks": "0" * 64}, "所选的差异刚刚有变动"),
    ],
)
def test_a_reason_that_does_not_do_is_refused_on_the_page(pools, sent: dict[str, str], sentence: str):
    charged(pools[0], 1000, "SX-1")
    done = kept(pools[0], row("SX-1", 12))
    if sent.get("marks") == "all":
        sent = sent | {"marks": reconciliation.reconcile(done).open[0].mark}
    shown = signed_in(finance()).post(url("statement_resolve", done), sent)
    assert (shown.status_code, sentence in text(shown), Resolution.objects.count()) == (200, True, 0)


def test_a_stale_page_signs_nothing(pools):
    charged(pools[0], 1000, "SX-1")
    done = kept(pools[0], row("SX-1", 10))
    seen = reconciliation.reconcile(done).hash
    charged(pools[0], 700, "SX-2")
    reconciling.resolve_all(done)
    answer = signed_in(agent(pools[0])).post(url("statement_sign", done), {"seen": seen})
    assert (answer.status_code, SignOff.objects.count()) == (409, 0)
    assert "对账内容刚刚有变动" in text(answer)


def test_a_replaced_statement_points_at_its_end_and_a_signed_one_at_what_came_after(pools):
    first = kept(pools[0], row("SX-1", 9))
    charged(pools[0], 1000, "SX-1")
    done = signed(kept(pools[0], row("SX-1", 10)))
    client = signed_in(finance())
    assert "被新的对账单替换" in text(client.get(url("insurer_statement", first)))
    assert "签字后变动" not in text(client.get(url("insurer_statement", done)))
    late = charged(pools[0], 700, "SX-2")
    shown = text(client.get(url("insurer_statement", done)))
    assert "签字后变动" in shown
    assert late.reference in shown


def test_promises_of_earlier_months_are_shown(pools, set_clock):
    set_clock("2019-11-04T09:00")
    charged(pools[0], 1000, "SX-1")
    september = kept(pools[0], row("SX-1", 12))
    reconciling.resolve_all(september, reconciling.Reason.INSURER_NEXT_MONTH)
    october = kept(pools[0], row("SX-1", -2), month=reconciling.OCTOBER)
    shown = text(signed_in(finance()).get(url("insurer_statement", october)))
    assert "以前月份留待更正的差异" in shown
    assert "已更正" in shown


def test_the_list_asks_the_database_no_more_for_more_policies(pools, django_assert_max_num_queries):
    client = signed_in(finance())
    for number in range(12):
        charged(pools[0], 1000, f"SX-{number}")
    done = kept(pools[0], *(row(f"SX-{number}", 10) for number in range(12)))
    with django_assert_max_num_queries(30):
        client.get(reverse("funds:reconciliation"))
    with django_assert_max_num_queries(35):
        client.get(url("insurer_statement", done))


def test_the_empty_list_says_what_will_come(pools):
    shown = text(signed_in(finance()).get(reverse("funds:reconciliation")))
    assert "还没有需要对账的月份" in shown
    assert SEPTEMBER.isoformat() not in shown
