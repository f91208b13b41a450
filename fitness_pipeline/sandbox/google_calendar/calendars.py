"""A calendar: its events, and what the runner does to them by hand."""

from collections.abc import Iterable
from typing import Any, Literal

from fitness_pipeline.sandbox.google_calendar.composing import Home
from fitness_pipeline.sandbox.google_calendar.events import Event, Events
from fitness_pipeline.sandbox.google_calendar.ledger import Ledger
from fitness_pipeline.sandbox.google_calendar.rows import Row

Role = Literal["reader", "writer", "owner"]


class Calendar(Events):
    """A calendar.

    Attributes:
        role: what the owner of the token may do here; `reader` refuses to write. May be changed at any time.
        is_shared: False hides the calendar: every request ends with 404. May be changed at any time.
        forgotten: the revision of the last deletion of which nothing is left.
        sync_era: sync tokens of former ones are expired.
    """

    def __init__(
        self, home: Home, ledger: Ledger, role: Role = "owner", events: Iterable[Event] = ()
    ) -> None:
        super().__init__(home, ledger, events)
        self.role: Role = role
        self.is_shared = True
        self.forgotten = 0
        self.sync_era = 0

    @property
    def id(self) -> str:
        """Its id."""
        return self.home.id

    def live(self) -> list[Row]:
        """Return the events that the runner sees."""
        return [event.row for event in self.all() if not event.is_cancelled]

    def edit_as_the_runner(self, event_id: str, **changes: Any) -> Row:
        """Change an event by hand: `summary`, `description`, `reminders`, `start` and so on.

        Raises:
            KeyError: the runner sees no such event.
        """
        with self._ledger.lock:
            self._seen(event_id)
            row = self.patch(event_id, changes)
            self._ledger.keep()
            return row

    def add_as_the_runner(self, **fields: Any) -> Row:
        """Make an event by hand, with an id of the server's."""
        with self._ledger.lock:
            row = self.insert(fields)
            self._ledger.keep()
            return row

    def delete_as_the_runner(self, event_id: str) -> None:
        """Delete an event by hand.

        Raises:
            KeyError: the runner sees no such event.
        """
        with self._ledger.lock:
            self._seen(event_id)
            self.delete(event_id)
            self._ledger.keep()

    def restore_as_the_runner(self, event_id: str) -> Row:
        """Bring a deleted event back from the bin.

        Raises:
            KeyError: there is no such event in it.
        """
        with self._ledger.lock:
            if not self._events[event_id].is_cancelled:
                raise KeyError(event_id)
            row = self.patch(event_id, {"status": "confirmed"})
            self._ledger.keep()
            return row

    def purge(self, event_id: str) -> None:
        """Let a deleted event disappear, as they do eventually: its id is free, sync tokens from before end.

        Raises:
            KeyError: there is no such event in the bin.
        """
        with self._ledger.lock:
            event = self._events[event_id]
            if not event.is_cancelled:
                raise KeyError(event_id)
            del self._events[event_id]
            self.forgotten = max(self.forgotten, event.revision)
            self._ledger.is_due = True
            self._ledger.keep()

    def expire_sync_tokens(self) -> None:
        """Let every sync token that was handed out expire."""
        with self._ledger.lock:
            self.sync_era += 1

    def _seen(self, event_id: str) -> None:
        if self._events[event_id].is_cancelled:
            raise KeyError(event_id)
