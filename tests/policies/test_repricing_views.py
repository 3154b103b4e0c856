"""The pages on which an insurer corrects issued policies after a corrected exchange rate."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.policies import world as make
from tests.policies.test_repricing import AVAILABLE, NEW_A, NEW_B, OLD_A, correct_rate, sums
from tests.policies.world import World
from tongbao.accounts.models import User
from tongbao.policies import actions, queries
from tongbao.policies.models import Repricing

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, name: str, *args: int) -> str:
    return signed_in(person).get(reverse(f"policies:{name}", args=args)).content.decode()


def test_the_list_shows_sums_before_and_after_and_takes_them_all(world: World):
    first, second = make.issued(world), make.issued(world, make.approved(world, "B", name="另一家"), "SX-2")
    correct_rate(world)
    shown = page(world.agent, "repricing")
    for figure in ("10,609.35 元", "10,650.00 元", "40.65 元", "17,682.25 元", "17,750.00 元", "更正全部 2 张"):
        assert figure in shown
    client = signed_in(world.agent)
    client.post(reverse("policies:reprice_all"))
    assert (sums(first)[1], sums(second)[:2]) == (NEW_A, NEW_B)
    assert "没有需要更正的保单" in page(world.agent, "repricing")
    assert "更正全部" not in page(world.finance, "repricing")


def test_one_that_is_refused_holds_up_nobody(world: World):
    dear = make.issued(world, make.approved(world, "B", "9000000.00"))
    cheap = make.issued(world, make.approved(world, name="另一家"), "SX-2")
    correct_rate(world)
    left = make.balance(world, AVAILABLE) - (NEW_A - OLD_A)
    factories.receive(make.pool_of(world), amount_fen=left)
    response = signed_in(world.agent).post(reverse("policies:reprice_all"), follow=True)
    said = [str(message) for message in response.context["messages"]]
    assert said[0] == "已更正 1 张保单，已通知企业。"
    assert said[1].startswith("没有更正：SX-2019-0001：按更正后的金额还须补列")
    assert (list(queries.to_reprice(world.agent)), sums(cheap)[1]) == ([dear], NEW_A)


def test_one_policy_is_looked_at_then_corrected(world: World):
    policy = make.issued(world, make.approved(world, "B"))
    actions.file_certificate(policy_id=policy.pk, by=world.agent)
    rate = correct_rate(world)
    assert reverse("policies:reprice", args=[policy.pk]) in page(world.agent, "policy", policy.pk)
    shown = page(world.agent, "reprice", policy.pk)
    assert "企业<strong>应补缴 67.75 元</strong>" in shown
    assert f'name="rate" value="{rate.pk}"' in shown
    client = signed_in(world.agent)
    client.post(reverse("policies:reprice", args=[policy.pk]), {"rate": rate.pk})
    firm = make.exporter_of(policy)
    assert "企业<strong>应补缴 67.75 元</strong>" in page(firm, "policy", policy.pk)
    made = Repricing.objects.get()
    paper = signed_in(firm).get(reverse("policies:earlier_certificate", args=[policy.pk, made.pk]))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert client.get(reverse("policies:reprice", args=[policy.pk])).status_code == 302


@pytest.mark.parametrize("rate", ["²", "９９", "-1", "9" * 30, "999999", ""])
def test_a_forged_rate_on_the_page_does_no_harm(world: World, rate: str):
    policy = make.issued(world)
    correct_rate(world)
    answer = signed_in(world.agent).post(reverse("policies:reprice", args=[policy.pk]), {"rate": rate})
    assert answer.status_code == (409 if rate == "999999" else 302)


def test_the_list_takes_the_same_few_queries_however_long(world: World):
    client, counts = signed_in(world.agent), []
    correct_later = [make.issued(world, make.approved(world, name=f"企业{n}"), f"SX-{n}") for n in range(3)]
    correct_rate(world)
    for left in (3, 1):
        for policy in correct_later[left:]:
            actions.reprice(policy_id=policy.pk, by=world.agent)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("policies:repricing"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
