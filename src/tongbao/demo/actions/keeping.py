"""The register is kept: a list taken back, master data, a renaming, corrections, an objection."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tongbao.accounts.models import User
from tongbao.batch.models import Import
from tongbao.demo import rules
from tongbao.demo.actions.stage import Stage
from tongbao.registry import actions as registry
from tongbao.registry import jobs
from tongbao.registry.models import Exporter
from tongbao.registry.rules import CUSTOMS_EXPORTS, MASTER_DATA
from tongbao.ui import exports

_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_KEYS = [UUID(int=number) for number in range(1, 4)]
_NATURES = ("私营企业", "外商独资企业", "中外合资企业", "国有企业")


def keep(stage: Stage, firms: list[rules.Firm]) -> None:
    """Everything that the city's two officers did with the register, on days in October."""
    first, second = stage.staff["shangwu-1"], stage.staff["shangwu-2"]
    quiet = [firm for firm in firms if not firm.account and not firm.insured and firm.exports_cents][-60:]
    areas = dict(Exporter.objects.values_list("code", "area__name"))
    with stage.later():
        _master_data(quiet, areas, first)
    with stage.later():
        _taken_back(quiet, areas, first)
    with stage.later():
        _renamed(quiet[3], first)
    with stage.later():
        _corrected(quiet[5], first, second)
    with stage.later():
        _objects(firms)


def _file(kind: str, name: str, rows: Sequence[Sequence[object]], by: User) -> Import:
    """A workbook through the front door, as an officer sends it."""
    table = {CUSTOMS_EXPORTS.kind.id: CUSTOMS_EXPORTS, MASTER_DATA.kind.id: MASTER_DATA}[kind]
    sheet = [[column.title for column in table.kind.columns], *rows]
    received = registry.receive_file(
        kind=kind, file_name=name, content=exports.content({table.kind.sheet: sheet}), by=by
    )
    jobs.work(received.pk)
    done = registry.confirm_import(import_id=received.pk, checked=True, by=by)
    jobs.work(done.pk)
    return done


def _master_data(firms: list[rules.Firm], areas: dict[str, str], by: User) -> None:
    rows = [
        (
            firm.code, firm.name, areas[firm.code], f"32069{60000 + number:05d}", _NATURES[number % len(_NATURES)],
            f"{2001 + number % 16}-{number % 12 + 1:02d}-15", f"{areas[firm.code]}外环路{number + 1}号",
        )
        for number, firm in enumerate(firms)
    ]  # fmt: skip
    _file(MASTER_DATA.kind.id, "企业主数据2019年10月（演示数据）.xlsx", rows, by)


def _taken_back(firms: list[rules.Firm], areas: dict[str, str], by: User) -> None:
    """A list whose unit was wrong, noticed and undone the same day."""
    rows = [(firm.code, firm.name, areas[firm.code], 2016, None, "美国", 12.5) for firm in firms[:20]]
    done = _file(CUSTOMS_EXPORTS.kind.id, "出口额2016（演示数据）.xlsx", rows, by)
    registry.undo_import(import_id=done.pk, why="金额单位是万美元，按美元读取了，改好后重新导入", by=by)
    jobs.work(done.pk)


def _renamed(firm: rules.Firm, by: User) -> None:
    ground = registry.Ground(date(2019, 9, 20), "准予变更登记〔2019〕第0312号（演示）", None)
    exporter = Exporter.objects.get(code=firm.code)
    registry.rename(
        exporter_id=exporter.pk, name=f"{firm.name.removesuffix('有限公司')}（南通）有限公司", ground=ground, by=by
    )


def _corrected(firm: rules.Firm, first: User, second: User) -> None:
    """One correction that two persons stand for, and one that waits for the second."""
    exporter = Exporter.objects.get(code=firm.code)
    figure = exporter.exports.filter(live=True, year=2018, month__gt=0).earliest("month", "country")
    for number, cents in enumerate((figure.amount_cents + 1_000_000, figure.amount_cents + 2_500_000)):
        why = registry.Why("海关更正报关单（演示）", SimpleUploadedFile("更正单.pdf", _PDF), None, _KEYS[number])
        made = registry.correct_figure(
            exporter_id=exporter.pk,
            year=2018,
            month=figure.month,
            country=figure.country,
            cents=cents,
            why=why,
            by=first,
        )
        if not number:
            registry.approve_correction(correction_id=made.pk, by=second)


def _objects(firms: list[rules.Firm]) -> None:
    """A firm with an account says that its exports are not all there."""
    firm = next(firm for firm in firms if firm.account == "qiye-c")
    person = User.objects.get(username="qiye-c")
    registry.raise_dispute(
        exporter_id=Exporter.objects.get(code=firm.code).pk,
        fact="exports_usd",
        statement="2018 年 11 月有两票货物以市场采购方式出口，没有统计进来，附报关单。",
        evidence=SimpleUploadedFile("报关单汇总.pdf", _PDF),
        key=_KEYS[2],
        by=person,
    )
