"""The days that metrics tell of: those of a time zone, up to today."""

from dataclasses import dataclass
from datetime import date

from psycopg import errors as pg

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.models import EARLIEST_START
from fitness_pipeline.settings import time_zone as known_time_zone

# Postgres takes these names for abbreviations, which have no summer time. In the IANA list (since 2024b) they
# are other names of these zones.
_NO_ABBREVIATIONS = {
    "CET": "Europe/Brussels",
    "EET": "Europe/Athens",
    "MET": "Europe/Brussels",
    "WET": "Europe/Lisbon",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsPeriod:
    """Days of a time zone.

    Attributes:
        first: the first day; None where there is no run that it could begin with.
        last: the last day, which is in it and not after `today`. It may lie before the first one.
        today: the last day on which anything counts.
        time_zone: as Postgres knows it.
    """

    first: date | None
    last: date
    today: date
    time_zone: str

    @property
    def days(self) -> int:
        """How many days it has."""
        return 0 if self.first is None else max(0, (self.last - self.first).days + 1)


def find_period(
    start: date | None, end: date | None, time_zone: str, *, today: date, conn: AnyConnection | None = None
) -> MetricsPeriod:
    """Return the days from one to another.

    Args:
        start: the first day; None begins with the first run.
        end: the last day, which is in it; None, and days to come, end it today.
        time_zone: the IANA zone whose days these are.
        today: the present day in that zone.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    zone = known_time_zone(time_zone).key
    zone = _NO_ABBREVIATIONS.get(zone, zone)
    first_run = _first_run_day(zone, conn)
    return MetricsPeriod(first=start or first_run, last=min(end or today, today), today=today, time_zone=zone)


def _first_run_day(zone: str, conn: AnyConnection | None) -> date | None:
    # The condition is there to fail: Python finds names (`localtime`) that Postgres does not know.
    statement = """
        select (min(datetime_utc) at time zone %(zone)s)::date
        from runs
        where deleted_at is null and datetime_utc >= %(earliest)s and now() at time zone %(zone)s is not null
    """
    with reading(conn) as connection:
        try:
            day: date | None = fetch_value(connection, statement, {"zone": zone, "earliest": EARLIEST_START})
        except pg.InvalidParameterValue as error:
            raise UnknownTimeZone(
                f"{zone!r} is not a time zone that the database knows. Use an IANA name such as "
                "America/Chicago or Europe/Berlin."
            ) from error
    return day
