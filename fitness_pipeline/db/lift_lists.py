"""Lifts and exercise templates in pages."""

from datetime import date, datetime

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.exercise_templates import COLUMNS as TEMPLATE_COLUMNS
from fitness_pipeline.db.lifts import COLUMNS
from fitness_pipeline.db.local_days import instants_of_days
from fitness_pipeline.models import ExerciseTemplate, Lift

# A part of the title, since a position goes along with requests.
_TITLE_LETTERS = 100


def list_lifts(
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    time_zone: str = "UTC",
    after: tuple[datetime, str] | None = None,
    limit: int,
    conn: AnyConnection | None = None,
) -> list[Lift]:
    """Return lifts that are not deleted, newest first.

    Args:
        first_day: the first day; None for no beginning.
        last_day: the last day, which is in it; None for no end.
        time_zone: the IANA zone whose days these are.
        after: start and id of the lift behind which the page begins; None begins with the newest.
        limit: at most so many.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    since, until = instants_of_days(first_day, last_day, time_zone)
    statement = f"""
        select {COLUMNS} from lifts
        where deleted_at is null and start_time >= %(since)s and start_time < %(until)s
          and (start_time, id) < (%(after_start)s, %(after_id)s)
        order by start_time desc, id desc
        limit %(limit)s
    """  # noqa: S608 - the columns are a constant
    after_start, after_id = after or (until, "")
    parameters = {
        "since": since,
        "until": until,
        "after_start": after_start,
        "after_id": after_id,
        "limit": limit,
    }
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Lift)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def list_exercise_templates(
    *, after: tuple[str, str] | None = None, limit: int, conn: AnyConnection | None = None
) -> list[ExerciseTemplate]:
    """Return exercise templates in the order of their titles, of which the first hundred letters count.

    Args:
        after: the position of the template behind which the page begins; None begins with the first.
        limit: at most so many.
        conn: the caller's connection, to take part in its transaction.
    """
    title, id = after or ("", "")  # no id is empty
    statement = f"""
        select {TEMPLATE_COLUMNS} from exercise_templates where (left(title, {_TITLE_LETTERS}), id) > (%s, %s)
        order by left(title, {_TITLE_LETTERS}), id limit %s
    """  # noqa: S608 - columns and letters are constants
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ExerciseTemplate)) as cursor:
        return cursor.execute(statement, [title, id, limit]).fetchall()


def position_of(template: ExerciseTemplate) -> tuple[str, str]:
    """Return where a template stands in the list of templates.

    Args:
        template: in that list.
    """
    return template.title[:_TITLE_LETTERS], template.id
