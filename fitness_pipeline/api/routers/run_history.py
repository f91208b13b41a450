"""`/runs/{id}/history`: what a run was, and how it becomes that again."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from fitness_pipeline.api.access import Editor, Viewer
from fitness_pipeline.api.fields import Label, RunId
from fitness_pipeline.api.paging import PageRequest, link_to_next, list_responses, pages_of
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import responses
from fitness_pipeline.api.schemas.run_edits import RunRestoredOut
from fitness_pipeline.api.schemas.runs import RunDetailOut, RunVersionOut
from fitness_pipeline.api.versions import ExpectedVersion, tell_version, versioned_responses
from fitness_pipeline.db.connection import transaction
from fitness_pipeline.db.run_changes import Signature, restore_run
from fitness_pipeline.db.runs import get_run_detail_by_id
from fitness_pipeline.db.runs_history import get_run_history, get_run_version

router = APIRouter(prefix="/runs/{id}", tags=["history of runs"])

_USUAL_LIMIT = 50

HistoryPage = Annotated[PageRequest, Depends(pages_of(_USUAL_LIMIT))]
VersionNumber = Annotated[int, Path(description="1 is what was imported first.", examples=[1])]


@router.get("/history", summary="All versions of a run", responses=list_responses(404))
def list_versions(
    id: RunId,
    request: Request,
    response: Response,
    connection: Connection,
    viewer: Viewer,
    page: HistoryPage,
) -> list[RunVersionOut]:
    """Every state of a run, newest first; the newest is what it is now. Also of a deleted run."""
    before = page.key(int)
    found = get_run_history(id, page.limit + 1, before=None if before is None else before[0], conn=connection)
    if not found and before is None:
        raise HTTPException(404, f"There is no run {id!r}. `GET /runs` lists those there are.")
    versions = found[: page.limit]
    link_to_next(request, response, [versions[-1].version_number] if len(found) > page.limit else None)
    return [RunVersionOut.model_validate(version) for version in versions]


@router.get("/history/{version}", summary="A version of a run", responses=responses(404))
def read_version(id: RunId, version: VersionNumber, connection: Connection, viewer: Viewer) -> RunVersionOut:
    """What a run was after one change."""
    found = get_run_version(id, version, conn=connection)
    if found is None:
        raise HTTPException(
            404,
            f"There is no run {id!r}, or no version {version} of it. `GET /runs/{id}/history` lists them.",
        )
    return RunVersionOut.model_validate(found)


@router.post(
    "/restore/{version}",
    summary="Restore a version of a run",
    responses=versioned_responses(403, 404, 412, 413),
)
def restore_version(
    id: RunId,
    version: VersionNumber,
    response: Response,
    connection: Connection,
    editor: Editor,
    expected_version: ExpectedVersion,
    restored_by: Annotated[Label | None, Query(description="Who; without it, the name of the token.")] = None,
) -> RunRestoredOut:
    """Give a run the values of an older version, as a new version; a deleted run comes back."""
    signature = Signature(changed_by=restored_by or editor.name, token_name=editor.name)
    with transaction(connection):
        change = restore_run(id, version, signature, expected_version, conn=connection)
        detail = get_run_detail_by_id(id, conn=connection)
    tell_version(response, change.run.version)
    return RunRestoredOut(
        message=f"Restored to version {version}."
        if change.fields
        else f"The run is what it was in version {version} already.",
        run=RunDetailOut.model_validate(detail),
        restored_from_version=version,
        restored_at=change.run.last_edited_at or change.run.updated_at,
        restored_by=signature.changed_by,
    )
