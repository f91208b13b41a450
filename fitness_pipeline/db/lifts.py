"""The table `lifts`: the current state of every strength session, with its former states beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.bulk import copy_frame, looking_up_by_index
from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import query
from fitness_pipeline.models import Lift, LiftVersion

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = (
    "id, title, source, description, start_time, end_time, exercises, total_volume_kg, total_sets, "
    "deleted_at, created_at, updated_at"
)


@dataclass(slots=True, kw_only=True)
class LiftCounts:
    """What became of workouts, each counted once, summed over batches.

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
    def rows(self) -> int:
        """All workouts that were read."""
        return self.new + self.changed + self.unchanged + self.deleted + self.revived + self.rejected


class LiftsWriter:
    """Writes batches of normalized workouts in one transaction: only what is new or differs."""

    def __init__(self, connection: AnyConnection, dagster_run_id: str | None) -> None:
        """Begin, in a transaction that holds the turn of `hevy`.

        Args:
            connection: in that transaction.
            dagster_run_id: the Dagster run at work.
        """
        self._connection = connection
        self._parameters = {"dagster_run_id": dagster_run_id}
        self.counts = LiftCounts()

    def write(self, lifts: "pl.DataFrame", withdrawn: "pl.DataFrame", rejects: "pl.DataFrame") -> None:
        """Write one batch; what a lift was before it changes goes to `normalized.lift_versions`.

        Args:
            lifts: lift_id, workout_id, title, description, start_time, end_time; the rest of what a lift
                says is taken from its raw row.
            withdrawn: lift_id and workout_id of what is deleted and cannot be understood.
            rejects: key (the id of the lift it would be), workout_id and reason of what cannot be understood.
        """
        counts = self.counts
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(query("create_incoming_lifts"))
            copy_frame(self._connection, "incoming_lifts", lifts)
            copy_frame(self._connection, "incoming_withdrawn_lifts", withdrawn)
            copy_frame(self._connection, "incoming_lift_rejects", rejects)
            with looking_up_by_index(self._connection):
                cursor.execute(query("withdraw_lifts"))
                cursor.execute(query("find_differing_lifts"))
                found = dict(cursor.execute("select what, count(*) from differing_lifts group by what"))
                cursor.execute(query("keep_former_lifts"))
                cursor.execute(query("update_changed_lifts"))
                cursor.execute(query("insert_new_lifts"))
                cursor.execute(query("keep_hevy_rejects"), self._parameters)
            cursor.execute(query("resolve_hevy_rejects"))
            cursor.execute(
                "drop table incoming_lifts, incoming_withdrawn_lifts, incoming_lift_rejects, differing_lifts"
            )
        counts.new += found.get("new", 0)
        counts.changed += found.get("changed", 0)
        counts.deleted += found.get("deleted", 0)
        counts.revived += found.get("revived", 0)
        counts.unchanged += lifts.height + withdrawn.height - sum(found.values())
        counts.rejected += rejects.height


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
        select {_COLUMNS} from lifts
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
        select {_COLUMNS} from lifts where id = %s and (%s or deleted_at is null)
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
