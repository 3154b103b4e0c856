"""A draft's way: begun, changed, handed in, sent back, published by a second person."""

from uuid import uuid4

import pytest

from tests import factories
from tests.scheme.nantong import TEXT
from tests.studio import drafting
from tongbao.accounts.models import User
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.refusal import Forbidden, Refusal
from tongbao.scheme import actions as schemes
from tongbao.scheme.models import Terms
from tongbao.studio import actions
from tongbao.studio.models import Draft, Revision
from tongbao.studio.rules import DraftState


@pytest.fixture
def author(db) -> User:
    return factories.user(Role.CITY_OFFICER)


@pytest.fixture
def second(author: User) -> User:
    return factories.user(Role.CITY_OFFICER, author.organisation)


def verbs(draft: Draft) -> list[str]:
    return list(Record.objects.filter(reference=draft.code).order_by("number").values_list("verb", flat=True))


def refused(code: str, verb, /, **said) -> str:
    with pytest.raises(Refusal) as no:
        verb(**said)
    assert no.value.code == code
    return no.value.sentence


def publish(draft: Draft, by: User, **said) -> Draft:
    return actions.publish(code=draft.code, by=by, **{"seen": draft.submitted_hash, "follows": 1, **said})


def test_a_draft_begins_from_a_version_and_a_second_click_finds_it(author: User):
    terms, key = drafting.first_terms(), str(uuid4())
    first = actions.start(based_on=terms, title="试一试", key=key, by=author)
    again = actions.start(based_on=terms, title="试一试", key=key, by=author)
    assert (again, first.code, first.text, first.state) == (first, "nantong-2019-d1", TEXT, DraftState.EDITING)
    assert [(one.number, one.by, one.note) for one in first.revisions.all()] == [(1, author, "起草")]
    assert verbs(first) == ["studio.start", "studio.start_again"]
    assert drafting.draft(by=author).code == "nantong-2019-d2"


def test_every_state_of_the_text_is_kept(author: User, second: User):
    draft = drafting.draft(by=author)
    saved = actions.save(code=draft.code, text=drafting.HIGHER, revision=1, by=second, note="D 限额 8 万")
    assert (saved.revision, saved.faults, saved.body["plans"][3]["limit_usd"]) == (2, [], "80000")
    assert [(one.number, one.text, one.by) for one in Revision.objects.order_by("number")] == [
        (1, TEXT, author),
        (2, drafting.HIGHER, second),
    ]


def test_a_text_with_faults_is_kept_with_them(author: User):
    draft = drafting.draft(by=author)
    saved = actions.save(code=draft.code, text=TEXT.replace("rate: 0.03%", "rate: 0.03", 1), revision=1, by=author)
    (fault,) = saved.faults
    assert (saved.body, fault["file"], fault["clause"]) == (None, "nantong-2019-d1.yaml", "四(二)")
    assert TEXT.splitlines()[fault["line"] - 1].strip() == "rate: 0.03%"
    assert "百分比" in fault["sentence"]
    assert "1 处问题" in refused("draft.faults", actions.submit, code=draft.code, revision=2, by=author)


def test_the_same_text_again_changes_nothing(author: User):
    draft = drafting.draft(by=author)
    actions.save(code=draft.code, text=TEXT, revision=99, by=author)
    assert (Revision.objects.count(), verbs(draft)[-1]) == (1, "studio.save_unchanged")


def test_two_tabs_never_overwrite_each_other(author: User, second: User):
    draft = drafting.draft(by=author)
    actions.save(code=draft.code, text=drafting.HIGHER, revision=1, by=second)
    refused("draft.moved", actions.save, code=draft.code, text=TEXT + "\n", revision=1, by=author)
    assert Draft.objects.get().text == drafting.HIGHER
    refused("draft.moved", actions.submit, code=draft.code, revision=1, by=author)


def test_a_second_person_publishes_exactly_what_was_handed_in(author: User, second: User):
    draft = drafting.submitted(by=author)
    done = publish(draft, second)
    terms = Terms.objects.get(version=2)
    assert (done.state, done.published, done.approved_by) == (DraftState.PUBLISHED, terms, second)
    assert (terms.source, terms.source_hash) == (drafting.HIGHER, draft.submitted_hash)
    assert verbs(draft) == ["studio.start", "studio.submit", "studio.publish"]
    assert "已发布" in refused("draft.closed", actions.save, code=draft.code, text="x", revision=1, by=author)
    refused("draft.not_submitted", publish, draft=draft, by=second)
    assert Terms.objects.count() == 2


