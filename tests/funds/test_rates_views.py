"""The pages of the exchange rates and of the parities they are held against."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import Role
from tongbao.funds import actions
from tongbao.funds.forms.rates import MOST_LINES
from tongbao.funds.models import ExchangeRate, Parity

pytestmark = pytest.mark.django_db
OCTOBER = date(2019, 10, 1)


@pytest.fixture
def insurer(db) -> Organisation:
    factories.nantong()
    return factories.insurer()


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def agent(insurer: Organisation) -> Client:
    return signed_in(factories.user(Role.INSURER_AGENT, insurer))


def as_role(role: Role) -> Client:
    return signed_in(factories.user(role))


def text(client: Client, name: str, *args: int, query: str = "") -> str:
    return client.get(reverse(f"funds:{name}", args=args) + query).content.decode()


def keep(*lines: tuple[date, str], checked: bool = False) -> None:
    read = [(day, Decimal(rate)) for day, rate in lines]
    officer = factories.user(Role.FINANCE_OFFICER)
    actions.enter_parities(lines=read, source="某日报", checked=checked, by=officer)


# ── rates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_a_rate_is_held_against_before_it_is_stored(insurer):
    shown = text(agent(insurer), "enter_rate")
    assert "年度方案参考汇率 7.0729" in shown
    assert "这个月及此前 45 天没有登记中间价" in shown
    keep((date(2019, 9, 24), "7.0729"))
    shown = text(agent(insurer), "enter_rate", query="?month=2019-09&cny_per_usd=7.3")
    for words in ("2019-09 对照", "2019-09-24 中间价 7.0729（待核对）", "某日报", "+3.21%", "超过 ±3%"):
        assert words in shown


def test_while_typing_only_the_comparison_is_fetched(insurer):
    answer = agent(insurer).get(
        reverse("funds:enter_rate"), {"month": "2019-10", "cny_per_usd": "7.07"}, headers={"HX-Request": "true"}
    )
    assert answer.content.decode().startswith('<section id="against"')


@pytest.mark.parametrize(
    "typed",
    [
        {"month": "0000-01", "cny_per_usd": "7.07"},
        {"month": "0001-01", "cny_per_usd": "7.07"},
        {"month": "9999-12", "cny_per_usd": "7.07"},
        {"month": "２０１９-１０", "cny_per_usd": "²"},
        {"month": "²", "cny_per_usd": "NaN"},
        {"month": "2019-10", "cny_per_usd": "Infinity"},
        {"month": "2019-10", "cny_per_usd": "9" * 400},
    ],
)
def test_odd_months_and_figures_are_answered_in_words(insurer, typed):
    client = agent(insurer)
    assert client.get(reverse("funds:enter_rate"), typed).status_code == 200
    answer = client.post(reverse("funds:enter_rate"), typed)
    assert (answer.status_code, bool(answer.context["form"].errors), ExchangeRate.objects.count()) == (200, True, 0)


def test_who_confirms_sees_the_deviation_and_ticks_too(insurer):
    keep((date(2019, 10, 8), "7.0729"), checked=True)
    rate = factories.unconfirmed_rate(factories.user(Role.INSURER_AGENT, insurer), cny_per_usd=Decimal("7.4"))
    client = as_role(Role.FINANCE_OFFICER)
    shown = text(client, "rates")
    assert "2019-10-08 中间价 7.0729，相差 +4.62%" in shown
    assert "与对照的汇率相差 <strong>+4.62%</strong>，超过 ±3%" in shown
    assert f'id="checked-{rate.pk}"' in shown
    address = reverse("funds:confirm_rate", args=[rate.pk])
    assert client.post(address, {"seen": "7.4"}).status_code == 409
    for unreadable in ("sNaN", "NaN", "Infinity", "²", ""):
        assert client.post(address, {"seen": unreadable, "checked": "on"}).status_code == 409
    assert client.post(address, {"seen": "7.4", "checked": "on"}).status_code == 302


def test_a_rate_is_corrected_with_its_paper_and_the_chain_stays_on_its_page(insurer):
    first, second = agent(insurer), agent(insurer)
    wrong = factories.confirmed_rate(insurer, OCTOBER)
    correct = reverse("funds:correct_rate", args=[wrong.pk])
    assert correct in text(first, "rate", wrong.pk)
    typed = {"cny_per_usd": "7.0800", "reason": "系统录错"}
    assert list(first.post(correct, typed).context["form"].errors) == ["document"]
    answer = first.post(correct, {**typed, "document": factories.upload("说明.pdf")})
    assert answer.headers["Location"] == reverse("funds:rate", args=[wrong.pk])
    made = ExchangeRate.objects.get(corrects=wrong)
    shown = text(second, "rate", wrong.pk)
    assert correct not in shown
    assert "更正原来的 7.0729 元" in shown
    second.post(reverse("funds:confirm_rate", args=[made.pk]), {"seen": "7.08"})
    shown = text(second, "rate", made.pk)
    assert shown.index("使用中</span>") < shown.index("已冲正</span>")
    paper = as_role(Role.AUDITOR).get(reverse("funds:rate_paper", args=[made.pk]))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert as_role(Role.AUDITOR).get(reverse("funds:rate_paper", args=[wrong.pk])).status_code == 404
    only_corrected = text(second, "rates", query="?state=corrected")
    assert ("7.0729" in only_corrected, "7.0800" in only_corrected) == (True, False)


def test_a_correction_is_taken_back_on_its_page(insurer):
    client, wrong = agent(insurer), factories.confirmed_rate(insurer, OCTOBER)
    made = factories.corrected_rate(wrong, Decimal("7.08"), confirmed=False)
    address = reverse("funds:withdraw_rate", args=[made.pk])
    assert address in text(client, "rate", wrong.pk)
    assert client.post(address).headers["Location"] == reverse("funds:rate", args=[wrong.pk])
    assert client.post(address).status_code == 404


def test_another_insurers_rate_is_not_there_to_be_corrected(insurer):
    rate = factories.confirmed_rate(insurer, OCTOBER)
    client = agent(factories.insurer("picc"))
    for name in ("rate", "correct_rate", "rate_paper"):
        assert client.get(reverse(f"funds:{name}", args=[rate.pk])).status_code == 404


def test_the_list_takes_the_same_few_queries_however_long(insurer):
    client, counts = as_role(Role.AUDITOR), []
    for months in ((8,), (9, 10)):
        for month in months:
            wrong = factories.confirmed_rate(insurer, date(2019, month, 1))
            factories.corrected_rate(wrong, Decimal("7.08"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("funds:rates"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# ── parities ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_pasted_as_they_come():
    client = as_role(Role.CITY_OFFICER)
    lines = "2019-09-06 7.0855\r\n\r\n2019年9月24日\t7.0729\n２０１９/10/8：７．０７２６"
    client.post(reverse("funds:enter_parities"), {"lines": lines, "source": " 某日报 "})
    assert list(Parity.objects.order_by("day").values_list("day", "cny_per_usd", "source", "checked")) == [
        (date(2019, 9, 6), Decimal("7.0855"), "某日报", False),
        (date(2019, 9, 24), Decimal("7.0729"), "某日报", False),
        (date(2019, 10, 8), Decimal("7.0726"), "某日报", False),
    ]
    assert text(client, "parities").count("待核对</span>") == 3


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "请填写日期和中间价（1 美元折合人民币元）"),
        ("2019-09-24", "看不懂第 1 行“2019-09-24”"),
        ("2019-09-24 7.07\n2019-02-30 7.07", "看不懂第 2 行“2019-02-30 7.07”"),
        ("2019-09-24 7.07²", "看不懂第 1 行“2019-09-24 7.07²”"),
        ("0000-09-24 7.07", "看不懂第 1 行“0000-09-24 7.07”"),
        ("0001-09-24 7.07", "0001-09-24 太早，请核对年份。"),
        ("\n".join(["2019-09-24 7.07"] * (MOST_LINES + 1)), "一次最多 400 行"),
    ],
)
def test_lines_that_cannot_be_read_are_named(lines: str, sentence: str):
    answer = as_role(Role.FINANCE_OFFICER).post(reverse("funds:enter_parities"), {"lines": lines, "source": "某日报"})
    assert sentence in str(answer.context["form"].errors["lines"])
    assert Parity.objects.count() == 0


def test_a_day_is_corrected_and_marked_as_checked():
    keep((date(2019, 9, 24), "7.0279"))
    row, client = Parity.objects.get(), as_role(Role.FINANCE_OFFICER)
    address = reverse("funds:correct_parity", args=[row.pk])
    assert 'name="seen" value="7.027900"' in client.get(address).content.decode()
    typed = {"cny_per_usd": "7.0729", "source": "外汇局网站", "checked": "on"}
    assert list(client.post(address, {**typed, "seen": "7"}).context["form"].errors) == ["cny_per_usd"]
    for unreadable in ("sNaN", "NaN", "Infinity", "²"):
        assert list(client.post(address, {**typed, "seen": unreadable}).context["form"].errors) == ["cny_per_usd"]
    client.post(address, {**typed, "seen": "7.0279"})
    row.refresh_from_db()
    assert (row.shown, row.source, row.checked) == ("7.0729", "外汇局网站", True)


def test_the_list_is_filtered_and_taken_along_and_only_keepers_change_it(insurer):
    keep((date(2019, 9, 6), "7.0855"))
    keep((date(2019, 9, 24), "7.0729"), checked=True)
    shown = text(agent(insurer), "parities", query="?checked=False")
    assert ("7.0855" in shown, "7.0729" in shown, "更正" in shown) == (True, False, False)
    assert "登记中间价" not in shown
    assert as_role(Role.FINANCE_OFFICER).get(reverse("funds:parities") + "?export=xlsx").status_code == 200
    assert text(as_role(Role.CITY_OFFICER), "parities", query="?since=2019-09-20").count("更正<span") == 1
