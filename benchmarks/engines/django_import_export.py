"""The peer of the import: `python -m benchmarks.engines.django_import_export MODE LIST.xlsx ANSWER.json`.

Runs in the environment of the peers. One Django project without anything else, a table of figures with the columns and
constraints of the product's, SQLite set as the product sets it. From the bytes of a workbook, through the tablib of
django-import-export, to saved rows. Its firms are there before the time begins, and it reads the plain form of the
list. Modes:
    default  a resource as the documentation begins: each row is looked up, compared and saved for itself
    bulk     as the documentation says for large files: rows saved in bulk, no comparison, firms from a dictionary; each
             row is still looked up, so that a list may be sent twice
    blind    the same without looking anything up: every row is taken for new. Its fastest mode
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from benchmarks.marks import digest

settings.configure(
    INSTALLED_APPS=["import_export"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{tempfile.mkdtemp(dir=Path(sys.argv[3]).parent)}/peer.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db import connection, models  # noqa: E402  Django is set up first
from import_export import fields, resources, widgets  # noqa: E402
from import_export.formats.base_formats import XLSX  # noqa: E402

CODE, TITLES = (
    "统一社会信用代码",
    {"year": "年份", "month": "月份", "country": "国别", "amount_cents": "出口额（美元）"},
)
APP = "import_export"  # installed, and without models of its own
SOURCE, BATCH = 1, 1_000  # the batch of its documentation; others up to 20,000 were no faster


class Source(models.Model):
    """Where rows come from: one import."""

    class Meta:
        app_label = APP


class Exporter(models.Model):
    """A firm."""

    code = models.CharField(max_length=18, unique=True)

    class Meta:
        app_label = APP


class Figure(models.Model):
    """The shape of the product's CustomsExport."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="exports", db_index=False)
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="+", default=SOURCE)
    row = models.PositiveIntegerField(default=0)
    live = models.BooleanField(default=False)
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField(default=0)
    country = models.CharField(max_length=2)
    amount_cents = models.BigIntegerField()

    class Meta:
        app_label = APP
        constraints = [
            models.UniqueConstraint(
                fields=["exporter", "year", "month", "country", "source"], name="one_export_figure_of_a_source"
            ),
            models.CheckConstraint(condition=models.Q(amount_cents__gte=0), name="export_not_negative"),
            models.CheckConstraint(condition=models.Q(month__lte=12), name="export_month"),
            models.CheckConstraint(condition=models.Q(source__isnull=False), name="export_has_a_source"),
        ]
        indexes = [models.Index(fields=["year", "month"], name="export_month_of_year")]


def number(name: str) -> fields.Field:
    """A column of whole numbers."""
    return fields.Field(attribute=name, column_name=TITLES[name], widget=widgets.IntegerWidget())


class Default(resources.ModelResource):
    """A resource as the documentation begins."""

    exporter = fields.Field(
        attribute="exporter", column_name=CODE, widget=widgets.ForeignKeyWidget(Exporter, field="code")
    )
    year, month, amount_cents = number("year"), number("month"), number("amount_cents")
    country = fields.Field(attribute="country", column_name=TITLES["country"], widget=widgets.CharWidget())

    class Meta:
        model = Figure
        fields = ("exporter", "year", "month", "country", "amount_cents")
        import_id_fields = ("exporter", "year", "month", "country")


class Known(widgets.Widget):
    """A firm's id, from a dictionary that was filled with one question."""

    ids: dict[str, int]

    def clean(self, value: Any, row: Any = None, **more: Any) -> int:
        """The id."""
        return self.ids[value]


class Bulk(Default):
    """The same, for large files."""

    exporter = fields.Field(attribute="exporter_id", column_name=CODE, widget=Known())

    class Meta(Default.Meta):
        use_bulk = True
        batch_size = BATCH
        skip_diff = True
        skip_html_diff = True

    def before_import(self, dataset: Any, **more: Any) -> None:
        """Ask for the firms once."""
        self.fields["exporter"].widget.ids = dict(Exporter.objects.values_list("code", "pk"))


class Blind(Bulk):
    """The same; nothing is looked up."""

    class Meta(Bulk.Meta):
        force_init_instance = True


MODES = {"default": Default, "bulk": Bulk, "blind": Blind}


def main() -> None:
    """Import the list once and write what it took and what was kept."""
    mode, content, answer = sys.argv[1], Path(sys.argv[2]).read_bytes(), Path(sys.argv[3])
    with connection.schema_editor() as editor:
        for model in (Source, Exporter, Figure):
            editor.create_model(model)
    Source.objects.create(pk=SOURCE)
    codes = dict.fromkeys(XLSX().create_dataset(content)[CODE])  # also brings in what is imported late
    Exporter.objects.bulk_create(Exporter(code=code) for code in codes)
    resource = MODES[mode]()
    begun, used = time.perf_counter(), time.process_time()
    dataset = XLSX().create_dataset(content)
    parsed = time.perf_counter()
    resource.import_data(dataset, raise_errors=True)
    ended, cpu_seconds = time.perf_counter(), time.process_time() - used
    seconds = {"parse": parsed - begun, "import": ended - parsed, "whole": ended - begun}
    kept = list(Figure.objects.values_list("exporter__code", "year", "month", "country", "amount_cents"))
    found = {"seconds": seconds, "cpu_seconds": {"whole": cpu_seconds}}
    answer.write_text(json.dumps({**found, "figures": len(kept), "digest": digest(kept)}))


if __name__ == "__main__":
    main()
