"""`PATCH` and `DELETE` of `/runs/{id}`: how a run is changed, one version a change."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Response

from fitness_pipeline.api.access import Editor, EditorsBodyRoute
from fitness_pipeline.api.fields import Label, Reason, RunId
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import Unprocessable
from fitness_pipeline.api.schemas.run_edits import ReasonIn, RunChangedOut, RunEditIn
from fitness_pipeline.api.schemas.runs import RunDetailOut
from fitness_pipeline.api.versions import ExpectedVersion, tell_version, versioned_responses
from fitness_pipeline.db.api_tokens import ApiToken
from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.run_changes import RunChange, Signature, delete_run, edit_run, undelete_run
from fitness_pipeline.db.run_values import EDITABLE_FIELDS
from fitness_pipeline.db.runs import get_run_detail_by_id
from fitness_pipeline.errors import ShoeNotFound

router = APIRouter(
    prefix="/runs/{id}",
    tags=["runs"],
    responses=versioned_responses(400, 403, 404, 412, 413),
    route_class=EditorsBodyRoute,
)


async def _reason(
    change_reason: Annotated[Reason | None, Query(description="Why. The body may tell it, too.")] = None,
    changed_by: Annotated[Label | None, Query(description="Who; without it, the name of the token.")] = None,
    body: Annotated[ReasonIn | None, Body()] = None,
) -> ReasonIn:
    told = body or ReasonIn()
    return ReasonIn(
        change_reason=told.change_reason or change_reason, changed_by=told.changed_by or changed_by
    )


GivenReason = Annotated[ReasonIn, Depends(_reason)]


@router.patch("", summary="Edit a run")
def patch_run(
    id: RunId,
    edit: RunEditIn,
    response: Response,
    connection: Connection,
    editor: Editor,
    version: ExpectedVersion,
) -> RunChangedOut:
    """Change what is sent of a run, as one new version. The calendar follows by itself."""
    if not edit.updates:
        raise HTTPException(400, f"There is nothing to change. Send one of {', '.join(EDITABLE_FIELDS)}.")
    signature = _signed(edit, editor)
    with transaction(connection):
        try:
            change = edit_run(id, edit.updates, signature, version, conn=connection)
        except ShoeNotFound:
            raise Unprocessable(
                ("body", "shoe_id"),
                "There is no such shoe. `GET /shoes` lists those there are.",
                edit.shoe_id,
            ) from None
        message = f"Changed {', '.join(change.fields)}."
        return _answer(connection, response, change, signature, message)


@router.delete("", summary="Delete a run")
def remove_run(
    id: RunId,
    reason: GivenReason,
    response: Response,
    connection: Connection,
    editor: Editor,
    version: ExpectedVersion,
) -> RunChangedOut:
    """Delete a run softly: it counts nowhere any more, and no sync brings it back."""
    signature = _signed(reason, editor)
    with transaction(connection):
        change = delete_run(id, signature, version, conn=connection)
        message = f"The run is deleted. `POST /runs/{id}/undelete` brings it back."
        return _answer(connection, response, change, signature, message)


@router.post("/undelete", summary="Undelete a run")
def bring_run_back(
    id: RunId,
    reason: GivenReason,
    response: Response,
    connection: Connection,
    editor: Editor,
    version: ExpectedVersion,
) -> RunChangedOut:
    """Bring a deleted run back with the values that it had."""
    signature = _signed(reason, editor)
    with transaction(connection):
        change = undelete_run(id, signature, version, conn=connection)
        return _answer(connection, response, change, signature, "The run is back.")


def _signed(reason: ReasonIn, editor: ApiToken) -> Signature:
    return Signature(
        changed_by=reason.changed_by or editor.name,
        change_reason=reason.change_reason,
        token_name=editor.name,
    )


def _answer(
    connection: AnyConnection, response: Response, change: RunChange, signature: Signature, message: str
) -> RunChangedOut:
    tell_version(response, change.run.version)
    detail = get_run_detail_by_id(change.run.id, include_deleted=True, conn=connection)
    return RunChangedOut(
        message=message if change.fields else "Nothing is different from what it was.",
        run=RunDetailOut.model_validate(detail),
        updated_fields=list(change.fields),
        updated_at=change.run.last_edited_at or change.run.updated_at,
        updated_by=signature.changed_by,
    )
