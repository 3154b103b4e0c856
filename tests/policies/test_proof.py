"""A policy that was changed behind the application's back is found and named."""

from decimal import Decimal

import pytest

from tests.policies import world as make
from tests.policies.world import World
from tongbao.policies import actions, queries
from tongbao.policies.models import Policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


@pytest.fixture
def policy(world: World) -> Policy:
    made = make.quoted(world, make.approved(world, "A", "5000000.00"), "SX-1")
    return actions.issue(policy_id=made.pk, by=world.agent)


def test_what_is_true_has_no_faults(world: World, policy: Policy):
    make.quoted(world, make.approved(world, "B", "5000000.00"), "SX-2")
    assert list(queries.faults()) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (
            {"premium_fen": 1_060_934, "subsidy_fen": 1_060_934},
            ["内容与报价记录不符", "保费按条款重新计算，结果不同", "财政扶持与资金列支不符"],
        ),
        ({"insured_percentage": Decimal("0.9")}, ["赔偿比例与报价记录不符"]),
        ({"base_exports_cents": 1}, ["保费按条款重新计算，结果不同", "保费基数与复审通过的出口额不符"]),
        ({"number": "SX-9"}, ["内容与报价记录不符"]),
        ({"issued_at": None}, ["财政扶持与资金列支不符", "状态与出单不符"]),
        ({"state": "cancelled"}, ["状态与出单不符"]),
    ],
)
def test_tampering_is_found_and_named(policy: Policy, change, what):
    Policy.objects.filter(pk=policy.pk).update(**change)
    number = change.get("number", "SX-1")
    assert list(queries.faults()) == [f"保单 {number} 的{one}" for one in what]
