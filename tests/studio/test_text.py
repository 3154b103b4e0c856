"""Parameters in a scheme's text: what is changed is changed, everything else stays to the byte."""

import difflib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scheme.nantong import PATH, TEXT
from tongbao.scheme import rules as scheme_rules
from tongbao.studio import rules
from tongbao.studio.forms import ParameterForm
from tongbao.studio.rules.text import Editing, scalar

BASE = rules.Source(TEXT)
ALL = rules.parameters(BASE, BASE)


def changed(before: str, after: str) -> list[str]:
    """Lines that went (-) and came (+), without their indentation."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line[0] + line[1:].strip() for line in found if line[0] in "+-" and line[:3] not in ("+++", "---")]


def after(typed: dict[str, str], text: str = TEXT) -> str:
    return rules.change(rules.Source(text), BASE, typed)


def value(text: str, name: str) -> str:
    return next(one.value for one in rules.parameters(rules.Source(text), BASE) if one.name == name)


def test_nothing_typed_changes_nothing():
    assert after({one.name: one.value for one in ALL}) == TEXT
    assert after({"plans.Z.rate": "1%"}) == TEXT


def test_a_value_is_written_over_the_old_one():
    assert changed(TEXT, after({"plans.A.limit_usd": "20万"})) == ["-limit_usd: 10万", "+limit_usd: 20万"]


def test_a_value_in_a_flowing_line_keeps_its_neighbours():
    old = "{payer: 市财政局（商务局）, share: 100%, clause: 四(二)}"
    assert changed(TEXT, after({"plans.A.payers.0.share": "80%", "plans.A.payers.0.cap_yuan": "5000"})) == [
        f"-- {old}",
        "+- {payer: 市财政局（商务局）, share: 80%, clause: 四(二), cap_yuan: 5000}",
    ]


def test_a_value_that_was_not_written_is_added_and_an_emptied_one_goes():
    assert changed(TEXT, after({"plans.B.discount": "10%"})) == ["+discount: 10%"]
    assert changed(TEXT, after({"plans.D.minimum_usd": ""})) == ["-minimum_usd: 100"]


def test_the_neighbour_of_a_band_moves_with_it():
    moved = after({"bands.exports.bands.small.high": "80万"})
    scheme = scheme_rules.load(moved, "x.yaml")
    assert (str(scheme.band("small").high), str(scheme.bands[0].holes[0].low)) == ("800000", "800000")


def test_an_end_that_is_no_longer_included_passes_to_the_neighbour():
    turned = after({"bands.exports.bands.small.high_end": "out"})
    (group,) = scheme_rules.load(turned, "x.yaml").bands
    assert (str(group.bands[0].below), group.bands[0].to) == ("500000", None)
    assert (str(group.holes[0].from_), group.holes[0].above) == ("500000", None)


def test_an_end_can_be_left_out_and_set_again():
    open_ = after({"bands.exports.bands.large.high_end": ""})
    assert scheme_rules.load(open_, "x.yaml").band("large").high is None
    shut = after({"bands.exports.bands.large.high_end": "out", "bands.exports.bands.large.high": "4000万"}, open_)
    assert str(scheme_rules.load(shut, "x.yaml").band("large").below) == "40000000"


def test_priorities_are_switched_off_and_taken_up_again_as_they_were():
    without = after({"priorities.growth.on": "off", "priorities.pilot_firm.on": "off"})
    ids = [one.id for one in scheme_rules.load(without, "x.yaml").priorities]
    assert ids == ["emerging_markets", "base_key_firm", "famous_brand", "key_fair_exhibitor", "key_dependence"]
    back = after({"priorities.growth.on": "on", "priorities.pilot_firm.on": "on"}, without)
    before = {one.id: one for one in scheme_rules.load(TEXT, "x.yaml").priorities}
    assert {one.id: one for one in scheme_rules.load(back, "x.yaml").priorities} == before


def test_all_priorities_may_go_and_come_back():
    ids = [one.id for one in scheme_rules.load(TEXT, "x.yaml").priorities]
    none = after({f"priorities.{id}.on": "off" for id in ids})
    without = scheme_rules.load(none, "x.yaml")
    kept = [one.id for one in without.thresholds]
    assert (without.priorities, kept) == ((), ["plan_c_share", "plan_c_usd"])  # those plan C uses
    again = after({f"priorities.{id}.on": "on" for id in ids}, none)
    before, back = (scheme_rules.load(text, "x.yaml") for text in (TEXT, again))
    assert back.priorities == before.priorities
    assert back.thresholds_by_name == before.thresholds_by_name


def test_a_rank_of_a_ground_that_goes_goes_with_it():
    both = after({"priorities.growth.on": "off", "priorities.growth.rank": "2"})
    assert both == after({"priorities.growth.on": "off"})


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("50万", "50万"),
        ("0.03%", "0.03%"),
        ("2019-09-01", "2019-09-01"),
        ("a: b", '"a: b"'),
        ("x # y", '"x # y"'),
        ("- 1", '"- 1"'),
        ("", '""'),
    ],
)
def test_values_are_plain_where_that_says_the_same(typed: str, written: str):
    assert scalar(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"), [("方案A", "方案A"), ("123", '"123"'), ("yes", '"yes"'), ("南通: 新", '"南通: 新"')]
)
def test_words_stay_words(typed: str, written: str):
    assert scalar(typed, words=True) == written


@given(name=st.sampled_from([one.name for one in ALL if not one.choices and one.value]), typed=st.text(max_size=20))
def test_whatever_is_typed_stands_in_its_place_and_nowhere_else(name: str, typed: str):
    typed = "".join(letter for letter in typed if letter.isprintable()).strip() or "7"
    text = after({name: typed})
    place = next(one.path for one in ALL if one.name == name)
    source = rules.Source(text)
    assert source.readable
    if place[0] != "bands":  # there the neighbour moves too
        assert source.value(place) == typed
        assert len(changed(TEXT, text)) in (0, 2)


def test_a_text_that_is_no_yaml_has_no_parameters():
    broken = rules.Source("a: [")
    assert (broken.readable, rules.parameters(broken, BASE)) == (False, ())
    assert rules.change(broken, BASE, {"plans.A.rate": "1%"}) == "a: ["


def test_a_text_that_refers_to_itself_has_no_parameters():
    assert rules.Source("priorities: &x\n  - *x\n").readable is False


def test_a_first_key_can_be_dropped():
    editing = Editing(rules.Source("parts:\n  - a: 1\n    b: 2\n  - {a: 1, b: 2}\n"))
    editing.drop(("parts", 0, "a"))
    editing.drop(("parts", 1, "a"))
    assert editing.done() == "parts:\n  - b: 2\n  - {b: 2}\n"


def test_lines_that_still_name_the_year_before_are_pointed_out():
    later = after({"edition.base_year": "2019"})
    year, lines = rules.left_behind(rules.Source(later), BASE)
    named = [later.splitlines()[line - 1] for line in lines]
    assert year == "2018"
    assert named
    assert [line for line in named if "2018" not in line] == []
    assert rules.left_behind(BASE, BASE) == ("2018", [])


def test_changed_lines_say_what_went_and_what_came():
    lines = rules.changed_lines("a\nb\nc\n", "a\nx\nc\nd\n")
    assert [(line.number, line.text, line.gone) for line in lines] == [(2, "b", True), (2, "x", False), (4, "d", False)]


@pytest.mark.parametrize("path", sorted(PATH.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_edition_can_be_changed_in_forms(path: Path):
    text = path.read_text(encoding="utf-8")
    source = rules.Source(text)
    listed = rules.parameters(source, source)
    assert len({one.name for one in listed}) == len(listed)
    assert rules.change(source, source, {one.name: one.value for one in listed}) == text
    for one in listed:
        if one.value and not one.choices:
            assert source.line(one.path) == one.line or one.path[0] == "bands"
            assert rules.Source(rules.change(source, source, {one.name: "7"})).readable


LINES = TEXT.splitlines()
SLIPS = st.lists(
    st.tuples(
        st.integers(0, len(LINES) - 1), st.sampled_from(["", "  - id: x", "plans: 1", "bands: []", "]", "a: {b", "-"])
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(slips=SLIPS, twice=st.integers(0, len(LINES) - 1))
def test_a_spoilt_text_is_still_read_as_far_as_it_goes(slips: list[tuple[int, str]], twice: int):
    """Whatever a person has half written, the panes are drawn and a change does not break anything else."""
    lines = [*LINES[:twice], LINES[twice], *LINES[twice:]]
    for place, text in slips:
        lines[place] = text
    source = rules.Source("\n".join(lines))
    listed = rules.parameters(source, BASE)
    assert rules.change(source, BASE, {one.name: one.value for one in listed}) == source.text
    if source.readable:
        rules.change(source, BASE, {one.name: "7" for one in listed})
    ParameterForm(listed, before=ALL).groups()
