"""The feed of what happened to workouts."""

from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime

from fitness_pipeline.sandbox.hevy.rows import with_milliseconds
from fitness_pipeline.sandbox.serving.replies import encode


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a workout.

    Attributes:
        at: when.
        body: as it is sent.
    """

    at: datetime
    workout_id: str
    body: bytes


def updated(at: datetime, workout_id: str, row: bytes) -> Event:
    """Return the event of a workout that is new or changed.

    Args:
        at: when.
        workout_id: which.
        row: the workout as it is from then on, as JSON.
    """
    return Event(at, workout_id, b'{"type":"updated","workout":%s}' % row)


def deleted(at: datetime, workout_id: str, *, tells_when: bool = True) -> Event:
    """Return the event of a workout that was deleted.

    Args:
        at: when.
        workout_id: which.
        tells_when: whether it says so: the Hevy API description does not promise `deleted_at`.
    """
    when = {"deleted_at": with_milliseconds(at)} if tells_when else {}
    return Event(at, workout_id, encode({"type": "deleted", "id": workout_id, **when}))


class EventFeed:
    """Events by time; those of one instant in the order in which they happened."""

    def __init__(self) -> None:
        self._events: list[Event] = []  # the oldest first
        self._newest: dict[str, Event] = {}

    def __contains__(self, workout_id: str) -> bool:
        return workout_id in self._newest

    def record(self, event: Event) -> None:
        """Add what happened."""
        insort(self._events, event, key=lambda one: one.at)
        newest = self._newest.get(event.workout_id)
        if newest is None or newest.at <= event.at:
            self._newest[event.workout_id] = event

    def forget(self, before: datetime) -> None:
        """Drop what happened before an instant."""
        del self._events[: bisect_left(self._events, before, key=lambda one: one.at)]

    def since(self, since: datetime, *, with_former: bool) -> list[bytes]:
        """Return events as they are sent, newest first (Hevy API description).

        Args:
            since: those of that instant are among them, which the description leaves open.
            with_former: whether a workout's earlier events are still there beside its newest one.
        """
        events = self._events[bisect_left(self._events, since, key=lambda one: one.at) :]
        return [
            event.body for event in reversed(events) if with_former or self._newest[event.workout_id] is event
        ]
