"""Pools are opened for each insurer that an edition names."""

from tongbao.accounts.models import Organisation, User
from tongbao.accounts.rules import OrganisationKind
from tongbao.audit import actions as audit
from tongbao.funds import permissions, queries
from tongbao.funds.models import Account, Pool, Queue
from tongbao.funds.rules import AccountKind
from tongbao.refusal import Refusal
from tongbao.scheme import queries as schemes
from tongbao.scheme import rules as scheme_rules
from tongbao.scheme.models import Edition


@audit.action
def open_pools(*, edition: Edition, by: User | None) -> list[Pool]:
    """Open the queue and one empty pool for each insurer the edition names (五(一)); those that exist stay as they are.

    Refusal `no_insurer` when an insurer of the edition has no organisation here, `not_operable` when the edition asks
    for what the platform cannot run.
    """
    permissions.check_open(by)
    if reasons := scheme_rules.not_operable(schemes.scheme_of(schemes.terms_of(edition))):
        raise Refusal("not_operable", f"还不能为这个年度方案开设资金池：{''.join(reasons)}")
    Queue.objects.get_or_create(edition=edition)
    pools = []
    for insurer_code in queries.insurer_codes(edition):
        insurer = Organisation.objects.filter(code=insurer_code, kind=OrganisationKind.INSURER).first()
        if insurer is None:
            raise Refusal("no_insurer", f"年度方案中的保险人“{insurer_code}”还没有登记单位，请系统管理员先登记。")
        pool, made = Pool.objects.get_or_create(edition=edition, insurer=insurer)
        if made:
            Account.objects.bulk_create(Account(pool=pool, kind=kind) for kind in AccountKind)
        pools.append(pool)
    insurers = [pool.insurer_id for pool in pools]
    audit.record("funds.open_pools", edition, by=by, pools=[pool.pk for pool in pools], insurers=insurers)
    return pools
