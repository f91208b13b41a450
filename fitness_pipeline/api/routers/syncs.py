"""`/strava/sync` and `/hevy/sync`: what is new at a provider, now."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.api.access import PatientEditor
from fitness_pipeline.api.job_answers import (
    RUN_ID_EXAMPLE,
    Wait,
    job_responses,
    remarks,
    require_done,
    started,
)
from fitness_pipeline.api.jobs import LaunchOptions
from fitness_pipeline.api.pool import lending
from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps import hevy_access, strava_access

if TYPE_CHECKING:
    import dagster as dg

    from fitness_pipeline.job_outcomes import JobOutcome

router = APIRouter(tags=["syncs"])

FullSync = Annotated[bool, Query(description="Read everything: finds edits and deletions of long ago, too.")]


class StravaSynced(BaseModel):
    """What a sync with Strava did."""

    model_config = shown_as(
        {
            "inserted_count": 3,
            "updated_count": 1,
            "deleted_count": 0,
            "unchanged_count": 8,
            "rejected_count": 0,
            "updated_at": "2026-03-01T19:02:11Z",
            "message": "Strava is synced: 3 runs are new, 1 changed, 0 are deleted.",
            "dagster_run_id": RUN_ID_EXAMPLE,
        }
    )

    inserted_count: int
    updated_count: int
    deleted_count: int
    unchanged_count: int
    rejected_count: int
    updated_at: datetime
    message: str
    dagster_run_id: str


class HevySynced(BaseModel):
    """What a sync with Hevy did."""

    model_config = shown_as(
        {
            "workouts_synced": 2,
            "workouts_deleted": 0,
            "templates_synced": 1,
            "rejected_count": 0,
            "message": "Hevy is synced: 2 workouts are new or changed, 0 are deleted.",
            "synced_at": "2026-03-01T19:02:11Z",
            "dagster_run_id": RUN_ID_EXAMPLE,
        }
    )

    workouts_synced: int
    workouts_deleted: int
    templates_synced: int
    rejected_count: int
    message: str
    synced_at: datetime
    dagster_run_id: str


@router.post("/strava/sync", summary="Sync Strava", response_model=StravaSynced, responses=job_responses())
async def sync_strava(
    request: Request, editor: PatientEditor, full_sync: FullSync = False, wait: Wait = True
) -> StravaSynced | JSONResponse:
    """Read what may be new on Strava, make runs of it, and bring them to the calendar.

    `unchanged_count` and `rejected_count` are of activities, the other counts of runs. When Strava takes no
    more requests for now, whoever waits is told so, and what was read is kept; without waiting, the job
    waits itself.
    """

    def launch(instance: "dg.DagsterInstance", options: LaunchOptions) -> "JobOutcome":
        from fitness_pipeline.launch import run_strava_job  # Dagster takes seconds to load

        return run_strava_job(instance, is_full=full_sync, is_quota_waited_out=not wait, **options)

    async with lending(request) as connection:
        await run_in_threadpool(_require_strava, request.app.state.settings, connection)
    job = request.app.state.jobs.start("strava", launch)
    if not wait:
        return started(job)
    outcome = await job.outcome()
    require_done(outcome)
    return _of_strava(outcome)


@router.post("/hevy/sync", summary="Sync Hevy", response_model=HevySynced, responses=job_responses())
async def sync_hevy(
    request: Request, editor: PatientEditor, full_sync: FullSync = False, wait: Wait = True
) -> HevySynced | JSONResponse:
    """Read what happened at Hevy since the last sync, and make lifts of it."""

    def launch(instance: "dg.DagsterInstance", options: LaunchOptions) -> "JobOutcome":
        from fitness_pipeline.launch import run_hevy_job  # Dagster takes seconds to load

        return run_hevy_job(instance, is_full=full_sync, **options)

    if obstacle := hevy_access.find_obstacle(request.app.state.settings):
        raise obstacle
    job = request.app.state.jobs.start("hevy", launch)
    if not wait:
        return started(job)
    outcome = await job.outcome()
    require_done(outcome)
    return _of_hevy(outcome)


def _require_strava(settings: Settings, connection: AnyConnection) -> None:
    if obstacle := strava_access.find_obstacle(settings, conn=connection):
        raise obstacle


def _of_strava(outcome: "JobOutcome") -> StravaSynced:
    read = outcome.metadata.get("raw/strava_activities", {})
    normalized = _strava_part(outcome.metadata.get("normalized/runs", {}))
    merged = _strava_part(outcome.metadata.get("runs", {}))
    inserted, deleted = merged.get("new", 0), merged.get("deleted", 0)
    updated = merged.get("changed", 0) - deleted
    sentences = [f"Strava is synced: {inserted} runs are new, {updated} changed, {deleted} are deleted."]
    if held_back := merged.get("held_back", 0):
        sentences.append(
            f"{held_back} runs would be deleted at once, so none was. If that is meant, run "
            "`fitness-pipeline sync strava --confirm-deletions`."
        )
    return StravaSynced(
        inserted_count=inserted,
        updated_count=updated,
        deleted_count=deleted,
        unchanged_count=read.get("unchanged", 0),
        rejected_count=read.get("rejected", 0) + normalized.get("rejected", 0),
        updated_at=datetime.now(UTC),
        message=" ".join([*sentences, *remarks(outcome)]),
        dagster_run_id=outcome.dagster_run_id,
    )


def _of_hevy(outcome: "JobOutcome") -> HevySynced:
    read = outcome.metadata.get("raw/hevy_workouts", {})
    templates = outcome.metadata.get("raw/hevy_exercise_templates", {})
    lifts = outcome.metadata.get("lifts", {})
    deleted = lifts.get("deleted", 0)
    synced = lifts.get("new", 0) + lifts.get("changed", 0) - deleted
    sentence = f"Hevy is synced: {synced} workouts are new or changed, {deleted} are deleted."
    return HevySynced(
        workouts_synced=synced,
        workouts_deleted=deleted,
        templates_synced=templates.get("new", 0) + templates.get("changed", 0),
        rejected_count=read.get("rejected", 0) + lifts.get("rejected", 0),
        message=" ".join([sentence, *remarks(outcome)]),
        synced_at=datetime.now(UTC),
        dagster_run_id=outcome.dagster_run_id,
    )


def _strava_part(metadata: Mapping[str, Any]) -> Mapping[str, int]:
    """Return what an asset did for Strava; nothing when it did not run."""
    found: Mapping[str, int] = metadata.get("by_provider", {}).get("strava", {})
    return found
