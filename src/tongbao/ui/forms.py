"""Form bases and fields: every error is a sentence that says what to do, and stands beside its field."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from stdnum.cn import uscc

from tongbao import money
from tongbao.refusal import Refusal
from tongbao.ui import amounts

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.HiddenInput, ""),
    (forms.Widget, "form-control"),
)
DASHES = "---------"
_CHOOSING = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)
_ERRORS = {
    forms.IntegerField: {
        "invalid": "请填写整数，例如 12",
        "min_value": "不能小于 %(limit_value)s，请修改",
        "max_value": "不能大于 %(limit_value)s，请修改",
    },
    forms.DecimalField: {
        "invalid": "请填写数字，例如 7.0729",
        "max_decimal_places": "小数最多 %(max)s 位，请修改",
        "max_digits": "数字太长，最多 %(max)s 位，请核对",
        "max_whole_digits": "整数部分最多 %(max)s 位，请核对",
        "min_value": "不能小于 %(limit_value)s，请修改",
        "max_value": "不能大于 %(limit_value)s，请修改",
    },
    forms.DateField: {"invalid": "请按“年-月-日”填写日期，例如 2019-10-15"},
    forms.EmailField: {"invalid": "请填写完整的电子邮箱，例如 zhang@example.com"},
    forms.FileField: {
        "missing": "没有收到文件，请重新选择后上传",
        "empty": "这个文件是空的，请换一个有内容的文件",
        "max_length": "文件名太长，请改短后再上传",
    },
    forms.ChoiceField: {"invalid_choice": "请从列出的选项中选择"},
    forms.ModelChoiceField: {"invalid_choice": "请从列出的选项中选择"},
}


def dress(form: forms.BaseForm) -> None:
    """Give every field of a form the house's classes and sentences."""
    form.label_suffix = ""
    form.use_required_attribute = False  # the browser's bubbles speak another language and hide the other errors
    for name, bound in form.fields.items():
        bound.label = bound.label if bound.label is not None else name
        _dress_widget(bound.widget)
        _name_the_empty_choice(bound)
        for kind, messages in _ERRORS.items():
            if isinstance(bound, kind):
                bound.error_messages.update({k: v for k, v in messages.items() if k in bound.error_messages})
        if "required" not in getattr(bound, "own_messages", {}):
            bound.error_messages["required"] = _required(bound)


def _dress_widget(widget: forms.Widget) -> None:
    css = next(css for kind, css in _CLASSES if isinstance(widget, kind))
    given = widget.attrs.get("class", "")
    widget.attrs["class"] = f"{css} {given}".strip() if css not in given.split() else given
    if isinstance(widget, forms.DateInput):
        widget.input_type = "date"
        widget.format = "%Y-%m-%d"


def _name_the_empty_choice(field: forms.Field) -> None:
    """Django's row of dashes says nothing to a screen reader."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = "请选择"
    elif isinstance(field, forms.ChoiceField):
        choices = list(cast("Iterable[tuple[Any, Any]]", field.choices))
        if any(label == DASHES for _, label in choices):  # a filter's own empty choice is named already
            field.choices = [(value, "请选择" if label == DASHES else label) for value, label in choices]


def _required(field: forms.Field) -> str:
    if isinstance(field, forms.FileField):
        return f"请上传{field.label}"
    if isinstance(field, forms.BooleanField):
        return f"请确认：{field.label}"
    if isinstance(field.widget, _CHOOSING):
        return f"请选择{field.label}"
    return f"请填写{field.label}"


def _refuse(form: forms.BaseForm, no: Refusal) -> None:
    _ = form.errors  # reading them cleans the form, which adding to them does not
    form.add_error(no.field if no.field in form.fields else None, no.sentence)


class HouseForm(forms.Form):
    """The base of every form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def refuse(self, no: Refusal) -> None:
        """Show a refusal beside its field, or above the form when it concerns the whole."""
        _refuse(self, no)

    def refuse_files(self, no: Refusal) -> None:
        """Say why no file arrived, in place of "please upload"; before anything else looks at the form."""
        for field in self.fields.values():
            if isinstance(field, forms.FileField):
                field.required = False
        _refuse(self, no)


