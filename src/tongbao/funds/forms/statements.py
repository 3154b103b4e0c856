"""What may be asked of the books: an edition, and a month or a day."""

from datetime import date
from typing import Any

from django import forms

from tongbao import clock
from tongbao.funds import queries, rules
from tongbao.scheme.models import Edition
from tongbao.ui.forms import HouseForm


class EditionForm(HouseForm):
    """Whose books: shown only where there are several editions."""

    edition = forms.ModelChoiceField(
        label="年度方案", queryset=Edition.objects.none(), empty_label=None, required=False
    )

    def __init__(self, *args: Any, editions: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.books_of = edition
        if len(editions) > 1:
            self.fields["edition"].queryset = editions  # type: ignore[attr-defined]
            self.fields["edition"].initial = edition
        else:
            del self.fields["edition"]


class TrialForm(EditionForm):
    """The trial balance of a month, or up to a day; of neither: up to now."""

    month = forms.ChoiceField(label="月份", required=False)
    until = forms.DateField(label="或截至某一天", required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = queries.months(self.books_of)
        choices = [(f"{first:%Y-%m}", rules.month_text(first)) for first in self.known]
        self.fields["month"].choices = [("", "到现在为止"), *choices]  # type: ignore[attr-defined]

    def clean_until(self) -> date | None:
        """A day on which there were books."""
        until: date | None = self.cleaned_data["until"]
        if until is None:
            return None
        if until > clock.today():
            raise forms.ValidationError("日期不能晚于今天，请改为今天或以前的日期", code="future")
        if not self.known or until < self.known[-1]:
            first = f"，账目从{rules.month_text(self.known[-1])}开始" if self.known else ""
            raise forms.ValidationError(f"这一天还没有资金业务{first}", code="before")
        return until

    def clean(self) -> dict[str, Any]:
        """A month or a day, not both."""
        said = super().clean() or self.cleaned_data
        if said.get("month") and said.get("until"):
            self.add_error("until", "月份和日期请只填一项")
        return said

    @property
    def period(self) -> queries.Period:
        """The period asked for; until now when nothing valid is."""
        if not self.is_valid():
            return queries.until_now()
        if until := self.cleaned_data["until"]:
            return queries.until_day(until)
        month = rules.read_month(self.cleaned_data["month"])
        return queries.whole_month(month) if month else queries.until_now()
