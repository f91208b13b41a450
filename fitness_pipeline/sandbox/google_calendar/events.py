"""The events of a calendar, and what clients do to them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.composing import Home, changed_row, new_row
from fitness_pipeline.sandbox.google_calendar.ids import chosen_id, made_id
from fitness_pipeline.sandbox.google_calendar.ledger import Ledger
from fitness_pipeline.sandbox.google_calendar.rows import Row, merged, writable
from fitness_pipeline.sandbox.serving.replies import Refusal


@dataclass(frozen=True, slots=True)
class Event:
    """An event.

    Attributes:
        number: higher than that of each event made before it.
        revision: of its last change.
        row: as replies tell it; never changed in place.
    """

    number: int
    revision: int
    row: Row

    @property
    def is_cancelled(self) -> bool:
        """Whether it is deleted."""
        return bool(self.row["status"] == "cancelled")


class Events:
    """Events by id, those that are deleted too.

    Attributes:
        home: what the events say of their calendar.
    """

    def __init__(self, home: Home, ledger: Ledger, events: Iterable[Event] = ()) -> None:
        self.home = home
        self._ledger = ledger
        self._events = {event.row["id"]: event for event in events}

    def all(self) -> list[Event]:
        """Return all events, the deleted ones too, in the order in which they were made."""
        with self._ledger.lock:
            return sorted(self._events.values(), key=lambda event: event.number)

    def find(self, event_id: str) -> Row | None:
        """Return an event, be it deleted; None when there is none."""
        event = self._events.get(event_id)
        return None if event is None else event.row

    def insert(self, sent: Row) -> Row:
        """Make an event.

        Raises:
            Refusal: it cannot be, or its id is taken, be it by a deleted event.
        """
        with self._ledger.lock:
            event_id = chosen_id(sent["id"]) if sent.get("id") is not None else self._made_id()
            if event_id in self._events:
                raise Refusal(errors.duplicate())
            if sent.get("status") == "cancelled":
                raise Refusal(errors.invalid("Invalid value for: status"))  # a guess
            stamp = self._ledger.stamp()
            row = new_row(writable(sent), event_id, self.home, stamp)
            self._events[event_id] = Event(stamp.revision, stamp.revision, row)
            return row

    def patch(self, event_id: str, sent: Row, *, if_match: str | None = None, revives: bool = True) -> Row:
        """Merge a body into an event.

        A deleted one stays deleted unless the body says another status (a guess).

        Args:
            event_id: which.
            sent: what is to be another, null where something is to go.
            if_match: the etag that it must have.
            revives: whether a deleted one can be brought back.

        Raises:
            Refusal: there is none, it has another etag, or it cannot be so.
        """
        with self._ledger.lock:
            row = self._matching(event_id, if_match)
            changes = writable(sent)
            wanted = merged(writable(row), changes)
            reminders = changes.get("reminders")
            if isinstance(reminders, dict) and reminders.get("useDefault") and "overrides" not in reminders:
                wanted["reminders"] = {"useDefault": True}
            return self._change(row, wanted, revives=revives)

    def update(self, event_id: str, sent: Row, *, if_match: str | None = None, revives: bool = True) -> Row:
        """Put a body in the place of an event: what it does not say is gone.

        A deleted one is back, as the status is `confirmed` unless the body says another one. That this is so
        without saying it is a guess.

        Args:
            event_id: which.
            sent: all that it is to be.
            if_match: the etag that it must have.
            revives: whether a deleted one can be updated.

        Raises:
            Refusal: there is none, it has another etag, it is deleted and is to stay so, or it cannot be so.
        """
        with self._ledger.lock:
            row = self._matching(event_id, if_match)
            if row["status"] == "cancelled" and not revives:
                raise Refusal(errors.forbidden())
            return self._change(row, writable(sent), revives=revives)

    def delete(self, event_id: str, *, if_match: str | None = None) -> None:
        """Delete an event; it keeps its id and its details.

        Raises:
            Refusal: there is none, it is deleted already, or it has another etag. Which of the latter two is
                told of a deleted one is a guess.
        """
        with self._ledger.lock:
            event = self._events.get(event_id)
            if event is not None and event.is_cancelled:
                raise Refusal(errors.deleted())
            row = self._matching(event_id, if_match)
            self._change(row, writable(row) | {"status": "cancelled"}, revives=False)

    def _change(self, row: Row, wanted: Row, *, revives: bool) -> Row:
        stamp = self._ledger.stamp()
        changed = changed_row(row, wanted, self.home, stamp)
        is_back = row["status"] == "cancelled" and changed["status"] != "cancelled"
        if is_back and not revives:
            raise Refusal(errors.forbidden())
        event = self._events[row["id"]]
        self._events[row["id"]] = replace(event, revision=stamp.revision, row=changed)
        return changed

    def _matching(self, event_id: str, if_match: str | None) -> Row:
        event = self._events.get(event_id)
        if event is None:
            raise Refusal(errors.not_found())
        if if_match is not None and if_match.strip() not in ("*", event.row["etag"]):
            raise Refusal(errors.condition_not_met())
        return event.row

    def _made_id(self) -> str:
        return made_id(f"{self.home.id} {self._ledger.stamp().revision}")
