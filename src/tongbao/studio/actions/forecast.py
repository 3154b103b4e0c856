"""A forecast is kept, with everything that repeats it."""

from tongbao import clock
from tongbao.accounts.models import User
from tongbao.audit import actions as audit
from tongbao.studio import permissions
from tongbao.studio.models import ForecastRun
from tongbao.studio.queries.drafts import Subject
from tongbao.studio.queries.forecast import forecast_of_key
from tongbao.studio.rules.forecast import Question
from tongbao.studio.rules.forecast_result import Result
from tongbao.studio.rules.forecast_story import Story


@audit.action
def keep_forecast(
    *, subject: Subject, question: Question, answer: tuple[Result, Story], key: str, by: User, title: str = ""
) -> ForecastRun:
    """Keep a forecast worked out by `queries.forecast.answer`; the same `key` again returns that of the first click.

    Refusals: `studio.write` (403).
    """
    permissions.check_write(by)
    if known := forecast_of_key(key):
        audit.record("studio.forecast_again", known, by=by, reference=subject.ref)
        return known
    result, story = answer
    run = ForecastRun.objects.create(
        draft=subject.draft,
        terms=subject.terms,
        terms_hash=subject.compiled.hash,
        title=title,
        inputs=question.model_dump(mode="json"),
        seed=question.seed,
        result={"answer": result.model_dump(mode="json"), "story": story.model_dump(mode="json")},
        key=key,
        by=by,
        at=clock.now(),
    )
    audit.record(
        "studio.forecast", run, by=by, reference=subject.ref, terms=subject.compiled.hash, question=question.hash,
        result=result.hash,
    )  # fmt: skip
    return run
