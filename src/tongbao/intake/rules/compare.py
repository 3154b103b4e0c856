"""What findings mean for an application: then and now, which plans may be chosen, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tongbao.scheme.rules import EXPORTS, Finding, Offer, Outcome


@dataclass(frozen=True)
class Compared:
    """One criterion then and now: `met` is True, False or None (unknown); `then` is None when it was not asked."""

    id: str
    title: str
    now: Finding | None
    then: Finding | None
    changed: bool

    @property
    def clause(self) -> str:
        """The clause of the criterion."""
        found = self.now or self.then
        return found.clause if found else ""


def compare(then: Sequence[Finding], now: Sequence[Finding]) -> tuple[Compared, ...]:
    """Findings now, each beside the finding of the same id at submission; `changed` when the outcome differs.

    A criterion that was not asked then, or is no longer asked, counts as changed.
    """
    before = {finding.id: finding for finding in then}
    rows = []
    for finding in now:
        old = before.pop(finding.id, None)
        rows.append(Compared(finding.id, finding.title, finding, old, old is None or old.met is not finding.met))
    return (*rows, *(Compared(old.id, old.title, None, old, changed=True) for old in before.values()))


def exported_nothing(outcome: Outcome) -> bool:
    """Whether the firm had no exports at all in the base year (known to be zero, not unknown)."""
    known = (finding.facts.get(EXPORTS) for finding in outcome.findings)
    return any(Decimal(str(value)) == 0 for value in known if value is not None)


def offer_of(outcome: Outcome, plan: str) -> Offer | None:
    """The offer of a plan that may be chosen (settled or conditional), or None."""
    return next((offer for offer in outcome.offers if offer.plan == plan), None)


def firm_plans(outcome: Outcome) -> tuple[str, ...]:
    """Plans that are offered without condition."""
    return tuple(offer.plan for offer in outcome.offers if offer.available)


def conditional_plans(outcome: Outcome) -> frozenset[str]:
    """Plans whose conditions are not settled yet: they need a fallback (clause 四(二), plan C)."""
    return frozenset(offer.plan for offer in outcome.offers if offer.available is None)


def plan_fault(outcome: Outcome, plan: str) -> tuple[str, str] | None:
    """Why a plan cannot be chosen now, as code and sentence; None when it can."""
    if outcome.eligible is False:
        return "intake.not_eligible", f"目前不符合参保条件：{unmet_sentence(outcome)}"
    if offer_of(outcome, plan):
        return None
    refused = next((offer for offer in outcome.not_offered if offer.plan == plan), None)
    if refused:
        why = "；".join(finding.says.rstrip("。") for finding in refused.findings if finding.met is False)
        return "intake.plan_not_offered", f"方案{plan}目前不能选：{why}。请改选其他方案。"
    if not outcome.offers and not outcome.not_offered:
        return (
            "intake.no_exports",
            "企业名册里还没有贵公司上年度的出口额，无法确定方案和保费。请先联系所在区商务部门核对海关数据。",
        )
    return "intake.plan_unknown", "请从列出的方案中选择。"


def unmet_sentence(outcome: Outcome) -> str:
    """The sentences of the criteria that are not met, joined."""
    return "；".join(finding.says.rstrip("。") for finding in outcome.findings if finding.met is False) + "。"


def open_sentence(outcome: Outcome) -> str:
    """The sentences of the criteria that are not known yet, joined."""
    return "；".join(finding.says.rstrip("。") for finding in outcome.findings if finding.met is None) + "。"
