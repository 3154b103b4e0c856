"""What `tongbao verify` finds in the register: rows that were changed behind the verbs, and what counts wrongly."""

import pytest

from tests import factories
from tests.registry.lists import A, imported, row
from tongbao.accounts.models import Area
from tongbao.registry import queries
from tongbao.registry.models import CustomsExport, Exporter, YearTotal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists():
    imported(row(), row(country="日本"), row(year=2017))
    imported(row(amount=120))
    assert list(queries.faults()) == []


def tampered(change) -> list[str]:
    change()
    return list(queries.faults())


def test_an_edited_amount_is_found_in_its_import_and_in_the_year():
    found = tampered(lambda: CustomsExport.objects.filter(live=True, country="JP").update(amount_cents=1))
    assert len(found) == 2
    assert "的数据与读取时的记录不符" in found[0]
    assert found[1] == f"企业 {A} 的年度合计与出口额不符"


def test_a_superseded_row_edited_is_found_too():
    found = tampered(lambda: CustomsExport.objects.filter(live=False).update(amount_cents=1))
    assert ["读取时的记录不符" in one for one in found] == [True]


def test_a_deleted_row_is_found():
    assert len(tampered(lambda: CustomsExport.objects.filter(country="JP").delete())) == 2


def test_a_row_made_to_count_is_found():
    found = tampered(lambda: CustomsExport.objects.filter(live=False).update(live=True))
    assert found == [f"企业 {A} 有效的出口额与各批次不符"]


def test_an_edited_total_is_found():
    found = tampered(lambda: YearTotal.objects.filter(year=2017).update(total_cents=1))
    assert found == [f"企业 {A} 的年度合计与出口额不符"]


@pytest.mark.parametrize("field", ["name", "area", "present"])
def test_a_firm_that_says_something_else_than_its_origins_is_found(field: str):
    other: dict[str, object] = {"name": "改名", "present": False}
    if field == "area":
        other["area"] = factories.area("tongzhou", "通州区")
        assert Area.objects.count() == 2
    found = tampered(lambda: Exporter.objects.update(**{field: other[field]}))
    assert len(found) == 1
    assert found[0].startswith(f"企业 {A} ")


def test_an_import_whose_rows_are_taken_away_whole_is_found():
    assert any("批次" in one for one in tampered(lambda: CustomsExport.objects.all().delete()))
