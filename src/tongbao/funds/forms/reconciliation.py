"""What may be typed while a statement is reconciled."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from tongbao.batch.rules import MAX_BYTES, too_big
from tongbao.funds.models import Pool
from tongbao.funds.rules.reconciliation import MOST_LINES, Reason
from tongbao.ui.forms import HouseForm, MonthField


class StatementForm(HouseForm):
    """The insurer's statement of a pool and month. `passed_over`: the size of a file too big to be received at all."""

    pool = forms.ModelChoiceField(label="资金池（保险人）", queryset=Pool.objects.none(), empty_label="请选择")
    month = MonthField(label="对账月份", help_text="保单在保险人系统中录入的月份；须已结束")
    file = forms.FileField(
        label="对账单文件",
        help_text=f"Excel（.xlsx、.xls）或 CSV，不超过 {MOST_LINES:,} 行；上传后先预览，确认前不起作用",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *args: Any, pools: QuerySet[Pool], passed_over: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = pools  # type: ignore[attr-defined]
        if passed_over:
            self.fields["file"].error_messages["required"] = too_big(passed_over)

    def clean_file(self) -> UploadedFile:
        """Refused by size before its content is read."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(too_big(upload.size or 0))
        return upload


class ResolveForm(HouseForm):
    """Why the chosen differences are there."""

    reason = forms.ChoiceField(label="原因", choices=[("", "请选择"), *Reason.choices()])
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        help_text="例如：保险人已确认多列，10月对账单冲减；选“其他”的须写明",
    )
