"""Runs the jobs in this process: the very jobs of the sensors and the UI, recorded beside theirs."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.automation.interrupted_runs import fail_abandoned_runs, tags_of_this_process
from fitness_pipeline.definitions import defs
from fitness_pipeline.job_outcomes import JobOutcome, outcome_of


def run_mapmyfitness_job(
    instance: dg.DagsterInstance,
    files: Sequence[Path] | None,
    *,
    time_zone: str | None = None,
    is_known_read_again: bool = False,
    are_deletions_confirmed: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
    dagster_run_id: str | None = None,
) -> JobOutcome:
    """Import MapMyFitness exports.

    Args:
        instance: where the run is recorded.
        files: the exports. None reads no file: what was read before is made into runs again, as after a
            change of the aliases.
        time_zone: the IANA zone of their days; None means MMF_TIMEZONE.
        is_known_read_again: whether those that were imported before are read again, as the newest of all.
        are_deletions_confirmed: whether any number of deletions may be carried out.
        on_progress: called with a sentence when a step says something, or is done. It may raise
            `dagster.DagsterExecutionInterruptedError` to interrupt the job there.
        dagster_run_id: a new UUID that the run is to have; None leaves it to be chosen.
    """
    ops: dict[str, Any] = {"runs": {"config": {"confirm_deletions": are_deletions_confirmed}}}
    if files is not None:
        exports: dict[str, Any] = {"files": [str(file.resolve()) for file in files]}
        if time_zone is not None:
            exports["time_zone"] = time_zone
        if is_known_read_again:
            exports["read_again"] = True
        ops["raw__mmf_workouts"] = {"config": exports}
    left_out = {mmf_workouts.key} if files is None else set()
    return _run(instance, "mapmyfitness", ops, on_progress, left_out, dagster_run_id)


def run_strava_job(
    instance: dg.DagsterInstance,
    *,
    is_full: bool = False,
    since: date | None = None,
    until: date | None = None,
    are_deletions_confirmed: bool = False,
    is_quota_waited_out: bool = True,
    on_progress: Callable[[str], None] = lambda _: None,
    dagster_run_id: str | None = None,
) -> JobOutcome:
    """Sync Strava: everything, some days, or what may be new.

    What was read before a failure becomes runs all the same.

    Args:
        instance: where the run is recorded.
        is_full: whether to read everything.
        since: the first day (UTC) to read.
        until: the last day (UTC) to read.
        are_deletions_confirmed: whether any number of deletions may be carried out.
        is_quota_waited_out: whether a used up quarter of an hour is waited for; otherwise it is a failure.
        on_progress: called with a sentence when a step says something, or is done. It may raise
            `dagster.DagsterExecutionInterruptedError` to interrupt the job there.
        dagster_run_id: a new UUID that the run is to have; None leaves it to be chosen.
    """
    activities: dict[str, Any] = {"full_sync": True} if is_full else {"incremental": True}
    if since is not None or until is not None:
        activities = {"full_sync": is_full}
    if since is not None:
        activities["since"] = since.isoformat()
    if until is not None:
        activities["until"] = until.isoformat()
    if not is_quota_waited_out:
        activities["wait_for_quota"] = False
    merging = {"runs": {"config": {"confirm_deletions": are_deletions_confirmed}}}
    ops = {
        "raw__strava_activities": {"config": activities},
        "raw__strava_gear": {"config": {"full_sync": is_full}},
        **merging,
    }
    outcome = _run(instance, "strava", ops, on_progress, set(), dagster_run_id)
    if not outcome.failures or outcome.is_interrupted or "runs" in outcome.metadata:
        return outcome
    caught_up = _run(instance, "catch_up", merging, on_progress, set(), None)
    return replace(
        outcome,
        step_failures=[*outcome.step_failures, *caught_up.step_failures],
        metadata={**caught_up.metadata, **outcome.metadata},
        failed_checks=caught_up.failed_checks,
        is_interrupted=caught_up.is_interrupted,
    )


def run_hevy_job(
    instance: dg.DagsterInstance,
    *,
    is_full: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
    dagster_run_id: str | None = None,
) -> JobOutcome:
    """Sync Hevy: everything, or what happened since the last sync.

    Args:
        instance: where the run is recorded.
        is_full: whether to list everything.
        on_progress: called with a sentence when a step says something, or is done. It may raise
            `dagster.DagsterExecutionInterruptedError` to interrupt the job there.
        dagster_run_id: a new UUID that the run is to have; None leaves it to be chosen.
    """
    reading = {"config": {"full_sync": is_full}}
    ops = {"raw__hevy_workouts": reading, "raw__hevy_exercise_templates": reading}
    return _run(instance, "hevy", ops, on_progress, set(), dagster_run_id)


def run_calendar_job(
    instance: dg.DagsterInstance,
    *,
    since: date | None = None,
    on_progress: Callable[[str], None] = lambda _: None,
    dagster_run_id: str | None = None,
) -> JobOutcome:
    """Bring the calendar in step with the runs.

    Args:
        instance: where the run is recorded.
        since: a day since when runs are to be shown, too, from now on.
        on_progress: called with a sentence when a step says something, or is done. It may raise
            `dagster.DagsterExecutionInterruptedError` to interrupt the job there.
        dagster_run_id: a new UUID that the run is to have; None leaves it to be chosen.
    """
    options = {"since": since.isoformat()} if since is not None else {}
    ops = {"calendar_events": {"config": options}}
    return _run(instance, "calendar", ops, on_progress, set(), dagster_run_id)


def _run(
    instance: dg.DagsterInstance,
    job_name: str,
    ops: Mapping[str, Any],
    on_progress: Callable[[str], None],
    left_out: Set[dg.AssetKey],
    dagster_run_id: str | None,
) -> JobOutcome:
    fail_abandoned_runs(instance)
    run_id = dagster_run_id or str(uuid.uuid4())
    instance.add_event_listener(run_id, _listener(on_progress))
    job = defs.resolve_job_def(job_name)
    result = job.execute_in_process(
        instance=instance,
        run_id=run_id,
        tags=tags_of_this_process(),
        asset_selection=sorted(set(job.asset_layer.executable_asset_keys) - left_out),
        run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )
    return outcome_of(result)


def _listener(on_progress: Callable[[str], None]) -> Callable[[dg.EventLogEntry], None]:
    def listen(entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            if entry.step_key is not None and entry.level in (logging.INFO, logging.WARNING):
                on_progress(entry.user_message)  # what a step says itself
        elif event.is_step_materialization and event.asset_key is not None:
            on_progress(f"Done: {event.asset_key.to_user_string()}")

    return listen
