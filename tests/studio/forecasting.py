"""Questions and firms for the tests of the forecast."""

from typing import Any
from uuid import uuid4

from tests.scheme import nantong
from tongbao.accounts.models import User
from tongbao.scheme.models import Terms
from tongbao.scheme.rules import Scheme
from tongbao.studio import queries
from tongbao.studio.actions.forecast import keep_forecast
from tongbao.studio.models import ForecastRun
from tongbao.studio.queries.forecast import answer
from tongbao.studio.rules import forecast, forecast_market, forecast_policy, forecast_result, forecast_run

A, B, C, D = range(4)
LARGE_CENTS, SMALL_CENTS = 800_000_000, 40_000_000


def scheme() -> Scheme:
    return nantong.compiled().scheme


def firms(large: int = 40, small: int = 60, plans: tuple[int, ...] = (A, B)) -> list[forecast_market.Firm]:
    """Firms of both bands, all of a size."""
    return [
        *(forecast_market.Firm(LARGE_CENTS, plans) for _ in range(large)),
        *(forecast_market.Firm(SMALL_CENTS, (D,)) for _ in range(small)),
    ]


def question(shares: dict[str, int | tuple[int, int, int]] | None = None, **changes: Any) -> forecast.Question:
    """The scheme's own question with 200 runs; uptakes in thousandths by plan, those not named nought."""
    asked = forecast_policy.defaults(scheme()).model_copy(update={"runs": 200, **changes})
    if shares is None:
        return asked
    return asked.model_copy(
        update={
            "uptake": tuple(one.model_copy(update={"share": span(shares.get(one.plan, 0))}) for one in asked.uptake)
        }
    )


def span(value: int | tuple[int, int, int]) -> forecast.Range:
    low, likely, high = (value,) * 3 if isinstance(value, int) else value
    return forecast.Range(low=low, likely=likely, high=high)


def funds(sinosure: int | None, picc: int | None) -> tuple[forecast.Fund, ...]:
    return forecast.Fund(pool="sinosure", fen=sinosure), forecast.Fund(pool="picc", fen=picc)


def run(asked: forecast.Question, of: list[forecast_market.Firm] | None = None) -> forecast_result.Result:
    """The answer on some firms."""
    market = forecast_market.market(scheme(), firms() if of is None else of)
    return forecast_run.simulate(scheme(), nantong.compiled().hash, asked, market)


def kept(of: Terms | queries.Subject, by: User, source: forecast.Source = forecast.Source.REGISTER) -> ForecastRun:
    """A small forecast under published terms or a draft, kept."""
    subject = queries.subject_of_terms(of) if isinstance(of, Terms) else of
    asked = forecast_policy.defaults(subject.scheme, source).model_copy(update={"runs": 100})
    return keep_forecast(subject=subject, question=asked, answer=answer(subject, asked), key=str(uuid4()), by=by)
