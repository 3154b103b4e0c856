"""The tables that the register takes in: customs lists, master data, lists of designated and of insured firms."""

from tongbao.registry.rules.tables.customs import CUSTOMS_EXPORTS, FigureRow
from tongbao.registry.rules.tables.firm import code_of
from tongbao.registry.rules.tables.lists import DESIGNATIONS, EXISTING_COVER, CoverRow, DesignationRow
from tongbao.registry.rules.tables.master import MASTER_DATA, FirmRow
from tongbao.registry.rules.tables.shapes import Cell, Context, Row, Table

TABLES = {table.kind.id: table for table in (CUSTOMS_EXPORTS, MASTER_DATA, DESIGNATIONS, EXISTING_COVER)}

__all__ = [
    "CUSTOMS_EXPORTS",
    "DESIGNATIONS",
    "EXISTING_COVER",
    "MASTER_DATA",
    "TABLES",
    "Cell",
    "Context",
    "CoverRow",
    "DesignationRow",
    "FigureRow",
    "FirmRow",
    "Row",
    "Table",
    "code_of",
]
