"""The public log of the order of receipt: what it shows and what it keeps to itself, and that anybody can check it."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tongbao.audit import queries as audit
from tongbao.funds import actions as funds
from tongbao.funds.models import Pool, Queue, Reservation
from tongbao.funds.rules import ReservationState
from tongbao.intake.rules import State

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "queue-log.md"
LOG = "/queue-log/"
WAN = 10_000_00


@pytest.fixture
def pools() -> tuple[Pool, Pool]:
    return factories.pools(allotted_fen=3 * WAN, prepaid_fen=3 * WAN)


def received(pools: tuple[Pool, Pool]) -> list[Reservation]:
    """One of each state, in the order of their numbers."""
    lead, second = pools
    made = [factories.receive(lead, amount_fen=WAN, priority_class=place % 2) for place in range(4)]
    made += [factories.receive(second, amount_fen=2 * WAN), factories.receive(second, amount_fen=WAN)]
    funds.charge(reservation_id=made[0].pk, amount_fen=WAN, key="policy", by=None)
    funds.release(reservation_id=made[4].pk, why="撤回", by=None)
    funds.surrender(reservation_id=made[5].pk, why="退回补正", by=None)
    return list(Reservation.objects.order_by("queue_number"))


def text(response: Any) -> str:
    return response.content.decode()


def table(client: Client | None = None, address: str = "/queue-log/nantong-2019.csv") -> list[dict[str, str]]:
    content = b"".join((client or Client()).get(address).streaming_content).decode()
    assert content.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(content[1:])))


def test_visitors_see_numbers_times_states_and_codes_and_nothing_else(pools):
    places = received(pools)
    page = text(Client().get(LOG))
    for place in places:
        assert place.public_link in page
        for secret in (place.reference, place.beneficiary_name, place.beneficiary_code):
            assert secret not in page
    assert ("10,000.00" in page, "1.00 万元" in page, "中信保" in page, "人保财险" in page) == (
        False,
        False,
        True,
        True,
    )
    queue = Queue.objects.get()
    assert queue.public_head == places[-1].public_link
    head = audit.head()
    assert (queue.public_head in page, head.hash in page) == (True, True)


def test_states_are_in_public_words(pools):
    states = [place.state for place in received(pools)]
    assert states == [
        ReservationState.CHARGED,
        ReservationState.RESERVED,
        ReservationState.RESERVED,
        ReservationState.WAITING,
        ReservationState.RELEASED,
        ReservationState.SURRENDERED,
    ]
    assert [(row["状态"], row["类别"], row["资金池"]) for row in table()] == [
        ("已出具保单", "优先", "中信保"),
        ("已预留资金，办理中", "一般", "中信保"),
        ("已预留资金，办理中", "优先", "中信保"),
        ("候补，等待资金", "一般", "中信保"),
        ("已退出", "一般", "人保财险"),
        ("已让号（退回补正）", "一般", "人保财险"),
    ]


def test_the_file_has_no_sum_no_firm_and_no_case(pools):
    places = received(pools)
    rows = table()
    assert list(rows[0]) == ["序号", "收件时间（UTC）", "资金池", "类别", "状态", "状态起始（UTC）", "校验码"]
    assert [row["序号"] for row in rows] == [str(place.queue_number) for place in places]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", row["收件时间（UTC）"]) for row in rows)
    said = "".join("".join(row.values()) for row in rows)
    assert [place.reference for place in places if place.reference in said] == []


# ── the procedure of the guide ──────────────────────────────────────────────────────────────────────────────────────


def script() -> str:
    """The program exactly as the guide prints it."""
    return re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]


def check(tmp_path: Path, content: bytes) -> tuple[int, str]:
    """What the program says of a file, and whether it is content."""
    (tmp_path / "check.py").write_text(script(), encoding="utf-8")
    (tmp_path / "log.csv").write_bytes(content)
    command = [sys.executable, "-X", "utf8", "check.py", "log.csv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def download() -> bytes:
    return b"".join(Client().get("/queue-log/nantong-2019.csv").streaming_content)


def test_the_program_of_the_guide_computes_the_chain_again(pools, tmp_path):
    received(pools)
    head = Queue.objects.get().public_head
    assert check(tmp_path, download()) == (0, f"相符：共 6 个序号，首尾相连，最后的校验码是 {head}")


def test_it_finds_whatever_was_changed(pools, tmp_path):
    places = received(pools)
    lines = download().split(b"\r\n")
    second = lines[2]
    moment = second.split(b",")[1]
    other_time = second.replace(moment, moment[:-2] + (b"1Z" if moment[-2:] != b"1Z" else b"2Z"))
    wrong = "不符：第 {} 行（序号 {}）与前面的不相连"
    assert check(tmp_path, b"\r\n".join([*lines[:2], other_time, *lines[3:]])) == (1, wrong.format(2, 2))
    assert check(tmp_path, b"\r\n".join([*lines[:2], *lines[3:]])) == (1, wrong.format(2, 3))
    assert check(tmp_path, b"\r\n".join([*lines[:2], lines[3], lines[2], *lines[4:]])) == (1, wrong.format(2, 3))
    code = places[3].public_link.encode()
    changed = b"\r\n".join(lines).replace(code, b"0" * 64)
    assert check(tmp_path, changed) == (1, wrong.format(4, 4))


def test_an_empty_log_is_true_too(pools, tmp_path):
    code, said = check(tmp_path, download())
    assert (code, said.startswith("相符：共 0 个序号")) == (0, True)
    assert "还没有收到申请" in text(Client().get(LOG))


def test_guide_and_page_print_the_same_program():
    assert script().splitlines() == Client().get("/about/queue-log/").context["script"].splitlines()


def test_one_number_by_hand_with_sha256sum(pools):
    received(pools)
    rows = table()
    line = f"{rows[0]['校验码']}|{rows[1]['序号']}|{rows[1]['收件时间（UTC）']}"
    done = subprocess.run(["sha256sum"], input=line.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split()[0] == rows[1]["校验码"]


def test_the_receipt_of_the_firm_shows_its_code(pools):
    made = factories.application(State.FIRST_REVIEW)
    client = Client()
    client.force_login(made.created_by)
    for name in ("receipt", "application"):
        assert made.reservation.public_link in text(client.get(reverse(f"intake:{name}", args=[made.reference])))


# ── finding and paging ──────────────────────────────────────────────────────────────────────────────────────────────


def found(word: str) -> list[int]:
    return [place.number for place, _ in Client().get(LOG, {"q": word}).context["rows"]]


def test_it_is_found_by_number_or_code(pools):
    places = received(pools)
    code = places[2].public_link
    for word in ("3", " 3 ", "３", code, code[:8], code.upper()):
        assert found(word) == [3]


@pytest.mark.parametrize("word", ["0", "7", "-1", "3.0", "99999999999999999999", "abc", "zzzzzzzz", "%", "x" * 5000])
def test_what_is_not_there_is_said(pools, word: str):
    received(pools)
    response = Client().get(LOG, {"q": word})
    assert (response.status_code, response.context["rows"]) == (200, [])
    assert "没有这个序号或校验码" in text(response)


def test_blanks_are_no_search(pools):
    received(pools)
    assert found("  ") == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(("page", "first"), [("1", 120), ("2", 70), ("3", 20), ("99", 20), ("²", 120), ("-1", 20)])
def test_pages_are_newest_first(pools, page: str, first: int):
    for _ in range(120):
        factories.receive(pools[0], amount_fen=1)
    rows = Client().get(LOG, {"page": page}).context["rows"]
    numbers = [place.number for place, _ in rows]
    assert numbers == list(range(first, max(first - 50, 0), -1))


def test_it_costs_the_same_however_long_it_is(pools, django_assert_num_queries):
    client = Client()
    factories.receive(pools[0])
    client.get(LOG)  # terms are read once
    with django_assert_num_queries(5):
        client.get(LOG)
    for _ in range(60):
        factories.receive(pools[0], amount_fen=1)
    for asked in ({}, {"page": "2"}, {"q": "1"}):
        with django_assert_num_queries(5):
            client.get(LOG, asked)


def test_visitors_copies_are_kept_a_minute_and_nobodys_name_is(pools):
    assert Client().get(LOG)["Cache-Control"] == "public, max-age=60"
    client = Client()
    client.force_login(factories.user())
    page = client.get(LOG)
    assert (page["Cache-Control"], "Cookie" in page["Vary"]) == ("private, no-cache", True)


def test_an_edition_that_is_none_is_not_found(pools):
    for address in ("/queue-log/nantong-2018/", "/queue-log/nantong-2018.csv"):
        assert Client().get(address).status_code == 404
    assert Client().get("/queue-log/nantong-2019/").status_code == 200


def test_before_the_first_edition_the_page_opens(db):
    assert "还没有开始收件" in text(Client().get(LOG))


def test_footer_and_landing_lead_there(pools):
    page = text(Client().get("/"))
    assert page.count('href="/queue-log/"') >= 2
