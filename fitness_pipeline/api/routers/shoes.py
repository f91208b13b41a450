"""`/shoes`: what runs were run in."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from fitness_pipeline.api.access import Editor, EditorsBodyRoute, Viewer
from fitness_pipeline.api.fields import NO_NUL, Day, Text
from fitness_pipeline.api.paging import Page, link_to_next, list_responses
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import responses
from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.db.shoes import edit_shoe, get_shoes, position_of

router = APIRouter(tags=["shoes"], route_class=EditorsBodyRoute)

SHOE_EXAMPLE: JsonDict = {
    "id": "brooks_ghost_15",
    "name": "Brooks Ghost 15",
    "retired_at": "2026-03-01",
    "notes": "Half a size up.",
    "retirement_notes": "The heel is worn down.",
    "deleted_at": None,
}
"""A shoe, as JSON has it."""

_EDIT: JsonDict = {"retired_at": "2026-03-01", "retirement_notes": "The heel is worn down."}


class ShoeOut(BaseModel):
    """A shoe."""

    model_config = shown_as(SHOE_EXAMPLE)

    id: str
    name: str
    retired_at: date | None
    notes: str | None
    retirement_notes: str | None
    deleted_at: datetime | None


class ShoeEditIn(BaseModel):
    """What to change; what is left out stays.

    A `retired_at` of null takes the shoe back into use. So does `{}`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EDIT, {}]})

    retired_at: Day | None = None
    retirement_notes: Text | None = None
    notes: Text | None = None


class ShoeEditedOut(BaseModel):
    """What became of a shoe."""

    model_config = shown_as({"message": "Brooks Ghost 15 is retired since 2026-03-01.", "shoe": SHOE_EXAMPLE})

    message: str
    shoe: ShoeOut


@router.get("/shoes", summary="Shoes", responses=list_responses())
@router.get("/shoes/", include_in_schema=False)
def list_shoes(
    request: Request,
    response: Response,
    connection: Connection,
    viewer: Viewer,
    page: Page,
    retired: Annotated[bool | None, Query(description="Only the retired ones, or only the others.")] = None,
) -> list[ShoeOut]:
    """All shoes, in the order of their names."""
    found = get_shoes(retired, after=page.key(str, str), limit=page.limit + 1, conn=connection)
    shoes = found[: page.limit]
    link_to_next(request, response, position_of(shoes[-1]) if len(found) > page.limit else None)
    return [ShoeOut.model_validate(shoe) for shoe in shoes]


@router.patch("/shoes/{id}", summary="Edit a shoe", responses=responses(400, 403, 404, 413))
def patch_shoe(
    id: Annotated[str, Path(pattern=NO_NUL, description="Such as `brooks_ghost_15`.")],
    edit: ShoeEditIn,
    connection: Connection,
    editor: Editor,
) -> ShoeEditedOut:
    """Retire a shoe, take it back into use, or note something of it."""
    updates = edit.model_dump(exclude_unset=True) or {"retired_at": None}
    shoe = edit_shoe(id, updates, conn=connection)
    since = "in use" if shoe.retired_at is None else f"retired since {shoe.retired_at}"
    return ShoeEditedOut(message=f"{shoe.name} is {since}.", shoe=ShoeOut.model_validate(shoe))
