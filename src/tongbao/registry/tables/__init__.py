"""The register's lists: which columns, which filters."""

from tongbao.registry.tables.changes import CorrectionFilter, CorrectionTable, DisputeFilter, DisputeTable
from tongbao.registry.tables.exporters import ExporterFilter, exporter_table, percent
from tongbao.registry.tables.lists import (
    DesignationFilter,
    DesignationTable,
    ImportFilter,
    ImportTable,
    InquiryFilter,
    InquiryTable,
    counts,
)
from tongbao.registry.tables.origins import origin_tables
from tongbao.registry.tables.quality import quality_filter, quality_table

__all__ = [
    "CorrectionFilter",
    "CorrectionTable",
    "DesignationFilter",
    "DesignationTable",
    "DisputeFilter",
    "DisputeTable",
    "ExporterFilter",
    "ImportFilter",
    "ImportTable",
    "InquiryFilter",
    "InquiryTable",
    "counts",
    "exporter_table",
    "origin_tables",
    "percent",
    "quality_filter",
    "quality_table",
]
