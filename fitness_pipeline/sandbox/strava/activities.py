"""The athlete's activities, which tests change while the server reads them."""

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Unpack

from fitness_pipeline.sandbox.serving.replies import encode
from fitness_pipeline.sandbox.strava.edits import Changes, edited, hidden_start
from fitness_pipeline.sandbox.strava.listing import Window, select
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.rows import Row, compose_row

_FIRST_ID = 16_500_000_000  # ids have eleven digits now
_STEP = 1009


class Activities:
    """Rows by id. No row is changed in place: what was handed out stays as it was."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._lock = threading.RLock()
        self._rows: dict[int, Row] = {row["id"]: row for row in rows}
        self._last_id = max(self._rows, default=_FIRST_ID)
        self._encoded: dict[int, bytes] = {}
        # By whether those that nobody else may see are among them: starts and ids, the oldest first.
        self._orders: dict[bool, tuple[list[int], list[int]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, activity_id: int) -> bool:
        return activity_id in self._rows

    def add(self, outing: Outing) -> int:
        """Upload an outing; return its id, which is new however long ago the outing was."""
        with self._lock:
            self._last_id += _STEP
            self.put(compose_row(outing, self._last_id))
            return self._last_id

    def put(self, row: Row) -> None:
        """List a row as it is, in place of the one with the same id if there is one."""
        with self._lock:
            activity_id = row["id"]
            self._rows[activity_id] = row
            self._last_id = max(self._last_id, activity_id)
            self._encoded.pop(activity_id, None)
            self._orders.clear()

    def edit(self, activity_id: int, **changes: Unpack[Changes]) -> None:
        """Change an activity.

        Args:
            activity_id: which.
            **changes: the new values, see `Changes`.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            self.put(edited(self._rows[activity_id], changes))

    def make_private(self, activity_id: int) -> None:
        """Show an activity to nobody but its owner."""
        self.edit(activity_id, visibility="only_me")

    def make_public(self, activity_id: int) -> None:
        """Show an activity to everyone."""
        self.edit(activity_id, visibility="everyone")

    def hide_start(self, activity_id: int) -> None:
        """Hide an activity's start time."""
        with self._lock:
            self.put(hidden_start(self._rows[activity_id]))

    def delete(self, activity_id: int) -> Row:
        """Delete an activity; return the row that it had, with which `put` brings it back."""
        with self._lock:
            self._encoded.pop(activity_id, None)
            self._orders.clear()
            return self._rows.pop(activity_id)

    def find(self, activity_id: int) -> Row | None:
        """Return an activity's row, or None."""
        return self._rows.get(activity_id)

    def rows(self) -> list[Row]:
        """Return all rows, the newest first."""
        with self._lock:
            _, ids = self._order(with_private=True)
            return [self._rows[activity_id] for activity_id in reversed(ids)]

    def page(self, window: Window, *, with_private: bool) -> bytes:
        """Return a page as JSON.

        Args:
            window: which page of what.
            with_private: whether activities that only their owner sees are listed.
        """
        with self._lock:
            starts, ids = self._order(with_private)
            return b"[%s]" % b",".join(self._json(ids[at]) for at in select(starts, window))

    def metres_with(self, gear_id: str) -> float:
        """Return how far a piece of gear was used."""
        with self._lock:
            rows = [row for row in self._rows.values() if row.get("gear_id") == gear_id]
        return float(sum(row.get("distance") or 0 for row in rows))

    def _json(self, activity_id: int) -> bytes:
        text = self._encoded.get(activity_id)
        if text is None:
            text = self._encoded[activity_id] = encode(self._rows[activity_id])
        return text

    def _order(self, with_private: bool) -> tuple[list[int], list[int]]:
        if with_private not in self._orders:
            keys = sorted(
                (start_seconds(row), row["id"])
                for row in self._rows.values()
                if with_private or not is_private(row)
            )
            self._orders[with_private] = ([start for start, _ in keys], [number for _, number in keys])
        return self._orders[with_private]


def is_private(row: Row) -> bool:
    """Return whether only the owner sees an activity."""
    return bool(row.get("visibility") == "only_me" or row.get("private"))


def start_seconds(row: Row) -> int:
    """Return a row's start in epoch seconds."""
    return int(datetime.fromisoformat(row["start_date"]).timestamp())
