"""What may be typed about a draft: where it begins, its text beside its parameters, a reason, what to compare."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.http import QueryDict

from tongbao.scheme.forms import MOST_BYTES, SchemeFileForm
from tongbao.scheme.rules import Fault
from tongbao.studio.rules import Parameter
from tongbao.ui.forms import HouseForm, dress

WAS = "was:"  # before the name of a field: what it held when the page was made
IS = "is:"
LONGEST_VALUE = 200


class StartForm(SchemeFileForm):
    """Where a draft begins: a published version, or a file of one's own that is compared with it."""

    based_on = forms.ChoiceField(label="起草依据", help_text="草案从这一版开始改，效果也与它比较")
    title = forms.CharField(
        label="草案名称", max_length=120, help_text="只在政策研究中使用，例如“2020 年度：方案 D 提高限额”"
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("based_on", "title", "file", "key")

    def __init__(self, *args: Any, versions: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["based_on"].choices = [("", "请选择"), *versions]  # type: ignore[attr-defined]
        self.fields["file"].required = bool(kwargs.get("passed_over"))  # too big to be received: say so
        self.fields["file"].label = "自备方案文件"
        self.fields["file"].help_text = "不上传时，从所选版本的文件开始。YAML 文件，UTF-8 编码，不超过 1 MB"
        self.own: str | None = None  # the text of the file, when one was sent

    def clean_file(self) -> Any:
        """No file is no fault; the text of one stands in `own`."""
        if not self.cleaned_data.get("file"):
            return None
        upload = super().clean_file()
        self.own = self.text
        return upload


class TextForm(HouseForm):
    """The text of a draft as it is in the browser, and the revision it began from."""

    text = forms.CharField(
        label="方案文件",
        strip=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"wrap": "off", "spellcheck": "false", "autocomplete": "off"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = forms.CharField(label="改了什么", max_length=200, required=False)

    def clean_text(self) -> str:
        """With one kind of line end, whatever the browser sends."""
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n").replace("\r", "\n")


def changed(posted: QueryDict | Mapping[str, str]) -> dict[str, str]:
    """The parameters a person has changed: those that differ from what the page held when it was made."""
    names = (key.removeprefix(IS) for key in posted if key.startswith(IS))
    typed = {name: str(posted[IS + name]).strip()[:LONGEST_VALUE] for name in names}
    return {name: value for name, value in typed.items() if value != posted.get(WAS + name)}


class ParameterForm(forms.Form):
    """The parameters of a text as fields, each with the faults of its line and what it was in the version before."""

    def __init__(
        self, parameters: Sequence[Parameter], *, before: Sequence[Parameter] = (), faults: Sequence[Fault] = ()
    ) -> None:
        self.parameters = parameters
        super().__init__({IS + one.name: one.value for one in parameters})
        was = {one.name: one for one in before}
        self.fields = {IS + one.name: _field(one, was.get(one.name)) for one in parameters}
        dress(self)
        self.full_clean()
        placed = {one.line: IS + one.name for one in reversed(parameters) if one.line}
        for fault in faults:
            if name := placed.get(fault.line):
                self.add_error(name, fault.sentence + (f"（{fault.hint}）" if fault.hint else ""))

    def groups(self) -> list["Group"]:
        """As the page shows them: groups of parts of fields."""
        found = []
        for title, members in groupby(self.parameters, lambda one: one.group):
            pairs = [(one, self[IS + one.name]) for one in members]
            parts = [(item, list(some)) for item, some in groupby(pairs, lambda pair: pair[0].item)]
            wrong = any(bound.errors for _, bound in pairs)
            found.append(Group(title, parts, wrong, sum(bool(bound.help_text) for _, bound in pairs)))
        return found


@dataclass(frozen=True)
class Group:
    """A group of parameters: its parts with their fields, whether one is at fault, how many were changed."""

    title: str
    parts: list[tuple[str, list[tuple[Parameter, forms.BoundField]]]]
    wrong: bool
    changed: int


def _field(one: Parameter, was: Parameter | None) -> forms.Field:
    hint = ""  # only what differs from the version before has one
    if was is None or was.value != one.value:
        words = dict(one.choices)
        hint = f"原为 {words.get(was.value, was.value) or '（无）'}" if was else "依据版本中没有这一项"
    label = f"{one.label}（{one.unit}）" if one.unit else one.label
    if one.choices:
        return forms.ChoiceField(label=label, choices=_with(one), help_text=hint)
    return forms.CharField(label=label, required=bool(one.value), max_length=LONGEST_VALUE, help_text=hint)


def _with(one: Parameter) -> list[tuple[str, str]]:
    """The choices, and what the text says instead when it is none of them."""
    known = dict(one.choices)
    return list(one.choices) if one.value in known else [(one.value, one.value or "（未写）"), *one.choices]


class ReasonForm(HouseForm):
    """Why a draft goes back."""

    reason = forms.CharField(label="退回意见", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class CompareForm(HouseForm):
    """Which two sets of terms to put side by side."""

    left = forms.ChoiceField(label="原方案")
    right = forms.ChoiceField(label="新方案")

    def __init__(self, *args: Any, subjects: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("left", "right"):
            self.fields[name].choices = [("", "请选择"), *subjects]  # type: ignore[attr-defined]
