"""The measuring half of the studio's benchmark asks for real pages of a changed draft."""

import pytest

from benchmarks import studio_page
from tests import factories
from tongbao.accounts.rules import Role
from tongbao.studio.models import Draft


@pytest.mark.django_db
def test_every_kind_of_answer_is_measured():
    factories.nantong()
    factories.user(Role.CITY_OFFICER, username=studio_page.OFFICER)
    firm = factories.exporter()
    factories.customs(firm, 2018, "US", "5000000.00")
    measured = studio_page.measure(turns=2)
    assert measured["firms"] == 1
    assert len(measured["rows"]) == 4
    assert all(row["milliseconds"] > 0 for row in measured["rows"])
    assert measured["milliseconds"] == measured["rows"][0]["milliseconds"]
    draft = Draft.objects.get()
    assert draft.revision == 3  # begun, and changed before each timed answer
    assert draft.text.count("rate: 0.03002%") == 1
