"""`/shoes`: what runs were run in."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from fitness_pipeline.api.access import Viewer
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import responses
from fitness_pipeline.db.shoes import get_shoes

router = APIRouter(tags=["shoes"])

_EXAMPLE: JsonDict = {"retired_at": "2026-03-01", "retirement_notes": "The heel is worn down."}


class ShoeOut(BaseModel):
    """A shoe."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    retired_at: date | None
    notes: str | None
    retirement_notes: str | None
    deleted_at: datetime | None


class ShoeEdit(BaseModel):
    """What to change. Without `retired_at`, and with null, the shoe is in use again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    retired_at: date | None = None
    retirement_notes: str | None = None
    notes: str | None = None


class ShoeEdited(BaseModel):
    """What became of it."""

    message: str
    shoe: ShoeOut


@router.get("/shoes", responses=responses())
@router.get("/shoes/", include_in_schema=False)
def list_shoes(
    connection: Connection,
    viewer: Viewer,
    retired: Annotated[bool | None, Query(description="Only the retired ones, or only the others.")] = None,
) -> list[ShoeOut]:
    """All shoes, in the order of their names."""
    return [ShoeOut.model_validate(shoe) for shoe in get_shoes(retired, conn=connection)]
