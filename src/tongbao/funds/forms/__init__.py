"""What may be typed: bookings, exchange rates, parities."""

from tongbao.funds.forms.bookings import (
    AllotmentForm,
    BookingForm,
    ClosingForm,
    ConfirmForm,
    MoveForm,
    PrepaymentForm,
    ReceiptForm,
    ReturnForm,
    SendBackForm,
)
from tongbao.funds.forms.rates import (
    CorrectionForm,
    ParitiesForm,
    ParityForm,
    RateForm,
    typed_figure,
    typed_month,
)
from tongbao.funds.forms.statements import EditionForm, TrialForm

__all__ = [
    "AllotmentForm",
    "BookingForm",
    "ClosingForm",
    "ConfirmForm",
    "CorrectionForm",
    "EditionForm",
    "MoveForm",
    "ParitiesForm",
    "ParityForm",
    "PrepaymentForm",
    "RateForm",
    "ReceiptForm",
    "ReturnForm",
    "SendBackForm",
    "TrialForm",
    "typed_figure",
    "typed_month",
]
