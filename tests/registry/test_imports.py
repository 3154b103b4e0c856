"""Lists enter the register, and leave it again exactly."""

import threading

import pytest
from django.db import connection

from tests import factories
from tests.batch.books import book
from tests.registry.lists import (
    HEAD,
    A,
    B,
    confirmed,
    figures,
    imported,
    previewed,
    read,
    received,
    row,
    undone,
    workbook,
)
from tests.registry.test_actions import refusal
from tongbao import clock
from tongbao.accounts.rules import Role
from tongbao.audit.models import Record
from tongbao.batch import actions as batch
from tongbao.batch import queries as batches
from tongbao.batch.models import Import, Rejected
from tongbao.batch.rules import Layout, Work
from tongbao.refusal import Forbidden
from tongbao.registry import actions, jobs, queries, rules
from tongbao.registry.models import CompleteList, CustomsExport, Designation, ExistingCover, Exporter, YearTotal


def picture() -> dict[str, list]:
    """Everything that counts, to hold two moments against each other."""
    return {
        "firms": sorted(Exporter.objects.filter(present=True).values_list("code", "name", "area__code", "merged_into")),
        "figures": figures(),
        "years": sorted(
            YearTotal.objects.values_list("exporter__code", "year", "months", "total_cents", "annual_cents",
                                          "monthly_cents", "unknown_cents")
        ),
        "lists": sorted(
            Designation.objects.filter(live=True).values_list("exporter__code", "kind", "document_number", "valid_from")
        ),
        "covers": sorted(
            ExistingCover.objects.filter(live=True).values_list("exporter__code", "insurer_name", "valid_to")
        ),
        "complete": sorted(queries.complete_years()),
    }  # fmt: skip


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_counts_before_it_is_confirmed(db):
    pending = previewed(row(), row(country="502", year=2017, amount=50.5), row(B, "日本", month=3))
    assert (pending.state, pending.row_count, pending.fault_count, pending.work) == ("previewed", 3, 0, "")
    assert (figures(), CustomsExport.objects.count(), pending.summary["firms"]) == ([], 3, 2)
    assert queries.visible_to(pending.uploaded_by).count() == 0
    confirmed(pending)
    assert figures() == [(A, 2017, 0, "US", 5050), (A, 2018, 0, "US", 10000), (B, 2018, 3, "JP", 10000)]
    assert list(Exporter.objects.values_list("code", "present", "name_initials")) == [
        (code, True, f"gs{code[-4:].lower()}") for code in (A, B)
    ]
    assert [(one.row, one.source_id) for one in CustomsExport.objects.order_by("row")] == [
        (number, pending.pk) for number in (2, 3, 4)
    ]


def test_rows_that_contradict_each_other_stay_out_wherever_they_stand(db, monkeypatch):
    monkeypatch.setattr(queries.imports, "CHUNK", 2)
    other = [row(factories.code(8_000_000 + number)) for number in range(4)]
    pending = previewed(row(), *other, row(country="USA", amount=7))
    assert (pending.row_count, pending.faulty_row_count, pending.summary["rows"]) == (6, 2, 4)
    assert [line for line, _, _ in batches.rejected(pending)] == [2, 7]
    confirmed(pending, only_good=True)
    assert len(figures()) == 4
    assert not Exporter.objects.filter(code=A, present=True).exists()


def test_a_worker_that_died_is_followed_by_one_that_begins_anew(db, monkeypatch):
    monkeypatch.setattr(queries.imports, "CHUNK", 2)
    pending = received(workbook(*(row(factories.code(8_000_000 + number)) for number in range(5)), row(B, "火星")))
    source = actions.read_file(import_id=pending.pk, layout=Layout.from_json(pending.layout), by=pending.uploaded_by)
    reading = queries.Reading(source)
    first = actions.begin_reading(import_id=source.pk, total=reading.total).attempt
    pieces = reading.pieces()
    actions.load(import_id=source.pk, attempt=first, piece=next(pieces))  # … and then it was killed
    assert batches.stalled(clock.now()) == []
    monkeypatch.setattr(batches, "SILENT", batches.SILENT * 0)
    assert jobs.resume() == 1
    assert refusal(actions.load, import_id=source.pk, attempt=first, piece=next(pieces)) == ("import.stopped", None)
    source.refresh_from_db()
    assert (source.state, source.row_count, source.faulty_row_count, source.attempt) == ("previewed", 6, 1, 2)
    assert CustomsExport.objects.count() == 5
    assert Rejected.objects.count() == 1


