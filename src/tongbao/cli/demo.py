"""`tongbao demo`: load the made-up data that show the platform at work."""

import argparse
import sys
from typing import Any

from tongbao.cli.context import start_django


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser(
        "demo",
        help="装入演示数据",
        description="装入演示数据：虚构的企业、出口记录、申请和各角色的账号。只在空的数据库里进行，已有数据不会被改动。",
    )
    verb.add_argument("--if-empty", action="store_true", help="已有数据时不算出错")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load into an empty database in demo mode only, so that made-up people never reach a real one."""
    start_django()
    from tongbao import clock
    from tongbao.accounts.models import Organisation
    from tongbao.demo import actions

    if Organisation.objects.exists():
        print("数据库里已有数据，未作改动。")
        return 0 if arguments.if_empty else 1
    if not clock.is_demo():
        print("演示数据只能在演示模式下装入：请先设置 TONGBAO_CLOCK，如 2019-10-15T09:00。", file=sys.stderr)
        return 1
    print("正在装入演示数据，约需一分钟…", flush=True)
    actions.load()
    print("演示数据已装入。")
    return 0
