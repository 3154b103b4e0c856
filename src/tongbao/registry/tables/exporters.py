"""The list of exporters: its columns and filters."""

from collections.abc import Callable, Collection, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet

from tongbao.accounts.models import Area
from tongbao.registry import queries
from tongbao.registry.models import Exporter
from tongbao.registry.rules import SHORT_NAMES, DesignationKind
from tongbao.ui.tables import HouseFilterSet, HouseTable, WanUsdColumn
from tongbao.ui.templatetags.ui import wan_usd

RIGHT = {"td": {"class": "amount"}, "th": {"class": "amount"}}


def percent(part: int | None, whole: int | None) -> str:
    """A share for the eye, one decimal: '37.5%'; a dash when there is nothing to divide."""
    if part is None or not whole:
        return "—"
    return f"{(Decimal(part) * 100 / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def exporter_table(base_year: int, emerging: Collection[str]) -> type[HouseTable]:
    """The list of exporters with the figures of an edition's base year and the year before; `emerging`: its markets."""

    class ExporterTable(HouseTable):
        name = tables.Column("企业名称", linkify=("registry:exporter", {"pk": tables.A("pk")}))
        area = tables.Column("工商注册地", order_by="area__order")
        base_cents = WanUsdColumn(verbose_name=f"{base_year}年出口额", empty_values=())
        prior_cents = WanUsdColumn(verbose_name=f"{base_year - 1}年出口额", empty_values=())
        us_share = tables.Column(verbose_name="对美占比", empty_values=(), orderable=False, attrs=RIGHT)
        emerging_share = tables.Column(verbose_name="新兴市场占比", empty_values=(), orderable=False, attrs=RIGHT)
        lists = tables.Column(verbose_name="名单认定", empty_values=(), orderable=False)

        class Meta(HouseTable.Meta):
            model = Exporter
            fields: ClassVar = (
                "name", "code", "area", "base_cents", "prior_cents", "us_share", "emerging_share", "lists",
            )  # fmt: skip

        render_base_cents, order_base_cents = _of_year(base_year)
        render_prior_cents, order_prior_cents = _of_year(base_year - 1)

        def render_us_share(self, record: Any) -> str:
            return _market_share(record, base_year, {"US"})

        def render_emerging_share(self, record: Any) -> str:
            return _market_share(record, base_year, emerging)

        def render_lists(self, record: Any) -> str:
            return _lists(record)

        def as_values(self, exclude_columns: Any = None) -> Iterator[list[Any]]:
            yield [str(column.header) for column in self.columns]
            for firm in self.rows.data.data.iterator(chunk_size=2_000):
                yield _taken_along(firm, base_year, emerging)

    return ExporterTable


def _of_year(year: int) -> tuple[Callable[..., str], Callable[..., tuple[Any, bool]]]:
    """How a column of a year's exports is shown and ordered by."""

    def render(self: Any, record: Any) -> str:
        return wan_usd(_cents(record, year))

    def order(self: Any, firms: QuerySet[Exporter], is_descending: bool) -> tuple[Any, bool]:
        return queries.ByExports(firms, year, descending=is_descending), True

    return render, order


def _cents(firm: Any, year: int) -> int | None:
    found = queries.year_of(firm, year)
    return None if found is None else found.total_cents


def _market_share(firm: Any, year: int, countries: Collection[str]) -> str:
    found = queries.year_of(firm, year)
    return "—" if found is None else percent(queries.market_cents(found.markets, countries), found.total_cents)


def _lists(firm: Any) -> str:
    kinds = {one.kind for one in firm.designations.all()}
    named = [SHORT_NAMES[kind] for kind in DesignationKind if kind in kinds]
    return "、".join([*named, *(["已并入其他企业"] if firm.merged_into_id else [])]) or "—"


def _taken_along(firm: Any, year: int, emerging: Collection[str]) -> list[Any]:
    """A firm in a workbook: a hundred thousand are read some at a time, past the table's own, slower way."""
    amounts = [
        None if cents is None else Decimal(cents) / 100 for cents in (_cents(firm, year), _cents(firm, year - 1))
    ]
    shares = [_market_share(firm, year, some) for some in ({"US"}, emerging)]
    return [firm.name, firm.code, firm.area.name, *amounts, *shares, _lists(firm)]


class ExporterFilter(HouseFilterSet):
    """By text, area, band, list, year, what waits, and whether the firm was merged into another."""

    q = django_filters.CharFilter(label="名称、代码或拼音首字母", method="search")
    area = django_filters.ModelChoiceFilter(label="区域", queryset=Area.objects.all(), empty_label="全部")
    band = django_filters.ChoiceFilter(label="出口额", method="by_band", empty_label="全部")
    listed = django_filters.ChoiceFilter(
        label="名单", choices=DesignationKind.choices(), method="by_list", empty_label="全部"
    )
    year = django_filters.ChoiceFilter(label="出口数据", method="by_year", empty_label="全部")
    waiting = django_filters.ChoiceFilter(
        label="待处理",
        choices=[("any", "有待处理事项"), ("dispute", "异议待答复"), ("correction", "更正待批准")],
        method="by_waiting",
        empty_label="全部",
    )
    merged = django_filters.ChoiceFilter(
        label="合并", choices=[("no", "没有并入"), ("yes", "已并入其他企业")], method="by_merged", empty_label="全部"
    )

    class Meta:
        model = Exporter
        fields: ClassVar = ["q", "area", "band", "listed", "year", "waiting", "merged"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = queries.current_scheme()  # once: a field asks for its choices again and again
        self.filters["band"].extra["choices"] = queries.band_choices(self.scheme)
        self.filters["year"].extra["choices"] = queries.year_choices(self.scheme)

    def search(self, firms: QuerySet[Exporter], name: str, text: str) -> QuerySet[Exporter]:
        """Anywhere in the name or the initials, or the beginning of the code; former ones too."""
        return queries.matching(firms, text)

    def by_band(self, firms: QuerySet[Exporter], name: str, band: str) -> QuerySet[Exporter]:
        """By the base year's exports."""
        return queries.in_band(firms, band, self.scheme)

    def by_list(self, firms: QuerySet[Exporter], name: str, kind: str) -> QuerySet[Exporter]:
        """Firms on a list, whatever its days."""
        return queries.on_list(firms, kind)

    def by_year(self, firms: QuerySet[Exporter], name: str, choice: str) -> QuerySet[Exporter]:
        """With figures of a year ('2018'), or without ('-2018')."""
        year = abs(int(choice))
        return queries.without_year(firms, year) if choice.startswith("-") else queries.with_year(firms, year)

    def by_waiting(self, firms: QuerySet[Exporter], name: str, what: str) -> QuerySet[Exporter]:
        """Where something waits for an officer."""
        return queries.waiting(firms, what)

    def by_merged(self, firms: QuerySet[Exporter], name: str, choice: str) -> QuerySet[Exporter]:
        """Merged into another firm, or not."""
        return firms.filter(merged_into__isnull=choice == "no")
