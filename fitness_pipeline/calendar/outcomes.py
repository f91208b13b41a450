"""What an answer of the calendar's means for what is known of an event."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.calendar.descriptions import our_part, runners_description
from fitness_pipeline.calendar.event_content import CONTENT_HASH, RUN_ID, RUN_VERSION, EventContent
from fitness_pipeline.calendar.known_event import KnownEvent, Unfinished

Change = Literal["created", "updated", "deleted", "declined"]
# busy: it is to be asked again after a while. unsure: the same, and it may be done already. quota: not for
# hours. no_access: nothing can be done here at all.
Trouble = Literal["busy", "unsure", "quota", "no_access"]

_RATE_LIMITS = {"rateLimitExceeded", "userRateLimitExceeded"}
_QUOTAS = {"quotaExceeded", "dailyLimitExceeded"}
_GONE = (404, 410)
# The reason of a 404 once it is known that the calendar itself is missing.
CALENDAR_MISSING = "calendarMissing"
CALENDAR_READ_ONLY = "requiredAccessLevel"
_NO_ACCESS = {"insufficientPermissions", CALENDAR_READ_ONLY, "accessNotConfigured", CALENDAR_MISSING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a call.

    Attributes:
        event: what is known of the event now.
        change: what became of it, as the runner sees it; None while that is not known.
        trouble: what is wrong with Google, rather than with the event.
        failure: what is wrong with the event.
        needs_new_id: whether Google does not let its id be used any more.
    """

    event: KnownEvent
    change: Change | None = None
    trouble: Trouble | None = None
    failure: str | None = None
    needs_new_id: bool = False


def outcome_of(event: KnownEvent, call: Call, content: EventContent, answer: Answer) -> Outcome:
    """Return what an answer means; the calendar itself is known to be there.

    Args:
        event: what is known, with the call recorded as unfinished.
        call: what was asked.
        content: what the call was to write.
        answer: what came back.
    """
    if (trouble := _trouble(call, answer)) is not None:
        # A rate limit is told before any work is done, so nothing is left to find out.
        if trouble != "unsure" and call.kind != "look":
            event = replace(event, unfinished=None, unfinished_description=None)
        return Outcome(event=event, trouble=trouble)
    if call.kind == "look":
        return _looked(event, content, answer)
    if call.kind == "delete":
        return _deleted(event, answer)
    if 200 <= answer.status < 300:
        return _written(event, call, content, answer)
    if answer.status in (409, 412) or (call.kind == "patch" and answer.status in _GONE):
        return Outcome(event=event)  # it is not as was thought: look
    if call.kind == "revive" and answer.status in (400, 403, *_GONE):
        return Outcome(event=_gone(event), needs_new_id=True)
    return refused(_finished(event), answer)


def refused(event: KnownEvent, answer: Answer) -> Outcome:
    """Return what comes of a request that Google refuses, for a reason that concerns this event alone.

    Args:
        event: what is known of it.
        answer: the refusal.
    """
    sentence = f"Google answered {answer.status} {answer.reason}: {answer.message}".strip(": ")
    return Outcome(event=replace(event, failures=event.failures + 1), failure=sentence)


def _trouble(call: Call, answer: Answer) -> Trouble | None:
    if answer.status == 0 or answer.status >= 500:
        return "unsure"
    if answer.status == 429 or (answer.status == 403 and answer.reason in _RATE_LIMITS):
        return "busy"
    if answer.status == 403 and answer.reason in _QUOTAS:
        return "quota"
    if answer.status == 401 or answer.reason in _NO_ACCESS:
        return "no_access"
    # Nothing about a new event can be missing or forbidden but the calendar.
    return "no_access" if call.kind == "insert" and answer.status in (403, 404) else None


def _written(event: KnownEvent, call: Call, content: EventContent, answer: Answer) -> Outcome:
    if answer.event.get("status") == "cancelled":
        if call.kind == "revive":
            return Outcome(event=_gone(event), needs_new_id=True)
        return _vanished(event)
    known = replace(
        _finished(event),
        state="present",
        held_hash=content.hash,
        held_version=content.run_version,
        etag=answer.event.get("etag"),
        description=content.description,
        runner_description=runners_description(_description(answer.event), [content.description]),
        failures=0,
    )
    return Outcome(event=known, change="updated" if call.kind == "patch" else "created")


