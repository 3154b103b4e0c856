"""The chain is replayed as it lies in the database: every tampering is named, and none stops the replay."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests import factories, tampering
from tongbao.accounts.models import Area, User
from tongbao.audit import actions as audit
from tongbao.audit import queries, rules
from tongbao.audit.models import ChainHead, Record
from tongbao.refusal import Refusal

LAST = 6


@audit.action
def note(*, word: str, by: User | None = None) -> None:
    audit.record("test.note", Area(pk=7), by=by, reference=word, 内容=word, amount_fen=1060935)


@pytest.fixture
def chain(committed_db) -> None:
    """Six records, the first by a person."""
    note(word="甲", by=factories.user())
    for word in "乙丙丁戊己":
        note(word=word)
    assert found() == ([], LAST)


def found() -> tuple[list[str], int]:
    """What the replay says, and how many records it read."""
    said: list[str] = []
    replay = queries.faults()
    while True:
        try:
            said.append(next(replay))
        except StopIteration as end:
            return said, end.value


def tamper(*statements: str) -> list[str]:
    tampering.run("audit_record", *statements)
    return found()[0]


def sealed_anew(first: int) -> None:
    """Work out every hash from a record on, as somebody would who knows how."""
    tampering.run("audit_record")
    before = Record.objects.get(number=first - 1).hash
    for record in Record.objects.filter(number__gte=first).order_by("number"):
        hash = rules.link(before, number=record.number, at=record.at, content=record.content())
        Record.objects.filter(pk=record.pk).update(previous_hash=before, hash=hash)
        before = hash
    ChainHead.objects.update(number=Record.objects.count(), hash=before)


BROKEN, LOOSE = "审计记录第 {} 条的内容与摘要不符", "审计记录第 {} 条与前一条不相连"


def of_content(*numbers: int) -> list[str]:
    return [BROKEN.format(number) for number in numbers]


@pytest.mark.parametrize(
    "change",
    [
        'detail = \'{"内容":"丙","amount_fen":1}\'',
        "detail = '{'",
        "detail = ''",
        "actor_name = '别人'",
        "actor_id = 99",
        "actor_body = '别处'",
        "verb = 'test.other'",
        "subject_type = 'accounts.user'",
        "subject_id = '8'",
        "reference = '丁'",
        "at = '2019-10-14 01:00:00.000000+00'",
    ],
)
def test_an_edit_of_any_column_is_found(chain, change: str):
    assert tamper(f"UPDATE audit_record SET {change} WHERE number = 3") == of_content(3)


def test_an_edited_person_is_found(chain):
    assert tamper("UPDATE audit_record SET actor_id = NULL WHERE number = 1") == of_content(1)


def test_an_edited_hash_is_found_on_both_sides(chain):
    said = tamper(f"UPDATE audit_record SET hash = '{'f' * 64}' WHERE number = 3")
    assert said == [BROKEN.format(3), LOOSE.format(4)]


def test_a_record_taken_from_the_middle_is_found(chain):
    assert tamper("DELETE FROM audit_record WHERE number = 3") == [
        "审计记录第 3 条缺失（读到第 4 条）",
        LOOSE.format(4),
    ]


def test_the_last_record_taken_is_found(chain):
    assert tamper("DELETE FROM audit_record WHERE number = 6") == ["链尾记载第 6 条，实际读到第 5 条"]


def test_a_log_that_was_emptied_is_found(chain):
    assert tamper("DELETE FROM audit_record") == ["链尾记载第 6 条，实际读到第 0 条"]


def test_a_missing_end_is_found(chain):
    assert tamper("DELETE FROM audit_chainhead") == ["链尾的记载不见了，实际读到第 6 条"]


def test_two_records_in_each_others_place_are_found(chain):
    swap = "UPDATE audit_record SET number = {} WHERE number = {}"
    said = tamper(swap.format(99, 3), swap.format(3, 4), swap.format(4, 99))
    assert said == [LOOSE.format(3), BROKEN.format(3), LOOSE.format(4), BROKEN.format(4), LOOSE.format(5)]


COPIED = "at, actor_name, actor_body, verb, subject_type, subject_id, reference, detail"


def test_a_record_put_at_the_end_is_found(chain):
    head = queries.head().hash
    said = tamper(
        f"INSERT INTO audit_record (number, hash, previous_hash, {COPIED}) "
        f"SELECT 7, 'x', '{head}', {COPIED} FROM audit_record WHERE number = 2"
    )
    assert said == [BROKEN.format(7), "链尾记载第 6 条，实际读到第 7 条"]


def test_a_record_put_between_two_is_found(chain):
    first = Record.objects.get(number=1).hash
    said = tamper(
        "UPDATE audit_record SET number = number + 100 WHERE number > 1",
        "UPDATE audit_record SET number = number - 99 WHERE number > 1",
        f"INSERT INTO audit_record (number, hash, previous_hash, {COPIED}) "
        f"SELECT 2, '{'e' * 64}', '{first}', {COPIED} FROM audit_record WHERE number = 3",
    )
    assert said[:3] == [BROKEN.format(2), LOOSE.format(3), BROKEN.format(3)]
    assert said[3:] == [*of_content(4, 5, 6, 7), "链尾记载第 6 条，实际读到第 7 条"]


def test_somebody_who_cannot_even_be_read_is_named_not_stumbled_over(chain):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps to its types")
    assert tamper("UPDATE audit_record SET actor_name = x'00ff', at = 'never' WHERE number = 3") == of_content(3)


# ── what only a published head can show ─────────────────────────────────────────────────────────────────────────────


def test_a_head_goes_through_its_own_chain(chain):
    heads = list(Record.objects.values_list("number", "hash"))
    assert {queries.passes_through(*head) for head in [*heads, (0, rules.GENESIS)]} == {True}


def test_a_last_record_taken_with_the_end_wound_back_shows_only_against_a_published_head(chain):
    published = (queries.head().number, queries.head().hash)
    fifth = Record.objects.get(number=5).hash
    said = tamper(
        "DELETE FROM audit_record WHERE number = 6", f"UPDATE audit_chainhead SET number = 5, hash = '{fifth}'"
    )
    assert (said, queries.passes_through(*published), queries.passes_through(5, fifth)) == ([], False, True)


def test_a_chain_sealed_anew_from_the_middle_shows_only_against_a_published_head(chain):
    before, published = Record.objects.get(number=2), Record.objects.get(number=4)
    tampering.run("audit_record", "UPDATE audit_record SET actor_name = '别人' WHERE number = 3")
    assert found()[0] == of_content(3)
    sealed_anew(3)
    assert found() == ([], LAST)
    assert [queries.passes_through(one.number, one.hash) for one in (before, published)] == [True, False]


@pytest.mark.parametrize("head", [(0, "a" * 64), (7, "a" * 64), (6, "A" * 64)])
def test_a_head_of_another_chain_is_not_passed(chain, head: tuple[int, str]):
    assert queries.passes_through(*head) is False


@pytest.mark.parametrize("text", ["12:" + "ab" * 32, " １２：" + "AB" * 32 + "\n", "1 2: " + "ab " * 32])
def test_a_head_is_read_as_people_copy_it(text: str):
    assert rules.read_head(text) == (12, "ab" * 32)


@pytest.mark.parametrize(
    "text", ["", "12", "ab" * 32, ":" + "ab" * 32, "²:" + "ab" * 32, "-1:" + "ab" * 32, "9" * 19 + ":" + "ab" * 32,
             "1:" + "ab" * 31, "1:" + "ag" * 32, "1:" + "ab" * 32 + "ab", "1:2:" + "ab" * 32]
)  # fmt: skip
def test_what_is_no_head_is_refused(text: str):
    with pytest.raises(Refusal, match="链尾写成“序号:摘要”") as no:
        rules.read_head(text)
    assert (no.value.code, no.value.field) == ("head.unreadable", "head")


# ── the hash ────────────────────────────────────────────────────────────────────────────────────────────────────────

# A lone surrogate is no text: neither database would keep it.
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
FACTS = st.dictionaries(WORDS, st.recursive(st.none() | st.booleans() | st.integers() | WORDS, st.lists), max_size=4)


@given(WORDS, st.none() | st.integers(), WORDS, WORDS, WORDS, FACTS, st.integers(min_value=1), st.datetimes())
def test_a_record_is_sealed_as_its_canonical_json(name, actor, verb, subject, reference, detail, number, at):
    content = {
        "actor_id": actor,
        "actor_name": name,
        "actor_body": name,
        "verb": verb,
        "subject": subject,
        "reference": reference,
        "detail": detail,
    }
    at = at.replace(tzinfo=UTC)
    whole = {"previous": "p" * 64, "number": number, "at": at.isoformat(timespec="microseconds"), **content}
    assert rules.link("p" * 64, number=number, at=at, content=content) == rules.content_hash(whole)


def test_the_documented_hash_of_a_record_stays_what_it_is():
    at = datetime(2019, 10, 15, 1, 0, tzinfo=UTC)
    content = {"actor_id": None, "actor_name": "系统", "actor_body": "", "verb": "a.b", "subject": "a.b:1",
               "reference": "TB2019-000001", "detail": {"why": "“试”\n", "fen": 1}}  # fmt: skip
    assert (
        rules.link(rules.GENESIS, number=1, at=at, content=content)
        == "040c17ead5fdcfe4481e23dbcee35a3b76550b9a510309136eb2c83b158a109d"
    )


def test_details_are_kept_as_the_very_text_that_was_hashed(chain):
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail FROM audit_record WHERE number = 3")
        assert cursor.fetchone() == ('{"amount_fen":1060935,"内容":"丙"}',)
    assert Record.objects.get(number=3).detail == {"内容": "丙", "amount_fen": 1060935}


def test_details_kept_in_another_form_of_the_same_json_still_hold(chain):
    older = json.dumps({"内容": "丙", "amount_fen": 1060935})
    assert tamper(f"UPDATE audit_record SET detail = '{older}' WHERE number = 3") == []


def test_a_chain_is_read_in_pieces_and_never_as_objects(chain, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "AT_ONCE", 2)
    monkeypatch.setattr(Record, "__init__", None)
    assert found() == ([], LAST)
