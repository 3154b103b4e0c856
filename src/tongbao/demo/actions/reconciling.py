"""The first month is reconciled: 中国信保 sent its statement, with one sum that differs and one policy left out."""

from datetime import date

from tongbao.demo.actions.stage import Stage
from tongbao.funds import actions as funds
from tongbao.funds.models import Pool
from tongbao.funds.queries import reconciliation
from tongbao.funds.rules.reconciliation import KIND
from tongbao.ui import exports

MONTH = date(2019, 9, 1)
TOO_MUCH_FEN = 100_00


def reconcile(stage: Stage) -> None:
    """The agent uploads and confirms September; the finance office has not explained the differences yet."""
    agent, _ = stage.agents("sinosure")
    pool = Pool.objects.get(insurer=stage.insurers["sinosure"])
    used = [one for one in reconciliation.charged([pool.pk]).get(pool.pk, []) if one.by_month.get(MONTH)]
    if len(used) < 2:
        return
    fen = [one.by_month[MONTH] for one in used]
    fen[0] += TOO_MUCH_FEN
    rows = [
        (one.number, one.name, one.code, one.entry_date, f"{sum_fen // 100}.{sum_fen % 100:02d}", None, None)
        for one, sum_fen in zip(used[:-1], fen, strict=False)
    ]
    headings = [column.title for column in KIND.columns]
    content = exports.content({KIND.sheet: [headings, *rows]})
    with stage.later():
        name = "中国信保对账单2019年9月（演示数据）.xlsx"
        reading = reconciliation.read_file(content, name)
        sent = funds.receive_statement(
            pool_id=pool.pk, month=MONTH, content=content, file_name=name, reading=reading, by=agent
        )
        funds.keep_statement(statement_id=sent.pk, reading=reading, by=agent)
