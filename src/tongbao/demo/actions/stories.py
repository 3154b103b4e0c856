"""Applications played through the real verbs, one after another, from September to mid-October 2019."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.demo import rules
from tongbao.demo.actions import keeping, people, reconciling
from tongbao.demo.actions.stage import Stage
from tongbao.demo.rules.firms import SIX_AREAS, WAN
from tongbao.demo.rules.stories import STORIES, Story
from tongbao.funds import actions as funds
from tongbao.funds import queries as rates
from tongbao.intake import actions as intake
from tongbao.intake.jobs import lapse_overdue
from tongbao.intake.models import Application
from tongbao.intake.rules import Level, PaperKind, RejectReason, ReturnKind, Section, State, Verdict
from tongbao.policies import actions as policies
from tongbao.policies import queries as policy_queries
from tongbao.policies.models import Policy
from tongbao.policies.rules import CancellationReason
from tongbao.registry import actions as registry
from tongbao.registry.models import CoverInquiry, Exporter

RATES = {date(2019, 9, 1): Decimal("7.0883"), date(2019, 10, 1): Decimal("7.0729")}  # made up
PARITIES = (  # found in the news, not on the official site
    (date(2019, 9, 6), "7.0855", "孟加拉国通讯社 BSS 网站当日转载的行情，wp.bssnews.net"),
    (date(2019, 9, 24), "7.0729", "巴基斯坦 Mettis 财经网当日报道，mettislink.news"),
)
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def play(firms: list[rules.Firm], staff: dict[str, User]) -> None:
    """Play every story, then let the deadlines that have passed take effect."""
    stage = Stage(staff)
    casting = _casting(firms)
    for number, story in enumerate(STORIES, start=1):
        _play(stage, story, next(casting[story.cast or story.plan]), f"qy-{number:02d}")
    with stage.later():
        lapse_overdue()
    keeping.keep(stage, firms)
    _parities(stage)
    reconciling.reconcile(stage)


def _parities(stage: Stage) -> None:
    """What a finance officer found of the central parity in the news; nobody has compared it with the official list."""
    with clock.at(stage.moment):
        for day, cny_per_usd, source in PARITIES:
            line = (day, Decimal(cny_per_usd))
            funds.enter_parities(lines=[line], source=source, checked=False, by=stage.staff["caizheng-1"])


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


def _rate_of_the_month(stage: Stage) -> None:
    """Both insurers enter and confirm the month's rate before the first quote in it."""
    month = clock.today().replace(day=1)
    for code, body in stage.insurers.items():
        if rates.confirmed_rate(body, month) is None:
            first, second = stage.agents(code)
            rate = funds.enter_rate(insurer_id=body.pk, month=month, cny_per_usd=RATES[month], by=first)
            funds.confirm_rate(rate_id=rate.pk, by=second)


def _play(stage: Stage, story: Story, firm: rules.Firm, username: str) -> None:
    """One application: filled in, handed in, reviewed, underwritten, as far as the story goes."""
    exporter = Exporter.objects.select_related("area").get(code=firm.code)
    with stage.later():
        owner = people.exporter_account(firm, username, exporter.area, clock.now(), stage.staff["shangwu-1"].password)
        application = _fill(stage, story, exporter, owner)
    if story.ends == State.DRAFT:
        return
    with stage.later(0):
        application = intake.submit(application_id=application.pk, key=f"demo-{username}", by=owner)
    if story.ends == State.WITHDRAWN:
        with stage.later():
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


# What the district asks or decides in the stories that stop there.
_ASKED = {
    "correction": (ReturnKind.CORRECTION, Section.PAPERS, "申请表缺少法定代表人签字，请补齐后重新上传。"),
    "clarification": (ReturnKind.CLARIFICATION, Section.DATA, "通讯地址与执照住所不一致，请说明。"),
    "": (ReturnKind.CLARIFICATION, Section.DATA, "请说明 2018 年出口额与贵公司账面不一致的原因。"),
}


def _first_review(stage: Stage, story: Story, application: Application) -> None:
    officer = stage.districts[application.area.code]
    stops = story.ends in (State.RETURNED, State.LAPSED, State.REJECTED)
    kind, section, question = _ASKED[story.then if stops else ""]
    verdict = Verdict.REJECT if story.ends == State.REJECTED else Verdict.RETURN if stops else Verdict.APPROVE
    with stage.later():
        intake.review(
            application_id=application.pk,
            level=Level.FIRST,
            verdict=verdict,
            reason=RejectReason.NOT_EXPORTER if verdict == Verdict.REJECT else "",
            note="对外贸易经营者备案已注销。" if verdict == Verdict.REJECT else "" if stops else "资料齐全，情况属实。",
            return_kind=kind if verdict == Verdict.RETURN else "",
            questions={section: question} if verdict == Verdict.RETURN else {},
            by=officer,
        )
    if not stops:
        _second_review(stage, story, application)


def _second_review(stage: Stage, story: Story, application: Application) -> None:
    inquiries = CoverInquiry.objects.filter(exporter=application.exporter_id).select_related("insurer")
    for inquiry in inquiries:
        with stage.later(0):
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
        with stage.later():
            policies.decline(application_id=application.pk, reason="买方集中于不予承保国别。", by=agent)
    if not story.then:
        return
    with stage.later():
        _rate_of_the_month(stage)
        policy = policies.quote(
            application_id=application.pk,
            number=f"SCH{application.pk:06d}-191900",
            entry_date=clock.today(),
            insured_percentage=Decimal("0.8"),
            by=agent,
        )
    if story.then not in {"in_force", "cancelled"}:
        return
    with stage.later():
        if policy.exporter_share_fen:
            policies.record_exporter_payment(
                policy_id=policy.pk, paid_on=clock.today(), voucher=f"POS{policy.pk:08d}", by=agent
            )
        policies.issue(policy_id=policy.pk, by=agent)
        policies.file_certificate(policy_id=policy.pk, by=agent)
    if story.then == "cancelled":
        _cancel(stage, policy, application.created_by, agent)


def _cancel(stage: Stage, policy: Policy, owner: User, agent: User) -> None:
    """The firm asks, its insurer consents, the city approves, each in turn."""
    with stage.later():
        asked = policies.ask_cancellation(
            policy_id=policy.pk,
            last_day=clock.today() + timedelta(days=30),
            reason=CancellationReason.NO_EXPORTS,
            text="本公司自下月起不再经营出口业务。",
            by=owner,
        )
    with stage.later():
        policies.consent_cancellation(cancellation_id=asked.pk, by=agent)
    with stage.later():
        seen_fen = policy_queries.refund_of(policy, asked.last_day).fund_fen
        policies.approve_cancellation(cancellation_id=asked.pk, seen_fen=seen_fen, by=stage.staff["shangwu-1"])
        policies.file_certificate(policy_id=policy.pk, by=owner)