class HouseModelForm(forms.ModelForm):
    """The base of forms that read their fields from a model; they never save (actions do)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)

    def refuse(self, no: Refusal) -> None:
        """Show a refusal beside its field, or above the form when it concerns the whole."""
        _refuse(self, no)

    def save(self, commit: bool = True) -> Any:
        """Refused: rows change in actions only."""
        message = "forms do not save; call an action"
        raise TypeError(message)


class _AmountField(forms.CharField):
    unit = ""
    invalid = ""

    def __init__(self, *, min_minor: int | None = 0, max_minor: int | None = None, **kwargs: Any) -> None:
        self.min_minor, self.max_minor = min_minor, max_minor
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})
        self.widget.attrs["class"] = "amount"

    def to_python(self, value: Any) -> Any:
        """The typed text in minor units, or None when nothing was typed."""
        if isinstance(value, int):
            return value
        text = super().to_python(value)
        if not text:
            return None
        minor = amounts.minor_units(text)
        if minor is None:
            raise forms.ValidationError(self.invalid, code="invalid")
        return minor

    def validate(self, value: Any) -> None:
        """Required and within bounds."""
        if value is None:
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return
        if self.min_minor is not None and value < self.min_minor:
            low = money.text(self.min_minor)
            sentence = "金额不能为负数，请修改" if self.min_minor == 0 else f"不能少于 {low} {self.unit}，请修改"
            raise forms.ValidationError(sentence, code="min_value")
        if self.max_minor is not None and value > self.max_minor:
            raise forms.ValidationError(f"不能多于 {money.text(self.max_minor)} {self.unit}，请修改", code="max_value")

    def run_validators(self, value: Any) -> None:
        """CharField's validators are for text; the bounds above are all there is."""

    def prepare_value(self, value: Any) -> Any:
        """Minor units as '10,609.35'; what a person typed stays as typed."""
        return money.text(value) if isinstance(value, int) else value


class MoneyField(_AmountField):
    """An amount typed in 元 ('1，000.50', '12.5万', full-width digits) → int fen. `min_minor`, `max_minor` in fen."""

    unit = "元"
    invalid = "请填写金额（元，最多两位小数），例如 10,609.35"


class UsdField(_AmountField):
    """An amount typed in 美元 → int cents. `min_minor`, `max_minor` in cents."""

    unit = "美元"
    invalid = "请填写金额（美元，最多两位小数），例如 5,000,000.00"


class MonthField(forms.CharField):
    """A month typed as 2019-08, 2019年8月 or 201908 → date of its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"placeholder": "例如 2019-08", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """The first day of the month, or None when nothing was typed."""
        if isinstance(value, date):
            return value
        text = super().to_python(value)
        if not text:
            return None
        found = amounts.month(text)
        if found is None:
            raise forms.ValidationError("请填写年份和月份，例如 2019-08", code="invalid")
        return found

    def validate(self, value: Any) -> None:
        """Required or not."""
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """CharField's validators are for text."""

    def prepare_value(self, value: Any) -> Any:
        """A date as '2019-08'."""
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class UsccField(forms.CharField):
    """A unified social credit code (GB 32100-2015): upper case, half-width, 18 characters.

    `verify_check_digit=False` where an officer may override, because some genuine codes fail.
    """

    def __init__(self, *, verify_check_digit: bool = True, **kwargs: Any) -> None:
        self.verify_check_digit = verify_check_digit
        super().__init__(**{"label": "统一社会信用代码", **kwargs})
        self.widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        """The normalised code; errors say which part is wrong."""
        code = amounts.plain(super().to_python(value) or "").replace(" ", "").replace("-", "").upper()
        if code in self.empty_values:
            return code
        if len(code) != 18:
            raise forms.ValidationError(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位，请核对", code="length")
        if self.verify_check_digit and not uscc.is_valid(code):
            raise forms.ValidationError("统一社会信用代码校验不通过，请对照营业执照逐位核对", code="check_digit")
        return code
