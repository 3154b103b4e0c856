"""Writers are killed in the middle of what they do: nothing half done stays, nothing acknowledged is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Sum

from tests import factories
from tongbao.audit import queries as log
from tongbao.funds import queries
from tongbao.funds.models import Account, Reservation
from tongbao.funds.rules import FUNDED

ROOT = Path(__file__).resolve().parents[2]
WRITERS, KILLS = 3, 9
WAN = 10_000_00


def start(seed: int, folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
    said = folder / f"{seed}.jsonl"
    environment = {"DJANGO_SETTINGS_MODULE": "tongbao.config.settings", **os.environ}
    with said.open("wb") as out:
        command = [sys.executable, "-m", "tests.funds.writer", str(connection.settings_dict["NAME"]), str(seed)]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.PIPE), said


def lines(said: Path) -> list[dict[str, Any]]:
    """What a writer acknowledged; a line that was being written when it was killed was not said."""
    text = said.read_text()
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def wait_for(said: Path, more: int) -> None:
    before, until = len(lines(said)), time.monotonic() + 60
    while len(lines(said)) < before + more:
        assert time.monotonic() < until, "a writer does not get on"
        time.sleep(0.02)


def test_killed_writers_leave_nothing_half_done(committed_db, tmp_path):
    factories.pools(allotted_fen=45 * WAN, prepaid_fen=45 * WAN)
    dice, seeds = random.Random(5), iter(range(1, 1_000))
    running = [start(next(seeds), tmp_path) for _ in range(WRITERS)]
    files = [said for _, said in running]
    try:
        for kill in range(KILLS):
            at = kill % WRITERS
            process, said = running[at]
            wait_for(said, 5)
            time.sleep(dice.random() * 0.05)  # anywhere inside a transaction
            process.send_signal(signal.SIGKILL)
            process.wait()
            running[at] = start(next(seeds), tmp_path)
            files.append(running[at][1])
    finally:
        for process, _ in running:
            process.kill()
            process.wait()
    _nothing_is_lost([said for file in files for said in lines(file)])


def _nothing_is_lost(acknowledged: list[dict[str, Any]]) -> None:
    kept = dict(Reservation.objects.values_list("key", "queue_number"))
    received = {said["key"]: said["number"] for said in acknowledged if said["did"] == "receive"}
    assert len(received) >= 5 * KILLS // 2
    assert {key: kept.get(key) for key in received} == received
    assert sorted(kept.values()) == list(range(1, len(kept) + 1))
    given_up = [said["pk"] for said in acknowledged if said["did"] == "release"]
    assert not Reservation.objects.filter(pk__in=given_up).exclude(state="released").exists()
    owned = Reservation.objects.filter(state__in=FUNDED).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    balances = dict(Account.objects.values_list("kind").annotate(Sum("balance_fen")))
    assert balances["reserved"] == owned
    assert balances["reserved"] + balances["charged"] + balances["available"] == balances["allotted"]
    assert [*log.faults(), *queries.faults()] == []