def test_nobody_who_had_a_hand_in_it_approves(author: User, second: User):
    draft = drafting.draft(by=author)
    actions.save(code=draft.code, text=drafting.HIGHER, revision=1, by=second)
    third = factories.user(Role.CITY_OFFICER, author.organisation)
    draft = actions.submit(code=draft.code, revision=2, by=third)
    for person in (author, second, third):
        refused("draft.same_person", publish, draft=draft, by=person)
        refused("draft.same_person", actions.send_back, code=draft.code, reason="不同意", by=person)
    assert Terms.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITY_OFFICER])
def test_other_roles_do_nothing(author: User, role: Role):
    draft = drafting.submitted(by=author)
    other = factories.user(role)
    calls = (
        lambda: publish(draft, other),
        lambda: actions.start(based_on=draft.based_on, title="x", key=str(uuid4()), by=other),
        lambda: actions.save(code=draft.code, text="x", revision=1, by=other),
        lambda: actions.submit(code=draft.code, revision=1, by=other),
        lambda: actions.recall(code=draft.code, by=other),
        lambda: actions.send_back(code=draft.code, reason="x", by=other),
        lambda: actions.withdraw(code=draft.code, by=other),
    )
    for call in calls:
        with pytest.raises(Forbidden):
            call()
    assert (Draft.objects.get().state, Terms.objects.count()) == (DraftState.SUBMITTED, 1)


def test_what_is_approved_is_what_stood_on_the_screen(author: User, second: User):
    draft = drafting.submitted(by=author)
    refused("draft.changed", publish, draft=draft, by=second, seen="0" * 64)
    refused("terms_moved", publish, draft=draft, by=second, follows=0)
    later = TEXT.replace("limit_usd: 10万", "limit_usd: 12万")
    schemes.load_edition(text=later, name="x.yaml", by=None)
    refused("terms_moved", publish, draft=draft, by=second)
    assert Draft.objects.get().state == DraftState.SUBMITTED
    assert publish(draft, second, follows=2).published.version == 3


def test_a_submitted_text_stands_still_until_it_is_taken_or_sent_back(author: User, second: User):
    draft = drafting.submitted(by=author)
    refused("draft.submitted", actions.save, code=draft.code, text=TEXT, revision=1, by=author)
    refused("draft.not_own", actions.recall, code=draft.code, by=second)
    assert actions.recall(code=draft.code, by=author).state == DraftState.EDITING
    draft = actions.submit(code=draft.code, revision=1, by=author)
    back = actions.send_back(code=draft.code, reason="限额依据不足", by=second)
    assert (back.state, back.returned) == (DraftState.EDITING, "限额依据不足")
    assert actions.submit(code=draft.code, revision=1, by=author).returned == ""


def test_what_says_nothing_new_or_reaches_back_is_not_handed_in(author: User):
    same = drafting.draft(text=TEXT + "# 只多一行注释\n", by=author)
    assert "第 1 版相同" in refused("draft.no_change", actions.submit, code=same.code, revision=1, by=author)
    late = TEXT.replace("effective_from: 2019-09-01", "effective_from: 2020-01-01")
    schemes.load_edition(text=late, name="x.yaml", by=None)
    early = drafting.draft(text=drafting.HIGHER, by=author)
    assert "2020-01-01" in refused("draft.too_early", actions.submit, code=early.code, revision=1, by=author)


def test_a_draft_that_is_given_up_stays_to_be_read(author: User, second: User):
    draft = drafting.submitted(by=author)
    refused("draft.not_own", actions.withdraw, code=draft.code, by=second)
    assert actions.withdraw(code=draft.code, by=author).state == DraftState.WITHDRAWN
    refused("draft.closed", actions.withdraw, code=draft.code, by=author)
    refused("draft.not_submitted", publish, draft=draft, by=second)
    assert Draft.objects.get().text == drafting.HIGHER


def test_a_new_year_becomes_an_edition_of_its_own(author: User, second: User):
    text = drafting.HIGHER.replace("code: nantong-2019", "code: nantong-2020").replace("year: 2019", "year: 2020", 1)
    draft = drafting.submitted(text=text, by=author)
    done = publish(draft, second, follows=0)
    assert (done.published.edition.code, done.published.version) == ("nantong-2020", 1)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("id: uninsured", "id: eligible", "同一列“eligible”"),
        ("{id: us_exports,", "{id: available,", "同一列“plan_C_available”"),
        ("rate: 0.03%\n    minimum_usd: 100\n", "rate: 0.123457%\n    discount: 33.333337%\n", "位数太多"),
    ],
)
def test_what_cannot_be_tried_on_the_register_is_a_fault_and_closes_no_page(author: User, old, new, sentence):
    text = TEXT.replace("title: 先按美元取整到美分再折算人民币, value: true", "title: 取整, value: false").replace(
        old, new, 1
    )
    draft = drafting.draft(text=text, by=author)
    (fault,) = draft.faults
    assert (draft.body, sentence in fault["sentence"]) == (None, True)
    refused("draft.faults", actions.submit, code=draft.code, revision=1, by=author)
