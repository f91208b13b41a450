"""Requests to a calendar and the answers to them, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CallKind = Literal["look", "insert", "patch", "revive", "delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request about one event.

    Attributes:
        kind: `revive` patches an event that was deleted, so that it is there again.
        etag: the request is refused if the event has another one by now; None asks nothing.
        body: of the event, with those fields that are ours; None for those that write none.
    """

    kind: CallKind
    calendar_id: str
    event_id: str
    etag: str | None = None
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        status: the HTTP status; 0 where no answer came, so that the work may be done or not.
        reason: Google's word for an error, such as `duplicate`; empty without one.
        message: Google's sentence.
        event: as it is now, where the answer says it.
    """

    status: int
    reason: str = ""
    message: str = ""
    event: Mapping[str, Any] = field(default_factory=dict)
