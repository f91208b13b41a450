"""The table `raw.mmf_workouts`: the newest exported row of each MapMyFitness workout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.rows import tuple_row

from fitness_pipeline.db.bulk import copied_frames, copy_frame, looking_up_by_index
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value, query

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutCounts:
    """What became of the rows of one file.

    Attributes:
        repeated: rows that say again what another row of the same file says.
        rejected: rows that name a workout of another row, with other values.
    """

    new: int
    changed: int
    unchanged: int
    repeated: int
    rejected: int


class IncomingWorkouts:
    """Collects one file's rows in a temp table, then writes what is new or changed."""

    def __init__(self, connection: AnyConnection) -> None:
        """Begin, in a transaction that holds the turn of the stage `extract`."""
        self._connection = connection
        connection.execute(query("create_incoming_mmf_workouts"))

    def add(self, rows: "pl.DataFrame") -> None:
        """Collect rows.

        Args:
            rows: row_number, workout_key, the fifteen cells and `extra`, by name.
        """
        copy_frame(self._connection, "incoming_mmf_workouts", rows)

    def write(
        self,
        *,
        file_id: int,
        unit: str,
        time_zone: str | None,
        dagster_run_id: str | None,
        doubtful_rows: Sequence[int] = (),
    ) -> WorkoutCounts:
        """Write the rows that are new or differ from what is stored; nothing else is touched.

        Args:
            file_id: the file that they came in.
            unit: its unit of length, `mi` or `km`.
            time_zone: the zone given with the file, or None.
            dagster_run_id: the Dagster run at work.
            doubtful_rows: the numbers of rows that may be rejected when they are normalized.

        Returns:
            What became of the rows.
        """
        parameters = {
            "doubtful_rows": list(doubtful_rows),
            "file_id": file_id,
            "unit": unit,
            "time_zone": time_zone,
            "dagster_run_id": dagster_run_id,
            "change_id": fetch_value(self._connection, "select nextval('raw.change_ids')"),
        }
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute("analyze incoming_mmf_workouts (workout_key)")
            cursor.execute(query("find_repeated_mmf_workouts"))
            has_repeats = cursor.rowcount > 0
            cursor.execute(query("resolve_extract_rejects"), parameters)
            cursor.execute(query("resolve_cut_off_rejects"), parameters)
            repeated = rejected = 0
            if has_repeats:
                cursor.execute(query("keep_mmf_workouts_without_link_apart"))
                cursor.execute(query("reject_contradicting_mmf_workouts"), parameters)
                rejected = cursor.rowcount
                cursor.execute(query("note_contradicting_mmf_workouts"), parameters)
            if doubtful_rows:
                cursor.execute(query("note_doubtful_mmf_workouts"), parameters)
            if has_repeats:
                cursor.execute(query("drop_repeated_mmf_workouts"))
                repeated = cursor.rowcount - rejected
            with looking_up_by_index(self._connection):
                changed = cursor.execute(query("update_changed_mmf_workouts"), parameters).rowcount
                new = cursor.execute(query("insert_new_mmf_workouts"), parameters).rowcount
            total: int = fetch_value(self._connection, "select count(*) from incoming_mmf_workouts")
            cursor.execute("drop table incoming_mmf_workouts, repeated_mmf_workouts")
        return WorkoutCounts(
            new=new,
            changed=changed,
            unchanged=total - new - changed,
            repeated=repeated,
            rejected=rejected,
        )


def changed_workouts(connection: AnyConnection, since: int) -> "Iterator[pl.DataFrame]":
    """Read what normalizing needs of the rows that changed since a change id.

    Args:
        connection: in a transaction.
        since: the last change id that was read; 0 reads all rows.

    Yields:
        Frames of workout_key, workout_date, activity_type, distance, workout_time, avg_heart_rate, notes,
        unit and time_zone (null: as in the settings), all text.
    """
    import polars as pl  # here, so that loading the definitions stays fast

    columns = (
        "workout_key",
        "workout_date",
        "activity_type",
        "distance",
        "workout_time",
        "avg_heart_rate",
        "notes",
        "unit",
        "time_zone",
    )
    select = sql.SQL("select {} from raw.mmf_workouts where change_id > {} order by workout_key").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Literal(since)
    )
    return copied_frames(connection, select, dict.fromkeys(columns, pl.String))
