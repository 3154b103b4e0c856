"""Days in order."""

from tongbao.scheme.rules.checks.sections import Found, Sections


def period(s: Sections) -> Found:
    """Cover within the period, terms in force no later than its end, base year before it."""
    period, head, parameters = s.parts.get("period"), s.parts.get("edition"), s.parts.get("parameters")
    if period is None:
        return
    if period.last < period.first:
        yield ("period", "to"), f"保障期限的止日 {period.last} 早于起日 {period.first}", "检查 from 和 to"
        return
    if head is not None and head.effective_from > period.last:
        yield (
            ("edition", "effective_from"),
            f"条款生效日 {head.effective_from} 晚于保障期限止日 {period.last}",
            "检查日期",
        )
    if head is not None and head.base_year >= period.first.year + 1:
        yield ("edition", "base_year"), f"基期 {head.base_year} 年不早于保障期限", "基期一般为上一年"
    if parameters is not None and not period.first <= parameters.cover_from.value <= period.last:
        yield ("parameters", "cover_from", "value"), "承保起日不在保障期限之内", f"应在 {period.first} 至 {period.last}"


def receipt(s: Sections) -> Found:
    """Applications are received from before the last day of receipt, and no longer than there is cover."""
    queue, period = s.parts.get("queue"), s.parts.get("period")
    if queue is None:
        return
    if queue.opens_at and queue.closes_on and queue.opens_at.date() > queue.closes_on:
        sentence = f"收件截止日 {queue.closes_on} 早于开始收件的 {queue.opens_at:%Y-%m-%d}"
        yield ("queue", "closes_on"), sentence, "检查 opens_at 和 closes_on"
    if period is None:
        return
    if queue.closes_on and queue.closes_on > period.last:
        sentence = f"收件截止日 {queue.closes_on} 晚于保障期限止日 {period.last}"
        yield ("queue", "closes_on"), sentence, "保障期满后不再受理，截止日不能更晚"
    elif queue.opens_at and queue.opens_at.date() > period.last:
        sentence = f"开始收件的 {queue.opens_at:%Y-%m-%d} 晚于保障期限止日 {period.last}"
        yield ("queue", "opens_at"), sentence, "检查日期"


def repayment(s: Sections) -> Found:
    """A payer that pays the firm back says until when, and only such a payer does; never before the period begins."""
    period = s.parts.get("period")
    for i, plan in s.of("plans"):
        for j, payer in enumerate(plan.payers):
            path = ("plans", i, "payers", j)
            if payer.payment == "reimburse" and payer.pay_by is None:
                yield path, "先缴后补的扶持没有写明最迟拨付日期", "补上 pay_by，例如 pay_by: 2020-01-31"
            elif payer.payment != "reimburse" and payer.pay_by is not None:
                yield (*path, "pay_by"), "只有先缴后补才有最迟拨付日期", "删去 pay_by，或写 payment: reimburse"
            elif period is not None and payer.pay_by is not None and payer.pay_by < period.first:
                sentence = f"最迟拨付日期 {payer.pay_by} 早于保障期限起日 {period.first}"
                yield (*path, "pay_by"), sentence, "检查日期"
