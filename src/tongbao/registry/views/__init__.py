"""The register's pages."""

from tongbao.registry.views.cover import answer, inquiries, record_cover
from tongbao.registry.views.exporters import exporter, exporters, mine, register
from tongbao.registry.views.imports import discard, errors, imports, one_import, template, upload
from tongbao.registry.views.lists import confirm_designation, designate, designations

__all__ = [
    "answer",
    "confirm_designation",
    "designate",
    "designations",
    "discard",
    "errors",
    "exporter",
    "exporters",
    "imports",
    "inquiries",
    "mine",
    "one_import",
    "record_cover",
    "register",
    "template",
    "upload",
]
