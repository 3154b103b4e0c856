"""Who may underwrite, pay, see and download."""

from collections.abc import Callable

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.intake.models import Application
from tongbao.policies import rules
from tongbao.policies.models import Cancellation, Policy
from tongbao.refusal import Forbidden, Refusal

# Those who see policies at all; an administrator runs the machine and has no business in firms' affairs.
READERS = (
    Role.EXPORTER,
    Role.DISTRICT_OFFICER,
    Role.CITY_OFFICER,
    Role.INSURER_AGENT,
    Role.FINANCE_OFFICER,
    Role.AUDITOR,
)


def can_underwrite(user: User, application: Application) -> bool:
    """An insurer's agent underwrites what was approved for the own insurer, nobody else does."""
    return user.role == Role.INSURER_AGENT and application.insurer_id == user.organisation_id


def check_underwrite(user: User, application: Application) -> None:
    """Refuse everyone but the agents of the application's insurer."""
    if not can_underwrite(user, application):
        raise Forbidden("not_your_insurer", "只有该申请所选保险人的经办人可以办理承保。请核对申请编号。")


def can_manage(user: User, policy: Policy) -> bool:
    """Whether this person may correct, pay, issue or decline this policy as it stands now."""
    return user.role == Role.INSURER_AGENT and policy.insurer_id == user.organisation_id and policy.state in rules.OPEN


REPRICING_READERS = (Role.INSURER_AGENT, Role.CITY_OFFICER, Role.FINANCE_OFFICER, Role.AUDITOR)


def can_reprice(user: User, policy: Policy) -> bool:
    """Whether this person corrects an issued policy whose rate was corrected: its own insurer's agents."""
    own = user.role == Role.INSURER_AGENT and policy.insurer_id == user.organisation_id
    return own and policy.state in rules.ISSUED


def check_list_excluded(user: User) -> None:
    """Only an insurer says which countries it does not cover."""
    if user.role != Role.INSURER_AGENT:
        raise Forbidden("not_insurer", "不予承保国别由保险人经办人员维护。如需调整，请联系保险人。")


def can_download(policy: Policy) -> bool:
    """A certificate exists for an issued policy only, also for one cancelled since (it says so); whoever sees the
    policy may have its paper."""
    return policy.issued_at is not None


# ── cancellation: the one party asks, the other consents, the city approves (三) ────────────────────────────────────


def side_of(user: User, policy: Policy) -> rules.Side | None:
    """Which party of a policy this person speaks for; None for everybody else."""
    if user.role == Role.EXPORTER and user.organisation.code == policy.insured.code:
        return rules.Side.FIRM
    if user.role == Role.INSURER_AGENT and policy.insurer_id == user.organisation_id:
        return rules.Side.INSURER
    return None


def check_ask(user: User, policy: Policy) -> None:
    """The firm and its insurer ask for a cancellation, while the policy is in force."""
    if side_of(user, policy) is None:
        raise Forbidden("not_party", "注销保单由被保险人或承保的保险人提出。请用企业或保险人的账号登录。")
    rules.check_in_force(policy.state, cover_to=policy.cover_to, today=clock.today())


def check_consent(user: User, cancellation: Cancellation) -> None:
    """The other party consents, in its own account: nobody consents to what the own side has asked for."""
    side = side_of(user, cancellation.policy)
    if side is None:
        raise Forbidden("not_party", "注销保单须由被保险人或承保的保险人同意。请用企业或保险人的账号登录。")
    _check_state(user, cancellation, rules.CancellationState.ASKED)
    if side == cancellation.side:
        other = rules.Side(cancellation.side).other
        raise Forbidden("own_side", f"这份注销申请是本单位提出的，须由{other.label}同意。")


def check_approve(user: User, cancellation: Cancellation) -> None:
    """An officer of the city approves what both parties want."""
    if user.role != Role.CITY_OFFICER:
        raise Forbidden("not_city", "注销保单由市商务局批准，您的账号不能批准。")
    _check_state(user, cancellation, rules.CancellationState.CONSENTED)


def check_refuse(user: User, cancellation: Cancellation) -> None:
    """Whoever is asked may say no: the other party before it consents, the city before it approves."""
    check_approve(user, cancellation) if user.role == Role.CITY_OFFICER else check_consent(user, cancellation)


def check_withdraw(user: User, cancellation: Cancellation) -> None:
    """The party that asked takes it back until the city has approved."""
    if side_of(user, cancellation.policy) != cancellation.side:
        raise Forbidden("not_own_side", "只有提出申请的一方可以撤回。不同意注销的，请点“不同意”并写明原因。")
    _check_state(user, cancellation, *rules.UNDER_WAY)


def _check_state(user: User, cancellation: Cancellation, *states: rules.CancellationState) -> None:
    now = rules.CancellationState(cancellation.state)
    if now in states:
        return
    if now in rules.UNDER_WAY:
        raise Refusal("not_your_turn", f"这份注销申请现在是“{now.label}”，不用在这里办理。请刷新页面。")
    who, at = cancellation.decided_by, cancellation.decided_at
    by = "系统" if who is None else "您" if who == user else str(who.organisation)
    when = f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
    raise Refusal("cancellation_over", f"这份注销申请已由{by}于 {when} 办结（{now.label}），您的操作没有生效。")


def can_ask(user: User, policy: Policy) -> bool:
    """Whether this person may ask for the cancellation of this policy now."""
    return _allowed(check_ask, user, policy)


def may(user: User, cancellation: Cancellation) -> dict[str, bool]:
    """What this person may do with a cancellation now, by the name of the act."""
    checks: dict[str, Callable[[User, Cancellation], None]] = {
        "consent": check_consent,
        "approve": check_approve,
        "refuse": check_refuse,
        "withdraw": check_withdraw,
    }
    return {name: _allowed(check, user, cancellation) for name, check in checks.items()}


def _allowed(check: Callable[..., None], user: User, thing: Policy | Cancellation) -> bool:
    try:
        check(user, thing)
    except Refusal:
        return False
    return True
