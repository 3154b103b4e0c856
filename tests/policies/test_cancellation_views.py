"""The pages of a cancellation: what each person is shown, what a slip is told, what everybody reads afterwards."""

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests import factories
from tests.policies import world as make
from tests.policies.test_cancellation import BACK_FEN, LAST_DAY, approve, ask, build, consented, state_of
from tests.policies.test_views import page, signed_in
from tests.policies.world import World
from tongbao.accounts.rules import Role
from tongbao.policies.models import Cancellation
from tongbao.policies.rules import CancellationState, State

pytestmark = pytest.mark.django_db
SAID = {"last_day": "2019-10-31", "reason": "no_exports", "text": "今年不再出口", "understood": "on"}


@pytest.fixture
def world() -> World:
    return build()


def holds(shown: str, *words: str) -> list[bool]:
    return [one in shown for one in words]


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_refund_and_what_it_means_are_shown_before_anything_is_asked_for(world: World):
    policy = make.issued(world)
    client, address = signed_in(make.exporter_of(policy)), reverse("policies:cancel", args=[policy.pk])
    first = client.get(address).content.decode()
    assert holds(first, "贵公司在本年度不能再次申请统保", "共 366 天") == [True, True]
    tried = client.post(address, {"last_day": "2019-10-31", "estimate": "1"}).content.decode()
    assert holds(tried, "10,609.35 × 305 ÷ 366 ＝ 8,841.13 元", "请选择原因") == [True, False]
    part = client.post(address, {"last_day": "2019-10-31", "estimate": "1"}, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="refund"')
    late = client.post(address, {"last_day": "2020-08-31", "estimate": "1"}).content.decode()
    assert "最后保障日应早于保障截止日 2020-08-31" in late
    assert Cancellation.objects.count() == 0


def test_a_firm_asks_and_reads_where_it_stands(world: World):
    policy = make.issued(world)
    client, address = signed_in(make.exporter_of(policy)), reverse("policies:cancel", args=[policy.pk])
    answers = [client.post(address, SAID), client.post(address, SAID)]
    asked = Cancellation.objects.get()
    where = reverse("policies:cancellation", args=[asked.pk])
    assert [answer.headers["Location"] for answer in answers] == [where, where]
    assert client.get(address).headers["Location"] == where
    shown = client.get(where).content.decode()
    assert holds(shown, "等保险公司同意", "撤回申请", "同意注销</button>", world.agent.name) == [
        True,
        True,
        False,
        False,
    ]
    told = page(make.exporter_of(policy), "policy", policy.pk)
    assert holds(told, "被保险人已申请注销这张保单（待对方同意）", "申请注销</a>") == [True, False]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"last_day": ""}, "请填写最后保障日"),
        ({"last_day": "月底"}, "请按“年-月-日”填写日期"),
        ({"last_day": "２０１９-10-31²"}, "请按“年-月-日”填写日期"),
        ({"last_day": "2019-10-14"}, "最后保障日不能早于 2019-10-15"),
        ({"last_day": "2020-08-31"}, "最后保障日应早于保障截止日 2020-08-31"),
        ({"reason": ""}, "请选择原因"),
        ({"reason": "because"}, "请从列出的选项中选择"),
        ({"text": " 　\n"}, "请填写说明"),
        ({"text": "字" * 501}, "500"),
        ({"understood": ""}, "请确认：我已了解注销后果和退费"),
    ],
)
def test_a_slip_in_the_request_stands_beside_its_field(world: World, change, sentence):
    policy = make.issued(world)
    response = signed_in(world.agent).post(reverse("policies:cancel", args=[policy.pk]), {**SAID, **change})
    shown = response.content.decode()
    assert (response.status_code, sentence in shown, "field-wrong" in shown) == (200, True, True)
    assert Cancellation.objects.count() == 0


def test_a_policy_that_is_not_in_force_says_why_there_is_nothing_to_cancel(world: World):
    policy = make.quoted(world, make.approved(world))
    assert "还没有出单，不需要注销" in page(world.agent, "cancel", policy.pk, status=409)
    assert "申请注销" not in page(world.agent, "policy", policy.pk)


# ── answering ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_insurer_consents_and_the_city_approves_on_their_pages(world: World):
    policy = make.issued(world)
    asked = ask(policy, make.exporter_of(policy))
    agent, city = signed_in(world.agent), signed_in(world.city)
    where = reverse("policies:cancellation", args=[asked.pk])
    assert "同意注销</button>" in agent.get(where).content.decode()
    unread = agent.post(reverse("policies:consent", args=[asked.pk]), {})
    assert (unread.status_code, "请确认：我已了解注销后果" in unread.content.decode()) == (200, True)
    assert agent.post(reverse("policies:consent", args=[asked.pk]), {"understood": "on"}).status_code == 302
    shown = city.get(where).content.decode()
    assert holds(shown, "批准注销</button>", "8,841.13 元", f'name="seen_fen" value="{BACK_FEN}"') == [True] * 3
    approve_at = reverse("policies:approve", args=[asked.pk])
    stale = city.post(approve_at, {"seen_fen": BACK_FEN + 1})
    assert (stale.status_code, "按新的金额核对后再批准" in stale.content.decode()) == (409, True)
    assert city.post(approve_at, {"seen_fen": "²"}).status_code == 200
    assert city.post(approve_at, {"seen_fen": str(2**70)}).status_code == 409
    assert state_of(policy) == State.IN_FORCE
    answers = [city.post(approve_at, {"seen_fen": BACK_FEN}) for _ in range(2)]
    assert ([answer.status_code for answer in answers], state_of(policy)) == ([302, 302], State.CANCELLED)


