"""The table `normalized.runs`: what providers say of each run now."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import tuple_row

from fitness_pipeline.db.bulk import copy_frame, looking_up_by_index
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.progress import get_progress
from fitness_pipeline.db.queries import fetch_value, query

if TYPE_CHECKING:
    import polars as pl


@dataclass(slots=True, kw_only=True)
class NormalizedCounts:
    """What became of normalized rows, summed over batches.

    Attributes:
        withdrawn: known runs that the provider does not offer as runs any more.
        others: rows that are no runs.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    others: int = 0
    rejected: int = 0


class NormalizedRunsWriter:
    """Writes batches of normalized rows of one provider in one transaction: only what is new or differs."""

    def __init__(self, connection: AnyConnection, provider: str, dagster_run_id: str | None) -> None:
        """Begin, in a transaction that holds the turn of the stage `normalize`.

        Args:
            connection: in that transaction.
            provider: such as `mmf`.
            dagster_run_id: the Dagster run at work.
        """
        self._connection = connection
        self.counts = NormalizedCounts()
        self._parameters = {
            "provider": provider,
            "change_id": fetch_value(connection, "select nextval('normalized.change_ids')"),
            "merged_change_id": get_progress("merge", provider, conn=connection).change_id,
            "dagster_run_id": dagster_run_id,
        }

    def write(self, runs: "pl.DataFrame", others: "pl.DataFrame", rejects: "pl.DataFrame") -> None:
        """Write one batch.

        Args:
            runs: run_id, datetime_utc, type, distance (miles), duration (seconds), source, avg_heart_rate,
                shoe_name, shoe_id, is_day_precision.
            others: workout_key and activity_type of rows that are no runs.
            rejects: workout_key and reason of rows that should be runs and cannot be understood.
        """
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(query("create_incoming_normalized"))
            copy_frame(self._connection, "incoming_normalized_runs", runs.sort("run_id"))
            copy_frame(self._connection, "incoming_others", others)
            copy_frame(self._connection, "incoming_rejects", rejects)
            with looking_up_by_index(self._connection):
                cursor.execute(query("compare_normalized_runs"))
            cursor.execute(query("update_changed_normalized_runs"), self._parameters)
            changed = cursor.rowcount
            cursor.execute(query("insert_new_normalized_runs"), self._parameters)
            new = cursor.rowcount
            cursor.execute(query("withdraw_normalized_runs"), self._parameters)
            self.counts.withdrawn += cursor.rowcount
            cursor.execute(query("keep_mmf_rejects"), self._parameters)
            cursor.execute(query("resolve_rejects"), self._parameters)
            cursor.execute(
                "drop table incoming_normalized_runs, incoming_others, incoming_rejects, differing_runs"
            )
        self.counts.changed += changed
        self.counts.new += new
        self.counts.unchanged += runs.height - new - changed
        self.counts.others += others.height
        self.counts.rejected += rejects.height
