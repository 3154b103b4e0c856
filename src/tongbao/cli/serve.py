"""`tongbao serve`: the web server and the job worker, started and stopped together."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tongbao.cli.context import start_django
from tongbao.refusal import Refusal

GRACE_SECONDS = 15
WAITING = 4_096  # connections that the system holds until a worker takes them: when receipt opens all come at once
THREADS = 4  # of a worker: while one waits for the database another works


def add(verbs: "argparse._SubParsersAction[Any]") -> None:
    """Declare the verb."""
    verb = verbs.add_parser(
        "serve",
        help="启动网站和后台任务",
        description="启动网站和后台任务，按 Ctrl-C 停止。任何一个意外停止，另一个也会停止，并说明是哪一个。",
    )
    verb.add_argument("--host", default="127.0.0.1", metavar="地址", help="监听地址，默认 127.0.0.1")
    verb.add_argument("--port", type=int, default=8000, metavar="端口", help="监听端口，默认 8000")
    verb.add_argument(
        "--workers", type=int, metavar="个数", help="网站进程数，默认每个处理器核心一个（SQLite 只用一个）"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Start both, wait, stop both. 0 after a signal, 1 when one of them stopped by itself."""
    start_django()
    _check_port(arguments.host, arguments.port)
    _prepare()
    from tongbao.cli import schedules

    schedules.register()
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: stopping.append(received))
    children = {"网站": _start(_web(arguments)), "后台任务": _start(_jobs())}
    _say_hello(arguments)
    return _watch(children, stopping)


def _check_port(host: str, port: int) -> None:
    """Say plainly that a port is taken, before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            sentence = f"不能在 {host}:{port} 上启动（{error.strerror}）：请用 --port 换一个端口，或停止占用它的程序。"
            raise Refusal("cli.port", sentence) from error


def _prepare() -> None:
    """Refuse a database of another version; collect static files when nobody has."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refusal("cli.not_migrated", "数据库还没有升级到当前版本：请先运行 tongbao migrate。")
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()


def _web(arguments: argparse.Namespace) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"]
    workers = arguments.workers or _workers()
    command += ["--host", arguments.host, "--port", str(arguments.port), "--workers", str(workers)]
    command += ["--blocking-threads", str(THREADS), "--backlog", str(WAITING), "--backpressure", "64"]
    command += ["--workers-kill-timeout", "10"]
    if os.environ.get("TONGBAO_ACCESS_LOG") == "1":
        command += ["--access-log", "--access-log-fmt", '%(addr)s "%(method)s %(path)s" %(status)d %(dt_ms).0fms']
    return [*command, "tongbao.config.wsgi:application"]


def _workers() -> int:
    """One a core; SQLite lets one write at a time anyway."""
    from django.db import connection

    return 1 if connection.vendor == "sqlite" else os.cpu_count() or 1


def _jobs() -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "django", "qcluster"]


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own: a Ctrl-C reaches it through us, once, not from the terminal as well."""
    return subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)


def _say_hello(arguments: argparse.Namespace) -> None:
    from tongbao import clock

    print(f"统保已启动：http://{arguments.host}:{arguments.port}/ （按 Ctrl-C 停止）", flush=True)
    if clock.is_demo():
        shown = clock.now().astimezone(clock.SHANGHAI)
        print(f"演示模式，当前显示的时间是 {shown:%Y-%m-%d %H:%M}。可以登录的人：", flush=True)
        _say_who()


def _say_who() -> None:
    """Who can sign in to the demonstration, as its sign-in page says it too."""
    from django.db import connection

    from tongbao.accounts import queries, rules

    for person in queries.demo_people():
        print(f"  {person.username:<16}{rules.Role(person.role).label}　{person.organisation}　{person.name}")
    print(f"密码都是 {rules.DEMO_PASSWORD}", flush=True)
    connection.close()


def _watch(children: dict[str, "subprocess.Popen[bytes]"], stopping: list[int]) -> int:
    fallen: str | None = None
    while not stopping and not fallen:
        time.sleep(0.2)
        fallen = next((name for name, child in children.items() if child.poll() is not None), None)
    if fallen:
        print(
            f"{fallen}意外停止（退出码 {children[fallen].returncode}），其余部分随之停止。", file=sys.stderr, flush=True
        )
    _stop(children)
    return 1 if fallen else 0


def _stop(children: dict[str, "subprocess.Popen[bytes]"]) -> None:
    """Ask each child to stop; after the grace time end its whole session, so that no grandchild stays behind."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
        with contextlib.suppress(ProcessLookupError):  # nobody of its session is left when it stopped in order
            os.killpg(child.pid, signal.SIGKILL)
