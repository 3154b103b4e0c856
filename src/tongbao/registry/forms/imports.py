"""What may be typed into the register."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from tongbao.accounts.models import Area
from tongbao.batch.rules import MAX_BYTES, too_big
from tongbao.registry.rules import DesignationKind
from tongbao.ui.forms import HouseForm, UsccField


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, for a form's first two arguments; nothing on a GET (an empty POST is still a POST)."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


class UploadForm(HouseForm):
    """A workbook. `passed_over` is the size of one that was too big to be received at all."""

    file = forms.FileField(
        label="Excel 文件",
        help_text="只接受 .xlsx，不超过 20 MB、200,000 行。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
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


class ConfirmForm(HouseForm):
    """The choices beside 'confirm import'."""

    only_good = forms.BooleanField(label="只导入无误的行", required=False)
    complete = forms.TypedMultipleChoiceField(
        label="完整名单声明", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, years: Iterable[int], declared: Iterable[int], faulty: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_years = [year for year in years if year not in set(declared)]
        labels = [(year, f"本文件是 {year} 年全部出口企业名单（未列出的企业按 0 计）") for year in open_years]
        self.fields["complete"].choices = labels  # type: ignore[attr-defined]
        if not labels or faulty:
            del self.fields["complete"]
        if not faulty:
            del self.fields["only_good"]


class ExporterForm(HouseForm):
    """A firm that no customs list has brought."""

    code = UsccField()
    name = forms.CharField(label="企业名称", max_length=120)
    area = forms.ModelChoiceField(label="工商注册地", queryset=Area.objects.all())


class DesignationForm(HouseForm):
    """A firm's place on a list."""

    kind = forms.ChoiceField(label="名单", choices=DesignationKind.choices())
    document_number = forms.CharField(label="文号或名单名称", max_length=120, help_text="例如 通商发〔2019〕88号")
    valid_from = forms.DateField(label="生效日期", widget=forms.DateInput)
    valid_to = forms.DateField(label="失效日期", widget=forms.DateInput, required=False, help_text="长期有效的不填")


class CoverForm(HouseForm):
    """A policy held elsewhere."""

    insurer_name = forms.CharField(label="保险机构", max_length=60)
    valid_from = forms.DateField(label="起保日期", widget=forms.DateInput)
    valid_to = forms.DateField(label="终保日期", widget=forms.DateInput)
    document_number = forms.CharField(label="依据", max_length=120, help_text="例如 保险人提供的在保名单及日期")


class AnswerForm(HouseForm):
    """An insurer's answer."""

    insured = forms.TypedChoiceField(
        label="这家企业在贵公司是否已投保短期出口信用保险",
        choices=[("no", "未投保"), ("yes", "已投保，现在有效")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="答复“已投保”时，写明保单号和保险期间"
    )
