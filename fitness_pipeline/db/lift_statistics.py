"""What strength training adds up to: by week, by muscle group, by exercise, and the best sets.

Deleted lifts and warm-ups count nowhere. Periods are days of a time zone, the last one included.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import query
from fitness_pipeline.db.time_zones import zone_in_postgres
from fitness_pipeline.settings import time_zone as known_time_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftingWeek:
    """What was lifted in an ISO week.

    Attributes:
        monday: its first day.
        volume_kg: weight times repetitions.
    """

    monday: date
    sessions: int
    sets: int
    volume_kg: float

    @property
    def name(self) -> str:
        """Such as `2026-W07`."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MuscleGroupSets:
    """The sets for a muscle group.

    Attributes:
        muscle_group: as Hevy names it; `unknown` where the exercise's template is not known, or names none.
        sets: those whose exercise trains it first of all, and half of those that train it besides.
        primary_sets: those whose exercise trains it first of all.
        secondary_sets: those whose exercise trains it besides.
    """

    muscle_group: str
    sets: float
    primary_sets: int
    secondary_sets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseFrequency:
    """How often an exercise was done.

    Attributes:
        template_id: None for an exercise that names no template; its title tells it from others then.
        title: the template's; the latest in the lifts where the template is not known.
        sessions: lifts with at least one set of it.
        last_time: when the latest of these started.
    """

    template_id: str | None
    title: str
    sessions: int
    sets: int
    last_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BestSet:
    """The best set of an exercise in one lift.

    Attributes:
        template_id: None for an exercise that names no template.
        title: as in `ExerciseFrequency`.
        start_time: of the lift.
        one_rep_max_kg: what could have been lifted once, estimated.
        is_record: whether no earlier lift of the period was as good.
    """

    template_id: str | None
    title: str
    lift_id: str
    start_time: datetime
    weight_kg: float
    reps: float
    one_rep_max_kg: float
    is_record: bool


def lifting_by_week(
    time_zone: str,
    *,
    since: date | None = None,
    until: date | None = None,
    conn: AnyConnection | None = None,
) -> list[LiftingWeek]:
    """Return sessions, sets and volume of each week from the first to the last session, in order.

    Weeks between them in which nothing was lifted are in it. A week that the period cuts tells of the days
    inside.

    Args:
        time_zone: the IANA zone whose weeks these are.
        since: the first day; None begins with the first session.
        until: the last day; None ends with the last session.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    zone = zone_in_postgres(time_zone, conn=conn)
    parameters = {**_period(since, until, time_zone), "time_zone": zone}
    with reading(conn) as connection, connection.cursor(row_factory=class_row(LiftingWeek)) as cursor:
        return cursor.execute(query("lifting_by_week"), parameters).fetchall()


def sets_by_muscle_group(
    *,
    since: date | None = None,
    until: date | None = None,
    time_zone: str = "UTC",
    conn: AnyConnection | None = None,
) -> list[MuscleGroupSets]:
    """Return the sets for each muscle group, most first.

    A set counts once for the primary muscle group of its exercise, and half for each secondary one.

    Args:
        since: the first day; None begins with the first session.
        until: the last day; None ends with the last session.
        time_zone: the IANA zone whose days these are.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    parameters = _period(since, until, time_zone)
    with reading(conn) as connection, connection.cursor(row_factory=class_row(MuscleGroupSets)) as cursor:
        return cursor.execute(query("sets_by_muscle_group"), parameters).fetchall()


def most_frequent_exercises(
    limit: int | None = 10,
    *,
    since: date | None = None,
    until: date | None = None,
    time_zone: str = "UTC",
    conn: AnyConnection | None = None,
) -> list[ExerciseFrequency]:
    """Return the exercises that were done in most sessions, the most frequent first.

    Args:
        limit: at most so many; None returns all.
        since: the first day; None begins with the first session.
        until: the last day; None ends with the last session.
        time_zone: the IANA zone whose days these are.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    parameters = {**_period(since, until, time_zone), "limit": limit}
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ExerciseFrequency)) as cursor:
        return cursor.execute(query("most_frequent_exercises"), parameters).fetchall()


def best_sets(
    template_id: str | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    time_zone: str = "UTC",
    conn: AnyConnection | None = None,
) -> list[BestSet]:
    """Return the best set of each lift, exercise by exercise (in the order of their titles), oldest first.

    The best set is the one with the greatest estimated one-repetition maximum, by Epley's formula:
    weight * (1 + repetitions / 30), and the weight itself for a single repetition. Sets of more than 12
    repetitions are left out, for which no such formula holds; so are exercises whose template counts anything
    but weight and repetitions (`weight_reps`): at an assisted pull-up, more kilograms are less strength.

    Args:
        template_id: only this exercise; None means all.
        since: the first day; None begins with the first session.
        until: the last day; None ends with the last session.
        time_zone: the IANA zone whose days these are.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    parameters = {**_period(since, until, time_zone), "template_id": template_id}
    with reading(conn) as connection, connection.cursor(row_factory=class_row(BestSet)) as cursor:
        return cursor.execute(query("best_sets"), parameters).fetchall()


def _period(since: date | None, until: date | None, time_zone: str) -> dict[str, Any]:
    """Return the instants at which a period begins and, no longer in it, ends."""
    zone = known_time_zone(time_zone)
    ends = until + timedelta(days=1) if until is not None and until < date.max else None
    return {
        "since": datetime.combine(since, time(), zone) if since is not None else None,
        "until": datetime.combine(ends, time(), zone) if ends is not None else None,
    }
