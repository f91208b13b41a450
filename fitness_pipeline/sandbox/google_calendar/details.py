"""The smaller parts of an event: extended properties, reminders and the source."""

from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.serving.replies import Refusal

# Extended properties (guide to extended properties); what is refused there is refused with a guess.
LONGEST_KEY, LONGEST_VALUE, MOST_PROPERTIES, MOST_BYTES = 44, 1024, 300, 32 * 1024
# Reminders (Calendar API description).
MOST_REMINDERS, MOST_MINUTES = 5, 40_320


def parse_properties(sent: Any) -> Row:
    """Return extended properties as they are kept.

    A key that is too long is silently dropped, a value that is too long silently cut (guide to extended
    properties).

    Raises:
        Refusal: they are not texts by name, too many, or too much.
    """
    if not isinstance(sent, dict) or not all(_is_texts(sent.get(kind, {})) for kind in ("private", "shared")):
        raise Refusal(errors.invalid("Invalid extended properties."))
    kept = {
        kind: {name: text[:LONGEST_VALUE] for name, text in sent[kind].items() if len(name) <= LONGEST_KEY}
        for kind in ("private", "shared")
        if kind in sent
    }
    pairs = [pair for texts in kept.values() for pair in texts.items()]
    size = sum(len(name.encode()) + len(text.encode()) for name, text in pairs)
    if len(pairs) > MOST_PROPERTIES or size > MOST_BYTES:
        raise Refusal(errors.invalid("Extended properties limit exceeded."))
    return {kind: texts for kind, texts in kept.items() if texts}


def parse_reminders(sent: Any) -> Row:
    """Return reminders.

    Raises:
        Refusal: they cannot be (limits: Calendar API description).
    """
    if not isinstance(sent, dict):
        raise Refusal(errors.invalid("Invalid reminders."))
    overrides = sent.get("overrides") or []
    if sent.get("useDefault"):
        if overrides:
            raise Refusal(
                errors.error(
                    400,
                    "cannotUseDefaultRemindersAndSpecifyOverride",
                    "Cannot specify both default reminders and overrides at the same time.",
                    domain="calendar",
                )
            )
        return {"useDefault": True}
    if not isinstance(overrides, list) or len(overrides) > MOST_REMINDERS:
        raise Refusal(errors.invalid("Invalid reminders."))
    told = [_override(one) for one in overrides]
    return {"useDefault": False, "overrides": told} if told else {"useDefault": False}


def parse_source(sent: Any) -> Row:
    """Return where an event comes from.

    Raises:
        Refusal: its URL is not one of the web (Calendar API description).
    """
    url = sent.get("url") if isinstance(sent, dict) else None
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise Refusal(errors.invalid("Invalid source URL."))
    return {name: str(sent[name]) for name in ("url", "title") if sent.get(name)}


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _override(sent: Any) -> Row:
    told = {name: sent.get(name) for name in ("method", "minutes")} if isinstance(sent, dict) else {}
    minutes = told.get("minutes")
    is_count = type(minutes) is int and 0 <= minutes <= MOST_MINUTES
    if told.get("method") not in ("email", "popup") or not is_count:
        raise Refusal(errors.invalid("Invalid reminder."))
    return told
