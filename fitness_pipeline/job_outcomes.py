"""What a job did: what its assets report, and what went wrong, in sentences."""

from dataclasses import dataclass
from typing import Any

import dagster as dg

from fitness_pipeline.errors import FitnessPipelineError, ServerUnreachable, error_named

_INTERRUPTED = "It was interrupted. What was read until then is kept; the next time goes on from there."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailure:
    """Why a step failed.

    Attributes:
        step: such as `raw__strava_activities`.
        reason: a sentence.
        kind: of our errors, the class of the one behind it; FitnessPipelineError for any other.
    """

    step: str
    reason: str
    kind: type[FitnessPipelineError]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """What a job did.

    Attributes:
        step_failures: of the steps that failed by themselves.
        metadata: asset key (`raw/mmf_workouts`) to what its materialization reports.
        is_interrupted: whether somebody ended it.
        failed_checks: a sentence for each asset check that did not pass; what they look at is committed.
    """

    dagster_run_id: str
    step_failures: list[StepFailure]
    metadata: dict[str, dict[str, Any]]
    failed_checks: list[str]
    is_interrupted: bool = False

    @property
    def failures(self) -> list[str]:
        """A sentence for each thing that could not be done; none means that all went well."""
        return [failure.reason for failure in self.step_failures] + [_INTERRUPTED] * self.is_interrupted


def outcome_of(result: dg.ExecuteInProcessResult) -> JobOutcome:
    """Return what a job did that was run in this process.

    Args:
        result: Dagster's record of it.
    """
    failures = [_failure(event) for event in result.filter_events(_is_failure_of_its_own)]
    failed_checks = [
        f"The asset check {evaluation.check_name} did not pass. {evaluation.description or ''}".strip()
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
    ]
    materializations = [
        event.step_materialization_data.materialization for event in result.get_asset_materialization_events()
    ]
    return JobOutcome(
        dagster_run_id=result.run_id,
        step_failures=failures,
        metadata={
            made.asset_key.to_user_string(): {name: value.value for name, value in made.metadata.items()}
            for made in materializations
        },
        failed_checks=failed_checks,
        is_interrupted=not (result.success or failures or failed_checks),
    )


def _is_failure_of_its_own(event: dg.DagsterEvent) -> bool:
    """Whether a step failed by itself, and not by an asset check or a Ctrl-C, which are told of elsewhere."""
    if not event.is_step_failure:
        return False
    error = event.step_failure_data.error
    return error is None or error.cls_name not in (
        "DagsterAssetCheckFailedError",
        "DagsterExecutionInterruptedError",
    )


def _failure(event: dg.DagsterEvent) -> StepFailure:
    failure = event.step_failure_data
    told = failure.user_failure_data.description if failure.user_failure_data else None
    return StepFailure(
        step=str(event.step_key),
        reason=told or _innermost(failure.error) or "A step failed without saying why.",
        kind=_kind(failure.error),
    )


def _kind(error: Any) -> type[FitnessPipelineError]:
    """Return the first of our errors in a chain of Dagster's serialized ones."""
    if error is not None and error.cls_name == "RetryRequested":
        return ServerUnreachable  # see `assets.failures`: of no other failure another attempt is made
    while error is not None:
        if known := error_named(error.cls_name):
            return known
        error = error.cause
    return FitnessPipelineError


def _innermost(error: Any) -> str:
    """Return what came first in a chain of Dagster's serialized errors: its class and its sentence."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else ""
