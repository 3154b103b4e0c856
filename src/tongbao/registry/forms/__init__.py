"""What may be typed into the register."""

from tongbao.registry.forms.changes import (
    AnswerDisputeForm,
    CodeExceptionForm,
    DisputeForm,
    FigureForm,
    MergeForm,
    OpinionForm,
    ParticularsForm,
    RecodeForm,
    RenameForm,
    asked_about,
)
from tongbao.registry.forms.firms import AnswerForm, CoverForm, DesignationForm, ExporterForm, sent
from tongbao.registry.forms.imports import ColumnsForm, ConfirmForm, UndoForm, UploadForm

__all__ = [
    "AnswerDisputeForm",
    "AnswerForm",
    "CodeExceptionForm",
    "ColumnsForm",
    "ConfirmForm",
    "CoverForm",
    "DesignationForm",
    "DisputeForm",
    "ExporterForm",
    "FigureForm",
    "MergeForm",
    "OpinionForm",
    "ParticularsForm",
    "RecodeForm",
    "RenameForm",
    "UndoForm",
    "UploadForm",
    "asked_about",
    "sent",
]