def _deleted(event: KnownEvent, answer: Answer) -> Outcome:
    if 200 <= answer.status < 300 or answer.status in _GONE:
        return Outcome(event=_gone(event), change="deleted")
    if answer.status == 412:
        return Outcome(event=event)
    return refused(_finished(event), answer)


def _looked(event: KnownEvent, content: EventContent, answer: Answer) -> Outcome:
    """Take over what was seen."""
    if answer.status in _GONE:
        if _asked_last(event) == "insert":
            return Outcome(event=replace(_gone(event), state="absent"))
        if _asked_last(event) == "revive":
            return Outcome(event=_gone(event), needs_new_id=True)
        return _vanished(event)
    if answer.status != 200:
        return refused(event, answer)  # what became of the request stays open
    seen = answer.event
    private = _private(seen)
    if RUN_ID in private and private[RUN_ID] != event.run_id:
        return Outcome(event=replace(_gone(event), state="foreign"), needs_new_id=True)
    if seen.get("status") == "cancelled":
        # Should it ever be revived, the runner's words are to be there again.
        gone = _vanished(_described(event, content, seen) if _description(seen) else event)
        return replace(gone, event=replace(gone.event, etag=seen.get("etag")))
    if RUN_ID not in private:
        return Outcome(event=replace(_gone(event), state="foreign"), needs_new_id=True)
    return Outcome(
        event=replace(
            _finished(_described(event, content, seen)),
            state="present",
            held_hash="" if _is_asked_for(event) else private.get(CONTENT_HASH, ""),
            held_version=_number(private.get(RUN_VERSION)),
            etag=seen.get("etag"),
        ),
        change=_change_that_was_lost(event, private.get(CONTENT_HASH)),
    )


def _vanished(event: KnownEvent) -> Outcome:
    """It is not there: because we deleted it, or else because the runner did."""
    asked = _asked_last(event)
    if asked in ("delete", "revive"):
        return Outcome(event=_gone(event), change="deleted" if asked == "delete" else None)
    return _declined(event)


def _asked_last(event: KnownEvent) -> Unfinished | None:
    """Return what was asked and may have been done, even if late; what is in the bin may be revived."""
    if event.doubt == "delete":
        return "delete"
    return event.unfinished or event.doubt or ("revive" if event.state == "deleted" else None)


def _described(event: KnownEvent, content: EventContent, seen: Any) -> KnownEvent:
    """Take over what its description says."""
    held = _description(seen)
    candidates = (event.unfinished_description, event.description, content.description)
    return replace(
        event,
        description=our_part(held, candidates) or event.unfinished_description or event.description,
        runner_description=runners_description(held, candidates),
    )


def _change_that_was_lost(event: KnownEvent, seen_hash: str | None) -> Change | None:
    """Return what an unfinished request did whose answer was lost, so that it is counted."""
    if seen_hash is None or seen_hash == event.held_hash or _is_asked_for(event):
        return None
    return "updated" if event.unfinished == "patch" else "created"


def _finished(event: KnownEvent) -> KnownEvent:
    return replace(event, unfinished=None, unfinished_description=None)


def _gone(event: KnownEvent) -> KnownEvent:
    return replace(
        _finished(event),
        state="deleted",
        held_hash=None,
        held_version=None,
        etag=None,
    )


def _is_asked_for(event: KnownEvent) -> bool:
    """Whether the runner has asked for it: it is written again, whatever was done to it in Google."""
    return event.state == "present" and event.held_hash == ""


def _declined(event: KnownEvent) -> Outcome:
    if _is_asked_for(event):
        return Outcome(event=_gone(event))
    known = replace(_gone(event), is_declined=True, wanted_hash=None, wanted_version=None)
    # Nobody has to be told of one that was to go anyway.
    return Outcome(event=known, change="deleted" if event.wanted_hash is None else "declined")


def _private(seen: Any) -> dict[str, str]:
    private = (seen.get("extendedProperties") or {}).get("private")
    return private if isinstance(private, dict) else {}


def _description(seen: Any) -> str:
    text = seen.get("description")
    return text if isinstance(text, str) else ""


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
