"""What happened to workouts: a page of the feed, and what is true of each workout in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fitness_pipeline.providers.hevy.json_parts import members, plain_value
from fitness_pipeline.providers.hevy.pages import split_page
from fitness_pipeline.providers.hevy.rows import Row, UnusableRow, read_id, read_instant, read_row

_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a workout.

    Attributes:
        at: when, in UTC; None where it is not told.
        row: what the workout is since; None when it was deleted.
    """

    workout_id: str
    at: datetime | None
    row: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """A page of the feed.

    Attributes:
        page_count: how many pages there are.
        payloads: all events, as they were sent.
        events: those that can be understood, newest first.
        unusable: the others.
    """

    page_count: int
    payloads: list[bytes] = field(repr=False)
    events: list[Event]
    unusable: list[UnusableRow]


NO_EVENTS = EventsPage(page_count=0, payloads=[], events=[], unusable=[])


def read_events(body: bytes, number: int) -> EventsPage:
    """Return what is on a page of the feed.

    Args:
        body: of a good reply.
        number: which page was asked for.

    Raises:
        TryAgain: it was cut off, or is no JSON.
        UnexpectedReply: it is no such page.
    """
    page_count, payloads = split_page(body, "events", number)
    found = [_read_event(payload) for payload in payloads]
    return EventsPage(
        page_count=page_count,
        payloads=payloads,
        events=[event for event in found if isinstance(event, Event)],
        unusable=[event for event in found if isinstance(event, UnusableRow)],
    )


def last_of_each(events: Sequence[Event]) -> tuple[list[Event], set[str]]:
    """Return the event that counts of each workout, oldest first, and which workouts nobody can be sure of.

    That is its latest one. Where two happened at one time, or nobody knows when, the feed's own order tells,
    newest first (Hevy's API description): an event of unknown time is as old as the next one below it whose
    time is known. Nobody can be sure where the feed has an update above a deletion of a later time, or the
    other way round: a workout that came back may bear the time of its last change before that, and so make an
    event of unknown time above it look old, too.

    Args:
        events: of all pages, in their order. The same one may be among them twice.
    """
    events = list(dict.fromkeys(events))  # a page that shifted repeats what was on the one before
    times = _filled([event.at for event in events])
    ages = sorted(range(len(events)), key=lambda position: (times[position], -position))
    latest = {events[position].workout_id: position for position in ages}
    topmost = {events[position].workout_id: position for position in reversed(range(len(events)))}
    unsure = {
        workout_id
        for workout_id, position in latest.items()
        if _contradict(events[position], events[topmost[workout_id]])
    }
    return [events[position] for position in ages if latest[events[position].workout_id] == position], unsure


def newest_time(events: Sequence[Event]) -> datetime | None:
    """Return when the latest event happened, or None when no event tells.

    Args:
        events: in any order.
    """
    return max((event.at for event in events if event.at is not None), default=None)


def _contradict(latest: Event, topmost: Event) -> bool:
    """Return whether the times and the order of a workout's events tell different tales of it."""
    if latest is topmost:
        return False
    return (latest.row is None) != (topmost.row is None) or latest.at is None or topmost.at is None


def _filled(times: Sequence[datetime | None]) -> list[datetime]:
    """Return times without gaps: one is filled with the next time, or with the last one at the end."""
    filled: list[datetime] = []
    known = next((at for at in reversed(times) if at is not None), _OLDEST)
    for at in reversed(times):
        known = at if at is not None else known
        filled.append(known)
    return filled[::-1]


def _read_event(payload: bytes) -> Event | UnusableRow:
    try:
        event = members(payload)
    except ValueError:
        event = None
    if event is None:
        return UnusableRow(payload, "It is no event: no JSON object.")
    kind = plain_value(event.get("type"))
    if kind == "deleted":
        workout_id = read_id(event.get("id"))
        if workout_id is None:
            return UnusableRow(payload, "It does not tell which workout was deleted.")
        return Event(workout_id=workout_id, at=read_instant(event.get("deleted_at")), row=None)
    if kind != "updated":
        return UnusableRow(payload, "It is an event of a kind that this version does not know.")
    row = read_row(event.get("workout", b"null"))
    if isinstance(row, UnusableRow):
        return UnusableRow(payload, f"Its workout cannot be used. {row.reason}")
    return Event(workout_id=row.id, at=row.updated_at, row=row)
