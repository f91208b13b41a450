"""What a read of Hevy brings: stored, marked as deleted or kept as rejects, and counted."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_rejects import keep_new_rejects
from fitness_pipeline.db.hevy_workouts import IncomingWorkout, mark_workouts_deleted, store_workouts
from fitness_pipeline.db.rejects import NewReject, resolve_rejects_by_key
from fitness_pipeline.providers.hevy.events import Event
from fitness_pipeline.providers.hevy.rows import Row, UnusableRow
from fitness_pipeline.steps.hevy_access import PROVIDER

Outcome = Literal["new", "changed", "unchanged", "deleted"]

_REFUSED = "Postgres cannot hold it as JSON: a text in it has a character that is none."


@dataclass(slots=True, kw_only=True)
class HevyRead:
    """What a read brought.

    Attributes:
        kind: `incremental` reads what happened since the last read, `full` lists all there is.
        is_resumed: whether it went on where an earlier one had ended.
        undecided: by how many workouts Hevy's count differs from what is here in the end, or how many were
            not listed and are not known to be gone; the next full read looks again.
        listings: how often all workouts were listed.
        count_at_hevy: how many workouts Hevy has, if it was asked.
        calls: requests to the API, repeated ones included.
    """

    kind: Literal["full", "incremental"]
    is_resumed: bool = False
    undecided: int = 0
    listings: int = 0
    count_at_hevy: int | None = None
    calls: int = 0
    _outcomes: dict[str, Outcome] = field(default_factory=dict, repr=False)
    _counts: Counter[Outcome] = field(default_factory=Counter, repr=False)
    _reject_keys: set[str] = field(default_factory=set, repr=False)

    @property
    def rows_in(self) -> int:
        """How many workouts came, those that are said to be deleted included; each counts once."""
        return len(self._outcomes) + self.rejected

    @property
    def new(self) -> int:
        """How many of them were not stored."""
        return self._counts["new"]

    @property
    def changed(self) -> int:
        """How many came differently than before, or are back after a deletion."""
        return self._counts["changed"]

    @property
    def unchanged(self) -> int:
        """How many were stored like that already."""
        return self._counts["unchanged"]

    @property
    def deleted(self) -> int:
        """How many are gone."""
        return self._counts["deleted"]

    @property
    def rejected(self) -> int:
        """How many could not even be stored."""
        return len(self._reject_keys)

    def note(self, workout_ids: Iterable[str], outcome: Outcome) -> None:
        """Count workouts. What happened to one later in the same read counts, but new ones stay new."""
        for workout_id in workout_ids:
            known = self._outcomes.get(workout_id)
            if known is None or (outcome != "unchanged" and (known, outcome) != ("new", "changed")):
                self._counts[outcome] += 1
                if known is not None:
                    self._counts[known] -= 1
                self._outcomes[workout_id] = outcome

    def note_rejects(self, keys: Iterable[str]) -> None:
        """Count rows that could not be stored."""
        self._reject_keys |= set(keys)


class HevyIntake:
    """Takes in what comes.

    Args:
        connection: each call is part of a transaction on it that holds the turn of `hevy`.
        read: counts everything.
        dagster_run_id: the Dagster run at work.
    """

    def __init__(self, connection: AnyConnection, read: HevyRead, dagster_run_id: str | None) -> None:
        self._connection = connection
        self._read = read
        self._dagster_run_id = dagster_run_id

    def take_listed(self, rows: Sequence[Row], unusable: Sequence[UnusableRow]) -> list[str]:
        """Store workouts that Hevy has now.

        Args:
            rows: workouts, each once.
            unusable: rows that tell not enough.

        Returns:
            The keys of the rejects: of the unusable rows, and of rows that Postgres refused.
        """
        return self._take(rows, unusable, prefix="text", are_listed=True)

    def take_events(self, last: Sequence[Event], unusable: Sequence[UnusableRow]) -> None:
        """Apply what happened.

        Args:
            last: the event that counts of each workout.
            unusable: events that cannot be understood.
        """
        self.take_deletions({event.workout_id: event.at for event in last if event.row is None})
        rows = [event.row for event in last if event.row is not None]
        self._take(rows, unusable, prefix="event", are_listed=False)

    def take_deletions(self, deletions: Mapping[str, datetime | None]) -> None:
        """Mark workouts as deleted.

        Args:
            deletions: when each was deleted; None where nobody knows.
        """
        if not deletions:
            return
        gone = mark_workouts_deleted(self._connection, deletions)
        resolve_rejects_by_key(self._connection, PROVIDER, [_key(workout_id) for workout_id in deletions])
        self._read.note(gone, "deleted")
        self._read.note(deletions, "unchanged")

    def _take(
        self, rows: Sequence[Row], unusable: Sequence[UnusableRow], *, prefix: str, are_listed: bool
    ) -> list[str]:
        incoming = {
            row.id: IncomingWorkout(
                workout_id=row.id, changed_at=row.updated_at, payload=row.payload, sha256=row.sha256
            )
            for row in rows
        }
        stored = store_workouts(
            self._connection,
            list(incoming.values()),
            are_listed=are_listed,
            dagster_run_id=self._dagster_run_id,
        )
        rejects = [reject_of(row, prefix) for row in unusable]
        rejects += [_reject(_key(refused), _REFUSED, incoming[refused].payload) for refused in stored.refused]
        if rejects:
            keep_new_rejects(self._connection, rejects, dagster_run_id=self._dagster_run_id)
        if held := [*stored.new, *stored.changed]:
            resolve_rejects_by_key(self._connection, PROVIDER, [_key(workout_id) for workout_id in held])
        self._read.note(stored.new, "new")
        self._read.note(stored.changed, "changed")
        self._read.note(incoming.keys() - set(stored.refused), "unchanged")
        keys = [reject.raw_key for reject in rejects]
        self._read.note_rejects(keys)
        return keys


def reject_of(row: UnusableRow, prefix: str) -> NewReject:
    """Return the reject of a row that has no key of its own.

    Args:
        row: as it came.
        prefix: what kind of row it is; begins its key.
    """
    digest = hashlib.sha256(row.payload).hexdigest()[:16]
    return _reject(f"{prefix} {digest}", row.reason, row.payload)


def _key(workout_id: str) -> str:
    return f"hevy_{workout_id}"


def _reject(raw_key: str, reason: str, payload: bytes) -> NewReject:
    text = payload.decode("utf-8", "replace").replace("\0", "\ufffd")  # Postgres has no texts with a NUL
    return NewReject(raw_key=raw_key, file_id=None, row_number=None, reason=reason, payload={"text": text})
