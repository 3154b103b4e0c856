from datetime import date

import pytest
from django import forms
from django.template import engines

from tongbao.refusal import Refusal
from tongbao.ui.forms import HouseForm, MoneyField, MonthField, UsccField, UsdField


class Sample(HouseForm):
    name = forms.CharField(label="企业名称", help_text="照营业执照填写。")
    plan = forms.ChoiceField(label="方案", choices=[("A", "方案 A"), ("B", "方案 B")], widget=forms.RadioSelect)
    paper = forms.FileField(label="盖章的投保单", required=False)
    agreed = forms.BooleanField(label="没有在别处投保")
    count = forms.IntegerField(label="份数", required=False)


class Amounts(HouseForm):
    paid = MoneyField(label="缴费金额", required=False, max_minor=100_000_00)
    exports = UsdField(label="出口额", required=False)
    month = MonthField(label="月份", required=False)


def render(template: str, **context: object) -> str:
    return engines["django"].from_string(template).render(context)


def test_every_missing_value_has_its_own_sentence():
    form = Sample({"count": "一"})
    assert form.errors == {
        "name": ["请填写企业名称"],
        "plan": ["请选择方案"],
        "agreed": ["请确认：没有在别处投保"],
        "count": ["请填写整数，例如 12"],
    }


def test_a_refusal_stands_beside_its_field_or_above_the_form():
    form = Sample({"name": "甲公司", "plan": "A", "agreed": "on"})
    form.refuse(Refusal("taken", "名称已用", "name"))
    form.refuse(Refusal("closed", "受理已截止"))
    form.refuse(Refusal("odd", "别的", "no_such_field"))
    assert (form.errors["name"], form.non_field_errors()) == (["名称已用"], ["受理已截止", "别的"])


def test_a_field_is_tied_to_its_hint_and_error():
    html = render("{% field form.name %}", form=Sample({}))
    assert 'for="id_name"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_choices_are_a_fieldset_with_a_legend():
    html = render("{% field form.plan %}", form=Sample())
    assert html.count("<fieldset") == html.count("<legend") == 1
    assert [f'for="id_plan_{n}"' in html for n in (0, 1)] == [True, True]


def test_optional_fields_say_so():
    form = Sample()
    assert ["选填" in render("{% field f %}", f=form[name]) for name in ("name", "paper", "agreed")] == [
        False, True, False,
    ]  # fmt: skip


def test_the_summary_links_to_each_field():
    html = render("{% error_summary form %}", form=Sample({"count": "1"}))
    assert "提交的内容有 3 处需要修改" in html
    assert [f'href="#{target}"' in html for target in ("id_name", "id_plan_0", "id_agreed")] == [True, True, True]


def test_the_summary_of_a_refused_whole_says_it_cannot_be_sent_now():
    form = Sample({"name": "甲公司", "plan": "A", "agreed": "on"})
    form.refuse(Refusal("closed", "受理已截止。"))
    assert "暂时不能提交" in render("{% error_summary form %}", form=form)


def test_no_summary_without_errors():
    assert render("{% error_summary form %}", form=Sample()).strip() == ""


def test_what_was_typed_is_not_lost():
    form = Sample({"name": "<甲>公司"})
    assert 'value="&lt;甲&gt;公司"' in render("{% fields form %}", form=form)


def test_amounts_become_minor_units():
    form = Amounts({"paid": "１，２３４．５０元", "exports": "500万", "month": "2019年8月"})
    assert form.is_valid()
    assert form.cleaned_data == {"paid": 123450, "exports": 500000000, "month": date(2019, 8, 1)}


def test_amounts_left_out_are_none():
    form = Amounts({})
    assert form.is_valid()
    assert form.cleaned_data == {"paid": None, "exports": None, "month": None}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("很多", "请填写金额（元，最多两位小数），例如 10,609.35"),
        ("1.005", "请填写金额（元，最多两位小数），例如 10,609.35"),
        ("-1", "金额不能为负数，请修改"),
        ("100000.01", "不能多于 100,000.00 元，请修改"),
    ],
)
def test_amounts_that_are_not_accepted(typed: str, sentence: str):
    assert Amounts({"paid": typed}).errors == {"paid": [sentence]}


def test_amounts_are_shown_with_separators():
    assert 'value="10,609.35"' in render("{% field form.paid %}", form=Amounts(initial={"paid": 1060935}))


class Code(HouseForm):
    code = UsccField()


class OverridableCode(HouseForm):
    code = UsccField(verify_check_digit=False)


@pytest.fixture
def good_code() -> str:
    from stdnum.cn import uscc

    return "91320600MA1X7XWQ2" + uscc.calc_check_digit("91320600MA1X7XWQ2")


def test_codes_are_normalised(good_code: str):
    form = Code({"code": f" {good_code.lower()[:8]} {good_code[8:]} "})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["code"] == good_code


def test_codes_of_the_wrong_length_or_digit_are_named(good_code: str):
    wrong = good_code[:-1] + ("1" if good_code[-1] != "1" else "2")
    assert Code({"code": "9132"}).errors["code"] == ["统一社会信用代码应为 18 位，现在是 4 位，请核对"]
    assert Code({"code": wrong}).errors["code"] == ["统一社会信用代码校验不通过，请对照营业执照逐位核对"]
    assert OverridableCode({"code": wrong}).is_valid()
    assert Code({}).errors["code"] == ["请填写统一社会信用代码"]


def test_a_general_sentence_in_the_summary_names_its_field():
    form = Sample({"name": "甲公司", "plan": "Z", "agreed": "on"})
    name = form.fields["plan"].label
    assert f">{name}：请从列出的选项中选择</a>" in render("{% error_summary form %}", form=form)
    assert "：" not in render("{% field form.plan %}", form=form)
