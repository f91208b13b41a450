"""The lifter's workouts, which tests change while the server reads them; every change is an event."""

import json
import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fitness_pipeline.sandbox.hevy import events
from fitness_pipeline.sandbox.hevy.events import EventFeed
from fitness_pipeline.sandbox.hevy.ids import uuid_of
from fitness_pipeline.sandbox.hevy.rows import Row, compose_row, created_at, updated_at, with_milliseconds
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.clock import Clock, utc_now
from fitness_pipeline.sandbox.serving.replies import encode


class Workouts:
    """Rows by id. What goes in and what comes out are copies: nothing but these methods changes a workout.

    Attributes:
        clock: tells when changes happen.
        keeps_former_events: whether the feed still has a workout's earlier events beside its newest one, each
            with the workout as it was then. The Hevy API description leaves it open; with it, a client that
            does not apply the oldest first goes wrong.
    """

    def __init__(
        self,
        rows: Iterable[Row] = (),
        deletions: Iterable[tuple[str, datetime]] = (),
        *,
        clock: Clock = utc_now,
    ) -> None:
        """Begin with what was logged before.

        Args:
            rows: each of them is an event of its time, too.
            deletions: ids of workouts that were deleted, and when.
            clock: tells when changes happen.
        """
        self.clock = clock
        self.keeps_former_events = True
        self._lock = threading.RLock()
        self._rows: dict[str, bytes] = {}
        self._keys: dict[str, tuple[datetime, str]] = {}
        self._newest_first: list[bytes] | None = None
        self._feed = EventFeed()
        self._added = 0
        for row in rows:
            self._put(row, updated_at(row))
        for workout_id, at in deletions:
            self._feed.record(events.deleted(at, workout_id))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, workout_id: str) -> bool:
        return workout_id in self._rows

    def add(self, session: Session) -> str:
        """Log a session now, however long ago it was; return its id."""
        with self._lock:
            workout_id = self._new_id()
            self.put(compose_row(session, workout_id, created_at=self.clock()))
            return workout_id

    def put(self, row: Row) -> None:
        """Keep a row as it is, in place of the one with the same id if there is one.

        Its times stay as they are; the event is of now.
        """
        with self._lock:
            self._put(row, self.clock())

    def edit(self, workout_id: str, **fields: Any) -> None:
        """Change a workout now.

        Args:
            workout_id: which.
            **fields: the new values, as the API sends them; `updated_at` is now unless it is among them.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            now = self.clock()
            row = json.loads(self._rows[workout_id])
            self._put(row | {"updated_at": with_milliseconds(now)} | fields, now)

    def delete(self, workout_id: str, *, tells_when: bool = True) -> Row:
        """Delete a workout now; return the row that it had, with which `put` brings it back.

        Args:
            workout_id: which.
            tells_when: whether the event has a `deleted_at`.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            row = json.loads(self._rows.pop(workout_id))
            del self._keys[workout_id]
            self._newest_first = None
            self._feed.record(events.deleted(self.clock(), workout_id, tells_when=tells_when))
            return dict(row)

    def find(self, workout_id: str) -> Row | None:
        """Return a workout's row, or None."""
        body = self.body(workout_id)
        return None if body is None else dict(json.loads(body))

    def rows(self) -> list[Row]:
        """Return all rows, the newest first."""
        return [json.loads(body) for body in self.bodies()]

    def ids(self) -> list[str]:
        """Return the ids of all workouts, the newest first: the one that was logged last.

        That it is the time of logging that counts, is what a client's author says.
        """
        with self._lock:
            return sorted(self._keys, key=self._keys.__getitem__, reverse=True)

    def body(self, workout_id: str) -> bytes | None:
        """Return a workout as JSON, or None."""
        return self._rows.get(workout_id)

    def bodies(self) -> Sequence[bytes]:
        """Return all workouts as JSON, the newest first."""
        with self._lock:
            if self._newest_first is None:
                self._newest_first = [self._rows[workout_id] for workout_id in self.ids()]
            return self._newest_first

    def events(self, since: datetime) -> list[bytes]:
        """Return the events at an instant and later as JSON, the newest first."""
        with self._lock:
            return self._feed.since(since, with_former=self.keeps_former_events)

    def forget_events(self, before: datetime) -> None:
        """Drop events that happened before an instant: how long Hevy keeps them is not known.

        Args:
            before: the oldest event that is kept happened then or later.
        """
        with self._lock:
            self._feed.forget(before)

    def _new_id(self) -> str:
        """Return an id that was never used."""
        while True:
            self._added += 1
            workout_id = uuid_of(f"workout {self._added}")
            if workout_id not in self._feed:
                return workout_id

    def _put(self, row: Row, at: datetime) -> None:
        workout_id, body = row["id"], encode(row)
        self._rows[workout_id] = body
        self._keys[workout_id] = (created_at(row), workout_id)
        self._newest_first = None
        self._feed.record(events.updated(at, workout_id, body))
