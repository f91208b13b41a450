"""Runs the jobs from the command line: the very jobs of the sensors and the UI, recorded beside theirs."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.definitions import defs


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """What a job did.

    Attributes:
        failures: a sentence for each step that failed; none means that all went well.
        metadata: asset key (`raw/mmf_workouts`) to what its materialization reports.
        is_interrupted: whether somebody ended it.
        failed_checks: a sentence for each asset check that did not pass; what they look at is committed.
    """

    dagster_run_id: str
    failures: list[str]
    metadata: dict[str, dict[str, Any]]
    failed_checks: list[str]
    is_interrupted: bool = False


def run_mapmyfitness_job(
    instance: dg.DagsterInstance,
    files: Sequence[Path] | None,
    *,
    time_zone: str | None = None,
    are_deletions_confirmed: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
) -> JobOutcome:
    """Import MapMyFitness exports.

    Args:
        instance: where the run is recorded.
        files: the exports. None reads no file: what was read before is made into runs again, as after a
            change of the aliases.
        time_zone: the IANA zone of their days; None means MMF_TIMEZONE.
        are_deletions_confirmed: whether any number of deletions may be carried out.
        on_progress: called with a sentence when a step says something, or is done.
    """
    ops: dict[str, Any] = {"runs": {"config": {"confirm_deletions": are_deletions_confirmed}}}
    if files is not None:
        exports: dict[str, Any] = {"files": [str(file.resolve()) for file in files]}
        if time_zone is not None:
            exports["time_zone"] = time_zone
        ops["raw__mmf_workouts"] = {"config": exports}
    left_out = {mmf_workouts.key} if files is None else set()
    return _run(instance, "mapmyfitness", ops, on_progress, left_out)


def run_strava_job(
    instance: dg.DagsterInstance,
    *,
    is_full: bool = False,
    since: date | None = None,
    until: date | None = None,
    are_deletions_confirmed: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
) -> JobOutcome:
    """Sync Strava: everything, some days, or what may be new.

    What was read before a failure becomes runs all the same.

    Args:
        instance: where the run is recorded.
        is_full: whether to read everything.
        since: the first day (UTC) to read.
        until: the last day (UTC) to read.
        are_deletions_confirmed: whether any number of deletions may be carried out.
        on_progress: called with a sentence when a step says something, or is done.
    """
    activities: dict[str, Any] = {"full_sync": True} if is_full else {"incremental": True}
    if since is not None or until is not None:
        activities = {"full_sync": is_full}
    if since is not None:
        activities["since"] = since.isoformat()
    if until is not None:
        activities["until"] = until.isoformat()
    merging = {"runs": {"config": {"confirm_deletions": are_deletions_confirmed}}}
    ops = {
        "raw__strava_activities": {"config": activities},
        "raw__strava_gear": {"config": {"full_sync": is_full}},
        **merging,
    }
    outcome = _run(instance, "strava", ops, on_progress, set())
    if not outcome.failures or outcome.is_interrupted or "runs" in outcome.metadata:
        return outcome
    caught_up = _run(instance, "catch_up", merging, on_progress, set())
    return replace(
        outcome,
        failures=[*outcome.failures, *caught_up.failures],
        metadata={**caught_up.metadata, **outcome.metadata},
        failed_checks=caught_up.failed_checks,
    )


def run_hevy_job(
    instance: dg.DagsterInstance,
    *,
    is_full: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
) -> JobOutcome:
    """Sync Hevy: everything, or what happened since the last sync.

    Args:
        instance: where the run is recorded.
        is_full: whether to list everything.
        on_progress: called with a sentence when a step says something, or is done.
    """
    reading = {"config": {"full_sync": is_full}}
    ops = {"raw__hevy_workouts": reading, "raw__hevy_exercise_templates": reading}
    return _run(instance, "hevy", ops, on_progress, set())


def run_calendar_job(
    instance: dg.DagsterInstance,
    *,
    since: date | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
) -> JobOutcome:
    """Bring the calendar in step with the runs.

    Args:
        instance: where the run is recorded.
        since: a day since when runs are to be shown, too, from now on.
        on_progress: called with a sentence when a step says something, or is done.
    """
    options = {"since": since.isoformat()} if since is not None else {}
    return _run(instance, "calendar", {"calendar_events": {"config": options}}, on_progress, set())


def _run(
    instance: dg.DagsterInstance,
    job_name: str,
    ops: Mapping[str, Any],
    on_progress: Callable[[str], None],
    left_out: Set[dg.AssetKey],
) -> JobOutcome:
    run_id = str(uuid.uuid4())
    instance.add_event_listener(run_id, _listener(on_progress))
    job = defs.resolve_job_def(job_name)
    result = job.execute_in_process(
        instance=instance,
        run_id=run_id,
        asset_selection=sorted(set(job.asset_layer.executable_asset_keys) - left_out),
        run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    failures = [_reason(event) for event in result.filter_events(_is_failure_of_its_own)]
    failed_checks = [
        f"The asset check {evaluation.check_name} did not pass. {evaluation.description or ''}".strip()
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
    ]
    is_interrupted = not (result.success or failures or failed_checks)
    if is_interrupted:
        failures = ["It was interrupted. What was read until then is kept; the next time goes on from there."]
    materializations = [
        event.step_materialization_data.materialization for event in result.get_asset_materialization_events()
    ]
    return JobOutcome(
        dagster_run_id=run_id,
        failures=failures,
        metadata={
            made.asset_key.to_user_string(): {name: value.value for name, value in made.metadata.items()}
            for made in materializations
        },
        failed_checks=failed_checks,
        is_interrupted=is_interrupted,
    )


def _listener(on_progress: Callable[[str], None]) -> Callable[[dg.EventLogEntry], None]:
    def listen(entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            if entry.step_key is not None and entry.level in (logging.INFO, logging.WARNING):
                on_progress(entry.user_message)  # what a step says itself
        elif event.is_step_materialization and event.asset_key is not None:
            on_progress(f"Done: {event.asset_key.to_user_string()}")

    return listen


def _is_failure_of_its_own(event: dg.DagsterEvent) -> bool:
    """Whether a step failed by itself, and not by an asset check or a Ctrl-C, which are told of elsewhere."""
    if not event.is_step_failure:
        return False
    error = event.step_failure_data.error
    return error is None or error.cls_name not in (
        "DagsterAssetCheckFailedError",
        "DagsterExecutionInterruptedError",
    )


def _reason(event: dg.DagsterEvent) -> str:
    failure = event.step_failure_data
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    return _innermost(failure.error) or "A step failed without saying why."


def _innermost(error: Any) -> str:
    """Return what came first in a chain of Dagster's serialized errors: its class and its sentence."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else ""
