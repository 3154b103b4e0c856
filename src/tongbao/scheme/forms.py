"""What a visitor may type on the check page (own figures only, most of them optional), and scheme files."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from tongbao.scheme.rules import Scheme
from tongbao.ui.forms import HouseForm, UsdField

UNKNOWN, YES, NO = "", "yes", "no"
ELSEWHERE = ("other", "其他地区")
MOST_CENTS = 10**15  # ten trillion USD: more is a slip of the finger
WAN = 10_000
USD_FIELDS = ("exports_usd", "exports_prior_usd", "us_exports_usd", "emerging_exports_usd")
YES_NO_FIELDS = (
    "insured", "policy_direction", "base_key_firm", "famous_brand", "pilot_firm", "key_fair_exhibitor"
)  # fmt: skip
OF_EXPORTS = ("us_exports_usd", "emerging_exports_usd")


def _usd(hint: str = "", *, required: bool = False) -> UsdField:
    return UsdField(required=required, max_minor=MOST_CENTS, help_text=hint)


def _yes_no() -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False, widget=forms.RadioSelect, choices=[(YES, "是"), (NO, "否"), (UNKNOWN, "不清楚")]
    )


class CheckForm(HouseForm):
    """Figures of one firm as it knows them; what is left empty is unknown, never no. Labels come from the scheme."""

    area = forms.ChoiceField(label="工商注册地")
    unit = forms.ChoiceField(
        label="金额单位", widget=forms.RadioSelect, choices=[("usd", "美元"), ("wan", "万美元")], initial="wan"
    )
    exports_usd = _usd("按海关统计，不是开票额；没有出口填 0", required=True)
    us_exports_usd = _usd("方案 C 要用，不填按未知处理")
    exports_prior_usd = _usd("用来判断出口是否增长")
    emerging_exports_usd = _usd("拉美、非洲、中东、东欧、东南亚、中亚")
    insured = _yes_no()
    policy_direction = _yes_no()
    base_key_firm = _yes_no()
    famous_brand = _yes_no()
    pilot_firm = _yes_no()
    key_fair_exhibitor = _yes_no()

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        names = [(area.id, area.name) for area in scheme.all_areas]
        self.fields["area"].choices = [("", "请选择"), *names, ELSEWHERE]  # type: ignore[attr-defined]
        known = {fact.id: fact for fact in scheme.facts}  # labels and their errors are the scheme's words
        for name in (*USD_FIELDS, *YES_NO_FIELDS):
            if name in known:
                self.fields[name].label = known[name].title
                self.fields[name].error_messages["required"] = f"请填写{known[name].title}"
            else:
                del self.fields[name]  # another city's scheme does not ask for it

    def clean(self) -> dict[str, Any]:
        """Amounts typed in 万美元 become USD cents; a part of the exports is not more than all of them."""
        typed = super().clean() or {}
        wan = typed.get("unit") == "wan"
        for name in USD_FIELDS:
            value, text = typed.get(name), str(self.data.get(self.add_prefix(name), ""))
            if value is None or not wan or "万" in text or "亿" in text:
                continue
            typed[name] = value * WAN
            if typed[name] > MOST_CENTS:
                self.add_error(name, "金额过大，请核对单位是美元还是万美元")
        total = typed.get("exports_usd")
        for name in OF_EXPORTS:
            if total is not None and (typed.get(name) or 0) > total:
                self.add_error(name, f"{self.fields[name].label}不能多于出口总额，请核对")
        return typed

    def designations(self) -> list[forms.BoundField]:
        """The yes/no questions about lists, which most firms may skip."""
        return [self[name] for name in YES_NO_FIELDS[1:] if name in self.fields]

    def has_designations(self) -> bool:
        """Whether one of them was answered: then they are shown."""
        return any(bound.value() or bound.errors for bound in self.designations())

    def facts(self) -> dict[str, Decimal | bool | str | None]:
        """What was typed as facts of the scheme: USD with two places; empty and 不清楚 are None."""
        typed = self.cleaned_data
        facts: dict[str, Decimal | bool | str | None] = {"area": typed["area"]}
        for name in USD_FIELDS:
            if name in self.fields:
                facts[name] = None if typed[name] is None else Decimal(typed[name]) / 100
        for name in YES_NO_FIELDS:
            if name in self.fields:
                facts[name] = {YES: True, NO: False}.get(typed[name])
        return facts


MOST_BYTES = 1024 * 1024
ENDINGS = (".yaml", ".yml")
NAME_LENGTH = 120


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What was posted, for a form's first two arguments; nothing on a GET (an empty POST is still a POST)."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _lines(text: str) -> str:
    """A text with one kind of line end: browsers send others than files have, and neither should reach the store."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _too_big(size: int) -> str:
    return f"文件有 {size / 1024 / 1024:.1f} MB，超过 1 MB 的上限，没有读取。方案文件通常只有几十 KB，请核对是否选错。"


class SchemeFileForm(HouseForm):
    """A scheme file; `passed_over` is the size of one that was too big to be received at all."""

    file = forms.FileField(
        label="方案文件",
        help_text="YAML 文件（.yaml 或 .yml），UTF-8 编码，不超过 1 MB",
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )

    def __init__(self, *args: Any, passed_over: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if passed_over:
            self.fields["file"].error_messages["required"] = _too_big(passed_over)

    def clean_file(self) -> UploadedFile:
        """Its text stands in `text`; a file that cannot be one is refused before it is read."""
        upload: UploadedFile = self.cleaned_data["file"]
        self.name = (upload.name or "")[-NAME_LENGTH:]
        if not self.name.lower().endswith(ENDINGS):
            raise forms.ValidationError("请选择 .yaml 或 .yml 文件；Word、Excel、PDF 都不能载入")
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_too_big(upload.size or 0))
        try:
            self.text = _lines(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("文件不是 UTF-8 编码，读不出中文。请在编辑器中另存为 UTF-8 后再上传") from None
        return upload


class ConfirmForm(HouseForm):
    """A previewed file sent again: it is read and checked anew, so nothing rests on what a browser kept."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=MOST_BYTES)
    name = forms.CharField(widget=forms.HiddenInput, max_length=NAME_LENGTH)
    follows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)

    def clean_text(self) -> str:
        """As it was in the file."""
        return _lines(self.cleaned_data["text"])
