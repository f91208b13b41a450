"""The days that metrics tell of: those of a time zone, up to today."""

from dataclasses import dataclass
from datetime import date

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.time_zones import zone_in_postgres
from fitness_pipeline.models import EARLIEST_START


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
    zone = zone_in_postgres(time_zone, conn=conn)
    first_run = _first_run_day(zone, conn)
    return MetricsPeriod(first=start or first_run, last=min(end or today, today), today=today, time_zone=zone)


def _first_run_day(zone: str, conn: AnyConnection | None) -> date | None:
    statement = """
        select (min(datetime_utc) at time zone %(zone)s)::date
        from runs where deleted_at is null and datetime_utc >= %(earliest)s
    """
    with reading(conn) as connection:
        day: date | None = fetch_value(connection, statement, {"zone": zone, "earliest": EARLIEST_START})
    return day
