"""`tongbao verify`: replay everything from the log and the ledger; name the first discrepancy."""

import argparse
import sys
from typing import Any

from tongbao.cli.context import start_django


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser(
        "verify",
        help="核对审计链、条款、资金、排队、保单和文件",
        description="从头重放审计记录和资金台账，核对每一处是否一致。发现第一处不符即说明是什么，并以 1 退出。",
    )
    verb.add_argument(
        "--head",
        default="",
        metavar="序号:摘要",
        help="以前公布或抄存的链尾；日志若从它之前被改写过，即使重新算过全部摘要也能查出",
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check one thing after another; stop at the first discrepancy."""
    start_django()
    from tongbao.audit.rules import read_head
    from tongbao.desk import queries

    if arguments.head:
        read_head(arguments.head)  # refused before anything is replayed
    for check in queries.checks(arguments.head):
        line = queries.look(check, only_first=True)
        if line.count:
            print(f"✗ {line.title}")
            print(f"发现不符：{line.faults[0]}", file=sys.stderr)
            return 1
        print(f"✓ {line.title}：{line.looked}（{line.holds}）", flush=True)
    end = queries.chain_head()
    print(f"核对完毕，没有发现不符。现在的链尾：{end.number}:{end.hash}")
    return 0
