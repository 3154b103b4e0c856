"""Which firms of a comparison to list."""

from typing import Any

from django import forms

from tongbao.scheme.rules import Scheme
from tongbao.studio.rules import CHANGED
from tongbao.ui.forms import HouseForm


class FirmsForm(HouseForm):
    """By name or code, kind of change, area and plan; the two sets of terms travel along."""

    left = forms.CharField(widget=forms.HiddenInput)
    right = forms.CharField(widget=forms.HiddenInput)
    q = forms.CharField(label="名称或代码", required=False)
    turn = forms.ChoiceField(label="变化", required=False)
    area = forms.ChoiceField(label="区域", required=False)
    plan = forms.ChoiceField(label="方案", required=False)

    def __init__(self, *args: Any, schemes: tuple[Scheme, Scheme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = {area: one.area_names[area] for one in schemes for area in one.area_names}
        plans = {plan.id: plan.title for one in schemes for plan in one.plans}
        kinds = {one.value: one.label for one in CHANGED}
        for name, choices in (("turn", kinds), ("area", areas), ("plan", plans)):
            self.fields[name].choices = [("", "全部"), *choices.items()]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The filters as they are; a choice that is not on the list chooses nothing."""
        typed = self.cleaned_data if self.is_valid() or hasattr(self, "cleaned_data") else {}
        return {
            "turn": typed.get("turn", ""),
            "area": typed.get("area", ""),
            "plan": typed.get("plan", ""),
            "text": typed.get("q", ""),
        }
