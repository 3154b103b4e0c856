"""The firms a forecast draws from, the forecast itself, and those that were kept."""

from dataclasses import dataclass

from django.db.models import QuerySet

from tongbao.scheme.rules import base_cents
from tongbao.studio.models import ForecastRun
from tongbao.studio.queries.drafts import Subject, subject_of_draft, subject_of_terms
from tongbao.studio.queries.effects import effect, snapshot_for
from tongbao.studio.rules.forecast import Question, Source, check
from tongbao.studio.rules.forecast_market import Firm, Market, market
from tongbao.studio.rules.forecast_policy import policy_firms
from tongbao.studio.rules.forecast_result import Result
from tongbao.studio.rules.forecast_run import simulate
from tongbao.studio.rules.forecast_story import Story, tell


def firms_for(subject: Subject, source: Source) -> Market:
    """The firms that may come: those of the register with a sure offer today, or those the policy's estimates name."""
    scheme = subject.scheme
    if source is not Source.REGISTER:
        return market(scheme, policy_firms(scheme, equal=source is Source.POLICY_EQUAL))
    snapshot = snapshot_for(subject.compiled, subject.edition)
    judged = effect(subject.compiled, snapshot).judged
    place = {plan.id: number for number, plan in enumerate(scheme.plans)}
    return market(
        scheme,
        (
            Firm(base_cents(scheme, facts) or 0, tuple(place[quote.plan] for quote in one.quotes))
            for facts, one in zip(snapshot.facts, judged, strict=True)
        ),
    )


def answer(subject: Subject, question: Question) -> tuple[Result, Story]:
    """The answer to a question under terms, and the words to it. Refusals: what `check` refuses."""
    check(question, subject.scheme)
    result = simulate(subject.scheme, subject.compiled.hash, question, firms_for(subject, question.source))
    return result, tell(subject.scheme, question, result)


def forecasts() -> QuerySet[ForecastRun]:
    """Every forecast that was kept, the newest first, without the answers."""
    related = ForecastRun.objects.select_related("draft", "terms__edition", "by")
    return related.defer("result", "draft__text", "draft__body", "terms__source", "terms__body")


@dataclass(frozen=True)
class Kept:
    """A forecast that was kept; `subject` is None when its draft has faults now."""

    run: ForecastRun
    question: Question
    result: Result
    story: Story
    subject: Subject | None

    @property
    def moved(self) -> bool:
        """Whether the draft has changed since, so that the terms are no longer those of the forecast."""
        return self.subject is None or self.subject.compiled.hash != self.run.terms_hash


def kept_forecast(pk: int) -> Kept | None:
    """One forecast that was kept, or None."""
    related = ForecastRun.objects.select_related("draft__based_on__edition", "terms__edition", "by")
    run = related.filter(pk=pk).first()
    if run is None:
        return None
    result, story = Result.model_validate(run.result["answer"]), Story.model_validate(run.result["story"])
    return Kept(run, Question.model_validate(run.inputs), result, story, _subject(run))


def _subject(run: ForecastRun) -> Subject | None:
    if run.terms is not None:
        return subject_of_terms(run.terms)
    return None if run.draft is None else subject_of_draft(run.draft)


def forecast_of_key(key: str) -> ForecastRun | None:
    """The forecast that a form's first click has kept, or None."""
    return ForecastRun.objects.filter(key=key).first()


@dataclass(frozen=True)
class Repeat:
    """A kept forecast worked out again: with today's firms; whether these are the same, and the answer."""

    same_firms: bool
    same_answer: bool


def repeat(kept: Kept) -> Repeat | None:
    """Work a forecast out again; None when its terms are no longer those of then."""
    if kept.moved or kept.subject is None:
        return None
    again, _ = answer(kept.subject, kept.question)
    return Repeat(again.market_hash == kept.result.market_hash, again.hash == kept.result.hash)
