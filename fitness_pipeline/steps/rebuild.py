"""Recomputes runs and lifts from raw rows and edits, to verify what is stored or put it right."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.lifts import write_lifts
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
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.normalize import PROVIDERS, is_behind, normalize, normalized_batches
from fitness_pipeline.steps.normalize_hevy import PROVIDER as HEVY
from fitness_pipeline.steps.normalize_hevy import is_hevy_behind, normalize_hevy


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found.

    Attributes:
        differences: every value that is not as it comes out.
        behind: providers whose rows were not all made into runs yet.
        lifts: how many lifts are not as their workout says.
        not_recomputable: normalized rows that were taken as they are, since their raw row tells nothing: it
            cannot be understood, or its payload was emptied.
    """

    differences: list[Difference]
    behind: list[str]
    lifts: int
    not_recomputable: int

    @property
    def is_all_well(self) -> bool:
        """Whether everything is as it comes out."""
        return not self.differences and not self.lifts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was found, and what was done about it.

    Attributes:
        found: what was different.
        merged: provider to what merging did, of what was read and not made into runs yet.
    """

    found: Verified
    normalized: NormalizedMended
    merged: dict[str, MergeCounts]
    runs: RunsMended

    @property
    def held_back(self) -> int:
        """Deletions that were too many at once to be believed."""
        return self.runs.held_back + sum(counts.held_back for counts in self.merged.values())


def verify(settings: Settings, *, today: date, conn: AnyConnection | None = None) -> Verified:
    """Recompute everything, compare it with what is stored, and take back whatever that wrote.

    What was read and not made into runs yet is no difference: the comparison is with what the next sync
    makes of it. Syncs wait meanwhile; readers do not, and editors only for runs that a sync would change.

    Args:
        settings: what rows are read by.
        today: in UTC; runs of later days (but tomorrow) are not believed.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What is different.
    """
    with transaction(conn) as connection, connection.transaction(force_rollback=True):
        _take_all_turns(connection)
        scratch = Scratch(connection)
        behind = _recompute(connection, scratch, settings, today)
        differences = scratch.find_normalized_damage()
        not_recomputable = scratch.count_not_recomputable()
        scratch.mend_normalized()
        for provider in PROVIDERS:
            merge_runs(provider, conn=connection)
        differences += scratch.find_run_damage()
        lifts = _mend_lifts(connection)
        return Verified(
            differences=differences, behind=behind, lifts=lifts, not_recomputable=not_recomputable
        )


def rebuild(
    settings: Settings,
    *,
    today: date,
    are_deletions_confirmed: bool = False,
    conn: AnyConnection | None = None,
) -> Rebuilt:
    """Recompute everything and put right what is different, with history; `verify` finds nothing after it.

    Deletions that are held back, and runs with lost versions, stay as they are. Syncs and editors wait.

    Args:
        settings: what rows are read by.
        today: in UTC; runs of later days (but tomorrow) are not believed.
        are_deletions_confirmed: whether any number of runs may be deleted.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What was different, and what was done about it.
    """
    with transaction(conn) as connection:
        _take_all_turns(connection)
        scratch = Scratch(connection)
        behind = _recompute(connection, scratch, settings, today)
        differences = scratch.find_normalized_damage()
        not_recomputable = scratch.count_not_recomputable()
        normalized = scratch.mend_normalized()
        lock_runs(connection)
        merged = {
            provider: merge_runs(provider, are_deletions_confirmed=are_deletions_confirmed, conn=connection)
            for provider in PROVIDERS
        }
        differences += scratch.find_run_damage()
        runs = scratch.mend_runs(are_deletions_confirmed=are_deletions_confirmed)
        scratch.drop()
        lifts = _mend_lifts(connection)
    found = Verified(differences=differences, behind=behind, lifts=lifts, not_recomputable=not_recomputable)
    return Rebuilt(found=found, normalized=normalized, merged=merged, runs=runs)


def _take_all_turns(connection: AnyConnection) -> None:
    for provider in sorted({*PROVIDERS, HEVY}):
        take_turn(connection, provider)
    take_turn(connection, "runs")
    lock_what_rows_are_read_by(connection)


def _mend_lifts(connection: AnyConnection) -> int:
    """Make all lifts anew, after those that are yet to be; return how many were not as they come out."""
    if is_hevy_behind(conn=connection):
        normalize_hevy(conn=connection)
    return write_lifts(connection, since=0, dagster_run_id=None).written


def _recompute(connection: AnyConnection, scratch: Scratch, settings: Settings, today: date) -> list[str]:
    """Normalize all raw rows anew, after those that are yet to be; return the providers that were behind."""
    behind = []
    for provider in PROVIDERS:
        if is_behind(provider, settings, conn=connection):
            behind.append(provider)
        normalize(provider, settings, today=today, conn=connection)
        rejected = get_open_reject_keys(connection, provider)
        for batch in normalized_batches(connection, provider, settings, since=0, today=today):
            scratch.add(
                provider,
                runs=batch.runs,
                others=batch.others,
                withdrawn=batch.withdrawn,
                rejects=batch.rejects,
            )
            # Their days had not come yet when they were rejected. That is news, and nothing to put right.
            understood = batch.runs.filter(pl.col("run_id").is_in(rejected))
            if understood.height:
                writer = NormalizedRunsWriter(connection, provider, None)
                writer.write(understood, batch.others.clear(), batch.withdrawn.clear(), batch.rejects.clear())
    return behind
