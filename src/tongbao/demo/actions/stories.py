"""Applications played through the real verbs, one after another, from September to mid-October 2019."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.demo import rules
from tongbao.demo.actions import people
from tongbao.demo.actions.stage import Stage
from tongbao.demo.rules.firms import SIX_AREAS, WAN
from tongbao.demo.rules.stories import STORIES, WAITING, Story
from tongbao.funds import actions as funds
from tongbao.intake import actions as intake
from tongbao.intake.models import Application
from tongbao.intake.rules import Level, PaperKind, RejectReason, ReturnKind, Section, State, Verdict
from tongbao.policies import actions as policies
from tongbao.registry import actions as registry
from tongbao.registry.models import CoverInquiry, Exporter

SEPTEMBER, OCTOBER = date(2019, 9, 1), date(2019, 10, 1)
RATES = {SEPTEMBER: Decimal("7.0883"), OCTOBER: Decimal("7.0729")}  # the insurers' system rates, made up
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def play(firms: list[rules.Firm], staff: dict[str, User]) -> None:
    """Play every story, then let the small pool run dry so that somebody waits."""
    stage = Stage(staff)
    casting = _casting(firms)
    _rates(stage, SEPTEMBER, date(2019, 9, 2))
    for number, story in enumerate(STORIES, start=1):
        if number == len(STORIES) // 2:
            _rates(stage, OCTOBER, date(2019, 10, 8))
        _play(stage, story, next(casting[story.plan]), f"qy-{number:02d}")
    for number in range(1, WAITING + 1):
        _play(stage, Story("B", "picc", State.FIRST_REVIEW), next(casting["giant"]), f"qy-hb{number}")


def _casting(firms: list[rules.Firm]) -> dict[str, Iterator[rules.Firm]]:
    """Firms without an account that fit each plan, in the city's order; 'giant' are the largest for plan B."""
    free = [firm for firm in firms if not firm.account and not firm.insured and firm.area in SIX_AREAS]
    usual = [firm for firm in free if 300 * WAN < firm.exports_cents < 2_000 * WAN]
    return {
        "A": iter(usual[40::9]),
        "B": iter(usual[44::9]),
        "C": (firm for firm in usual if firm.us_percent and "policy_direction" in firm.designations),
        "D": (firm for firm in free if 5 * WAN < firm.exports_cents <= 50 * WAN),
        "giant": (firm for firm in free if 2_000 * WAN <= firm.exports_cents <= 3_000 * WAN),
    }


def _rates(stage: Stage, month: date, day: date) -> None:
    with stage.on(day):
        for code, body in stage.insurers.items():
            first, second = stage.agents(code)
            rate = funds.enter_rate(insurer_id=body.pk, month=month, cny_per_usd=RATES[month], by=first)
            funds.confirm_rate(rate_id=rate.pk, by=second)


def _play(stage: Stage, story: Story, firm: rules.Firm, username: str) -> None:
    """One application: filled in, handed in, reviewed, underwritten, as far as the story goes."""
    exporter = Exporter.objects.select_related("area").get(code=firm.code)
    with stage.later():
        owner = people.exporter_account(
            firm, username, exporter.area, clock.now(), stage.staff["shangwu-1"].password
        )
        application = _fill(stage, story, exporter, owner)
    if story.ends == State.DRAFT:
        return
    with stage.later(1):
        application = intake.submit(application_id=application.pk, key=f"demo-{username}", by=owner)
    if story.ends == State.WITHDRAWN:
        with stage.later(3):
            intake.withdraw(application_id=application.pk, why="企业已通过省级平台投保", by=owner)
    elif application.state == State.FIRST_REVIEW and story.ends != State.FIRST_REVIEW:
        _first_review(stage, story, application)


