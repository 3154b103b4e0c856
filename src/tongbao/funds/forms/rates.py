"""What may be typed about exchange rates and the parity they are held against."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from tongbao import clock
from tongbao.funds import rules
from tongbao.ui.forms import HouseForm, MonthField

MOST_LINES = 400
_HALF_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}
_LINE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[\s,，:：]+(\d{1,3}(?:\.\d{1,9})?)", re.ASCII)
_TICK = "与对照的中间价或参考汇率相差较大时，须与业务系统核对无误后勾选"


def _figure(label: str, hint: str) -> forms.DecimalField:
    field = forms.DecimalField(label=label, max_digits=10, decimal_places=6, help_text=hint)
    field.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "amount"})
    return field


class RateForm(HouseForm):
    """An insurer's rate of a month."""

    month = MonthField(label="月份")
    cny_per_usd = _figure("汇率（1 美元折合人民币元）", "按本单位业务系统中该月使用的汇率填写，例如 7.0729")
    checked = forms.BooleanField(label="已核对", required=False, help_text=_TICK)


class CorrectionForm(HouseForm):
    """The rate that shall take the place of a confirmed one."""

    cny_per_usd = _figure("更正后的汇率（1 美元折合人民币元）", "按本单位业务系统更正后的汇率填写，例如 7.0729")
    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明原汇率错在哪里，确认的人和财政部门会看到。最多 200 字。",
    )
    document = forms.FileField(label="依据", help_text="业务系统截图或书面说明，PDF、JPG 或 PNG，不超过 10 MB")
    checked = forms.BooleanField(label="已核对", required=False, help_text=_TICK)


class LinesField(forms.CharField):
    """Days and parities, one a line: '2019-09-30 7.0729' → [(date, Decimal)]."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=40 * MOST_LINES, **kwargs)

    def clean(self, value: Any) -> Any:
        """The lines that are not blank; the errors name the first lines that cannot be read."""
        lines = [(number, line.strip()) for number, line in enumerate(super().clean(value).splitlines(), 1)]
        read = [(number, line, _read(line)) for number, line in lines if line]
        if len(read) > MOST_LINES:
            raise forms.ValidationError(f"一次最多 {MOST_LINES} 行，请分几次录入", code="lines")
        if bad := [f"第 {number} 行“{line[:30]}”" for number, line, found in read if found is None]:
            listed = "、".join(bad[:5])
            raise forms.ValidationError(
                f"看不懂{listed}：每行写日期、空格、中间价，例如 2019-09-24 7.0729", code="line"
            )
        return [found for _, _, found in read]


def _read(line: str) -> tuple[date, Decimal] | None:
    found = _LINE.fullmatch(line.translate(_HALF_WIDTH))
    try:
        return (date(int(found[1]), int(found[2]), int(found[3])), Decimal(found[4])) if found else None
    except ValueError:  # 2019-02-30
        return None


class ParitiesForm(HouseForm):
    """The parities of some days, from one source."""

    lines = LinesField(
        label="日期和中间价（1 美元折合人民币元）", help_text="每行一天，可以从表格中整列粘贴，例如 2019-09-24 7.0729"
    )
    source = forms.CharField(
        label="来源", max_length=200, help_text="在哪里、由谁公布，例如“外汇局网站人民币汇率中间价”"
    )
    checked = forms.BooleanField(
        label="已与官方公布核对", required=False, help_text="没有核对的会标明“待核对”，仍用于提醒"
    )


class ParityForm(HouseForm):
    """Another figure, source or mark for a day."""

    cny_per_usd = _figure("中间价（1 美元折合人民币元）", "例如 7.0729")
    source = forms.CharField(label="来源", max_length=200, help_text="在哪里、由谁公布")
    checked = forms.BooleanField(label="已与官方公布核对", required=False)


def typed_month(form: RateForm) -> date | None:
    """The month in a rate's form, checked or not yet, when a rate may be entered for it."""
    if form.is_bound:
        month = form.cleaned_data.get("month") if form.errors is not None else None
    else:
        try:
            month = form.fields["month"].clean(form.initial.get("month"))
        except forms.ValidationError:
            return None
    return month if month and rules.EARLIEST <= month <= clock.today() else None


def typed_figure(form: HouseForm) -> Decimal | None:
    """The figure in a rate's or a correction's form, checked or not yet, when it may be one."""
    given = form.data.get("cny_per_usd") if form.is_bound else form.initial.get("cny_per_usd")
    try:
        figure: Decimal = form.fields["cny_per_usd"].clean(given)
    except forms.ValidationError:
        return None
    return figure if figure.is_finite() and rules.LOWEST_RATE < figure < rules.HIGHEST_RATE else None
