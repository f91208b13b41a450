"""Any number of Strava activities: those of the generated athlete again and again, at other times."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.strava_activities import IncomingActivities, store_activities
from fitness_pipeline.providers.strava.listed import read_activities_page
from fitness_pipeline.sandbox.serving.replies import encode
from fitness_pipeline.sandbox.strava.athlete import Athlete, compose_athlete
from fitness_pipeline.sandbox.strava.rows import Row, iso

TODAY = date(2026, 1, 1)
SCOPE = "activity:read_all"

_FIRST_ID, _ID_STEP = 10_000_000_019, 1_009
_FIRST_START = datetime(2006, 1, 1, 6, tzinfo=UTC)
_APART = timedelta(minutes=50)
_STORED_AT_ONCE = 5_000


def athlete() -> Athlete:
    """Return the stand-in's athlete."""
    return compose_athlete(today=TODAY)


def many_activities(count: int, first_number: int = 0) -> Iterator[Row]:
    """Yield activities as Strava lists them, the oldest first.

    Args:
        count: how many; 200,000 fill twenty years.
        first_number: equal numbers give equal activities.
    """
    rows = athlete().activities
    for number, row in enumerate(islice(cycle(rows), first_number, first_number + count), first_number):
        start = _FIRST_START + number * _APART
        local = start + timedelta(seconds=row["utc_offset"])
        yield {
            **row,
            "id": _FIRST_ID + number * _ID_STEP,
            "start_date": iso(start),
            "start_date_local": iso(local),
        }


def store_many_activities(connection: AnyConnection, count: int, first_number: int = 0) -> None:
    """Store such activities as reading them from Strava does."""
    rows = many_activities(count, first_number)
    while some := list(islice(rows, _STORED_AT_ONCE)):
        page = read_activities_page(b"[%s]" % b",".join(map(encode, some)))
        incoming = IncomingActivities(
            activity_ids=page.activity_ids,
            start_dates=page.start_dates,
            payloads=page.payloads,
            digests=page.digests,
        )
        with connection.transaction():
            take_turn(connection, "strava")
            store_activities(connection, incoming, scope=SCOPE, dagster_run_id=None)
