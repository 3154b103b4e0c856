"""A policy that was changed behind the application's back is found and named."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.policies import world as make
from tests.policies.world import World
from tongbao.policies import actions, queries
from tongbao.policies.models import Policy

pytestmark = pytest.mark.django_db
SEALED = "当事人、条款、保障或缴费期限与报价记录不符"
LONG_AGO = datetime(2019, 9, 1, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    built = make.build()
    make.fill(built)
    make.set_rate(built)
    return built


@pytest.fixture
def policy(world: World) -> Policy:
    made = make.quoted(world, make.approved(world, "A", "5000000.00"), "SX-1")
    actions.issue(policy_id=made.pk, by=world.agent)
    return actions.file_certificate(policy_id=made.pk, by=None)


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
        ({"issued_at": None}, ["财政扶持与资金列支不符", "出单人或出单时间与审计记录不符"]),
        ({"issued_by": None}, ["出单人或出单时间与审计记录不符"]),
        ({"state": "cancelled"}, ["状态与审计记录不符"]),
        ({"state": "expired"}, ["状态与审计记录不符"]),
        ({"cover_to": date(2020, 9, 30)}, [SEALED]),
        ({"cover_from": date(2019, 8, 1)}, [SEALED]),
        ({"maximum_liability_cents": 1}, [SEALED]),
        ({"nominal_policyholder": "别的单位"}, [SEALED]),
        ({"exporter_share_due": date(2019, 11, 1)}, [SEALED]),
        ({"verification_code": "0" * 16}, [SEALED]),
        ({"exporter_share_paid_on": date(2019, 10, 14)}, ["企业缴费与审计记录不符"]),
        ({"exporter_share_voucher": "HD-9"}, ["企业缴费与审计记录不符"]),
        ({"quoted_at": LONG_AGO}, ["报价人或报价时间与审计记录不符"]),
        ({"certificate": None}, ["保险凭证与审计记录不符"]),
    ],
)
def test_tampering_is_found_and_named(policy: Policy, change, what):
    Policy.objects.filter(pk=policy.pk).update(**change)
    number = change.get("number", "SX-1")
    assert list(queries.faults()) == [f"保单 {number} 的{one}" for one in what]


def test_another_firm_or_insurer_on_a_policy_is_found(world: World, policy: Policy):
    other = make.approved(world, "A", "5000000.00")
    Policy.objects.filter(pk=policy.pk).update(insured=other.exporter)
    assert list(queries.faults()) == [f"保单 SX-1 的{SEALED}"]
    Policy.objects.filter(pk=policy.pk).update(insured=policy.insured, insurer=world.picc)
    assert list(queries.faults()) == [
        "保单 SX-1 的汇率不是承保的保险人录入当月的汇率",
        "保单 SX-1 的扶持资金不是从承保的保险人的资金池列支",
        f"保单 SX-1 的{SEALED}",
    ]


def test_a_policy_laid_at_somebody_elses_door_is_found(world: World, policy: Policy):
    Policy.objects.filter(pk=policy.pk).update(quoted_by=world.second_agent, issued_by=world.second_agent)
    assert list(queries.faults()) == [
        "保单 SX-1 的报价人或报价时间与审计记录不符",
        "保单 SX-1 的出单人或出单时间与审计记录不符",
    ]
