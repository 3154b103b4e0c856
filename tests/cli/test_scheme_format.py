"""The reference of the scheme file leaves no key unexplained, and explains none that does not exist."""

from tests.scheme import examples
from tongbao.cli import scheme_format
from tongbao.cli.scheme_words import COMMON, FIELDS, MODELS
from tongbao.scheme.rules.edition import Scheme
from tongbao.scheme.rules.values import Cited, Part


def models() -> list[type[Part]]:
    return [model for _, model in scheme_format.models("", Scheme)][1:]


def test_every_part_of_a_scheme_is_explained_and_no_other():
    assert {model.__name__ for model in models()} == set(MODELS)


def test_every_key_is_explained():
    bases = {base.__name__ for model in models() for base in model.__mro__}
    for model in models():
        for name in model.model_fields:
            if name not in Cited.model_fields or not issubclass(model, Cited):
                assert scheme_format.meaning(model, name)
    assert {key.split(".")[0] for key in FIELDS} <= bases


def test_no_explanation_is_left_over():
    classes = {base.__name__: base for model in models() for base in model.__mro__ if issubclass(base, Part)}
    assert [key for key in FIELDS if key.split(".")[1] not in classes[key.split(".")[0]].model_fields] == []
    assert set(COMMON) == {"id", "title"}


def test_every_example_stands_in_a_chapter_once():
    placed = [name for names in scheme_format.CHAPTERS.values() for name in names]
    assert sorted(placed) == sorted([examples.BASE, *examples.names()])


def test_what_is_written_is_told_by_type():
    page = scheme_format.format_page()
    for row in (
        "| `rate` | 百分比 | 无 | 一个费率 |",
        "| `limit_usd` | 金额 | 无 | 只有一个保单年度累计限额时的简单写法 |",
        "| `reference_rate` | 数 | （必写） | 1 美元兑多少元，用于测算和预占资金 |",
        "| `type` | `number`、`bool`、`text` | （必写） | `number` 数、`bool` 是否、`text` 文字 |",
    ):
        assert page.count(row) == 1
