"""Recomputes all runs from raw rows and the runner's edits, to verify what is stored or to put it right."""

from dataclasses import dataclass
from datetime import date

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedRunsWriter
from fitness_pipeline.db.rebuild import (
    Difference,
    NormalizedMended,
    RunsMended,
    Scratch,
    get_open_reject_keys,
    lock_runs,
    lock_what_rows_are_read_by,
)
from fitness_pipeline.normalize.batch import NormalizedBatch
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.normalize import PROVIDERS, is_behind, normalize, normalized_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was found, and what was done about it.

    Attributes:
        differences: every value that was not as it comes out.
        behind: providers with rows that the next sync would have made into runs; this was done first.
        not_recomputable: normalized rows that were taken as they are, since their raw row tells nothing.
        merged: provider to what merging did.
    """

    differences: list[Difference]
    behind: list[str]
    not_recomputable: int
    normalized: NormalizedMended
    merged: dict[str, MergeCounts]
    runs: RunsMended

    @property
    def held_back(self) -> int:
        """Deletions that were too many at once to be believed."""
        return self.runs.held_back + sum(counts.held_back for counts in self.merged.values())


def verify(settings: Settings, *, today: date, conn: AnyConnection | None = None) -> Rebuilt:
    """Recompute everything, compare it with what is stored, and take back whatever that wrote.

    What was read and not made into runs yet is no difference: the comparison is with what the next sync will
    make of it. Syncs wait meanwhile; edits and readers do not, unless something was left undone.

    Args:
        settings: what rows are read by.
        today: in UTC; runs of later days (but tomorrow) are not believed.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What is different, and what a rebuild would do about it.
    """
    with transaction(conn) as connection, connection.transaction(force_rollback=True):
        return _rebuilt(connection, settings, today, are_deletions_confirmed=False)


def rebuild(
    settings: Settings,
    *,
    today: date,
    are_deletions_confirmed: bool = False,
    conn: AnyConnection | None = None,
) -> Rebuilt:
    """Recompute everything and put right what is different, with history; `verify` finds nothing after it.

    What raw rows say comes first, then the runner's edits as history tells them. Runs with lost versions are
    left as they are. Syncs and edits wait meanwhile.

    Args:
        settings: what rows are read by.
        today: in UTC; runs of later days (but tomorrow) are not believed.
        are_deletions_confirmed: whether any number of runs may be deleted.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What was different, and what was done about it.
    """
    with transaction(conn) as connection:
        lock_runs(connection)
        return _rebuilt(connection, settings, today, are_deletions_confirmed=are_deletions_confirmed)
