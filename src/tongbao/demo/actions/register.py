"""The register of the synthetic city: firms, monthly exports, lists, existing cover."""

from collections.abc import Iterable
from datetime import date, datetime

from tongbao.accounts.models import Area, User
from tongbao.audit.rules import content_hash
from tongbao.batch.models import Import
from tongbao.batch.rules import ImportState
from tongbao.demo import rules
from tongbao.registry import actions as registry
from tongbao.registry.models import (
    CompleteList,
    CustomsExport,
    Designation,
    ExistingCover,
    Exporter,
    Particulars,
)
from tongbao.registry.rules import initials

_BATCH = 5_000
_FIRMS = 400
_LISTS = {
    "policy_direction": "通商发〔2019〕88号",
    "base_key_firm": "苏商贸〔2018〕102号",
    "famous_brand": "苏商贸〔2017〕310号",
    "pilot_firm": "通政办发〔2018〕45号",
    "key_fair_exhibitor": "第124届广交会参展名单",
}


def load(firms: list[rules.Firm], areas: dict[str, Area], officers: tuple[User, User], at: datetime) -> int:
    """Write every firm with its exports, lists and existing cover; returns the number of export rows."""
    first = officers[0]
    source = _source(len(firms), first, at)
    exporters = {
        exporter.code: exporter
        for exporter in Exporter.objects.bulk_create(
            [
                Exporter(
                    code=firm.code,
                    name=firm.name,
                    name_initials=initials(firm.name),
                    area=areas[firm.area],
                    created_at=at,
                )
                for firm in firms
            ],
            batch_size=_BATCH,
        )
    }
    Particulars.objects.bulk_create(
        [
            Particulars(exporter=exporters[firm.code], source=source, row=row, name=firm.name, area=areas[firm.area])
            for row, firm in enumerate(firms, start=2)
        ],
        batch_size=_BATCH,
    )
    CompleteList.objects.create(year=2018, source=source, declared_by=first, declared_at=at)
    _lists(firms, exporters, officers, at)
    _covers(firms, exporters, first, at)
    count = _exports(firms, exporters, source)
    summary = {"rows": count, "firms": len(firms), "new_firms": len(firms), "new": count, "changed": 0, "same": 0}
    Import.objects.filter(pk=source.pk).update(row_count=count, summary=summary, result={"complete": [2018]})
    settle(exporters.values())
    return count


def settle(exporters: Iterable[Exporter]) -> None:
    """Let everything that was written count, some firms at a time."""
    ids = sorted(exporter.pk for exporter in exporters)
    for start in range(0, len(ids), _FIRMS):
        registry.settle_firms(exporter_ids=ids[start : start + _FIRMS])


def _source(count: int, by: User, at: datetime) -> Import:
    return Import.objects.create(
        kind="customs_exports",
        file_name="全市海关出口统计2017-2020（演示数据）.xlsx",
        file_hash=content_hash({"synthetic": count}),
        state=ImportState.CONFIRMED,
        uploaded_by=by,
        uploaded_at=at,
        decided_by=by,
        decided_at=at,
    )


def _lists(firms: list[rules.Firm], exporters: dict[str, Exporter], officers: tuple[User, User], at: datetime) -> None:
    first, second = officers
    Designation.objects.bulk_create(
        Designation(
            exporter=exporters[firm.code],
            kind=kind,
            document_number=_LISTS[kind],
            valid_from=date(2018, 1, 1),
            entered_by=first,
            entered_at=at,
            confirmed_by=second,
            confirmed_at=at,
        )
        for firm in firms
        for kind in firm.designations
    )


def _covers(firms: list[rules.Firm], exporters: dict[str, Exporter], by: User, at: datetime) -> None:
    ExistingCover.objects.bulk_create(
        ExistingCover(
            exporter=exporters[firm.code],
            insurer_name="中国出口信用保险公司",
            valid_from=date(2019, 3, 1),
            valid_to=date(2020, 2, 29),
            document_number="保险人提供的在保名单（演示数据）",
            entered_by=by,
            entered_at=at,
        )
        for firm in firms
        if firm.insured
    )


def _exports(firms: list[rules.Firm], exporters: dict[str, Exporter], source: Import) -> int:
    count = 0
    rows: list[CustomsExport] = []
    number = 1  # the heading's row
    for firm in firms:
        exporter_id = exporters[firm.code].pk
        for _, year, month, country, amount in rules.export_rows(firm):
            number += 1
            rows.append(
                CustomsExport(
                    exporter_id=exporter_id,
                    year=year,
                    month=month,
                    country=country,
                    amount_cents=amount,
                    source=source,
                    row=number,
                )
            )
        if len(rows) >= _BATCH:
            CustomsExport.objects.bulk_create(rows)
            count += len(rows)
            rows = []
    CustomsExport.objects.bulk_create(rows)
    return count + len(rows)
