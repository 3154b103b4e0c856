"""`tongbao admin`: the first account of a new installation."""

import argparse
from typing import Any

from tongbao.cli.context import start_django


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser(
        "admin",
        help="建立第一个系统管理员",
        description="建立第一个系统管理员并显示一次性密码，首次登录时须修改。其他账号由管理员在网页上开通。",
    )
    verb.add_argument("username", metavar="登录名", help="英文字母和数字")
    verb.add_argument("name", metavar="姓名", help="显示在页面和审计记录里的姓名")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the one-time password; refused when there is an administrator already."""
    start_django()
    from tongbao.accounts import actions

    user, password = actions.create_first_administrator(username=arguments.username, name=arguments.name)
    print(f"已建立系统管理员 {user.name}（登录名 {user.username}）。")
    print(f"一次性密码：{password}")
    print("请立即登录并修改；本密码不会再次显示。")
    return 0
