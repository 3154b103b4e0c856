"""Head counts of a scheme, and schemes that no application can be handled under."""

import pytest

from tests import factories
from tests.scheme.nantong import PATH, TEXT
from tongbao.funds.models import Reservation
from tongbao.intake import actions
from tongbao.intake.models import Application
from tongbao.intake.rules import State
from tongbao.refusal import Refusal
from tongbao.scheme import actions as schemes

pytestmark = pytest.mark.django_db

ONE_FIRM = """
quotas:
  - {id: first, title: 方案A试点, firms: 1, plans: [A], areas: [chongchuan], clause: 二(三), default: true, note: 测试}
"""
AUTOMATIC = """
enrolment: {mode: automatic, title: 自动参保, clause: 三}
"""


def load(addition: str) -> None:
    schemes.load_edition(text=TEXT + addition, name=PATH.name, by=None)


def submit(made: Application) -> Application:
    return actions.submit(application_id=made.pk, key="k", by=made.created_by)


def test_the_last_place_of_a_quota_goes_to_the_first_and_nothing_of_the_second_is_kept():
    factories.pools(allotted_fen=50_000_000)
    load(ONE_FIRM)
    submit(factories.draft())
    late = factories.draft()
    with pytest.raises(Refusal) as no:
        submit(late)
    assert (no.value.code, no.value.field) == ("intake.quota_full", "plan")
    assert no.value.sentence == (
        "“方案A试点”的 1 个名额已满，请选择其他方案；没有其他方案可选的，请留意名额退出的通知。"
    )
    assert Application.objects.get(pk=late.pk).state == State.DRAFT
    assert list(Reservation.objects.values_list("queue_number", flat=True)) == [1]


def test_another_plan_is_not_counted_and_a_withdrawal_frees_the_place():
    factories.pools(allotted_fen=50_000_000)
    load(ONE_FIRM)
    first = submit(factories.draft())
    assert submit(factories.draft(plan="B")).reservation.queue_number == 2
    actions.withdraw(application_id=first.pk, why="", by=first.created_by)
    assert submit(factories.draft()).reservation.queue_number == 3


def test_a_scheme_the_platform_cannot_run_takes_no_applications():
    factories.pools()
    load(AUTOMATIC)
    by = factories.firm()
    exporter = factories.Exporter.objects.get(code=by.organisation.code)
    with pytest.raises(Refusal) as no:
        actions.start(exporter_id=exporter.pk, by=by)
    assert no.value.sentence == (
        "本年度方案暂不能在线申请，请联系主管部门。原因：企业自动参保，平台目前只受理企业自己提交的申请。"
    )
