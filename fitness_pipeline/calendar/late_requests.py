"""A request may be worked on long after nobody waits for its answer any more.

What an event is found to be then need not last. Everything that is written besides makes the late request
void: Google refuses it, because the event has another etag by then, or because its id is taken. Where nothing
else is to be written, the request remains a doubt, and the event is looked at once more.
"""

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.calendar.known_event import KnownEvent, Unfinished

_GONE = (404, 410)
# Said before any work is done: no access, or too many requests.
_HASTY = (401, 403, 429)


def doubt_after(event: KnownEvent, call: Call, answer: Answer) -> Unfinished | None:
    """Return which request may still be worked on, after an answer to another one.

    Args:
        event: what was known before, with the call recorded as unfinished.
        call: what was asked.
        answer: what came back.
    """
    if call.kind != "look":
        if 200 <= answer.status < 300 or (call.kind == "delete" and answer.status in _GONE):
            return None
        # The client repeats what it got no answer to, and what was refused for an expired token, so that it
        # may be the repetition that is refused.
        return _graver(event.doubt, call.kind) if answer.status in _HASTY else event.doubt
    if answer.status not in (200, *_GONE):
        return event.doubt
    if event.unfinished is None or not _is_open(event, event.unfinished, answer):
        return None  # it is done or void, or nobody works on it after so long a time
    return _graver(event.doubt, event.unfinished)


def _graver(former: Unfinished | None, latter: Unfinished) -> Unfinished:
    """Of two that may be worked on, a deletion counts: it must not be taken for one by the runner."""
    return "delete" if former == "delete" else latter


def _is_open(event: KnownEvent, unfinished: Unfinished, answer: Answer) -> bool:
    """Whether an event is as it was before a request, so that this can still be worked on."""
    if unfinished == "insert":
        return answer.status in _GONE
    is_cancelled = answer.event.get("status") == "cancelled"
    is_same = answer.status == 200 and answer.event.get("etag") == event.etag
    return is_same and is_cancelled == (unfinished == "revive")
