"""`/sync/runs`: which runs are on the calendar, and bringing one there or away."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel
from pydantic.config import JsonDict

from fitness_pipeline.api.access import PatientEditor, Viewer
from fitness_pipeline.api.fields import RunId
from fitness_pipeline.api.paging import Page, link_to_next, list_responses
from fitness_pipeline.api.patience import patiently
from fitness_pipeline.api.pool import Connection, borrowing
from fitness_pipeline.api.problems import responses
from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.db.calendar_lists import (
    SyncedRun,
    SyncStatus,
    find_synced_run,
    list_synced_runs,
    was_ever_synced,
)
from fitness_pipeline.db.runs import get_run_by_id
from fitness_pipeline.steps.calendar_worker import Patience
from fitness_pipeline.steps.sync_calendar import sync_run

router = APIRouter(tags=["calendar"])

# Somebody waits: better a refusal soon than a success in minutes.
_PATIENCE = Patience(batches_in_vain=3)


_EVENT: JsonDict = {
    "google_event_id": "2c6ee24b09816a6f14f95d1698b24ead",
    "sync_status": "synced",
    "synced_at": "2026-03-01T07:45:10Z",
}


class SyncedRunOut(BaseModel):
    """What the calendar holds of a run."""

    model_config = shown_as(
        {
            "id": 31,
            "run_id": "strava_16195505756",
            "run_version": 2,
            **_EVENT,
            "error_message": None,
            "created_at": "2026-03-01T07:45:09Z",
            "updated_at": "2026-03-01T07:45:10Z",
        }
    )

    id: int
    run_id: str
    run_version: int
    google_event_id: str
    synced_at: datetime | None
    sync_status: SyncStatus
    error_message: str | None
    created_at: datetime
    updated_at: datetime


class SyncStatusOut(BaseModel):
    """Whether a run is on the calendar. Of one that never was, only the first two are known."""

    model_config = shown_as(
        {
            "run_id": "strava_16195505756",
            "is_synced": True,
            **_EVENT,
            "run_version": 2,
            "error_message": None,
        }
    )

    run_id: str
    is_synced: bool
    sync_status: SyncStatus | None
    synced_at: datetime | None
    google_event_id: str | None
    run_version: int | None
    error_message: str | None


class CalendarAnswer(BaseModel):
    """What became of an event."""

    model_config = shown_as({"success": True, "message": "It is on the calendar.", **_EVENT})

    success: bool
    message: str
    google_event_id: str | None
    sync_status: SyncStatus | None
    synced_at: datetime | None


@router.get("/sync/runs", summary="Runs on the calendar", responses=list_responses())
def list_synced(
    request: Request, response: Response, connection: Connection, viewer: Viewer, page: Page
) -> list[SyncedRunOut]:
    """What the calendar holds of each run, in the order in which they first came there."""
    rows = list_synced_runs(after=_after(page.key(int)), limit=page.limit + 1, conn=connection)
    return _page(request, response, rows, page.limit)


@router.get("/sync/runs/failed", summary="Runs that Google refused", responses=list_responses())
def list_failed(
    request: Request, response: Response, connection: Connection, viewer: Viewer, page: Page
) -> list[SyncedRunOut]:
    """Those whose event could not be written. They are tried again by themselves, less and less often."""
    after = _after(page.key(int))
    rows = list_synced_runs(status="failed", after=after, limit=page.limit + 1, conn=connection)
    return _page(request, response, rows, page.limit)


@router.get("/sync/runs/{id}/status", summary="Whether a run is on the calendar", responses=responses(404))
def read_status(id: RunId, connection: Connection, viewer: Viewer) -> SyncStatusOut:
    """What the calendar holds of a run, which may be deleted, or nothing."""
    if get_run_by_id(id, include_deleted=True, conn=connection) is None:
        raise HTTPException(404, f"There is no run {id!r}. `GET /runs` lists those there are.")
    known = find_synced_run(id, conn=connection)
    return SyncStatusOut(
        run_id=id,
        is_synced=known is not None and known.sync_status == "synced",
        sync_status=known.sync_status if known else None,
        synced_at=known.synced_at if known else None,
        google_event_id=known.google_event_id if known else None,
        run_version=known.run_version if known else None,
        error_message=known.error_message if known else None,
    )


@router.post(
    "/sync/runs/{id}", summary="Bring a run onto the calendar", responses=responses(403, 404, 413, 502)
)
async def put_on_calendar(id: RunId, request: Request, editor: PatientEditor) -> CalendarAnswer:
    """Write its event now, even if it was taken away before, or is older than what is shown.

    When the event is as it should be, Google is not asked.
    """
    return await patiently(request, lambda: _put(request, id))


@router.delete(
    "/sync/runs/{id}", summary="Take a run off the calendar", responses=responses(403, 404, 413, 502)
)
async def take_off_calendar(id: RunId, request: Request, editor: PatientEditor) -> CalendarAnswer:
    """Remove its event, and remember not to write it again. One that is gone already counts as removed."""
    return await patiently(request, lambda: _take_off(request, id))


def _put(request: Request, id: str) -> CalendarAnswer:
    with borrowing(request) as connection:
        if get_run_by_id(id, conn=connection) is None:
            raise HTTPException(
                404, f"There is no run {id!r}, or it is deleted. `GET /runs` lists those there are."
            )
    work = sync_run(request.app.state.settings, id, is_wanted=True, patience=_PATIENCE)
    message = "It is on the calendar." if work.requests else "It is on the calendar already, as it should be."
    with borrowing(request) as connection:
        known = find_synced_run(id, conn=connection)
    return _answer(message, known)


def _take_off(request: Request, id: str) -> CalendarAnswer:
    with borrowing(request) as connection:
        if not was_ever_synced(id, conn=connection):
            raise HTTPException(404, f"The run {id!r} never was on the calendar.")
    sync_run(request.app.state.settings, id, is_wanted=False, patience=_PATIENCE)
    return _answer("It is off the calendar, and stays off.", None)


def _answer(message: str, known: SyncedRun | None) -> CalendarAnswer:
    return CalendarAnswer(
        success=True,
        message=message,
        google_event_id=known.google_event_id if known else None,
        sync_status=known.sync_status if known else None,
        synced_at=known.synced_at if known else None,
    )


def _after(key: tuple[int] | None) -> int | None:
    return None if key is None else key[0]


def _page(request: Request, response: Response, rows: Sequence[SyncedRun], limit: int) -> list[SyncedRunOut]:
    shown = rows[:limit]
    link_to_next(request, response, [shown[-1].id] if len(rows) > limit else None)
    return [SyncedRunOut.model_validate(row) for row in shown]
