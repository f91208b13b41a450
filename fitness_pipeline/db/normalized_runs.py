"""The table `normalized.runs`: what providers say of each run now."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg.rows import tuple_row

from fitness_pipeline.db.bulk import copy_frame, looking_up_by_index
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.progress import get_progress
from fitness_pipeline.db.queries import fetch_value, query

if TYPE_CHECKING:
    import polars as pl


# Where the row that a reject came from is found.
_KEEP_REJECTS = {"mmf": "keep_mmf_rejects", "strava": "keep_strava_rejects"}


@dataclass(slots=True, kw_only=True)
class NormalizedCounts:
    """What became of normalized rows, summed over batches.

    Attributes:
        rows: all that were read.
        withdrawn: known runs that the provider does not offer as runs any more.
        others_by_type: the provider's name of an activity that is no run, to the number of such rows.
    """

    rows: int = field(default=0, compare=False)
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    rejected: int = 0
    others_by_type: dict[str, int] = field(default_factory=dict)

    @property
    def others(self) -> int:
        """Rows that are no runs."""
        return sum(self.others_by_type.values())


class NormalizedRunsWriter:
    """Writes batches of normalized rows of one provider in one transaction: only what is new or differs."""

    def __init__(self, connection: AnyConnection, provider: str, dagster_run_id: str | None) -> None:
        """Begin, in a transaction that holds the provider's turn.

        Args:
            connection: in that transaction.
            provider: `mmf` or `strava`.
            dagster_run_id: the Dagster run at work.
        """
        self._connection = connection
        self.counts = NormalizedCounts()
        self._keep_rejects = query(_KEEP_REJECTS[provider])
        self._parameters = {
            "provider": provider,
            "change_id": fetch_value(connection, "select nextval('normalized.change_ids')"),
            "merged_change_id": get_progress("merge", provider, conn=connection).change_id,
            "dagster_run_id": dagster_run_id,
        }

    def write(
        self,
        runs: "pl.DataFrame",
        others: "pl.DataFrame",
        withdrawn: "pl.DataFrame",
        rejects: "pl.DataFrame",
    ) -> None:
        """Write one batch.

        Args:
            runs: run_id, datetime_utc, type, distance (miles), duration (seconds), source, avg_heart_rate,
                shoe_name, shoe_id, is_day_precision.
            others: key and activity_type of rows that are no runs.
            withdrawn: run_id and reason of what the provider does not have any more.
            rejects: key and reason of rows that should be runs and cannot be understood.
        """
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(query("create_incoming_normalized"))
            copy_frame(self._connection, "incoming_normalized_runs", runs.sort("run_id"))
            copy_frame(self._connection, "incoming_others", others)
            copy_frame(self._connection, "incoming_withdrawn", withdrawn)
            copy_frame(self._connection, "incoming_rejects", rejects)
            with looking_up_by_index(self._connection):
                cursor.execute(query("compare_normalized_runs"))
            cursor.execute(query("update_changed_normalized_runs"), self._parameters)
            changed = cursor.rowcount
            cursor.execute(query("insert_new_normalized_runs"), self._parameters)
            new = cursor.rowcount
            cursor.execute(query("withdraw_normalized_runs"), self._parameters)
            self.counts.withdrawn += cursor.rowcount
            cursor.execute(self._keep_rejects, self._parameters)
            cursor.execute(query("resolve_rejects"), self._parameters)
            cursor.execute(
                "drop table incoming_normalized_runs, incoming_others, incoming_withdrawn, incoming_rejects, "
                "differing_runs"
            )
        self.counts.rows += sum(frame.height for frame in (runs, others, withdrawn, rejects))
        self.counts.changed += changed
        self.counts.new += new
        self.counts.unchanged += runs.height - new - changed
        self.counts.rejected += rejects.height
        for activity_type, rows in others["activity_type"].value_counts().iter_rows():
            known = self.counts.others_by_type.get(activity_type, 0)
            self.counts.others_by_type[activity_type] = known + rows
