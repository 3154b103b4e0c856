"""Pricing an approved application (clauses 四(二), 五(二))."""

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from tongbao import clock, money
from tongbao.accounts.models import Organisation, User
from tongbao.audit import actions as audit
from tongbao.intake import queries as intake_queries
from tongbao.intake.models import Application
from tongbao.policies import permissions, queries, rules
from tongbao.policies.actions.telling import tell
from tongbao.policies.models import Policy
from tongbao.refusal import Refusal

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: what people read aloud stays unmistakable
CODE_LENGTH = 16  # 80 bits: not to be guessed


@audit.action
def quote(*, application_id: int, number: str, entry_date: date, insured_percentage: Decimal, by: User) -> Policy:
    """Price an approved application with the insurer's rate of the month of entry (四(二), 五(二)).

    Premium in cents and fen and both shares are fixed here. Plan B then waits for the exporter's share, due the
    scheme's number of working days after entry. The same quote again is a harmless repeat.

    Refusals: `not_approved`, `no_base`, `entry_date`, `percentage`, `no_rate`, `number_taken`, `already_quoted`.
    """
    application = intake_queries.lock_application(application_id)
    permissions.check_underwrite(by, application)
    before = queries.of_application(application)
    figures = _figures(application, number, entry_date, insured_percentage)
    if before is not None:
        return _repeat(before, figures, by)
    policy = Policy(
        application=application,
        reservation=application.reservation,
        edition=application.edition,
        insured=application.exporter,
        insurer=application.insurer,
        verification_code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
        quoted_by=by,
        quoted_at=clock.now(),
        **figures,
    )
    _save_numbered(policy)
    said = {**policy.figures(), "sealed": policy.sealed()}
    audit.record("policies.quote", policy, by=by, reference=application.reference, **said)
    _ask_share(policy, by)
    return policy


@audit.action
def correct(*, policy_id: int, number: str, entry_date: date, insured_percentage: Decimal, by: User) -> Policy:
    """Price again a policy that is not yet issued and for which the exporter has not paid yet.

    Refusals: those of `quote`, `policy_state`, `share_paid`.
    """
    application, policy = queries.lock_case(policy_id)
    permissions.check_underwrite(by, application)
    rules.check_open(policy.state)
    if policy.exporter_share_paid_on:
        raise Refusal("share_paid", "企业已按原报价缴费，不能再更正报价。如有误，请先退费并与市商务局联系。")
    earlier = policy.figures()
    for name, value in _figures(application, number, entry_date, insured_percentage).items():
        setattr(policy, name, value)
    policy.quoted_by, policy.quoted_at = by, clock.now()
    _save_numbered(policy)
    said = {**policy.figures(), "sealed": policy.sealed(), "earlier": earlier}
    audit.record("policies.correct", policy, by=by, reference=application.reference, **said)
    _ask_share(policy, by)
    return policy


def _figures(application: Application, number: str, entry_date: date, percentage: Decimal) -> dict[str, Any]:
    """Every field that a quote fixes."""
    found = queries.estimate(application, entry_date)
    basis, insurer, premium, due = queries.basis(application), application.insurer, found.premium, found.share_due
    assert insurer is not None  # an approved application has one
    rules.check_percentage(percentage, found.plan)
    return {
        "terms": basis.decision.terms,
        "number": _check_number(application, insurer, number),
        "state": rules.State.AWAITING_EXPORTER_SHARE if due else rules.State.QUOTED,
        "plan": found.plan.id,
        "nominal_policyholder": basis.scheme.edition.nominal_policyholder,
        "maximum_liability_cents": found.plan.limit_cents(premium.premium_cents),
        "insured_percentage": percentage,
        "cover_from": found.cover_from,
        "cover_to": found.cover_to,
        "entry_date": entry_date,
        "exchange_rate": found.rate,
        "base_exports_cents": found.exports_cents,
        "premium_cents": premium.premium_cents,
        "premium_fen": premium.premium_fen,
        "subsidy_fen": premium.subsidy_fen,
        "exporter_share_fen": premium.exporter_share_fen,
        "excluded": queries.excluded_on(insurer, entry_date),
        "exporter_share_due": due,
    }


def _check_number(application: Application, insurer: Organisation, number: str) -> str:
    number = " ".join(number.split())
    if not number:
        raise Refusal("number", "请填写保单号（贵公司系统内的编号）", "number")
    if queries.number_taken(insurer, number, except_for=application):
        raise Refusal("number_taken", f"保单号 {number} 已用于另一张保单，请核对后重新填写", "number")
    return number


def _save_numbered(policy: Policy) -> None:
    """Save; two agents who enter one number in the same moment are told apart by the database."""
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as fault:
        if "one_policy_number" in str(fault) or ".number" in str(fault):
            raise Refusal("number_taken", f"保单号 {policy.number} 刚刚被另一张保单使用，请核对", "number") from fault
        raise


def _repeat(policy: Policy, figures: dict[str, Any], by: User) -> Policy:
    """A second click finds its quote; another quote for the same application is refused."""
    rules.check_open(policy.state)
    fixed = ("number", "entry_date", "insured_percentage", "premium_fen", "subsidy_fen")
    if any(getattr(policy, name) != figures[name] for name in fixed):
        raise Refusal(
            "already_quoted", f"这件申请已经报价（保单号 {policy.number}）。需要改动时，请打开保单页点“更正报价”。"
        )
    audit.record("policies.quote_again", policy, by=by, reference=policy.application.reference)
    return policy


def _ask_share(policy: Policy, by: User) -> None:
    if policy.exporter_share_due is None:
        return
    share = money.text(policy.exporter_share_fen)
    tell(
        policy=policy,
        title=f"请在 {policy.exporter_share_due:%Y-%m-%d} 前缴纳保费 {share} 元",
        body=f"{policy.insurer}已完成报价。方案{policy.plan}的保费由财政和企业分担，您需要承担 {share} 元，请直接缴至"
        f"{policy.insurer}，不需要先垫付财政部分。逾期未缴，申请将失效，名额让给候补企业。",
        by=by,
    )
