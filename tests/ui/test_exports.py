import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from tongbao.ui import exports


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_formulas_are_neutralised(text: str):
    assert exports.neutralise(text) == f"'{text}"


@pytest.mark.parametrize("value", ["南通", "1-2", "", -5, Decimal("-1.5"), None, "—"])
def test_everything_else_stays(value: object):
    assert exports.neutralise(value) == value


def test_values_keep_their_kind():
    moment = datetime(2019, 10, 15, 1, 0, tzinfo=UTC)
    content = exports.content(
        {
            "甲": [["项目", "数"], ["金额", Decimal("10609.35")], ["件", 3], ["否", False], ["空", None]],
            "乙": [["时间"], [moment], [date(2019, 10, 15)]],
        }
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["甲", "乙"]
    rows = [["项目", "数"], ["金额", 10609.35], ["件", 3.0], ["否", "否"], ["空", ""]]
    assert book.get_sheet_by_name("甲").to_python() == rows
    assert book.get_sheet_by_name("乙").to_python() == [
        ["时间"],
        [datetime.fromisoformat("2019-10-15T09:00")],
        [date(2019, 10, 15)],
    ]
