from datetime import date

import pytest

from tongbao.ui import amounts


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("10609.35", 1060935),
        ("10,609.35", 1060935),
        ("１０，６０９．３５ 元", 1060935),
        ("￥1 000", 100000),
        ("500万美元", 500000000),
        ("2.5万", 2500000),
        ("38.6亿", 386000000000),
        ("-3", -300),
        (".5", 50),
        ("0.005", None),
        ("1.234", None),
        ("1e6", None),
        ("五百", None),
        ("12.3.4", None),
        ("", None),
        ("=1+1", None),
    ],
)
def test_amounts_as_people_type_them(typed: str, minor: int | None):
    assert amounts.minor_units(typed) == minor


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("2019-08", date(2019, 8, 1)),
        ("2019年8月", date(2019, 8, 1)),
        ("201908", date(2019, 8, 1)),
        ("２０１９／８", date(2019, 8, 1)),
        ("2019-13", None),
        ("8月", None),
    ],
)
def test_months_as_people_type_them(typed: str, month: date | None):
    assert amounts.month(typed) == month
