"""`/mmf/upload-csv`: an export of MapMyFitness becomes runs, as if it were dropped into the inbox."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.config import JsonDict
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.api.access import PatientEditor
from fitness_pipeline.api.body_limits import MEBIBYTE
from fitness_pipeline.api.fields import TimeZone
from fitness_pipeline.api.job_answers import (
    RUN_ID_EXAMPLE,
    Wait,
    job_responses,
    remarks,
    require_done,
    started,
)
from fitness_pipeline.api.jobs import LaunchOptions
from fitness_pipeline.api.pool import borrowing, lending
from fitness_pipeline.api.received_file import FIELD, discard, receive_file
from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.imported_runs import (
    count_file_rejects,
    count_imported_runs,
    database_time,
    get_file_rejects,
)
from fitness_pipeline.db.ingested_files import get_files_by_id
from fitness_pipeline.normalize.mapmyfitness.activity_types import run_type
from fitness_pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

    from fitness_pipeline.job_outcomes import JobOutcome

PATH = "/mmf/upload-csv"
router = APIRouter(tags=["syncs"])

_REJECTED_SHOWN = 100
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                    "required": [FIELD],
                }
            }
        },
    }
}


_REJECTED: JsonDict = {
    "row_number": 5,
    "reason": 'Distance "abc" is not a number; expected miles such as 3.1',
}


class RejectedRow(BaseModel):
    """A row that made no run."""

    model_config = shown_as(_REJECTED)

    row_number: int | None
    reason: str


class Uploaded(BaseModel):
    """What came of an export."""

    model_config = shown_as(
        {
            "inserted_count": 41,
            "updated_count": 1,
            "existing_runs": 310,
            "total_runs_found": 351,
            "rejected_count": 1,
            "rejected": [_REJECTED],
            "updated_at": "2026-03-01T19:02:11Z",
            "message": "The export is imported: 41 runs are new, 1 changed, 1 rows are rejected.",
            "dagster_run_id": RUN_ID_EXAMPLE,
        }
    )

    inserted_count: int
    updated_count: int
    existing_runs: int
    total_runs_found: int
    rejected_count: int
    rejected: list[RejectedRow]
    updated_at: datetime
    message: str
    dagster_run_id: str


@dataclass
class _Upload:
    """A file that was received.

    Attributes:
        is_taken: whether a job has it, and discards it.
        begun_at: when it came; once it is its turn, when that was, by the clock of the database.
    """

    path: Path
    is_taken: bool = False
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def upload_limit(settings: Settings) -> int:
    """Return how many bytes an upload may have.

    Args:
        settings: that say so.
    """
    return settings.api_upload_mebibytes * MEBIBYTE


async def _received(request: Request, editor: PatientEditor) -> AsyncIterator[_Upload]:
    settings: Settings = request.app.state.settings
    upload = _Upload(await receive_file(request, settings.uploads_dir, upload_limit(settings)))
    try:
        yield upload
    finally:
        if not upload.is_taken:
            await run_in_threadpool(discard, upload.path)


@router.post(
    PATH,
    summary="Import an export of MapMyFitness",
    response_model=Uploaded,
    responses=job_responses(),
    openapi_extra=_FILE,
)
async def upload_csv(
    request: Request,
    upload: Annotated[_Upload, Depends(_received, scope="function")],
    timezone: Annotated[
        TimeZone | None,
        Query(
            description="The IANA zone of its days; without it, MMF_TIMEZONE.", examples=["America/Chicago"]
        ),
    ] = None,
    wait: Wait = True,
) -> Uploaded | JSONResponse:
    """Store the rows of an export that are new or changed, and make runs of them.

    A row that cannot be understood is rejected alone, and kept. The same export a second time changes
    nothing. `existing_runs` are those of the `total_runs_found` that were there before.
    """

    def launch(instance: "dg.DagsterInstance", options: LaunchOptions) -> "JobOutcome":
        from fitness_pipeline.launch import run_mapmyfitness_job  # Dagster takes seconds to load

        with borrowing(request) as connection:
            upload.begun_at = database_time(conn=connection)
        return run_mapmyfitness_job(instance, [upload.path], time_zone=timezone, **options)

    job = request.app.state.jobs.start("mapmyfitness", launch, on_end=lambda: discard(upload.path))
    upload.is_taken = True
    if not wait:
        return started(job)
    outcome = await job.outcome()
    require_done(outcome, where=("body", FIELD))
    async with lending(request) as connection:
        return await run_in_threadpool(_uploaded, connection, outcome, upload)


def _uploaded(connection: AnyConnection, outcome: "JobOutcome", upload: _Upload) -> Uploaded:
    file_ids = outcome.metadata["raw/mmf_workouts"].get("file_ids", [])
    files = get_files_by_id(file_ids, conn=connection)
    counts = count_imported_runs(file_ids, upload.begun_at, conn=connection)
    rejects = count_file_rejects(file_ids, conn=connection)
    rejected = get_file_rejects(file_ids, _REJECTED_SHOWN, conn=connection)
    rows_of_runs = sum(
        rows for file in files for kind, rows in file.activity_types.items() if run_type(kind) is not None
    )
    rejected_of_runs = sum(
        rows for kind, rows in rejects.by_activity_type.items() if run_type(kind) is not None
    )
    found = max(counts.inserted + counts.updated, rows_of_runs - rejected_of_runs)
    sentence = (
        f"The export is imported: {counts.inserted} runs are new, {counts.updated} changed, {rejects.total} "
        "rows are rejected."
    )
    known = outcome.metadata["raw/mmf_workouts"].get("files_known", {})
    return Uploaded(
        inserted_count=counts.inserted,
        updated_count=counts.updated,
        existing_runs=found - counts.inserted,
        total_runs_found=found,
        rejected_count=rejects.total,
        rejected=[RejectedRow.model_validate(reject) for reject in rejected],
        updated_at=datetime.now(UTC),
        message=" ".join([*(known.values() or [sentence]), *remarks(outcome)]),
        dagster_run_id=outcome.dagster_run_id,
    )
