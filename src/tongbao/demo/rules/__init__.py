"""The synthetic city: the same firms, figures and people on every machine."""

from tongbao.demo.rules.exports import export_rows as export_rows
from tongbao.demo.rules.firms import Firm as Firm
from tongbao.demo.rules.firms import firms as firms
from tongbao.demo.rules.names import social_credit_code as social_credit_code
from tongbao.demo.rules.people import AREAS as AREAS
from tongbao.demo.rules.people import BODIES as BODIES
