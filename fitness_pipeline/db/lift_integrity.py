"""What should hold of `lifts`, as queries for what does not."""

from datetime import datetime

from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.integrity import Violations
from fitness_pipeline.db.queries import fetch_value

_EXAMPLES = 5


def lifts_ending_too_early(*, conn: AnyConnection | None = None) -> Violations:
    """Return the lifts that end before they start.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return _violations(
        "select id from lifts where end_time < start_time and deleted_at is null order by id", {}, conn
    )


def count_live_lifts(*, conn: AnyConnection | None = None) -> int:
    """Return how many lifts count.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        return int(fetch_value(connection, "select count(*) from lifts where deleted_at is null"))


def lifts_unlike_their_workouts(*, conn: AnyConnection | None = None) -> Violations:
    """Return the lifts that count although Hevy has no such workout, and those that should and do not.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return _violations(
        """
        select coalesce(lift.id, 'hevy_' || workout.workout_id) as id
        from raw.hevy_workouts as workout
        full join lifts as lift on lift.id = 'hevy_' || workout.workout_id
        where case
            when workout.workout_id is null or workout.upstream_deleted_at is not null
            then lift.id is not null and lift.deleted_at is null
            when workout.start_time is not null then lift.id is null or lift.deleted_at is not null
            -- without a start it is none, or stays what it was
            else false end
        order by id
        """,
        {},
        conn,
    )


def exercises_without_template(since: datetime, *, conn: AnyConnection | None = None) -> Violations:
    """Return the exercises that lifts do and whose template is not known, each by its title once.

    Args:
        since: only lifts that start then or later are looked at.
        conn: the caller's connection, to take part in its transaction.
    """
    return _violations(
        """
        select coalesce(max(exercise ->> 'title'), exercise ->> 'template_id') as title
        from lifts
        cross join lateral jsonb_path_query(exercises, '$[*]') as exercise
        where deleted_at is null
          and start_time >= %(since)s
          and not exists (select from exercise_templates where id = exercise ->> 'template_id')
          and exercise ->> 'template_id' is not null
        group by exercise ->> 'template_id'
        order by title
        """,
        {"since": since},
        conn,
    )


def _violations(statement: str, parameters: dict[str, datetime], conn: AnyConnection | None) -> Violations:
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        found = [row[0] for row in cursor.execute(statement.encode(), parameters)]
    return Violations(len(found), found[:_EXAMPLES])
