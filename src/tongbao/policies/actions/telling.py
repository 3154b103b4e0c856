"""What the firm is told of its policy."""

from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.notify import actions as notify
from tongbao.policies import queries
from tongbao.policies.models import Policy


@audit.action
def tell(*, policy: Policy, title: str, body: str, by: User | None) -> None:
    """Put a notice into the inbox of the insured firm, leading to the policy's page; joins the action under way."""
    firm = queries.organisation_of(policy)
    if firm is None:  # a firm entered by an officer, which has no one to sign in yet
        audit.record("policies.no_inbox", policy, by=by, reference=policy.application.reference, title=title)
        return
    notify.send(to=firm, title=title, body=body, url=queries.page_of(policy), by=by)
