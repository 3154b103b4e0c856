"""The emerging markets of an edition in a whole register, and destinations that are no country."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.screening import made
from tests.screening import test_screen as screens
from tongbao.refusal import Refusal
from tongbao.scheme.rules import CompiledTerms, Scheme, compile
from tongbao.screening import queries


def markets(**lists: list[str]) -> CompiledTerms:
    """Nantong's terms with countries taken into the emerging markets or out of them."""
    body = made.nantong().scheme.body()
    for key, codes in lists.items():
        body["parameters"][key] = {"title": "国家", "value": codes, "clause": "二(二)2"}
    return compile(Scheme.from_body(body))


@pytest.mark.parametrize(
    ("lists", "usd"),
    [
        ({}, "300.00"),
        ({"emerging_extra": ["GE", "JP"]}, "1300.00"),
        ({"emerging_left_out": ["RU"]}, "100.00"),
        ({"emerging_extra": ["GE"], "emerging_left_out": ["RU", "VN"]}, "1000.00"),
    ],
    ids=["regions", "extra", "left-out", "both"],
)
def test_countries_taken_in_or_out_count_alike_for_a_register_and_for_one_firm(
    tmp_path: Path, lists: dict[str, list[str]], usd: str
):
    amounts = {"格鲁吉亚": "1000", "俄罗斯": "200", "VN": "100", "DE": "5", "US": "7", "不详": "9"}
    exports = [("A", 2018, 1, country, Decimal(amount)) for country, amount in amounts.items()]
    exports.append(("A", 2017, 1, "US", Decimal(1)))
    screens.write(tmp_path, [screens.FIRM], exports)
    terms = markets(**lists)
    queries.screen(terms, screens.order(tmp_path))
    (firm,) = screens.read(tmp_path / "out.parquet")
    expected = screens.one_by_one([screens.FIRM], exports, set(), terms)["A"]
    assert {id: firm[id] for id in expected} == expected
    assert firm["fact_emerging_exports_usd"] == Decimal(usd)


@pytest.mark.parametrize("code", ["XX", "ZZ", "US"])
def test_a_country_that_cannot_be_taken_in_stops_the_screening(tmp_path: Path, code: str):
    screens.write(tmp_path, [screens.FIRM], [screens.ROW])
    with pytest.raises(Refusal) as caught:
        queries.screen(markets(emerging_extra=[code]), screens.order(tmp_path))
    assert (caught.value.code, code in caught.value.sentence) == ("emerging.unknown", True)
    assert not (tmp_path / "out.parquet").exists()


def test_totals_among_the_rows_stop_the_screening(tmp_path: Path):
    screens.write(
        tmp_path,
        [screens.FIRM],
        [screens.ROW, ("A", 2018, 1, "合计", Decimal(5)), ("A", 2018, 1, "欧盟(28国)", Decimal(5))],
    )
    with pytest.raises(Refusal) as caught:
        queries.screen(made.nantong(), screens.order(tmp_path))
    assert caught.value.sentence == (
        f"{tmp_path / 'exports.parquet'}：国别列里有合计数或一组国家（地区）：“合计”、“欧盟(28国)”。"
        "请先去掉这些行，以免重复计算。"
    )
