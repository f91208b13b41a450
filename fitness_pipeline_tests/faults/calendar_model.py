"""What a calendar is to show of runs, in plain Python and one run at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar.rows import Row

HOME = ZoneInfo("America/Chicago")
METRIC_TITLE = "{type}: {distance_km} km, {shoe}"
_KILOMETRES_A_MILE = 1.609344


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the settings say of events.

    Attributes:
        calendar: the address of the one that events are on.
        is_metric: whether `METRIC_TITLE` is their title, instead of the usual one.
        is_all_day: whether a run of which only the day is known is an event of the whole day.
    """

    calendar: str
    is_metric: bool = False
    is_all_day: bool = True


@dataclass(frozen=True, order=True)
class Shown:
    """An event, as far as it is ours.

    Attributes:
        calendar: the address of the one that it is on.
        start: an instant, or a day.
    """

    calendar: str
    run_id: str
    version: str
    summary: str
    start: datetime | date
    end: datetime | date


def shown_runs(connection: AnyConnection, wanted: Iterable[str], look: Look) -> dict[str, Shown]:
    """Return what the events of some runs are to be, by the run's id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select runs.*, shoes.name as shoe from runs left join shoes on shoes.id = shoe_id
            where runs.id = any(%s)
            """,
            [list(wanted)],
        ).fetchall()
    return {row["id"]: _shown_run(row, look) for row in rows}


def shown_event(calendar: str, row: Row) -> Shown:
    """Return what an event of ours is."""
    told = row["extendedProperties"]["private"]
    return Shown(
        calendar=calendar,
        run_id=told["fitness_run_id"],
        version=told["fitness_run_version"],
        summary=row["summary"],
        start=_time(row["start"]),
        end=_time(row["end"]),
    )


def _shown_run(row: dict[str, Any], look: Look) -> Shown:
    kilometres = f"{row['distance'] * _KILOMETRES_A_MILE:.1f}"
    if not look.is_metric:
        summary = f"{row['distance']:.1f} mi {row['type']}"
    elif row["shoe"] is None:  # a line that names what is not there is left out, and this title has only one
        summary = row["type"]
    else:
        summary = f"{row['type']}: {kilometres} km, {row['shoe']}"
    start: datetime | date = row["datetime_utc"].replace(microsecond=0)
    end: datetime | date = start + max(timedelta(seconds=round(row["duration"])), timedelta(minutes=1))
    at = row["datetime_utc"].astimezone(HOME)
    if look.is_all_day and row["source"] == "MapMyFitness" and (at.hour, at.minute) == (12, 0):
        start, end = at.date(), at.date() + timedelta(days=1)
    return Shown(look.calendar, row["id"], f"{row['version']}", summary, start, end)


def _time(told: dict[str, str]) -> datetime | date:
    return date.fromisoformat(told["date"]) if "date" in told else datetime.fromisoformat(told["dateTime"])
