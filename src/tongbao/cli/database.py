"""`tongbao migrate`: bring the database to the shape that this version needs."""

import argparse
from typing import Any

from tongbao.cli.context import start_django


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser("migrate", help="建立或升级数据库")
    verb.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Apply what is missing; say how many steps there were."""
    start_django()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps:
        call_command("migrate", interactive=False, verbosity=0)
    print(f"数据库已就绪（本次升级 {steps} 步）" if steps else "数据库已是最新")
    return 0
