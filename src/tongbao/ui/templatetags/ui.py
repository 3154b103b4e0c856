"""Tags and filters that every template has without loading them."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField, CheckboxInput, ClearableFileInput, Form
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from tongbao import clock, money

register = template.Library()
NOTHING = "—"
YI = 10_000_000_000  # 1 亿 of money, in fen or cents
GENERAL = {"invalid_choice", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"}
TONES = ("neutral", "progress", "ok", "warn", "bad")


# ── amounts, rates, time ────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def fen(value: int | str | None) -> str:
    """1060935 → '10,609.35 元'."""
    return NOTHING if value is None or value == "" else f"{money.text(int(value))} 元"


@register.filter
def usd(value: int | str | None) -> str:
    """Cents: 500000 → '5,000.00 美元'."""
    return NOTHING if value is None or value == "" else f"{money.text(int(value))} 美元"


@register.filter
def wan_fen(value: int | str | None) -> str:
    """1060935 → '1.06 万元' with the exact amount on hover and in print."""
    return NOTHING if value is None or value == "" else _wan(int(value), "元")


@register.filter
def wan_usd(value: int | str | None) -> str:
    """Cents: 500000000 → '500.00 万美元' with the exact amount on hover and in print."""
    return NOTHING if value is None or value == "" else _wan(int(value), "美元")


@register.filter
def yi_usd(value: int | None) -> str:
    """Cents: 404588170000 → '40.46 亿美元', less than 1 亿 as `wan_usd`; the exact amount on hover and in print."""
    if value is None or abs(value) < YI:
        return wan_usd(value)
    exact, shown = f"{money.text(value)} 美元", money.text(money.half_up(Decimal(value) * 100 / YI))
    return format_html('<span class="exact" title="{}">{} 亿美元</span>', exact, shown)


@register.filter
def count(value: int) -> str:
    """1884 → '1,884'."""
    return f"{value:,}"


def _wan(minor: int, unit: str) -> str:
    exact = f"{money.text(minor)} {unit}"
    return format_html('<span class="exact" title="{}">{} 万{}</span>', exact, money.text_wan(minor), unit)


@register.filter
def rate_percent(value: Decimal | str | None) -> str:
    """Decimal('0.0003') → '0.03%'."""
    if value is None or value == "":
        return NOTHING
    percent = Decimal(value) * 100
    return f"{percent.normalize():f}%" if percent else "0%"


@register.filter
def local(value: datetime | None) -> str:
    """An instant in Shanghai: '2019-10-15 09:00'."""
    return f"{value.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}" if value else NOTHING


@register.filter
def day(value: date | datetime | None) -> str:
    """A day, or the Shanghai day of an instant: '2019-10-15'."""
    if isinstance(value, datetime):
        value = clock.local_day(value)
    return f"{value:%Y-%m-%d}" if value else NOTHING


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, label: str = "", hint: str = "") -> dict[str, Any]:
    """A field with label, hint and error; `label` and `hint` override the form's own."""
    if hint:
        bound.help_text = hint
    widget = bound.field.widget
    return {
        "field": bound,
        "label": label or bound.label,
        "single": isinstance(widget, CheckboxInput),
        "group": bound.field.widget.use_fieldset,
        "file": isinstance(widget, ClearableFileInput),
        "optional": not bound.field.required and not isinstance(widget, CheckboxInput),
    }


@register.inclusion_tag("ui/fields.html")
def fields(form: Form) -> dict[str, Any]:
    """The error summary, then every field of a form in its order."""
    return {"form": form}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: Form) -> dict[str, Any]:
    """What needs changing, on top of the form, each line a link to its field."""
    lines = [("", sentence) for sentence in form.non_field_errors()] if form.is_bound else []
    if form.is_bound:
        for bound in form:
            target = f"{bound.auto_id}_0" if bound.field.widget.use_fieldset else bound.auto_id
            lines += [(target, _whose(str(bound.label), error)) for error in bound.errors.as_data()]
    return {"lines": lines, "only_whole": bool(lines) and not any(target for target, _ in lines)}


