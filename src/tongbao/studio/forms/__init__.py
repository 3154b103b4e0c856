"""What may be typed in the studio."""

from tongbao.scheme.forms import sent
from tongbao.studio.forms.drafts import IS, WAS, CompareForm, ParameterForm, ReasonForm, StartForm, TextForm, changed
from tongbao.studio.forms.firms import FirmsForm

__all__ = [
    "IS",
    "WAS",
    "CompareForm",
    "FirmsForm",
    "ParameterForm",
    "ReasonForm",
    "StartForm",
    "TextForm",
    "changed",
    "sent",
]
