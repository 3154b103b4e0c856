"""A list of countries that was changed behind the application's back is found and named."""

from datetime import date

import pytest

from tests import tampering
from tests.policies import world as make
from tongbao.policies import actions, queries
from tongbao.policies.models import ExcludedCountries


@pytest.mark.parametrize(
    "change", ["valid_from = '2019-09-01'", "countries = '[\"US\"]'", "document_number = '别的文号'"]
)
def test_a_changed_list_of_countries_is_found(committed_db, change: str):
    world = make.build()
    listed = actions.list_excluded(
        countries=["IR"], valid_from=date(2019, 10, 1), document_number="SX-国别", by=world.agent
    )
    tampering.run("policies_excludedcountries", f"UPDATE policies_excludedcountries SET {change}")
    listed.refresh_from_db()
    expected = f"{world.sinosure} {listed.valid_from:%Y-%m-%d} 起的不予承保国别与审计记录不符"
    assert list(queries.faults()) == [expected]
    ExcludedCountries.objects.all().delete()
    assert list(queries.faults()) == [f"登记过的不予承保国别 {listed.pk} 不见了"]
