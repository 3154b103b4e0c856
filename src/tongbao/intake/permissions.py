"""Who may do what with an application: `check_x` raises with a sentence, `can_x` asks."""

from collections.abc import Callable
from datetime import date, datetime

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.intake import rules
from tongbao.intake.models import Application, Review
from tongbao.refusal import Forbidden, Refusal
from tongbao.registry.models import Exporter
from tongbao.scheme.rules import Scheme, not_operable

PAPER_READERS = (Role.EXPORTER, Role.DISTRICT_OFFICER, Role.CITY_OFFICER, Role.INSURER_AGENT, Role.AUDITOR)


def _allows(check: Callable[[User, Application], None], user: User, application: Application) -> bool:
    try:
        check(user, application)
    except Refusal:
        return False
    return True


def check_start(user: User, exporter: Exporter) -> None:
    """Only the firm itself applies: no officer and no insurer does it in its place (clause 三②)."""
    if user.role != Role.EXPORTER or user.organisation.code != exporter.code:
        raise Forbidden("intake.not_own", "申请只能由企业自己的账号填写和提交，请用本企业账号登录。")


def check_not_merged(exporter: Exporter) -> None:
    """A firm that was merged into another applies for nothing any more."""
    if exporter.merged_into is not None:
        raise Refusal(
            "intake.merged",
            f"登记显示贵公司已并入{exporter.merged_into.name}，请由合并后的企业申请。登记有误的，请在“我的资格”提出异议。",
        )


def check_edition_open(scheme: Scheme, today: date) -> None:
    """Nothing can be insured any more once the receipt or the cover period is over (clause 四(一)); a draft may be
    prepared before the receipt begins."""
    if today > scheme.cover_to:
        raise Refusal(
            "intake.closed_edition",
            f"本年度统保的保障期已于 {scheme.cover_to:%Y-%m-%d} 结束，不再受理申请。请留意下一年度的通知。",
        )
    if today > scheme.closes_on:
        raise Refusal(
            "intake.window_over",
            f"本年度收件已于 {scheme.closes_on:%Y-%m-%d} 截止，不再受理申请。请留意下一年度的通知。",
        )
    if reasons := not_operable(scheme):
        raise Refusal("intake.not_operable", f"本年度方案暂不能在线申请，请联系主管部门。原因：{''.join(reasons)}")


def check_receipt(scheme: Scheme, at: datetime) -> None:
    """Whether an application may be received at an instant: between the first and the last moment of the edition."""
    check_edition_open(scheme, clock.local_day(at))
    local = at.astimezone(clock.SHANGHAI).replace(tzinfo=None)
    if rules.phase(scheme, local) is rules.Phase.BEFORE:
        raise Refusal(
            "intake.not_open_yet",
            f"还不能提交：{scheme.opens_at:%Y-%m-%d %H:%M} 开始收件。已填的内容都已保存，请在那之后提交。",
        )


def _check_own(user: User, application: Application) -> None:
    check_start(user, application.exporter)


def check_edit(user: User, application: Application) -> None:
    """The firm's own draft, or its file returned for correction."""
    _check_own(user, application)
    if application.state == rules.State.DRAFT or _under_correction(application):
        return
    if application.state == rules.State.RETURNED:
        raise Refusal("intake.only_answers", "这份申请只需要回答审核人员的问题，其他内容已提交，不能修改。")
    raise Refusal(
        "intake.already_submitted",
        f"申请 {application.reference} 已经提交，现在是“{application.public_state}”，内容不能再修改。",
    )


def _under_correction(application: Application) -> bool:
    return application.state == rules.State.RETURNED and application.return_kind == rules.ReturnKind.CORRECTION


def check_submit(user: User, application: Application) -> None:
    """A draft of the firm's own."""
    _check_own(user, application)
    _check_open(application)
    if application.state != rules.State.DRAFT:
        raise Refusal("intake.not_draft", f"这份申请现在是“{application.public_state}”，不需要再提交。")


def check_resubmit(user: User, application: Application) -> None:
    """The firm's own file, returned for correction, within its days."""
    _check_own(user, application)
    _check_open(application)
    if not _under_correction(application):
        raise Refusal("intake.not_returned", f"这份申请现在是“{application.public_state}”，不需要重新提交。")


def check_answer(user: User, application: Application) -> None:
    """The firm's own file, returned with questions."""
    _check_own(user, application)
    _check_open(application)
    if application.state != rules.State.RETURNED:
        raise Refusal("intake.not_returned", f"这份申请现在是“{application.public_state}”，没有需要回答的问题。")
    if _under_correction(application):
        raise Refusal("intake.resubmit_instead", "这份申请需要补正材料：请修改后在“检查并提交”页重新提交。")


def _check_open(application: Application) -> None:
    if application.state in rules.CLOSED:
        raise Refusal(
            "intake.closed",
            f"申请 {application.reference} 已经结束（{application.public_state}），如仍需投保，请重新申请。",
        )


def check_withdraw(user: User, application: Application) -> None:
    """The firm may take back its own file until the second review has approved it."""
    _check_own(user, application)
    _check_open(application)
    if application.state not in rules.WITHDRAWABLE:
        raise Refusal(
            "intake.too_late_to_withdraw",
            "审核已经通过，保险公司正在办理或已出具保单，不能在网上撤回。请直接联系保险公司和市商务局。",
        )


