"""From what a client sends to an event as Google tells it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.details import (
    parse_properties,
    parse_reminders,
    parse_source,
)
from fitness_pipeline.sandbox.google_calendar.ledger import Stamp
from fitness_pipeline.sandbox.google_calendar.rows import ALLOWED, DEFAULTS, TEXTS, Row, in_order, merged
from fitness_pipeline.sandbox.google_calendar.times import parse_span, rfc3339
from fitness_pipeline.sandbox.serving.replies import Refusal

_FIXED = ("kind", "id", "htmlLink", "created", "creator", "organizer", "iCalUID", "eventType")
_PARTS: dict[str, Callable[[Any], Row]] = {
    "extendedProperties": parse_properties,
    "reminders": parse_reminders,
    "source": parse_source,
}


@dataclass(frozen=True, slots=True)
class Home:
    """The calendar that an event is in.

    Attributes:
        id: an address; that of the primary one is its owner's.
        summary: its title.
        zone: its time zone.
        owner: who makes the events.
    """

    id: str
    summary: str
    zone: str
    owner: str

    @property
    def is_primary(self) -> bool:
        """Whether it is its owner's first one."""
        return self.id == self.owner


def new_row(sent: Row, event_id: str, home: Home, stamp: Stamp) -> Row:
    """Return a new event.

    Args:
        sent: what of the body counts.
        event_id: its id.
        home: its calendar.
        stamp: of its creation.

    Raises:
        Refusal: it cannot be.
    """
    wanted = _checked(sent, home.zone)
    link = base64.urlsafe_b64encode(f"{event_id} {home.id}".encode()).decode().rstrip("=")
    organizer = {"email": home.id} if home.is_primary else {"email": home.id, "displayName": home.summary}
    row = {
        "kind": "calendar#event",
        "etag": stamp.etag,
        "id": event_id,
        "htmlLink": f"https://www.google.com/calendar/event?eid={link}",
        "created": rfc3339(stamp.now.replace(microsecond=0)),
        "updated": rfc3339(stamp.now),
        "creator": {"email": home.owner} | ({"self": True} if home.is_primary else {}),
        "organizer": organizer | {"self": True},
        "iCalUID": f"{event_id}@google.com",
        "eventType": "default",
    }
    return in_order(row | {"sequence": 0} | wanted)


def changed_row(row: Row, wanted: Row, home: Home, stamp: Stamp) -> Row:
    """Return an event after a change.

    That a change of nothing has a new etag is a guess.

    Args:
        row: the event before.
        wanted: all that a client can write, as it is to be.
        home: its calendar.
        stamp: of the change.

    Raises:
        Refusal: it cannot be.
    """
    fixed = {name: row[name] for name in _FIXED}
    checked = _checked(wanted, home.zone)
    if checked.get("sequence", row["sequence"]) < row["sequence"]:
        message = (
            "Invalid sequence value. The specified sequence number is below the current sequence number."
        )
        raise Refusal(errors.invalid(message))
    changed = {"sequence": row["sequence"]} | checked
    # Which changes raise the number is a guess; iCalendar has it count those of the time.
    if any(changed[name] != row[name] for name in ("start", "end", "status")):
        changed["sequence"] += 1
    former = {name: value for name, value in row.items() if name not in (*_FIXED, "etag", "updated")}
    # "Updating event reminders will not cause this to change" (Calendar API description).
    is_reminder = changed != former and changed | {"reminders": None} == former | {"reminders": None}
    updated = row["updated"] if is_reminder else rfc3339(stamp.now)
    return in_order(fixed | {"etag": stamp.etag, "updated": updated} | changed)


def _checked(sent: Row, zone: str) -> Row:
    """Return what a client wants as replies tell it."""
    wanted = merged({}, sent)
    start, end = parse_span(wanted.pop("start", None), wanted.pop("end", None), zone)
    row: Row = (
        {"status": "confirmed", "reminders": {"useDefault": True}} | wanted | {"start": start, "end": end}
    )
    for name in TEXTS:
        if not isinstance(row.get(name, ""), str):
            raise Refusal(errors.invalid(f"Invalid value for: {name}"))
    for name, allowed in ALLOWED.items():
        if name in row and (not isinstance(row[name], str) or row[name] not in allowed):
            raise Refusal(errors.invalid(f"Invalid value for: {name}"))
    if not isinstance(row.get("sequence", 0), int):
        raise Refusal(errors.invalid("Invalid value for: sequence"))
    for name, parse in _PARTS.items():
        if name in row:
            row[name] = parse(row[name])
    # An empty text, and what is as it is by default, is not told (seen in published replies).
    return {name: value for name, value in row.items() if value not in ("", {}, DEFAULTS.get(name))}
