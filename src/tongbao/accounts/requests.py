"""What a view behind `@page` is given, for the type checker: a request that has a person."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tongbao.accounts.models import User


class SignedIn(HttpRequest):
    """`def view(request: SignedIn)`: `@page` has made sure that somebody is signed in."""

    user: User
    htmx: HtmxDetails
