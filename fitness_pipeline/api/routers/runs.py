"""`/runs`: what was run, in pages and in detail."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import TypeAdapter

from fitness_pipeline.api.access import Viewer
from fitness_pipeline.api.fields import RunId
from fitness_pipeline.api.paging import (
    Page,
    PageRequest,
    foreign_cursor,
    json_list,
    link_to_next,
    list_responses,
)
from fitness_pipeline.api.periods import Period
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.schemas.runs import RunDetailOut, RunOut
from fitness_pipeline.api.versions import tell_version, versioned_responses
from fitness_pipeline.db.run_lists import RunOrder, RunPage, RunPosition, SortBy, list_runs, position_in
from fitness_pipeline.db.runs import get_run_detail_by_id
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.models import Run, RunDetail

router = APIRouter(tags=["runs"])

_RUNS = TypeAdapter(list[RunOut])
_DETAILS = TypeAdapter(list[RunDetailOut])


async def _order(
    sort_by: Annotated[
        SortBy, Query(description="Runs of which it is not known come last in both directions.")
    ] = "date",
    sort_order: Annotated[Literal["asc", "desc"], Query(description="Where equal, the id decides.")] = "desc",
) -> RunOrder:
    return RunOrder(sort_by=sort_by, is_descending=sort_order == "desc")


Order = Annotated[RunOrder, Depends(_order)]


@router.get("/runs", summary="Runs", response_model=list[RunOut], responses=list_responses())
def list_all_runs(
    request: Request,
    response: Response,
    connection: Connection,
    viewer: Viewer,
    period: Period,
    order: Order,
    page: Page,
) -> Response:
    """The runs from `start` to `end` that are not deleted."""
    found = list_runs(
        Run,
        first_day=period.start,
        last_day=period.end,
        time_zone=period.time_zone,
        order=order,
        after=_after(page, order),
        limit=page.limit,
        conn=connection,
    )
    _link(request, response, order, found)
    return json_list(_RUNS, found.runs, response)


@router.get(
    "/runs/details",
    summary="Runs with their details",
    response_model=list[RunDetailOut],
    responses=list_responses(),
)
@router.get("/runs-details", include_in_schema=False)
def list_run_details(
    request: Request,
    response: Response,
    connection: Connection,
    viewer: Viewer,
    period: Period,
    order: Order,
    page: Page,
    synced: Annotated[
        bool | None,
        Query(description="Only those whose last sync with the calendar went well, or only the others."),
    ] = None,
) -> Response:
    """The runs from `start` to `end` that are not deleted, with shoe and state of the calendar."""
    found = list_runs(
        RunDetail,
        first_day=period.start,
        last_day=period.end,
        time_zone=period.time_zone,
        is_synced=synced,
        order=order,
        after=_after(page, order),
        limit=page.limit,
        conn=connection,
    )
    _link(request, response, order, found)
    return json_list(_DETAILS, found.runs, response)


@router.get("/runs/{id}", summary="A run", responses=versioned_responses(404))
def read_run(id: RunId, response: Response, connection: Connection, viewer: Viewer) -> RunDetailOut:
    """A run with its details. One that is deleted is not found; its history is."""
    run = get_run_detail_by_id(id, conn=connection)
    if run is None:
        raise HTTPException(
            404, f"There is no run {id!r}, or it is deleted. `GET /runs` lists those there are."
        )
    tell_version(response, run.version)
    return RunDetailOut.model_validate(run)


def _after(page: PageRequest, order: RunOrder) -> RunPosition | None:
    if page.after is None:
        return None
    try:
        sort_by, is_descending, key, run_id = page.after
        if (sort_by, is_descending) == (order.sort_by, int(order.is_descending)):
            return position_in(order, key, run_id)
    except (ValueError, InvalidValue):
        pass
    raise foreign_cursor()


def _link(request: Request, response: Response, order: RunOrder, page: RunPage[Any]) -> None:
    if page.last is not None:
        key = page.last.key
        text = key.isoformat() if isinstance(key, datetime) else key
        link_to_next(request, response, [order.sort_by, int(order.is_descending), text, page.last.run_id])
