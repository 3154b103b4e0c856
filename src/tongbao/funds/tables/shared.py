"""What several lists of the fund filter by."""

from django.db.models import QuerySet
from django.http import HttpRequest

from tongbao.funds import queries
from tongbao.funds.models import Pool


def own_pools(request: HttpRequest | None) -> QuerySet[Pool]:
    """The pools whose rows the person may see: the choices of a filter."""
    return queries.own_pools(request.user) if request and request.user.is_authenticated else Pool.objects.none()
