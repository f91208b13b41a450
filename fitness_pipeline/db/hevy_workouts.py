"""The table `raw.hevy_workouts`: the newest state of each workout, as Hevy sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg import DataError
from psycopg.errors import StatementTooComplex
from psycopg.rows import class_row, scalar_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import fetch_value, query


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingWorkout:
    """A workout as it came.

    Attributes:
        changed_at: when it was changed upstream; None where it does not tell.
        payload: JSON text, the bytes as sent.
        sha256: of those bytes.
    """

    workout_id: str
    changed_at: datetime | None
    payload: bytes = field(repr=False)
    sha256: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWorkouts:
    """What became of workouts that came; the others were stored like that already, or newer.

    Attributes:
        changed: those that had been deleted and are back are among them.
        refused: those that Postgres cannot hold as JSON, such as with a NUL in a title.
    """

    new: list[str]
    changed: list[str]
    refused: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutState:
    """What is known of a workout.

    Attributes:
        changed_at: when what is stored was changed upstream; None where that is not told.
        deleted_at: when it was deleted upstream; None while Hevy has it.
    """

    workout_id: str
    changed_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HevyCounts:
    """How many workouts Hevy has, as far as is known here.

    Attributes:
        live: stored and not deleted.
        rejected: those that could not be stored.
    """

    live: int
    rejected: int

    @property
    def total(self) -> int:
        """What Hevy is to count."""
        return self.live + self.rejected


def store_workouts(
    connection: AnyConnection,
    incoming: Sequence[IncomingWorkout],
    *,
    are_listed: bool,
    dagster_run_id: str | None,
) -> StoredWorkouts:
    """Store what is new or differs, unless what is stored is newer; nothing else is written.

    Args:
        connection: in a transaction that holds the turn of `hevy`.
        incoming: workouts, each once.
        are_listed: whether Hevy has them now; otherwise they are what it had at some time, which brings
            none back that was deleted later.
        dagster_run_id: the Dagster run at work.
    """
    parameters = {
        "workout_ids": [workout.workout_id for workout in incoming],
        "digests": [workout.sha256 for workout in incoming],
        "changed_at": [workout.changed_at for workout in incoming],
        "are_listed": are_listed,
    }
    with connection.cursor(row_factory=tuple_row) as cursor:
        differing: dict[str, bool] = dict(
            cursor.execute(query("find_changed_hevy_workouts"), parameters).fetchall()
        )
    if not differing:
        return StoredWorkouts(new=[], changed=[], refused=[])
    change_id: int = fetch_value(connection, "select nextval('raw.change_ids')")
    to_store = [workout for workout in incoming if workout.workout_id in differing]
    stored, refused = _store(connection, to_store, change_id, dagster_run_id)
    return StoredWorkouts(
        new=[workout_id for workout_id in stored if differing[workout_id]],
        changed=[workout_id for workout_id in stored if not differing[workout_id]],
        refused=refused,
    )


def mark_workouts_deleted(connection: AnyConnection, deletions: Mapping[str, datetime | None]) -> list[str]:
    """Mark workouts as gone upstream; return those that were not yet.

    Args:
        connection: in a transaction that holds the turn of `hevy`.
        deletions: when each workout was deleted; None where nobody knows, which is now.
    """
    parameters = {"workout_ids": list(deletions), "deleted_at": list(deletions.values())}
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query("mark_hevy_workouts_deleted"), parameters).fetchall()


def find_states(workout_ids: Sequence[str], *, conn: AnyConnection | None = None) -> dict[str, WorkoutState]:
    """Return what is known of workouts; those that are not stored are not in it.

    Args:
        workout_ids: which to look at.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(WorkoutState)) as cursor:
        found = cursor.execute(
            """
            select workout_id, changed_upstream_at as changed_at, upstream_deleted_at as deleted_at
            from raw.hevy_workouts where workout_id = any(%s)
            """,
            [list(workout_ids)],
        ).fetchall()
    return {state.workout_id: state for state in found}


def count_workouts(*, conn: AnyConnection | None = None) -> HevyCounts:
    """Return how many workouts Hevy has, as far as is known here.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(HevyCounts)) as cursor:
        (counts,) = cursor.execute(query("count_hevy_workouts"), {}).fetchall()
    return counts


def _store(
    connection: AnyConnection,
    workouts: Sequence[IncomingWorkout],
    change_id: int,
    dagster_run_id: str | None,
) -> tuple[list[str], list[str]]:
    """Store workouts; return the ids of those that were stored, and of those that cannot be held."""
    parameters = {
        "workout_ids": [workout.workout_id for workout in workouts],
        "payloads": [workout.payload.decode("utf-8", "replace") for workout in workouts],
        "digests": [workout.sha256 for workout in workouts],
        "changed_at": [workout.changed_at for workout in workouts],
        "change_id": change_id,
        "dagster_run_id": dagster_run_id,
    }
    try:
        with connection.transaction(), connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(query("store_hevy_workouts"), parameters).fetchall(), []
    except (DataError, StatementTooComplex):
        if len(workouts) == 1:
            return [], [workouts[0].workout_id]
    middle = len(workouts) // 2
    first = _store(connection, workouts[:middle], change_id, dagster_run_id)
    second = _store(connection, workouts[middle:], change_id, dagster_run_id)
    return first[0] + second[0], first[1] + second[1]
