"""Miles run, summed by year and by shoe."""

from dataclasses import dataclass

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.time_zones import zone_in_postgres


@dataclass(frozen=True, slots=True, kw_only=True)
class YearMileage:
    """What was run in a year."""

    year: int
    runs: int
    miles: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoeMileage:
    """What was run in a shoe; no shoe has the name None."""

    shoe: str | None
    runs: int
    miles: float


def mileage_by_year(time_zone: str, *, conn: AnyConnection | None = None) -> list[YearMileage]:
    """Return runs and miles of each year in which there was a run, in order.

    Args:
        time_zone: the IANA zone whose years these are.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    zone = zone_in_postgres(time_zone, conn=conn)
    with reading(conn) as connection, connection.cursor(row_factory=class_row(YearMileage)) as cursor:
        return cursor.execute(
            """
            select extract(year from datetime_utc at time zone %s)::integer as year,
                   count(*) as runs, sum(distance) as miles
            from runs where deleted_at is null group by 1 order by 1
            """,
            [zone],
        ).fetchall()


def mileage_by_shoe(*, conn: AnyConnection | None = None) -> list[ShoeMileage]:
    """Return runs and miles of each shoe, most miles first; runs without a shoe come last.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ShoeMileage)) as cursor:
        return cursor.execute(
            """
            select shoes.name as shoe, count(*) as runs, sum(runs.distance) as miles
            from runs left join shoes on shoes.id = runs.shoe_id
            where runs.deleted_at is null
            group by shoes.id, shoes.name
            order by shoes.id is null, miles desc, shoes.name
            """
        ).fetchall()
