"""Every verb, as an operator meets it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django_q.models import Schedule

from tests import factories
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.cli import main, schedules, scheme_verbs
from tongbao.desk import queries as desk
from tongbao.notify import actions as notify
from tongbao.screening.queries import engines

ROOT = Path(__file__).resolve().parents[2]


def tongbao(data_dir: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("TONGBAO_", "DATABASE_URL"))}
    return subprocess.run(
        [sys.executable, "-m", "tongbao.cli", *arguments],
        cwd=ROOT,
        env={**ours, "PYTHONPATH": "src", "TONGBAO_DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main.main(["--help"])
    said = capsys.readouterr().out
    assert left.value.code == 0
    verbs = ["serve", "demo", "migrate", "admin", "verify", "check", "decide", "assets"]
    assert [verb for verb in verbs if f"\n    {verb} " not in said] == []


def test_an_unknown_verb_is_an_error(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main.main(["nonsense"])
    assert left.value.code == 2


def test_the_first_administrator(db, capsys: pytest.CaptureFixture[str]):
    assert main.main(["admin", "admin", "王管理"]) == 0
    said = capsys.readouterr().out
    user = User.objects.get()
    assert (user.username, user.name, user.role, user.must_change_password) == (
        "admin",
        "王管理",
        Role.ADMINISTRATOR,
        True,
    )
    password = said.split("一次性密码：")[1].split()[0]
    assert user.check_password(password)


def test_a_second_administrator_is_refused_in_one_sentence(db, capsys: pytest.CaptureFixture[str]):
    main.main(["admin", "admin", "王管理"])
    assert main.main(["admin", "other", "李管理"]) == 1
    assert capsys.readouterr().err == "已有系统管理员，请由其登录后开通其他账号。\n"


def test_verify_says_what_it_checked(db, capsys: pytest.CaptureFixture[str]):
    notify.send(to=factories.user(), title="您好", by=None)
    assert main.main(["verify"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"✓ 审计链：1 条记录，(不到 )?\d+\.\d 秒（每条记录与前一条相连，内容与摘要一致）", lines[0])
    assert [line.split("：")[0] for line in lines[:-1]] == [f"✓ {check.title}" for check in desk.checks()]
    assert lines[-1] == f"核对完毕，没有发现不符。现在的链尾：1:{Record.objects.get().hash}"


def test_verify_names_the_first_discrepancy(db, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    checks = [
        desk.Check("甲", "没有问题", "件", lambda: iter(())),
        desk.Check("乙", "没有问题", "件", lambda: iter(["第 7 号对不上", "第 8 号也对不上"])),
        desk.Check("丙", "没有问题", "件", lambda: iter(())),
    ]
    monkeypatch.setattr(desk, "checks", lambda *_: checks)
    assert main.main(["verify"]) == 1
    said = capsys.readouterr()
    assert re.fullmatch(r"✓ 甲：(不到 )?\d+\.\d 秒（没有问题）\n✗ 乙\n", said.out)
    assert said.err == "发现不符：第 7 号对不上\n"


def test_verify_follows_the_chain_to_a_published_head(db, capsys: pytest.CaptureFixture[str]):
    notify.send(to=factories.user(), title="您好", by=None)
    hash = Record.objects.get().hash
    assert main.main(["verify", "--head", f"1：{hash.upper()}"]) == 0
    assert "✓ 公布的链尾：1 个链尾，" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "why"),
    [(1, "链上这一条的摘要与公布的不同，公布之后有人改写过日志"), (2, "链上现在只到第 1 条，公布之后有人改写过日志")],
)
def test_verify_names_a_published_head_that_the_chain_does_not_reach(
    db, capsys: pytest.CaptureFixture[str], number: int, why: str
):
    notify.send(to=factories.user(), title="您好", by=None)
    assert main.main(["verify", "--head", f"{number}:{'0' * 64}"]) == 1
    assert capsys.readouterr().err == f"发现不符：审计链不经过公布的链尾（第 {number} 条，摘要 {'0' * 64}）：{why}\n"


def test_verify_refuses_a_head_that_is_none(db, capsys: pytest.CaptureFixture[str]):
    assert main.main(["verify", "--head", "第一条"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.partition("，")[0]) == ("", "链尾写成“序号:摘要”")


def test_demo_data_never_reach_a_database_in_use(db, capsys: pytest.CaptureFixture[str]):
    factories.user()
    assert main.main(["demo"]) == 1
    assert main.main(["demo", "--if-empty"]) == 0
    assert capsys.readouterr().out == "数据库里已有数据，未作改动。\n" * 2


def test_demo_data_need_demo_mode(db, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TONGBAO_CLOCK")
    assert main.main(["demo"]) == 1
    assert "TONGBAO_CLOCK" in capsys.readouterr().err


def test_regular_jobs_are_registered_once(db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        schedules, "declared", lambda: [("催办", "tongbao.a.jobs.remind", 60), ("到期", "tongbao.b.jobs.expire", 5)]
    )
    schedules.register()
    due = Schedule.objects.get(name="tongbao: 催办").next_run
    monkeypatch.setattr(schedules, "declared", lambda: [("催办", "tongbao.a.jobs.remind", 30)])
    schedules.register()
    assert list(Schedule.objects.values_list("name", "func", "minutes", "next_run")) == [
        ("tongbao: 催办", "tongbao.a.jobs.remind", 30, due)
    ]


def test_declared_jobs_exist():
    from django.utils.module_loading import import_string

    assert [path for _, path, _ in schedules.declared() if not callable(import_string(path))] == []


def test_serve_refuses_an_older_database(tmp_path: Path):
    done = tongbao(tmp_path, "serve")
    assert (done.returncode, done.stderr) == (1, "数据库还没有升级到当前版本：请先运行 tongbao migrate。\n")


def test_serve_says_that_a_port_is_taken(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = tongbao(tmp_path, "serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"不能在 127.0.0.1:{port} 上启动（")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_starts_and_stops_both(tmp_path: Path, stop: signal.Signals):
    assert tongbao(tmp_path, "migrate").returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": "src", "TONGBAO_DATA_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "tongbao.cli", "serve", "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert _answers(f"http://127.0.0.1:{port}/accounts/login/", process) == 200
        family = _children(process.pid)
        process.send_signal(stop)
        assert process.wait(30) == 0
    finally:
        process.kill()
        said, _ = process.communicate()
    assert said.splitlines()[0] == f"统保已启动：http://127.0.0.1:{port}/ （按 Ctrl-C 停止）"
    assert (len(family) >= 2, [pid for pid in family if _runs(pid)]) == (True, [])


def _answers(url: str, process: "subprocess.Popen[str]") -> int:
    for _ in range(150):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return int(response.status)
        except OSError:
            time.sleep(0.2)
    return 0


def _children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    direct = [int(found) for found in listed.stdout.split()]
    return direct + [below for child in direct for below in _children(child)]


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().split(")")[-1].split()[0] != "Z"


def test_decide_prints_json(tmp_path: Path):
    facts = tmp_path / "facts.json"
    facts.write_text(
        json.dumps({"area": "chongchuan", "exports_usd": "5000000.00", "us_exports_usd": "0.00", "insured": False})
    )
    done = tongbao(tmp_path, "decide", "schemes/nantong-2019.yaml", str(facts))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["eligible"] is True
    assert {"findings", "priorities", "offers"} <= set(said)


def test_an_interrupted_loading_begins_anew(tmp_path: Path):
    script = (
        "import sys; from tongbao.cli import demo, main; from tongbao.cli.context import start_django; start_django()\n"
        "from tests import factories; from tongbao.demo import actions\n"
        "def load():\n    factories.organisation()\n    sys.argv[1] == 'break' and sys.exit(9)\n"
        "actions.load = load; sys.exit(main.main(['demo']))"
    )
    environment = {"PYTHONPATH": "src:.", "TONGBAO_DATA_DIR": str(tmp_path), "TONGBAO_CLOCK": "2019-10-15T09:00"}
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("TONGBAO_", "DATABASE_URL"))}

    def load(how: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            [sys.executable, "-c", script, how],
            cwd=ROOT, env={**ours, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout.splitlines()

    assert tongbao(tmp_path, "migrate").returncode == 0
    loading = "正在装入演示数据，约需一分钟…"
    assert load("break") == (9, [loading])
    assert load("whole") == (0, ["上次装入演示数据没有完成，重新开始。", loading, "演示数据已装入。"])
    assert load("again") == (1, ["数据库里已有数据，未作改动。"])


def test_ctrl_c_ends_a_verb_without_a_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def interrupted(path: str) -> int:
        with engines._refusing():
            raise RuntimeError("Query interrupted")  # as DuckDB says it

    monkeypatch.setattr(scheme_verbs, "check", interrupted)
    assert main.main(["check", "x.yaml"]) == 130
    assert capsys.readouterr().err == "已中断。\n"
