"""What an event is as JSON: its fields in Google's order, and the bodies that a client may send."""

import json
from collections.abc import Mapping
from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.replies import Refusal

Row = dict[str, Any]

TEXTS = ("summary", "description", "location")
# What replies leave out (seen in many published replies).
DEFAULTS = {"transparency": "opaque", "visibility": "default"}
ALLOWED: Mapping[str, frozenset[str]] = {
    "status": frozenset({"confirmed", "tentative", "cancelled"}),
    "transparency": frozenset({"opaque", "transparent"}),
    "visibility": frozenset({"default", "public", "private", "confidential"}),
    "colorId": frozenset(map(str, range(1, 12))),
}
# What a client may change; all else in a body is ignored, as what is read-only is (Calendar API description).
WRITABLE = (*TEXTS, *ALLOWED, "start", "end", "extendedProperties", "reminders", "source", "sequence")

_ORDER = (
    "kind",
    "etag",
    "id",
    "status",
    "htmlLink",
    "created",
    "updated",
    "summary",
    "description",
    "location",
    "colorId",
    "creator",
    "organizer",
    "start",
    "end",
    "transparency",
    "visibility",
    "iCalUID",
    "sequence",
    "extendedProperties",
    "reminders",
    "source",
    "eventType",
)
_NOT_SERVED = ("attachments", "attendees", "conferenceData", "recurrence")


def in_order(row: Row) -> Row:
    """Return a row with its fields in the order of Google's replies."""
    return {name: row[name] for name in _ORDER if name in row}


def parse_body(body: bytes) -> Row:
    """Return the event that a client sent.

    Raises:
        Refusal: it is not a JSON object.
        NotImplementedError: it has guests, recurs, or has other things that the stand-in does not have.
    """
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        raise Refusal(errors.parse_error()) from None
    if not isinstance(sent, dict):
        raise Refusal(errors.parse_error())
    if beyond := [name for name in _NOT_SERVED if sent.get(name)]:
        raise NotImplementedError(f"The stand-in has no events with {', '.join(beyond)}.")
    return sent


def writable(sent: Row) -> Row:
    """Return what of a body counts."""
    return {name: sent[name] for name in WRITABLE if name in sent}


def merged(row: Row, changes: Row) -> Row:
    """Return a row with a patch: objects are merged, null removes, lists are replaced."""
    result = dict(row)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            former = result.get(name)
            result[name] = merged(former if isinstance(former, dict) else {}, value)
        else:
            result[name] = value
    return result