def test_a_list_given_up_while_it_is_read_leaves_nothing(db, monkeypatch):
    monkeypatch.setattr(queries.imports, "CHUNK", 2)
    pending = received(workbook(*(row(factories.code(8_000_000 + number)) for number in range(5))))
    source = actions.read_file(import_id=pending.pk, layout=Layout.from_json(pending.layout), by=pending.uploaded_by)
    reading = queries.Reading(source)
    attempt = actions.begin_reading(import_id=source.pk, total=reading.total).attempt
    actions.load(import_id=source.pk, attempt=attempt, piece=next(reading.pieces()))
    actions.discard_import(import_id=source.pk, by=pending.uploaded_by)
    assert refusal(actions.fail_reading, import_id=source.pk, why="x") == ("import.stopped", None)
    jobs.work(source.pk)
    source.refresh_from_db()
    assert (source.state, source.work, Exporter.objects.count(), CustomsExport.objects.count()) == (
        "discarded", "", 0, 0,
    )  # fmt: skip


def test_a_file_that_cannot_be_read_to_its_end_says_why(db):
    pending = received(book([("x", 1)], head=["甲", "乙"]))
    actions.read_file(
        import_id=pending.pk,
        layout=Layout(sheet="表", heading_row=1, columns={"code": 0, "amount": 1}),
        by=pending.uploaded_by,
    )
    jobs.work(pending.pk)
    pending.refresh_from_db()
    assert (pending.state, pending.work, pending.failure) == (
        "failed",
        "",
        "还不知道哪一列是：企业名称、工商注册地、年份、国别。请逐项选出文件里对应的列；文件里没有的，请补上后重新上传。",
    )


def test_columns_matched_once_are_remembered(db):
    head = ["企业代码", "公司", "所在区", "统计年份", "目的国", "金额(美元)"]
    cells = (A, "甲公司", "崇川区", 2018, "美国", 12)
    officer = factories.user(Role.CITY_OFFICER)
    pending = received(book([cells], head=head), by=officer)
    chosen = Layout("表", 1, {"code": 0, "name": 1, "area": 2, "year": 3, "country": 4, "amount": 5}, "wan_usd")
    guess = queries.look_at(pending)
    assert not guess.exact
    actions.read_file(import_id=pending.pk, layout=chosen, signature=guess.signature, by=officer)
    jobs.work(pending.pk)
    assert figures() == []
    confirmed(Import.objects.get(pk=pending.pk))
    assert figures() == [(A, 2018, 0, "US", 12_000_000)]
    again = queries.look_at(received(book([cells, cells], head=head), by=officer))
    assert (dict(again.layout.columns), again.layout.unit, again.exact) == (dict(chosen.columns), "wan_usd", False)


# ── confirming and undoing ──────────────────────────────────────────────────────────────────────────────────────────


def test_confirming_twice_counts_once(db):
    done = imported(row())
    assert refusal(actions.confirm_import, import_id=done.pk, by=done.uploaded_by) == ("import.confirmed_already", None)
    assert len(figures()) == 1


