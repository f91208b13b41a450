"""Which failures of a job are answered how."""

import pytest
from fastapi import HTTPException

from fitness_pipeline import errors
from fitness_pipeline.api.job_answers import remarks, require_done
from fitness_pipeline.api.problems import Unprocessable, status_of
from fitness_pipeline.job_outcomes import JobOutcome, StepFailure
from fitness_pipeline.providers.hevy import replies as hevy_replies


def outcome(step: str, kind: type[errors.FitnessPipelineError]) -> JobOutcome:
    """A job of which one step failed."""
    failure = StepFailure(step=step, reason="It failed.", kind=kind)
    return JobOutcome(dagster_run_id="1", step_failures=[failure], metadata={}, failed_checks=["Look."])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.OutOfQuota, 502),
        (errors.NeedsReauthorization, 502),
        (errors.ProviderUnavailable, 502),
        (errors.NotConnected, 503),
        (errors.ServerUnreachable, 503),
        (errors.ClientMissing, 503),
        (errors.FitnessPipelineError, 500),
    ],
)
def test_a_failure_is_answered_by_what_is_behind_it(
    kind: type[errors.FitnessPipelineError], status: int
) -> None:
    with pytest.raises(HTTPException) as refusal:
        require_done(outcome("raw__strava_activities", kind))
    assert (refusal.value.status_code, refusal.value.detail) == (status, "It failed.")


def test_an_error_of_a_providers_own_is_known_by_its_name() -> None:
    an_outage = type(hevy_replies.unavailable("it cannot be reached"))
    known = errors.error_named(an_outage.__name__)
    assert known is an_outage
    assert status_of(known) == 502
    assert [errors.error_named(name) for name in ("ValueError", None)] == [None, None]


def test_what_is_wrong_with_what_was_sent_is_told_where_it_was_sent() -> None:
    with pytest.raises(Unprocessable) as refusal:
        require_done(outcome("raw__mmf_workouts", errors.NoRows), where=("body", "file"))
    assert refusal.value.details[0]["loc"] == ["body", "file"]


def test_a_calendar_that_fails_does_not_make_a_failure_of_a_sync() -> None:
    done = outcome("calendar_events", errors.ProviderUnavailable)
    require_done(done)
    assert remarks(done) == ["Look.", "The calendar is not in step: It failed."]
