"""`tongbao demo`: load the made-up data that show the platform at work."""

import argparse
from pathlib import Path
from typing import Any

from tongbao.cli.context import start_django
from tongbao.refusal import Refusal

UNFINISHED = "demo-unfinished"  # a file in the data folder while loading is under way


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
    from django.conf import settings

    from tongbao import clock
    from tongbao.accounts.models import Organisation
    from tongbao.demo import actions

    unfinished = Path(settings.DATA_DIR) / UNFINISHED
    if unfinished.exists():
        _begin_anew()
    elif Organisation.objects.exists():
        print("数据库里已有数据，未作改动。")
        return 0 if arguments.if_empty else 1
    if not clock.is_demo():
        sentence = "演示数据只能在演示模式下装入：请先设置 TONGBAO_CLOCK，如 2019-10-15T09:00。"
        raise Refusal("cli.not_demo", sentence)
    print("正在装入演示数据，约需一分钟…", flush=True)
    unfinished.touch()
    actions.load()
    unfinished.unlink()
    print("演示数据已装入。")
    return 0


def _begin_anew() -> None:
    """Take away what an interrupted loading left: its database was empty before."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "sqlite":
        raise Refusal("cli.demo_unfinished", "上次装入演示数据没有完成：请另建一个空的数据库，升级后重新装入。")
    print("上次装入演示数据没有完成，重新开始。", flush=True)
    connection.close()
    path = Path(connection.settings_dict["NAME"])
    for file in (path, *(path.with_name(path.name + tail) for tail in ("-wal", "-shm"))):
        file.unlink(missing_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