def _fill(stage: Stage, story: Story, exporter: Exporter, owner: User) -> Application:
    pk = intake.start(exporter_id=exporter.pk, by=owner).pk
    intake.save_plan(application_id=pk, plan=story.plan, fallback_plan=story.fallback, by=owner)
    if story.ends == State.DRAFT:
        return Application.objects.get(pk=pk)
    intake.save_insurer(
        application_id=pk,
        insurer_id=stage.insurers[story.insurer].pk,
        accepts_other_insurer=story.accepts_other,
        by=owner,
    )
    intake.confirm_data(
        application_id=pk,
        contact_name=f"{exporter.name[2:3]}经理",
        contact_phone=f"138{pk:08d}",
        address=f"{exporter.area}工农路{pk}号",
        confirmed=True,
        by=owner,
    )
    intake.declare(application_id=pk, declares_uninsured=True, declares_truth=True, by=owner)
    for kind in (PaperKind.FORM, PaperKind.LICENCE):
        upload = SimpleUploadedFile(f"{kind.label}.pdf", _PDF, "application/pdf")
        intake.add_paper(application_id=pk, kind=kind, upload=upload, by=owner)
    return Application.objects.get(pk=pk)


def _first_review(stage: Stage, story: Story, application: Application) -> None:
    officer = stage.districts[application.area.code]
    choice = {"application_id": application.pk, "level": Level.FIRST, "by": officer}
    with stage.later():
        if story.ends == State.RETURNED:
            section = Section.PAPERS if story.then == "correction" else Section.DATA
            asked = {section: "申请表缺少法定代表人签字，请补齐后重新上传。" if story.then == "correction" else "通讯地址与执照住所不一致，请说明。"}
            kind = ReturnKind.CORRECTION if story.then == "correction" else ReturnKind.CLARIFICATION
            intake.review(verdict=Verdict.RETURN, return_kind=kind, questions=asked, **choice)
        elif story.ends == State.REJECTED:
            reason = RejectReason.NOT_EXPORTER
            intake.review(verdict=Verdict.REJECT, reason=reason, note="对外贸易经营者备案已注销。", **choice)
        elif story.ends == State.LAPSED:
            asked = {Section.DATA: "请说明 2018 年出口额与贵公司账面不一致的原因。"}
            intake.review(
                verdict=Verdict.RETURN, return_kind=ReturnKind.CLARIFICATION, questions=asked, **choice
            )
        else:
            intake.review(verdict=Verdict.APPROVE, note="资料齐全，情况属实。", **choice)
    if story.ends == State.LAPSED:
        with stage.later(24 * 14):
            intake.lapse(application_id=application.pk, why="逾期未补充说明")
    elif story.ends not in (State.RETURNED, State.REJECTED):
        _second_review(stage, story, application)


def _second_review(stage: Stage, story: Story, application: Application) -> None:
    inquiries = CoverInquiry.objects.filter(exporter=application.exporter_id).select_related("insurer")
    for inquiry in inquiries:
        with stage.later(1):
            agent, _ = stage.agents(inquiry.insurer.code)
            registry.answer_cover(inquiry_id=inquiry.pk, insured=False, note="", by=agent)
    if story.ends == State.SECOND_REVIEW:
        return
    with stage.later():
        intake.review(
            application_id=application.pk,
            level=Level.SECOND,
            verdict=Verdict.APPROVE,
            note="同意。",
            by=stage.staff["shangwu-1"],
        )
    _underwrite(stage, story, application)


def _underwrite(stage: Stage, story: Story, application: Application) -> None:
    agent, _ = stage.agents(story.insurer)
    if story.ends == State.DECLINED:
        with stage.later(20):
            policies.decline(application_id=application.pk, reason="买方集中于不予承保国别。", by=agent)
    if not story.then:
        return
    with stage.later(3):
        policy = policies.quote(
            application_id=application.pk,
            number=f"SCH{application.pk:06d}-191900",
            entry_date=clock.today(),
            insured_percentage=Decimal("0.8"),
            by=agent,
        )
    if story.then != "in_force":
        return
    with stage.later(4):
        if policy.exporter_share_fen:
            policies.record_exporter_payment(
                policy_id=policy.pk, paid_on=clock.today(), voucher=f"POS{policy.pk:08d}", by=agent
            )
        policies.issue(policy_id=policy.pk, by=agent)
        policies.file_certificate(policy_id=policy.pk, by=agent)