def test_a_refusal_needs_its_reason_at_its_field(world: World):
    policy = make.issued(world)
    asked = ask(policy, world.agent)
    client, address = signed_in(make.exporter_of(policy)), reverse("policies:refuse", args=[asked.pk])
    empty = client.post(address, {"answer": " "}).content.decode()
    assert holds(empty, "请填写不同意的原因", "field-wrong") == [True, True]
    assert client.post(address, {"answer": "我们仍在出口"}).status_code == 302
    shown = page(world.agent, "cancellation", asked.pk)
    assert holds(shown, "不同意注销，保单没有注销。原因：我们仍在出口", "撤回申请") == [True, False]


def test_a_stale_page_is_answered_in_words(world: World):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    approve(cancellation, world.city)
    firm = signed_in(make.exporter_of(policy))
    late = firm.post(reverse("policies:withdraw", args=[cancellation.pk]))
    assert (late.status_code, "办结（已批准注销），您的操作没有生效" in late.content.decode()) == (409, True)


def test_others_do_not_find_it(world: World):
    policy = make.issued(world)
    asked = ask(policy, make.exporter_of(policy))
    for person in (world.other_agent, factories.user(Role.EXPORTER)):
        page(person, "cancellation", asked.pk, status=404)
        answer = signed_in(person).post(reverse("policies:consent", args=[asked.pk]), {"understood": "on"})
        assert answer.status_code == 404
    assert signed_in(world.agent).get(f"/policies/cancellations/{2**70}/").status_code == 404


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_shows_the_own_cancellations_and_their_sums(world: World):
    policy = make.issued(world)
    cancellation = consented(world, policy)
    shown = page(world.city, "cancellations", state="consented")
    assert holds(shown, policy.number, "8,841.13 元", "待市商务局批准") == [True] * 3
    assert policy.number not in page(world.other_agent, "cancellations")
    assert policy.number not in page(world.city, "cancellations", state="asked")
    approve(cancellation, world.city)
    answer = signed_in(world.finance).get(reverse("policies:cancellations"), {"export": "xlsx"})
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    found = dict(zip(head, row, strict=True))
    wanted = ("保单号", "被保险人", "申请方", "原因", "最后保障日", "退回资金池", "应退企业", "状态")
    assert tuple(found[name] for name in wanted) == (
        policy.number,
        policy.insured.name,
        "被保险人",
        "不再出口",
        f"{LAST_DAY:%Y-%m-%d}",
        8841.13,
        0,
        "已批准注销",
    )


def test_the_list_takes_a_constant_number_of_queries(world: World, django_assert_max_num_queries):
    for number in range(4):
        consented(world, make.issued(world, make.approved(world, name=f"企业{number}"), f"SX-{number}"))
    client = signed_in(world.city)
    client.get(reverse("policies:cancellations"))
    with django_assert_max_num_queries(20):
        shown = client.get(reverse("policies:cancellations")).content.decode()
    assert shown.count("待市商务局批准</span>") == 4


# ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_reads_the_end_and_its_day(world: World):
    policy = make.issued(world)
    approve(consented(world, policy), world.city)
    firm = make.exporter_of(policy)
    public = Client().get(reverse("policies:verified", args=[policy.verification_code])).content.decode()
    until = "2019-10-15 注销，保障到 2019-10-31 为止；该日及以前的出运仍可报告损失和索赔"
    assert holds(public, "保单已注销", until, "8,841.13") == [True, True, False]
    assert "保障到 <strong>2019-10-31</strong> 为止" in page(firm, "policy", policy.pk)
    assert holds(page(firm, "mine"), "2019-10-31（已注销", "下载保险凭证") == [True, True]
    answer = signed_in(firm).get(reverse("policies:certificate", args=[policy.pk]))
    paper = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    text = re.sub(r"\s", "", "".join(one.extract_text() for one in paper.pages))
    wanted = (
        "注销批单",
        "2019-09-01至2019-10-31",
        "本保单已于2019年10月15日注销",
        "保障到2019年10月31日为止",
        "10,609.35×305÷366＝8,841.13元",
        "不再出口",
    )
    assert holds(text, *wanted) == [True] * len(wanted)
    assert state_of(Cancellation.objects.get()) == CancellationState.APPROVED
