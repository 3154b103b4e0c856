"""A layout is what a person corrects and what is remembered."""

from typing import Any

import pytest

from tests.batch.books import KIND
from tongbao.batch.rules import Layout, check_layout
from tongbao.refusal import Refusal

WHOLE = Layout("表", 2, {"name": 0, "count": 2}, "wan_usd")


def test_a_layout_comes_back_as_it_was_remembered():
    assert WHOLE.to_json() == {"sheet": "表", "heading_row": 2, "columns": {"name": 0, "count": 2}, "unit": "wan_usd"}
    assert Layout.from_json(WHOLE.to_json()) == WHOLE
    assert Layout.from_json({"sheet": "", "heading_row": 1, "columns": {}}).unit == "usd"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sheet": "表", "heading_row": 0, "columns": {}},
        {"sheet": "表", "heading_row": 1, "columns": {"name": -1}},
        {"sheet": "表", "heading_row": 1, "columns": {"name": "x"}},
        {"sheet": "表", "heading_row": 1, "columns": [1]},
        {"sheet": "表", "heading_row": 1, "columns": {}, "unit": "rmb"},
    ],
)
def test_what_is_no_layout_is_refused(data: dict[str, Any]):
    with pytest.raises(Refusal) as no:
        Layout.from_json(data)
    assert no.value.sentence == "保存的对应关系已不能用。请重新指定表头和各列，或重新上传文件。"


@pytest.mark.parametrize(
    ("layout", "code", "sentence"),
    [
        (
            Layout("表", 1, {"note": 1}),
            "import.headings",
            "还不知道哪一列是：名称、数量。请逐项选出文件里对应的列；文件里没有的，请补上后重新上传。",
        ),
        (
            Layout("表", 1, {"name": 1, "count": 1}),
            "import.heading_twice",
            "B 列同时用作“名称”和“数量”。请各选一列。",
        ),
        (
            Layout("表", 1, {"name": 0, "count": 3}),
            "import.column",
            "“数量”指定的列不对：文件里没有 D 列。请重新选择。",
        ),
        (
            Layout("表", 1, {"name": -1, "count": 1}),
            "import.column",
            "“名称”指定的列不对：文件里没有这一列。请重新选择。",
        ),
        (Layout("表", 1, {"name": 0, "count": 1, "x": 2}), "import.layout", None),
        (Layout("表", 0, {"name": 0, "count": 1}), "import.layout", None),
        (Layout("表", 1, {"name": 0, "count": 1}, "rmb"), "import.layout", None),
    ],
)
def test_what_cannot_be_read_is_said(layout: Layout, code: str, sentence: str | None):
    with pytest.raises(Refusal) as no:
        check_layout(KIND, layout, 3)
    assert no.value.code == code
    assert sentence in (None, no.value.sentence)


def test_a_whole_layout_is_good():
    check_layout(KIND, WHOLE, 3)