def test_the_later_list_counts_and_undoing_it_brings_the_earlier_back(db):
    imported(row(), row(country="日本"), row(B))
    before = picture()
    second = previewed(
        row(amount=120), row(country="日本"), row(country="德国", amount=1), row(factories.code(9000003))
    )
    assert [second.summary[key] for key in ("new", "changed", "same", "new_firms")] == [2, 1, 1, 1]
    done = confirmed(second, complete=[2018])
    assert figures()[:3] == [(A, 2018, 0, "DE", 100), (A, 2018, 0, "JP", 10000), (A, 2018, 0, "US", 12000)]
    assert picture()["complete"] == [2018]
    gone = undone(done)
    assert (gone.state, gone.undone_reason) == ("undone", "年份填错")
    assert picture() == before
    assert CustomsExport.objects.filter(source=done).count() == 4  # on record still
    verbs = list(Record.objects.filter(verb__startswith="registry.").values_list("verb", flat=True))
    assert ("registry.import" in verbs, "registry.undo" in verbs) == (True, True)


def test_undoing_an_earlier_list_leaves_the_later_one_alone(db):
    first = imported(row(), row(country="日本", amount=3))
    imported(row(amount=120))
    undone(first)
    assert figures() == [(A, 2018, 0, "US", 12000)]


def test_undoing_the_list_that_brought_a_firm_takes_the_firm_away_unless_another_speaks_of_it(db):
    first = imported(row(), row(B))
    imported(row(year=2017))
    undone(first)
    assert [code for code, *_ in picture()["firms"]] == [A]
    assert figures() == [(A, 2017, 0, "US", 10000)]


def test_every_kind_of_list_is_undone_exactly(db):
    imported(row(), row(B, "日本"))
    factories.area("tongzhou", "通州区")
    before = picture()
    master = imported((A, "新名公司", "通州区", "3206961234", "私营", "2015-06-30", "某路1号"), kind="master_data")
    assert picture()["firms"][0][:3] == (A, "新名公司", "tongzhou")
    lists = imported(
        (A, None, "知名品牌", "苏商贸1号", "2018-01-01", None),
        (None, f"公司{B[-4:]}", "试点企业", "通政2号", "2018年1月1日", "2020-12-31"),
        kind="designations",
    )
    covers = imported((B, None, "中国信保", "2019-03-01", "2020-02-29", "名单"), kind="existing_cover")
    assert (len(picture()["lists"]), len(picture()["covers"])) == (2, 1)
    assert "日期是文字" in lists.notices[0]
    for source in (master, covers, lists):
        undone(source)
    assert picture() == before


def test_master_data_renames_and_customs_lists_do_not(db):
    imported(row())
    imported((A, "主数据名", "崇川区", "", "", "", ""), kind="master_data")
    later = (A, "海关名", "崇川区", 2016, None, "美国", 1)
    pending = previewed(later)
    assert "名称与登记不同" in pending.notices[0]
    confirmed(pending)
    assert Exporter.objects.get(code=A).name == "主数据名"


def test_a_firm_s_facts_have_a_version_that_rises_with_each_change(db):
    done = imported(row(), row(B))
    versions = dict(Exporter.objects.values_list("code", "facts_version"))
    imported(row(B, "日本"))
    assert Exporter.objects.get(code=A).facts_version == versions[A]
    assert Exporter.objects.get(code=B).facts_version > versions[B]
    undone(done)
    assert Exporter.objects.get(code=A).facts_version > versions[A]


def test_settling_goes_on_where_it_stopped_and_again_changes_nothing(db, monkeypatch):
    monkeypatch.setattr(actions.settling, "FIRMS", 2)
    pending = previewed(*(row(factories.code(8_000_000 + number)) for number in range(5)))
    actions.confirm_import(import_id=pending.pk, by=pending.uploaded_by, complete=[2018])
    assert actions.settle_some(import_id=pending.pk)  # two firms, and the worker is gone
    assert (len(figures()), queries.complete_years()) == (2, set())
    assert refusal(actions.undo_import, import_id=pending.pk, why="x", by=pending.uploaded_by) == (
        "import.at_work",
        None,
    )
    jobs.work(pending.pk)
    assert (len(figures()), queries.complete_years()) == (5, {2018})
    before, versions = picture(), list(Exporter.objects.values_list("facts_version", flat=True))
    actions.settle_firms(exporter_ids=list(Exporter.objects.values_list("pk", flat=True)))
    assert (picture(), list(Exporter.objects.values_list("facts_version", flat=True))) == (before, versions)


