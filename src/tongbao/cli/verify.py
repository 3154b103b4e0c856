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
        help="核对审计链、条款、资金、排队、保单和文件",
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
    from tongbao.desk import queries as desk
    from tongbao.documents import queries as documents

    return [*desk.checks(), ("文件：每份材料都在，内容与摘要一致", documents.faults)]
