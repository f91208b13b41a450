"""`/lifts` and `/exercise-templates`: strength sessions, and what they add up to."""

from datetime import date, datetime, timedelta
from typing import Annotated, TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Path, Request, Response

from fitness_pipeline.api.access import Viewer
from fitness_pipeline.api.fields import NO_NUL
from fitness_pipeline.api.paging import Page, PageRequest, foreign_cursor, link_to_next, list_responses
from fitness_pipeline.api.periods import Period, PeriodRequest
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import Unprocessable, responses
from fitness_pipeline.api.schemas.lifts import (
    BestSetOut,
    ExerciseFrequencyOut,
    ExerciseTemplateOut,
    LiftingWeekOut,
    LiftOut,
    LiftStatsOut,
    MuscleGroupSetsOut,
)
from fitness_pipeline.db.lift_lists import list_exercise_templates, list_lifts, position_of
from fitness_pipeline.db.lift_statistics import (
    best_sets,
    lifting_by_week,
    most_frequent_exercises,
    sets_by_muscle_group,
)
from fitness_pipeline.db.lifts import get_lift_by_id

router = APIRouter(tags=["lifts"])

_USUAL_WEEKS, _MOST_DAYS = 12, 3660


class _Days(TypedDict):
    since: date
    until: date
    time_zone: str


@router.get("/lifts", summary="Strength sessions", responses=list_responses())
def list_sessions(
    request: Request, response: Response, connection: Connection, viewer: Viewer, period: Period, page: Page
) -> list[LiftOut]:
    """The sessions from `start` to `end` that are not deleted, newest first."""
    found = list_lifts(
        first_day=period.start,
        last_day=period.end,
        time_zone=period.time_zone,
        after=_after(page),
        limit=page.limit + 1,
        conn=connection,
    )
    lifts = found[: page.limit]
    last = [lifts[-1].start_time.isoformat(), lifts[-1].id] if len(found) > page.limit else None
    link_to_next(request, response, last)
    return [LiftOut.model_validate(lift) for lift in lifts]


@router.get("/lifts/stats", summary="What strength training adds up to", responses=responses())
def read_stats(connection: Connection, viewer: Viewer, period: Period) -> LiftStatsOut:
    """Weeks, sets by muscle group, the most frequent exercises and the best sets.

    `end` is today where it is not given, and `start` the Monday that begins the twelve weeks up to `end`.
    """
    start, end = _bounded(period, datetime.now(ZoneInfo(period.time_zone)).date())
    days: _Days = {"since": start, "until": end, "time_zone": period.time_zone}
    return LiftStatsOut(
        start=start,
        end=end,
        user_timezone=period.time_zone,
        weeks=[LiftingWeekOut.model_validate(week) for week in lifting_by_week(**days, conn=connection)],
        sets_by_muscle_group=[
            MuscleGroupSetsOut.model_validate(group)
            for group in sets_by_muscle_group(**days, conn=connection)
        ],
        most_frequent_exercises=[
            ExerciseFrequencyOut.model_validate(exercise)
            for exercise in most_frequent_exercises(**days, conn=connection)
        ],
        best_sets=[BestSetOut.model_validate(best) for best in best_sets(**days, conn=connection)],
    )


@router.get("/lifts/{id}", summary="A strength session", responses=responses(404))
def read_lift(
    id: Annotated[
        str,
        Path(
            pattern=NO_NUL, max_length=500, description="Such as `hevy_b459cba5-cd6d-463c-abd6-54f8eafcadcb`."
        ),
    ],
    connection: Connection,
    viewer: Viewer,
) -> LiftOut:
    """A session with its exercises and their sets."""
    lift = get_lift_by_id(id, conn=connection)
    if lift is None:
        raise HTTPException(
            404, f"There is no lift {id!r}, or it is deleted. `GET /lifts` lists those there are."
        )
    return LiftOut.model_validate(lift)


@router.get("/exercise-templates", summary="Exercises", responses=list_responses())
def list_templates(
    request: Request, response: Response, connection: Connection, viewer: Viewer, page: Page
) -> list[ExerciseTemplateOut]:
    """The exercises that sessions name, in the order of their titles."""
    found = list_exercise_templates(after=page.key(str, str), limit=page.limit + 1, conn=connection)
    templates = found[: page.limit]
    link_to_next(request, response, position_of(templates[-1]) if len(found) > page.limit else None)
    return [ExerciseTemplateOut.model_validate(template) for template in templates]


def _bounded(period: PeriodRequest, today: date) -> tuple[date, date]:
    """Return the first and the last day of a period that may be open at either end."""
    end = period.end or max(today, period.start or today)
    start = period.start or _first_day_before(end)
    if (end - start).days >= _MOST_DAYS:
        raise Unprocessable(
            ("query", "start"), f"From {start} to {end} it is more than ten years. Begin later.", str(start)
        )
    return start, end


def _first_day_before(end: date) -> date:
    try:
        return end - timedelta(days=end.weekday(), weeks=_USUAL_WEEKS - 1)
    except OverflowError:  # at the beginning of the calendar
        return date.min


def _after(page: PageRequest) -> tuple[datetime, str] | None:
    key = page.key(str, str)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(key[0]), key[1]
    except ValueError:
        raise foreign_cursor() from None