def check_lapse(application: Application, due: rules.Due | None, today: date) -> None:
    """One that waits or was returned lapses only once its days are over (clause 二(三)); what becomes of an approved
    one, its insurer's side says."""
    if application.state not in (rules.State.SUBMITTED, rules.State.RETURNED):
        return
    if due is None or due.day >= today:
        what = "补充" if application.state == rules.State.RETURNED else "候补"
        raise Refusal("intake.not_overdue", f"申请 {application.reference} 的{what}期限还没有过，不能作失效处理。")


def check_switch(user: User, application: Application) -> None:
    """The firm changes its insurer itself, from the submission until the second review has approved (clause 三)."""
    _check_own(user, application)
    _check_open(application)
    if application.state in rules.AFTER_APPROVAL:
        raise Refusal(
            "intake.too_late_to_switch",
            "审核已经通过，保险公司正在办理或已出具保单，不能在网上更换。请直接联系保险公司和市商务局。",
        )
    if application.state not in rules.SWITCHABLE or _under_correction(application):
        raise Refusal("intake.not_in_line", "这份申请现在可以直接修改：请在“选择保险公司”一页更换，然后提交。")


def check_first_review(user: User, application: Application) -> None:
    """An officer of the district of the firm's area; only funded files in first review (clause 三③)."""
    if user.role != Role.DISTRICT_OFFICER:
        raise Forbidden("intake.not_reviewer", "区级初审由企业所在区的商务部门办理，您的账号不能初审。")
    if not user.organisation.areas.filter(pk=application.area_id).exists():
        raise Forbidden("intake.other_area", f"这家企业属于{application.area}，不在贵单位的审核范围内。")
    _check_waits_for(user, application, rules.Level.FIRST)
    _check_fresh_eyes(user, application)


def check_second_review(user: User, application: Application) -> None:
    """An officer of the city, who has not reviewed this file before and is of another body (clause 三③)."""
    if user.role != Role.CITY_OFFICER:
        raise Forbidden("intake.not_reviewer", "市级复审由市商务局办理，您的账号不能复审。")
    _check_waits_for(user, application, rules.Level.SECOND)
    _check_fresh_eyes(user, application)


def _check_waits_for(user: User, application: Application, level: rules.Level) -> None:
    if rules.level_of(application.state) == level:
        return
    last = application.reviews.filter(level=level).select_related("reviewer", "body").last()
    if last is not None:
        raise Refusal("intake.already_decided", decided_sentence(last, user))
    raise Refusal("intake.not_waiting", f"这份申请现在是“{application.get_state_display()}”，不在{level.label}中。")


def decided_sentence(review: Review, user: User) -> str:
    """Who decided what and when, for somebody who comes too late (or clicks twice)."""
    when = f"{review.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    verdict = f"{review.get_level_display()}：{review.get_verdict_display()}"
    if review.reviewer_id == user.pk:
        return f"您已于 {when} 作出决定（{verdict}），不需要再次提交。"
    return f"{review.body}的{review.reviewer}已于 {when} 作出决定（{verdict}），您的意见没有保存。"


def _check_fresh_eyes(user: User, application: Application) -> None:
    """Who entered the file or reviewed it at the other level does not decide it."""
    if user.pk == application.created_by_id:
        raise Refusal("intake.same_person", "这份申请由您填写，不能由您审核，请交给同事办理。")
    level = rules.level_of(application.state)
    others = application.reviews.exclude(level=level)
    if others.filter(reviewer=user).exists():
        raise Refusal("intake.same_person", "您已经审核过这份申请的另一级，初审和复审不能是同一个人，请交给同事办理。")
    if others.filter(body=user.organisation_id).exists():
        raise Refusal("intake.same_body", "初审和复审不能由同一个单位办理，请交给另一级商务部门。")


def check_review(user: User, application: Application) -> None:
    """The review of a person's own level: districts the first, the city the second; nobody else reviews."""
    if user.role == Role.DISTRICT_OFFICER:
        return check_first_review(user, application)
    return check_second_review(user, application)


def check_see_paper(user: User, application: Application) -> None:
    """Papers go to the firm, its reviewers, its insurer and the auditor; the file itself is already scoped."""
    if user.role not in PAPER_READERS:
        raise Forbidden("intake.no_papers", "企业提交的材料只对企业本身、审核部门、承保机构和审计人员开放。")


def can_edit(user: User, application: Application) -> bool:
    """Whether the answers may be changed."""
    return _allows(check_edit, user, application)


def can_submit(user: User, application: Application) -> bool:
    """Whether the draft may be submitted (complete or not)."""
    return _allows(check_submit, user, application)


def can_resubmit(user: User, application: Application) -> bool:
    """Whether the corrected file may be submitted again."""
    return _allows(check_resubmit, user, application)


def can_answer(user: User, application: Application) -> bool:
    """Whether questions wait for the person's answers."""
    return _allows(check_answer, user, application)


def can_withdraw(user: User, application: Application) -> bool:
    """Whether the person may take the application back."""
    return _allows(check_withdraw, user, application)


def can_switch(user: User, application: Application) -> bool:
    """Whether the person may change the insurer of what was handed in."""
    return _allows(check_switch, user, application)


def can_review(user: User, application: Application) -> bool:
    """Whether the file waits for this person's review."""
    return _allows(check_review, user, application)


def can_see_paper(user: User, application: Application) -> bool:
    """Whether the person may open the papers."""
    return _allows(check_see_paper, user, application)
