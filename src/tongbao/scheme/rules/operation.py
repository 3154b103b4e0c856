"""What of a scheme the platform decides, screens and forecasts, but cannot yet run from application to policy."""

from collections.abc import Iterator

from tongbao.scheme.rules.edition import Scheme


def not_operable(scheme: Scheme) -> tuple[str, ...]:
    """A Chinese sentence for each part of a scheme that no application could be handled under; none for most."""
    return tuple(_reasons(scheme))


def _reasons(scheme: Scheme) -> Iterator[str]:
    if scheme.pools:
        yield "几家保险人共用一个资金池，平台目前为每家保险人各设资金池。"
    if any(payer.payment == "reimburse" for plan in scheme.plans for payer in plan.payers):
        yield "财政扶持由企业先缴、事后拨付，平台目前只办理预付和同时缴付。"
    if any(plan.rate_is_ceiling for plan in scheme.plans):
        yield "方案只规定费率上限，平台目前按方案写明的费率计费。"
    if scheme.enrolment is not None and scheme.enrolment.mode == "automatic":
        yield "企业自动参保，平台目前只受理企业自己提交的申请。"
