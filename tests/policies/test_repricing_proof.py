"""A repricing that was changed behind the application's back is found and named."""

import pytest

from tests import tampering
from tests.policies import world as make
from tests.policies.test_repricing import correct_rate
from tongbao.policies import actions, queries


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE policies_repricing SET old_premium_fen = old_premium_fen + 1, old_share_fen = old_share_fen + 1",
         "汇率更正记录按 7.0729 重新计算，结果不同"),
        ("UPDATE policies_repricing SET at = '2019-09-01 00:00:00+00:00'", "汇率更正记录与审计记录不符"),
        ("UPDATE policies_repricing SET by_id = (SELECT max(id) FROM accounts_user)", "汇率更正记录与审计记录不符"),
        ("UPDATE policies_repricing SET certificate_id = NULL", "汇率更正记录与审计记录不符"),
        ("DELETE FROM policies_repricing", "汇率更正记录与审计记录不符"),
    ],
)  # fmt: skip
def test_a_changed_repricing_is_found(committed_db, change: str, what: str):
    world = make.build()
    make.fill(world)
    make.set_rate(world)
    policy = make.issued(world)
    actions.file_certificate(policy_id=policy.pk, by=None)
    correct_rate(world)
    actions.reprice(policy_id=policy.pk, by=world.agent)
    tampering.run("policies_repricing", change)
    assert f"保单 SX-2019-0001 的{what}" in list(queries.faults())
