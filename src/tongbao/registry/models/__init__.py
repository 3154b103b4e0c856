"""What is kept of exporters: master data, customs exports, designations, existing cover, corrections."""

from tongbao.registry.models.changes import Correction, Dispute
from tongbao.registry.models.figures import CompleteList, CustomsExport, YearTotal
from tongbao.registry.models.firms import CodeException, Exporter, FormerIdentity, Layered, Particulars
from tongbao.registry.models.lists import CoverInquiry, Designation, ExistingCover

__all__ = [
    "CodeException",
    "CompleteList",
    "Correction",
    "CoverInquiry",
    "CustomsExport",
    "Designation",
    "Dispute",
    "ExistingCover",
    "Exporter",
    "FormerIdentity",
    "Layered",
    "Particulars",
    "YearTotal",
]