def _whose(label: str, error: ValidationError) -> str:
    """A general sentence ("不能大于 100") with the field it is about; every other names its field itself."""
    sentence, name = str(error.messages[0]), label.partition("（")[0]
    return f"{label}：{sentence}" if error.code in GENERAL and name not in sentence else sentence


@register.simple_tag
def once() -> SafeString:
    """The hidden key by which an action recognises a second click."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())


# ── small components ────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def status(label: Any, tone: str = "neutral") -> SafeString:
    """A state in words; the tone only tints it."""
    return format_html('<span class="status status-{}">{}</span>', tone if tone in TONES else "neutral", label)


@register.simple_tag
def case_link(reference: str | None) -> str:
    """A link to everything about one case (the page is the roof's; its address is fixed)."""
    if not reference:
        return NOTHING
    return format_html('<a class="case-link" href="/cases/{}/">{}</a>', reference, reference)


@register.simple_tag
def trace_link(reference: str | None, transfer_id: int) -> str:
    """A link to one sum's way from the fund to its clause (the page is the roof's; its address is fixed)."""
    if not reference:
        return NOTHING
    return format_html('<a href="/cases/{}/trace/{}/">追溯到条款</a>', reference, transfer_id)


@lru_cache(maxsize=512)
def _drawing(name: str, folder: Path) -> str:
    path = folder / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.exists():
        return ""  # assets not installed (a fresh checkout's tests); a test holds every name to the list
    inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
    return re.sub(r"\s+", " ", inner[1]).strip() if inner else ""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the installed set, inline; decorative unless it has a label."""
    drawing = mark_safe(_drawing(name, settings.PROJECT_DIR / "build" / "assets" / "icons"))
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}>{}</svg>',
        role,
        drawing,
    )


@register.inclusion_tag("ui/chart.html")
def chart(name: str, options: dict[str, Any], alt: str) -> dict[str, Any]:
    """An ECharts chart with its figures as a table below; `alt` says in words what it shows."""
    head, rows = _figures(options)
    script = json_script(options, f"{name}-options")
    return {"name": name, "script": script, "alt": alt, "head": head, "rows": rows}


def _figures(options: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """The chart's numbers as a table: by category when it has an axis of them, else by name and value."""
    series = options.get("series") or []
    series = series if isinstance(series, list) else [series]
    for axis in (options.get("xAxis"), options.get("yAxis")):
        if isinstance(axis, dict) and axis.get("data"):
            columns: list[Sequence[Any]] = [one.get("data", []) for one in series]
            head = [str(axis.get("name", "")) or "项目", *(str(one.get("name", "数值")) for one in series)]
            return head, [[label, *map(_figure, row)] for label, *row in zip(axis["data"], *columns, strict=False)]
    named = [point for one in series for point in one.get("data", []) if isinstance(point, dict)]
    return ["项目", "数值"], [[point.get("name", ""), _figure(point)] for point in named]


def _figure(point: Any) -> Any:
    value = point.get("value", "") if isinstance(point, dict) else point
    return f"{value:,}" if isinstance(value, int) else value


# ── where am I ──────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def crumb(label: Any, url: str = "") -> SafeString:
    """One step of the path in `{% block crumbs %}`; the last has no address."""
    if url:
        return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, label)
    return format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', label)


class _Heading(template.Node):
    def render(self, context: template.Context) -> str:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        title = blocks.get_block("title") if blocks else None
        return str(title.nodelist.render(context)).strip() if title else ""


@register.tag
def heading(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """What `{% block title %}` says, once more as the page's heading."""
    return _Heading()


@register.tag
def crumbs(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`{% crumbs %}{% block crumbs %}{% endblock %}{% endcrumbs %}`: the path's frame, only when there is a path."""
    inside = parser.parse(("endcrumbs",))
    parser.delete_first_token()
    return _Crumbs(inside)


class _Crumbs(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        inner = self.nodelist.render(context)
        if not inner.strip():
            return ""
        return format_html('<nav class="crumbs" aria-label="当前位置"><ol class="breadcrumb">{}</ol></nav>', inner)
