"""The base of every table and filter, and columns for money, instants, states and links."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.utils.html import format_html

from tongbao.ui import forms
from tongbao.ui.templatetags import ui


class HouseTable(tables.Table):
    """A table with a caption for screen readers, a sentence when it is empty, and cards on a phone."""

    caption = ""  # what the table lists; the page's title when left empty

    class Meta:
        template_name = "ui/table.html"
        empty_text = "没有符合条件的记录。"
        attrs: ClassVar = {"class": "table house-table"}


class HouseFilterSet(django_filters.FilterSet):
    """A filter whose form looks and speaks like every other form."""

    @property
    def form(self) -> Any:
        """The form, dressed once."""
        form = super().form
        if not getattr(form, "dressed", False):
            forms.dress(form)
            form.dressed = True
        return form


class _AmountColumn(tables.Column):
    """Minor units, aligned right; exported as a number with two decimals."""

    show: Callable[[Any], str] = staticmethod(ui.fen)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "amount"}, "th": {"class": "amount"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> str:
        """On screen."""
        return type(self).show(value)

    def value(self, value: Any) -> Decimal | None:
        """In a workbook: yuan or dollars, exact."""
        return None if value is None else Decimal(value) / 100


class FenColumn(_AmountColumn):
    """Fen as '10,609.35 元'."""


class WanFenColumn(_AmountColumn):
    """Fen as '1.06 万元', the exact amount on hover and in print."""

    show = staticmethod(ui.wan_fen)


class UsdColumn(_AmountColumn):
    """Cents as '5,000.00 美元'."""

    show = staticmethod(ui.usd)


class WanUsdColumn(_AmountColumn):
    """Cents as '500.00 万美元', the exact amount on hover and in print."""

    show = staticmethod(ui.wan_usd)


class FenChangeColumn(FenColumn):
    """Fen as they become, below them what they were; `old` is the accessor of that."""

    def __init__(self, *args: Any, old: str, **kwargs: Any) -> None:
        self.old = tables.A(old)
        super().__init__(*args, **kwargs)

    def render(self, value: int, record: Any) -> str:  # type: ignore[override]  # columns get what they ask for
        """On screen: the new sum, the old one and the difference."""
        before = self.old.resolve(record)
        more = f"{'+' if value > before else ''}{ui.fen(value - before)}"
        below = format_html('<small class="figure-note">原 {}<br>差 {}</small>', ui.fen(before), more)
        return format_html("<div>{}<br>{}</div>", ui.fen(value), below)


class _TimeColumn(tables.Column):
    """A moment; its figures stay on one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "time"}})
        super().__init__(*args, **kwargs)


class LocalColumn(_TimeColumn):
    """An instant in Shanghai time."""

    def render(self, value: datetime) -> str:
        """On screen."""
        return ui.local(value)

    value = render


class DayColumn(_TimeColumn):
    """A day."""

    def render(self, value: date) -> str:
        """On screen."""
        return ui.day(value)

    value = render


class StatusColumn(tables.Column):
    """A state; `tone` maps the stored value to a tone, `label` to its text (by default the choice's label)."""

    def __init__(
        self, *args: Any, tone: Callable[[Any], str], label: Callable[[Any], str] | None = None, **kwargs: Any
    ) -> None:
        self.tone, self.label = tone, label
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        """On screen: a badge."""
        return ui.status(self.value(value, record, bound_column), self.tone(_stored(record, bound_column, value)))

    def value(self, value: Any, record: Any, bound_column: Any) -> str:
        """In a workbook: the label."""
        return self.label(_stored(record, bound_column, value)) if self.label else str(value)


def _stored(record: Any, bound_column: Any, shown: Any) -> Any:
    """The stored value behind a choice's label (django-tables2 passes get_FOO_display() to a column)."""
    if isinstance(record, dict):
        return record.get(bound_column.accessor, shown)
    return getattr(record, str(bound_column.accessor), shown)


class CaseColumn(tables.Column):
    """A reference that links to the case's page."""

    def render(self, value: str) -> str:
        """On screen."""
        return ui.case_link(value)

    def value(self, value: str) -> str:
        """In a workbook."""
        return value