def test_faulty_rows_are_left_out_only_when_asked(db):
    pending = previewed(row(), row(B, "火星"))
    said = {"import_id": pending.pk, "by": pending.uploaded_by}
    assert batches.rejected(pending)[0][1][5] == "火星"
    assert refusal(actions.confirm_import, **said) == ("import.faults", "only_good")
    assert refusal(actions.confirm_import, only_good=True, complete=[2018], **said) == (
        "import.not_complete",
        "complete",
    )
    actions.confirm_import(only_good=True, **said)
    jobs.work(pending.pk)
    assert [figure[0] for figure in figures()] == [A]


def test_a_list_without_a_good_row_cannot_be_confirmed(db):
    pending = previewed(row(country="火星"))
    assert refusal(actions.confirm_import, import_id=pending.pk, only_good=True, by=pending.uploaded_by) == (
        "import.nothing",
        None,
    )


def test_doubts_are_looked_at_before_anything_counts(db):
    codes = [factories.code(8_000_000 + number) for number in range(8)]
    imported(*(row(code, year=2017, amount=500_000 + 1_000 * place) for place, code in enumerate(codes)))
    pending = previewed(*(row(code, amount=50 + place / 10) for place, code in enumerate(codes)))
    assert "可能是万美元" in pending.doubts[0]
    said = {"import_id": pending.pk, "by": pending.uploaded_by}
    assert refusal(actions.confirm_import, **said) == ("import.doubts", "checked")
    actions.confirm_import(checked=True, **said)


def test_a_complete_list_holds_while_its_import_does(db):
    done = imported(row(), complete=[2018])
    assert queries.complete_years() == {2018}
    other = factories.exporter()
    undone(done)
    assert queries.complete_years() == set()
    version = Exporter.objects.get(pk=other.pk).facts_version
    pending = previewed(row(year=2016))
    assert refusal(actions.confirm_import, import_id=pending.pk, complete=[2018], by=pending.uploaded_by) == (
        "import.not_complete",
        "complete",
    )
    for _ in range(2):
        actions.declare_complete(year=2018, by=pending.uploaded_by)
    assert (CompleteList.objects.count(), queries.complete_years()) == (2, {2018})
    assert Exporter.objects.get(pk=other.pk).facts_version == version + 1


def test_a_year_stays_complete_while_one_of_two_lists_says_so(db):
    first, second = imported(row(), complete=[2018]), imported(row(), row(B), complete=[2018])
    undone(first)
    assert queries.complete_years() == {2018}
    undone(second)
    assert queries.complete_years() == set()


def test_a_discarded_list_is_cleared_with_the_firms_it_alone_named(db):
    imported(row(B))
    pending = previewed(row(), row(B, "日本"))
    actions.discard_import(import_id=pending.pk, by=pending.uploaded_by)
    said = {"import_id": pending.pk, "by": pending.uploaded_by}
    assert refusal(actions.confirm_import, **said) == ("import.discarded_already", None)
    jobs.work(pending.pk)
    assert (CustomsExport.objects.count(), list(Exporter.objects.values_list("code", flat=True))) == (1, [B])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITY_OFFICER])
def test_only_the_city_imports(db, role: Role):
    pending, done = previewed(row()), imported(row(B))
    stranger = factories.user(role)
    for verb, said in (
        (actions.confirm_import, {"import_id": pending.pk}),
        (actions.discard_import, {"import_id": pending.pk}),
        (actions.undo_import, {"import_id": done.pk, "why": "x"}),
        (actions.read_file, {"import_id": pending.pk, "layout": Layout("", 1, {})}),
        (actions.receive_file, {"kind": "customs_exports", "file_name": "a.csv", "content": b"x"}),
    ):
        with pytest.raises(Forbidden):
            verb(by=stranger, **said)


