"""Reconciliations on paper: the error workbook, the workbook and the PDF to file."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tongbao import money
from tongbao.funds.queries.reconciliation import Reconciliation
from tongbao.funds.rules.reconciliation import KIND, Outcome, Reading, Reason, Side
from tongbao.funds.tables.reconciliation import days
from tongbao.ui.templatetags import ui


def yuan(fen: int | None) -> Decimal | None:
    """As a workbook holds it."""
    return None if fen is None else Decimal(fen) / 100


def error_sheets(reading: Reading) -> dict[str, list[Sequence[Any]]]:
    """The error workbook: every fault by row and column, and the faulty rows as typed."""
    why: dict[int, list[str]] = {}
    for fault in reading.faults:
        why.setdefault(fault.row, []).append(fault.reason)
    listed = [(one.row, one.column, one.title, one.value, one.reason) for one in reading.faults]
    typed = [
        (*(None if cell is None else str(cell) for cell in cells), row, "；".join(dict.fromkeys(why[row])))
        for row, cells in reading.faulty
    ]
    return {
        "错误清单": [("行", "列", "列名", "原值", "原因"), *listed],
        "出错的行": [(*(column.title for column in KIND.columns), "原行号", "原因"), *typed],
    }


def sheet(found: Reconciliation) -> dict[str, list[Sequence[Any]]]:
    """The reconciliation to print and file: sums, every line, signatures."""
    mine, sums = found.statement, found.totals
    explained = [(f"其中：{one.label}", sums.counts[one], yuan(sums.differences[one])) for one in Outcome]
    detail = [
        (
            one.outcome.label, one.row, one.number, one.name, days(one), one.reference, yuan(one.statement_fen),
            yuan(one.platform_fen), yuan(one.difference_fen),
            Reason(said.reason).label if (said := found.resolutions.get(one.mark)) else "",
            said.note if said else "", str(said.by) if said else "",
        )
        for one in found.results
    ]  # fmt: skip
    signed = [
        (side.label, one.by.organisation.name, str(one.by), one.at, one.content_hash)
        if (one := found.signed.get(side))
        else (side.label, "", "（未签字）", None, "")
        for side in Side
    ]
    return {
        "对账汇总": [
            ("项目", "笔数", "金额（元）"),
            (f"{mine.pool.insurer}　{mine.month:%Y-%m}　{mine.get_state_display()}", None, None),
            ("平台列支合计", None, yuan(sums.platform_fen)),
            *explained,
            ("对账单合计", None, yuan(sums.statement_fen)),
            (f"容差：每张保单 {yuan(mine.tolerance_fen)} 元；内容摘要 {found.hash}", None, None),
        ],
        "对账明细": [
            (
                "结果", "对账单行", "保单号", "被保险人", "录入日期", "申请编号",
                "对账单（元）", "平台（元）", "差额（元）", "原因", "说明", "处理人",
            ),
            *detail,
        ],
        "签字": [("签字方", "单位", "签字人", "时间", "内容摘要"), *signed],
    }  # fmt: skip


def paper(found: Reconciliation) -> dict[str, Any]:
    """What the PDF says: sums, differences with their reasons, signatures."""
    mine, sums = found.statement, found.totals
    named = [one for one in Outcome if sums.counts[one]]
    rows = [
        [
            one.outcome.label, one.number or one.reference, one.name, days(one), money.text(one.statement_fen),
            money.text(one.platform_fen), money.text(one.difference_fen), _why(found, one.mark),
        ]
        for one in found.results
        if one.outcome is not Outcome.MATCHED
    ]  # fmt: skip
    return {
        "title": f"{mine.pool.insurer} {mine.month:%Y年}{mine.month.month}月 财政扶持资金对账表",
        "lead": f"{mine.pool.edition.title}　{mine.get_state_display()}",
        "hash": found.hash,
        "sums": [
            ["平台列支合计", "", money.text(sums.platform_fen)],
            *([f"＋ {one.label}", str(sums.counts[one]), money.text(sums.differences[one])] for one in named),
            ["＝ 对账单合计", "", money.text(sums.statement_fen)],
        ],
        "note": f"相符 {sums.counts[Outcome.MATCHED]} 笔，逐笔明细见对账表工作簿。",
        "rows": rows,
        "signatures": [_signature(found, side) for side in Side],
    }


def _why(found: Reconciliation, mark: str) -> str:
    said = found.resolutions.get(mark)
    if said is None:
        return "（待处理）"
    return f"{Reason(said.reason).label.partition('（')[0]}{f'：{said.note}' if said.note else ''}（{said.by}）"


def _signature(found: Reconciliation, side: Side) -> dict[str, str]:
    one = found.signed.get(side)
    if one is None:
        return {"side": f"{side.label}签字", "body": "", "who": "（未签字）", "at": ""}
    return {"side": f"{side.label}签字", "body": one.by.organisation.name, "who": str(one.by), "at": ui.local(one.at)}
