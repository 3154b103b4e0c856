"""A second city's edition, by its file alone; and two editions in one installation."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from tests.scheme import examples, judging, nantong
from tongbao.accounts.rules import Role
from tongbao.scheme import actions, queries, rules
from tongbao.scheme.models import Edition

PATH = examples.PROJECT / "schemes" / "cixi-2015.yaml"
TEXT = PATH.read_text(encoding="utf-8")
GOLDEN = examples.golden("cixi-2015")
TERMS = rules.compile(rules.load(TEXT, PATH.name))


def each(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", GOLDEN[section], ids=lambda case: case["名称"])


@each("算例")
def test_golden_decisions(case: judging.Case):
    judging.expect_decision(TERMS, {**case, "事实": {**GOLDEN["缺省事实"], **case["事实"]}})


@each("赔付")
def test_golden_indemnities(case: judging.Case):
    judging.expect_indemnity(TERMS.scheme, case)


@each("承保")
def test_golden_cover(case: judging.Case):
    judging.expect_cover(TERMS.scheme, case)


def test_content_and_pool():
    judging.expect_content(GOLDEN["方案内容"], TERMS.scheme)
    assert judging.pools(TERMS.scheme) == GOLDEN["资金池"]


def test_every_golden_case_names_clauses_of_the_file():
    known = {clause.id for clause in TERMS.scheme.clauses}
    cases = [*GOLDEN["算例"], *GOLDEN["赔付"]]
    assert [case["名称"] for case in cases if not set(case["条款"].split("、")) <= known] == []


def test_the_whole_city_is_covered_but_for_two_areas():
    scheme = TERMS.scheme
    assert [area.name for area in scheme.all_areas if not area.covered] == ["庵东镇", "杭州湾开发区"]
    assert (len(scheme.areas), len(scheme.all_areas)) == (18, 20)


@pytest.mark.parametrize("order", [(nantong.TEXT, TEXT), (TEXT, nantong.TEXT)], ids=["older second", "older first"])
def test_of_two_editions_the_newer_year_is_the_current_one(db: None, order: tuple[str, str]):
    for text in order:
        actions.load_edition(text=text, name="方案.yaml", by=None)
    assert [edition.code for edition in queries.editions()] == ["nantong-2019", "cixi-2015"]
    assert queries.current_edition().code == "nantong-2019"
    assert [shelf.current for shelf in queries.shelves(date(2019, 10, 15))] == [True, False]


def test_an_older_edition_replaces_nothing(db: None):
    factories.nantong()
    assert queries.preview(TERMS.scheme).replaces is None
    actions.load_edition(text=TEXT, name=PATH.name, by=None)
    assert queries.preview(rules.load(nantong.TEXT, "nantong-2019.yaml")).replaces is None


def test_decisions_under_both_editions_replay(db: None):
    for text in (nantong.TEXT, TEXT):
        actions.load_edition(text=text, name="方案.yaml", by=None)
    facts = {"area": "cx-hushan", "insured": False, "exports_usd": Decimal("400000.00")}
    eligible = {}
    for edition in Edition.objects.all():
        terms = queries.terms_of(edition)
        decision = actions.decide(terms=terms, facts=facts, subject_code="91330282144722580X", by=None)
        assert queries.replay(decision).substance() == rules.Outcome.from_json(decision.result).substance()
        eligible[edition.code] = decision.result["eligible"]
    assert eligible == {"nantong-2019": False, "cixi-2015": True}
    assert list(queries.faults()) == []


@pytest.mark.parametrize("terms", [TERMS, nantong.compiled()], ids=["cixi", "nantong"])
def test_every_value_the_policy_leaves_open_is_told_with_its_reason(terms: rules.CompiledTerms):
    told = {row.note for chapter in rules.chapters(terms.scheme) for row in chapter.rows if row.default}
    assert set(_reasons(terms.scheme.body())) == told


def _reasons(part: Any) -> Iterator[str]:
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _reasons(inner)
    if isinstance(part, dict) and part.get("default"):
        yield part["note"]


def test_pages_say_what_cannot_be_handled_yet_and_which_edition_is_past(client: Client, db: None):
    client.force_login(factories.user(Role.CITY_OFFICER))
    sent = {"file": SimpleUploadedFile(PATH.name, TEXT.encode())}
    preview = client.post("/scheme/editions/load/", sent).content.decode()
    for text in (nantong.TEXT, TEXT):
        actions.load_edition(text=text, name="方案.yaml", by=None)
    version = client.get("/scheme/editions/cixi-2015/1/").content.decode()
    for page in (preview, version):
        assert [page.count(reason) for reason in rules.not_operable(TERMS.scheme)] == [1, 1, 1]
        assert page.count("<dd>以当年下达的额度为准</dd>") == 1
    assert ("往年方案" in version, "今天执行" in version, "接下来" in version) == (True, False, False)
    terms = client.get("/scheme/terms/cixi-2015/1/").content.decode()
    assert ("这里显示的不是现行方案" in terms, "政策要点的摘要（不是原文）" in terms) == (True, True)
    now = client.get("/scheme/terms/").content.decode()
    assert ("这里显示的不是现行方案" in now, "每条先列政策原文" in now) == (False, True)
    listed = client.get("/scheme/editions/").content.decode()
    assert (listed.count("今天执行"), listed.count("最后一版")) == (1, 1)


def test_an_eligible_firm_without_figures_hears_why():
    given = rules.read_facts(TERMS.scheme, {"area": "cx-hushan", "exports_usd": "0"})
    assert rules.verdict(rules.decide(TERMS, given)).sentence == "全部条件都符合，还缺计费用的数据，暂时算不出保费。"
