"""What to ask of the calendar next, so that an event becomes what is wanted of it."""

from fitness_pipeline.calendar.calls import Call, CallKind
from fitness_pipeline.calendar.descriptions import with_our_part
from fitness_pipeline.calendar.event_content import EventContent
from fitness_pipeline.calendar.known_event import KnownEvent

_CONFIRMED = {"status": "confirmed"}


def next_call(event: KnownEvent, content: EventContent) -> Call:
    """Return the next request for an event that is not as it is wanted.

    Args:
        event: what is known of it; it needs work, or is in doubt.
        content: what it would say of its run.

    Returns:
        The request. Where it is not known what became of the last one, that is found out first; and before
        an event is revived, what it is like in the bin.
    """
    kind = _kind(event)
    if kind in ("look", "delete"):
        return _call(event, kind)
    if kind == "insert":
        # Nothing can be lost: there is no event, or Google says that there is one.
        return Call(
            kind=kind,
            calendar_id=event.calendar_id,
            event_id=event.event_id,
            body={"id": event.event_id, **content.body()},
        )
    whole = with_our_part(event.runner_description, [event.description], content.description)
    body = content.body(whole)
    return _call(event, kind, body if kind == "patch" else {**body, **_CONFIRMED})


def _kind(event: KnownEvent) -> CallKind:
    if event.unfinished is not None:
        return "look"
    if event.doubt is not None and event.wanted_hash == event.held_hash:
        return "look"
    if event.wanted_hash is None:
        return "delete"
    if event.state == "present":
        return "patch"
    if event.state == "absent":
        return "insert"
    return "revive" if event.etag is not None else "look"


def _call(event: KnownEvent, kind: CallKind, body: dict[str, object] | None = None) -> Call:
    return Call(
        kind=kind,
        calendar_id=event.calendar_id,
        event_id=event.event_id,
        # So that a change of the runner's, or a late request of a process that was killed, is noticed.
        etag=None if kind == "look" else event.etag,
        body=body,
    )
