"""`tongbao verify`: replay everything from the log and the ledger; name the first discrepancy."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tongbao.cli.context import start_django


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser(
        "verify",
        help="核对审计链、资金、排队和文件",
        description="从头重放审计记录和资金台账，核对每一处是否一致。发现第一处不符即说明是什么，并以 1 退出。",
    )
    verb.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Check one thing after another; stop at the first discrepancy."""
    start_django()
    for title, faults in _checks():
        fault = next(faults(), None)
        if fault:
            print(f"✗ {title}")
            print(f"发现不符：{fault}", file=sys.stderr)
            return 1
        print(f"✓ {title}")
    print("核对完毕，没有发现不符。")
    return 0


def _checks() -> list[tuple[str, Callable[[], Iterator[str]]]]:
    from tongbao.audit import queries as audit
    from tongbao.documents import queries as documents
    from tongbao.funds import queries as funds

    return [
        (f"审计链：{audit.head().number} 条记录首尾相连，内容与摘要一致", audit.faults),
        ("资金：每笔预占、列支与排队次序一致，余额等于流水之和，预付款足够列支", funds.faults),
        ("文件：每份材料都在，内容与摘要一致", documents.faults),
    ]
