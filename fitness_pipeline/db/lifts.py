"""The table `lifts`: the current state of every strength session, with its former states beside it."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.bulk import looking_up_by_index
from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import query
from fitness_pipeline.models import Lift, LiftVersion

COLUMNS = (
    "id, title, source, description, start_time, end_time, exercises, total_volume_kg, total_sets, "
    "deleted_at, created_at, updated_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftCounts:
    """What became of workouts, each counted once.

    Attributes:
        new: lifts that were not there.
        changed: lifts that say something else now.
        deleted: lifts that are found deleted for the first time.
        revived: deleted lifts that are back.
        rejected: workouts that cannot be understood.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    revived: int = 0
    rejected: int = 0

    @property
    def written(self) -> int:
        """Lifts that were not as their workout says."""
        return self.new + self.changed + self.deleted + self.revived

    @property
    def rows(self) -> int:
        """All workouts that were read."""
        return self.new + self.changed + self.unchanged + self.deleted + self.revived + self.rejected


def write_lifts(connection: AnyConnection, since: int, *, dagster_run_id: str | None) -> LiftCounts:
    """Make lifts of the workouts that changed: only what is new or differs is written.

    What a lift says is computed by Postgres when its raw row is stored (`raw.hevy_workouts`). What a lift was
    before it changes goes to `normalized.lift_versions`.

    Args:
        connection: in a transaction that holds the turn of `hevy`.
        since: the last change id that was read; 0 reads all rows.
        dagster_run_id: the Dagster run at work.

    Returns:
        What became of the workouts.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        # Of all rows, reading tables from end to end is the faster way.
        with looking_up_by_index(connection) if since else nullcontext():
            cursor.execute(query("compare_lifts"), {"since": since})
        cursor.execute("analyze compared_lifts")
        counts: dict[str, int] = dict(
            cursor.execute("select what, count(*) from compared_lifts group by what").fetchall()
        )
        with looking_up_by_index(connection):
            cursor.execute(query("keep_former_lifts"))
        cursor.execute(query("update_changed_lifts"))
        cursor.execute(query("insert_new_lifts"))
        cursor.execute(query("keep_hevy_rejects"), {"dagster_run_id": dagster_run_id})
        cursor.execute(query("resolve_hevy_rejects"))
        cursor.execute("drop table compared_lifts")
    return LiftCounts(**counts)


def get_lifts(
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    include_deleted: bool = False,
    limit: int | None = None,
    conn: AnyConnection | None = None,
) -> list[Lift]:
    """Return the lifts, newest first.

    Args:
        since: only those that start then or later.
        until: only those that start before then.
        include_deleted: whether deleted lifts are in it.
        limit: at most so many; None returns all.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {COLUMNS} from lifts
        where (%(include_deleted)s or deleted_at is null)
          and start_time >= coalesce(%(since)s, '-infinity'::timestamptz)
          and start_time < coalesce(%(until)s, 'infinity'::timestamptz)
        order by start_time desc, id desc
        limit %(limit)s
    """  # noqa: S608 - the columns are a constant
    parameters = {"since": since, "until": until, "include_deleted": include_deleted, "limit": limit}
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Lift)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def get_lift_by_id(
    id: str, include_deleted: bool = False, *, conn: AnyConnection | None = None
) -> Lift | None:
    """Return the lift, or None when there is none of this id.

    Args:
        id: the lift's id, such as `hevy_b459cba5-cd6d-463c-abd6-54f8eafcadcb`.
        include_deleted: whether a deleted lift is returned too.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {COLUMNS} from lifts where id = %s and (%s or deleted_at is null)
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Lift)) as cursor:
        return cursor.execute(statement, [id, include_deleted]).fetchone()


def get_lift_versions(id: str, *, conn: AnyConnection | None = None) -> list[LiftVersion]:
    """Return what a lift was before each of its changes, the latest first; what it is now is not in it.

    Args:
        id: the lift's id.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(LiftVersion)) as cursor:
        return cursor.execute(
            """
            select lift_id, version_number, state, superseded_at from normalized.lift_versions
            where lift_id = %s order by version_number desc
            """,
            [id],
        ).fetchall()
