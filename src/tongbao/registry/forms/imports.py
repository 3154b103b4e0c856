"""What may be typed while a list is brought in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from tongbao.batch.rules import MAX_BYTES, MAX_ROWS, UNITS, Guess, Kind, Layout, letter, too_big
from tongbao.ui.forms import HouseForm, dress


class UploadForm(HouseForm):
    """A list. `passed_over` is the size of one that was too big to be received at all."""

    file = forms.FileField(
        label="文件",
        help_text=f"Excel（.xlsx、.xls）或 CSV，不超过 {MAX_BYTES // 1024 // 1024} MB、{MAX_ROWS:,} 行。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *args: Any, passed_over: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passed_over = passed_over
        if passed_over:
            self.fields["file"].error_messages["required"] = too_big(passed_over)

    def clean_file(self) -> UploadedFile:
        """Refused by size before its content is read."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(too_big(upload.size or 0))
        return upload


class ColumnsForm(HouseForm):
    """Which column of the file is which of ours."""

    def __init__(self, *args: Any, kind: Kind, guess: Guess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        choices = [("", "没有这一列"), *((str(index), _place(guess, index)) for index in range(len(guess.headings)))]
        for column in kind.columns:
            known = guess.layout.columns.get(column.key)
            self.fields[f"column_{column.key}"] = forms.ChoiceField(
                label=column.title,
                help_text=column.hint,
                choices=choices,
                required=column.required,
                initial="" if known is None else str(known),
            )
        if any(column.unit for column in kind.columns):
            self.fields["unit"] = forms.ChoiceField(
                label="金额单位", choices=list(UNITS.items()), initial=guess.layout.unit, widget=forms.RadioSelect
            )
        dress(self)

    def layout(self, guess: Guess) -> Layout:
        """What was chosen."""
        chosen = {column.key: self.cleaned_data[f"column_{column.key}"] for column in self.kind.columns}
        return Layout(
            sheet=guess.layout.sheet,
            heading_row=guess.layout.heading_row,
            columns={key: int(index) for key, index in chosen.items() if index != ""},
            unit=self.cleaned_data.get("unit", "usd"),
        )


def _place(guess: Guess, index: int) -> str:
    """A column of the file: its letter, heading and first values."""
    values = "，".join(guess.samples.get(index, ())[:2])
    return f"{letter(index)} 列：{guess.headings[index]}{f'（如 {values}）' if values else ''}"[:80]


class ConfirmForm(HouseForm):
    """The choices beside 'confirm import'."""

    checked = forms.BooleanField(label="以上疑点已核对，数据没有问题", required=False)
    only_good = forms.BooleanField(label="只导入无误的行", required=False)
    complete = forms.TypedMultipleChoiceField(
        label="完整名单声明", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pending: Any, declared: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = set(declared)
        years = [entry["year"] for entry in pending.summary.get("years", [])]
        labels = [(year, _complete(year, year in held)) for year in years]
        self.fields["complete"].choices = labels  # type: ignore[attr-defined]
        if not labels or pending.fault_count:
            del self.fields["complete"]
        if not pending.fault_count:
            del self.fields["only_good"]
        if not pending.doubts:
            del self.fields["checked"]


def _complete(year: int, held: bool) -> str:
    """What ticking the box of a year declares."""
    said = f"本文件是 {year} 年全部出口企业名单（未列出的企业按 0 计）"
    return f"{said}；此前已有这一年的声明" if held else said


class UndoForm(HouseForm):
    """Why an import is taken back."""

    why = forms.CharField(label="撤销原因", max_length=200, help_text="例如：年份填错，重新导入")
