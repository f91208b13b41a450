"""Compares `normalized.runs` and `runs` with what raw rows and history tell, and puts them right."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.bulk import copy_frame
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import DELETED_SHARE, DELETIONS_AT_ONCE
from fitness_pipeline.db.queries import fetch_value, query
from fitness_pipeline.db.run_changes import PROVIDERS
from fitness_pipeline.db.runs import insert_new_runs

if TYPE_CHECKING:
    import polars as pl

_PARAMETERS = {"providers": list(PROVIDERS)}

_MISSING_RUNS = sql.SQL(
    "(select id, (recomputed).datetime_utc, (recomputed).type, (recomputed).distance, (recomputed).duration, "
    "(recomputed).source, (recomputed).avg_heart_rate, (recomputed).shoe_id "
    "from rebuild_scratch.run_damage where is_missing)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value that is not as it comes out.

    Attributes:
        table: `normalized.runs`, `runs` or `runs_history`.
        id: the run's id.
        field: the column; `row` where the whole row is missing.
        stored: what is there, as JSON has it.
        recomputed: what comes out.
    """

    table: str
    id: str
    field: str
    stored: Any
    recomputed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizedMended:
    """How many normalized rows were put right."""

    inserted: int = 0
    corrected: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsMended:
    """How many runs were put right.

    Attributes:
        inserted: runs that were missing.
        corrected: runs that got a new version.
        held_back: runs that would be deleted, had they not been so many at once.
        lost_versions: runs with versions that are lost; nothing was done with them.
    """

    inserted: int = 0
    corrected: int = 0
    held_back: int = 0
    lost_versions: int = 0


class Scratch:
    """A schema in which everything is recomputed, beside what is stored.

    It is there from the beginning to `drop`, or to the end of a transaction that is given up.
    """

    def __init__(self, connection: AnyConnection) -> None:
        """Make it.

        Args:
            connection: in a transaction that holds the turns of all providers and of `runs`.
        """
        self._connection = connection
        connection.execute(query("create_rebuild_scratch"))

    def add(
        self,
        provider: str,
        *,
        runs: "pl.DataFrame",
        others: "pl.DataFrame",
        withdrawn: "pl.DataFrame",
        rejects: "pl.DataFrame",
    ) -> None:
        """Add a batch of rows that were normalized anew.

        Args:
            provider: whose rows.
            runs: as `NormalizedRunsWriter.write` takes them, and so on.
            others: rows that are no runs.
            withdrawn: what the provider does not have any more.
            rejects: rows that cannot be understood.
        """
        import polars as pl  # here, so that loading the definitions stays fast

        listed = pl.format('It is listed as "{}" now', "activity_type")
        not_runs = pl.concat(
            [
                others.select(pl.col("key").alias("run_id"), listed.alias("withdrawn_reason")),
                withdrawn.select("run_id", pl.col("reason").alias("withdrawn_reason")),
                rejects.select(
                    pl.col("key").alias("run_id"), pl.lit(None, pl.String).alias("withdrawn_reason")
                ),
            ]
        )
        copy_frame(
            self._connection,
            "rebuild_scratch.normalized_runs",
            runs.with_columns(pl.lit(provider).alias("provider")),
        )
        copy_frame(self._connection, "rebuild_scratch.not_runs", not_runs)

    def find_normalized_damage(self) -> list[Difference]:
        """Return the normalized values that are not as they come from raw, once all rows were added."""
        self._connection.execute(query("add_emptied_strava_activities"))
        self._connection.execute("analyze rebuild_scratch.normalized_runs, rebuild_scratch.not_runs")
        self._connection.execute(query("find_normalized_damage"))
        return self._told("tell_normalized_damage")

    def count_not_recomputable(self) -> int:
        """Return how many normalized rows were taken as they are, since their raw row tells nothing."""
        statement = """
            select count(*)
            from normalized.runs
            join rebuild_scratch.not_runs using (run_id)
            where runs.withdrawn_reason is null and not_runs.withdrawn_reason is null
        """
        return int(fetch_value(self._connection, statement))

    def mend_normalized(self) -> NormalizedMended:
        """Put the normalized rows right that were found."""
        with self._connection.cursor() as cursor:
            return NormalizedMended(
                corrected=cursor.execute(query("correct_normalized_runs")).rowcount,
                withdrawn=cursor.execute(query("withdraw_damaged_normalized_runs"), _PARAMETERS).rowcount,
                inserted=cursor.execute(query("insert_missing_normalized_runs")).rowcount,
            )

    def find_run_damage(self) -> list[Difference]:
        """Return the values of runs, and of their history, that are not as they come out.

        What comes out rests on `normalized.runs`, which therefore was put right and merged before.
        """
        self._connection.execute(query("find_run_damage"), _PARAMETERS)
        return self._told("tell_run_damage")

    def mend_runs(self, *, are_deletions_confirmed: bool) -> RunsMended:
        """Put the runs right that were found, in a transaction that keeps others from changing runs.

        Args:
            are_deletions_confirmed: whether any number of runs may be deleted.
        """
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            if not are_deletions_confirmed:
                limits = {"at_once": DELETIONS_AT_ONCE, "share": DELETED_SHARE}
                cursor.execute(query("hold_back_deletions_of_rebuild"), limits)
            cursor.execute(
                """
                select count(*), count(*) filter (where is_held_back),
                       count(*) filter (where has_lost_versions)
                from rebuild_scratch.run_damage
                """
            )
            ((damaged, held_back, lost_versions),) = cursor.fetchall()
            if not damaged:
                return RunsMended()
            for provider in PROVIDERS:
                cursor.execute(query("create_missing_shoes"), {"provider": provider, "since": -1})
            return RunsMended(
                inserted=insert_new_runs(self._connection, _MISSING_RUNS),
                corrected=cursor.execute(query("correct_runs")).rowcount,
                held_back=held_back,
                lost_versions=lost_versions,
            )

    def drop(self) -> None:
        """Remove the schema and everything in it."""
        self._connection.execute("drop schema rebuild_scratch cascade")

    def _told(self, name: str) -> list[Difference]:
        with self._connection.cursor(row_factory=class_row(Difference)) as cursor:
            return cursor.execute(query(name)).fetchall()


def get_open_reject_keys(connection: AnyConnection, provider: str) -> list[str]:
    """Return the ids that rows would have as runs, had they been understood when they were normalized.

    Args:
        connection: in a transaction.
        provider: whose rows.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """
            select raw_key from raw.rejects
            where provider = %s and stage = 'normalize' and resolved_at is null
            """,
            [provider],
        )
        return [row[0] for row in rows]


def lock_what_rows_are_read_by(connection: AnyConnection) -> None:
    """Keep aliases and gear as they are to the end of the transaction; reading them goes on.

    Args:
        connection: in a transaction.
    """
    connection.execute("lock table normalized.shoe_aliases, raw.strava_gear in share mode")


def lock_runs(connection: AnyConnection) -> None:
    """Keep everybody else from changing runs to the end of the transaction; reading them goes on.

    Args:
        connection: in a transaction.
    """
    connection.execute("lock table runs in exclusive mode")
