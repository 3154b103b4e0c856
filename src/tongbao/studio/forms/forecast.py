"""What may be asked of a forecast: ranges of uptake and exchange rate, window, insurers, funds, seed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from tongbao.scheme.rules import Scheme
from tongbao.studio.rules import forecast
from tongbao.studio.rules.forecast import RATE_UNIT, THOUSAND, Arrival, Drift, Question, Range, Source
from tongbao.studio.rules.forecast_policy import cells
from tongbao.ui.forms import HouseForm, MoneyField, dress

ENDS = (("low", "最低"), ("likely", "最可能"), ("high", "最高"))
PERCENT = THOUSAND // 100
BOUNDS = {"min_value": "", "max_value": ""}  # names of errors that the house has sentences for


def _percent(label: str) -> forms.DecimalField:
    field = forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=4, decimal_places=1, error_messages=BOUNDS
    )
    field.widget.attrs.update({"inputmode": "decimal", "step": "any"})
    return field


def _rate(label: str) -> forms.DecimalField:
    field = forms.DecimalField(
        label=label, min_value=1, max_value=20, max_digits=6, decimal_places=4, error_messages=BOUNDS
    )
    field.widget.attrs.update({"inputmode": "decimal", "step": "any"})
    return field


class ForecastForm(HouseForm):
    """A question in people's units: percent, yuan, RMB per USD. Which uptakes and pools there are, the scheme says."""

    title = forms.CharField(label="名称", required=False, max_length=120, help_text="便于以后查找，例如“参保率偏高”")
    source = forms.ChoiceField(label="企业范围", choices=Source.choices(), widget=forms.RadioSelect)
    together = forms.BooleanField(
        label="各方案参保率同高同低",
        required=False,
        help_text="不勾选时各方案互不影响，结果的范围较窄；勾选更谨慎",
    )
    rate_low = _rate("汇率最低")
    rate_likely = _rate("汇率最可能")
    rate_high = _rate("汇率最高")
    drift = forms.ChoiceField(label="汇率变化", choices=Drift.choices(), widget=forms.RadioSelect)
    opens = forms.DateField(label="开始收件", widget=forms.DateInput)
    closes = forms.DateField(label="截止收件", widget=forms.DateInput)
    arrival = forms.ChoiceField(label="到达快慢", choices=Arrival.choices())
    seed = forms.IntegerField(
        label="随机种子",
        min_value=0,
        max_value=forecast.MOST_SEED,
        error_messages=BOUNDS,
        help_text="同样的参数和种子，结果完全相同",
    )
    runs = forms.IntegerField(label="模拟次数", help_text="100 至 5,000 次；2,000 次约需一秒")

    def __init__(self, *args: Any, scheme: Scheme, question: Question, **kwargs: Any) -> None:
        self.scheme, self.cells = scheme, cells(scheme)
        super().__init__(*args, initial=_typed(question), **kwargs)
        self.fields.update(self._of_scheme())
        dress(self)
        if not scheme.estimates:
            self.fields["source"].choices = [Source.choices()[0]]  # type: ignore[attr-defined]

    def _of_scheme(self) -> dict[str, forms.Field]:
        scheme, found = self.scheme, dict[str, forms.Field]()
        for number, (band, plan) in enumerate(self.cells):
            for end, label in ENDS:
                words = f"{scheme.band(band).title}、{scheme.plan(plan).title}的参保率{label}"
                found[f"uptake_{number}_{end}"] = _percent(words)
        for insurer in scheme.insurers:
            found[f"share_{insurer.id}"] = _percent(f"选择{insurer.short}的企业占比（%）")
        for pool in scheme.all_pools:
            found[f"fund_{pool.id}"] = MoneyField(
                label=f"{pool.title.removesuffix('资金')}资金（元）", required=False, help_text="留空表示不限"
            )
        return found

    def uptakes(self) -> Iterator[tuple[str, str, list[BoundField]]]:
        """Band, plan, and the fields of the range, for the table."""
        for number, (band, plan) in enumerate(self.cells):
            fields = [self[f"uptake_{number}_{end}"] for end, _ in ENDS]
            yield self.scheme.band(band).title, self.scheme.plan(plan).title, fields

    def insurers(self) -> list[BoundField]:
        """The shares of the insurers."""
        return [self[f"share_{insurer.id}"] for insurer in self.scheme.insurers]

    def funds(self) -> list[BoundField]:
        """The money of the pools."""
        return [self[f"fund_{pool.id}"] for pool in self.scheme.all_pools]

    def question(self) -> Question:
        """What was asked; only for a valid form."""
        typed = self.cleaned_data
        return Question(
            source=Source(typed["source"]),
            uptake=tuple(
                forecast.Uptake(band=band, plan=plan, share=self._range(f"uptake_{number}", PERCENT))
                for number, (band, plan) in enumerate(self.cells)
            ),
            together=typed["together"],
            rate=self._range("rate", RATE_UNIT),
            drift=Drift(typed["drift"]),
            opens=typed["opens"],
            closes=typed["closes"],
            arrival=Arrival(typed["arrival"]),
            insurers=tuple(
                forecast.InsurerShare(insurer=one.id, share=int(typed[f"share_{one.id}"] * PERCENT))
                for one in self.scheme.insurers
            ),
            funds=tuple(forecast.Fund(pool=one.id, fen=typed[f"fund_{one.id}"]) for one in self.scheme.all_pools),
            seed=typed["seed"],
            runs=typed["runs"],
        )

    def _range(self, name: str, unit: int) -> Range:
        return Range(**{end: int(self.cleaned_data[f"{name}_{end}"] * unit) for end, _ in ENDS})


def _typed(question: Question) -> dict[str, Any]:
    """A question as the fields' first values."""
    shown = {name: getattr(question, name) for name in ("source", "together", "drift", "opens", "closes", "arrival")}
    shown |= {"seed": question.seed, "runs": question.runs}
    for end, _ in ENDS:
        shown[f"rate_{end}"] = Decimal(getattr(question.rate, end)) / RATE_UNIT
        for number, one in enumerate(question.uptake):
            shown[f"uptake_{number}_{end}"] = Decimal(getattr(one.share, end)) / PERCENT
    shown |= {f"share_{one.insurer}": Decimal(one.share) / PERCENT for one in question.insurers}
    return shown | {f"fund_{one.pool}": one.fen for one in question.funds}
