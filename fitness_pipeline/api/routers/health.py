"""`/health`: whether it works; open to everybody. `/` leads to the pages."""

from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.schemas.examples import shown_as

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """That it works."""

    model_config = shown_as({"status": "ok", "database": "ok", "version": "0.1.0"})

    status: Literal["ok"]
    database: Literal["ok"]
    version: str


@router.get(
    "/health", summary="Whether it works", responses={503: {"description": "The database does not answer."}}
)
def read_health(connection: Connection) -> Health:
    """Whether the API and its database answer."""
    connection.execute("select 1")
    return Health(status="ok", database="ok", version=version("fitness-pipeline"))


@router.get("/", include_in_schema=False)
async def show_pages() -> RedirectResponse:
    """To the pages, wherever a proxy has put the API."""
    return RedirectResponse("docs")