def test_an_import_asks_few_questions(db, django_assert_max_num_queries):
    rows = [row(factories.code(8_000_000 + number)) for number in range(300)]
    pending = received(workbook(*rows))
    with django_assert_max_num_queries(90):
        read(pending)
    with django_assert_max_num_queries(90):
        confirmed(Import.objects.get(pk=pending.pk))


# ── lists of firms by name, former codes, exceptions ────────────────────────────────────────────────────────────────


def test_lists_of_names_find_their_firms_or_say_why_not(db):
    imported(row(), row(B))
    twin = factories.exporter(name=f"公司{B[-4:]}")
    pending = previewed(
        (None, f"公司{A[-4:]}", "政策导向", "88号", "2019-01-01", None),
        (None, f"公司{B[-4:]}", "政策导向", "88号", "2019-01-01", None),
        (None, "没有的公司", "政策导向", "88号", "2019-01-01", None),
        (factories.code(9000009), "甲", "白名单", "88号", "2019-01-01", "2018-01-01"),
        kind="designations",
    )
    reasons = [fault["reason"] for _, _, faults in batches.rejected(pending) for fault in faults]
    assert reasons == [
        f"叫“公司{B[-4:]}”的企业有 2 家（{'、'.join(sorted([B, twin.code]))}），请补上统一社会信用代码",
        "企业名册里没有叫“没有的公司”的企业，请补上统一社会信用代码，或先登记这家企业",
        "企业名册里没有这个代码，请先导入企业主数据或登记这家企业",
        "没有叫“白名单”的名单，请填写：政策导向、基地骨干、知名品牌、试点企业、重点展会",
        "结束日期早于开始日期，请核对",
    ]
    confirmed(pending, only_good=True)
    second = factories.user(Role.CITY_OFFICER, pending.uploaded_by.organisation)
    assert refusal(actions.confirm_designations, import_id=pending.pk, by=pending.uploaded_by) == (
        "designation.same_person",
        None,
    )
    assert actions.confirm_designations(import_id=pending.pk, by=second) == 1
    assert refusal(actions.confirm_designations, import_id=pending.pk, by=second) == (
        "designation.confirmed_already",
        None,
    )


def test_a_list_that_says_the_same_again_stays_confirmed(db):
    imported(row())
    entry = (A, None, "政策导向", "88号", "2019-01-01", None)
    first = imported(entry, kind="designations")
    actions.confirm_designations(import_id=first.pk, by=factories.user(Role.CITY_OFFICER))
    again = imported(entry, kind="designations")
    assert Designation.objects.get(live=True).confirmed_by is not None
    assert Designation.objects.get(live=True).source_id == again.pk


def test_two_imports_of_the_same_figures_at_once_end_with_one_that_counts(committed_db):
    officer = factories.user(Role.CITY_OFFICER)
    codes = [factories.code(7_000_000 + number) for number in range(40)]
    first = previewed(*(row(code, amount=1) for code in codes), by=officer)
    second = previewed(*(row(code, amount=2) for code in reversed(codes)), by=officer)
    failures: list[BaseException] = []

    def confirm(pk: int) -> None:
        try:
            actions.confirm_import(import_id=pk, by=officer)
            jobs.work(pk)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=(pk,)) for pk in (first.pk, first.pk, second.pk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.code for error in failures] == ["import.confirmed_already"]
    last = Import.objects.order_by("decided_at").last()
    assert last is not None
    assert {cents for *_, cents in figures()} == {100 if last.pk == first.pk else 200}
    assert (Exporter.objects.count(), len(figures())) == (40, 40)


def test_kept_rejected_rows_have_an_end_but_the_count_is_of_all(db, monkeypatch):
    monkeypatch.setattr(batch, "KEPT_REJECTED", 3)
    pending = previewed(*(row(factories.code(8_000_000 + number), "火星") for number in range(5)))
    assert (pending.faulty_row_count, Rejected.objects.count()) == (5, 3)
    assert (HEAD[0], Work.READ.label) == (rules.CUSTOMS_EXPORTS.kind.columns[0].title, "正在读取文件")
