"""A run, what its event says, and what is known of that event, but for what a test gives."""

from datetime import UTC, datetime
from typing import Any

from fitness_pipeline.calendar.calls import Answer
from fitness_pipeline.calendar.event_content import EventContent, EventRules, content_of
from fitness_pipeline.calendar.event_fields import CalendarRun
from fitness_pipeline.calendar.known_event import KnownEvent
from fitness_pipeline.event_templates import DESCRIPTION, TITLE

EVENT_ID = "0d2cda378fdbc7e5529b187e005174fe"


def calendar_run(**values: Any) -> CalendarRun:
    """A run of five miles in three quarters of an hour."""
    usual: dict[str, Any] = {
        "id": "strava_1",
        "datetime_utc": datetime(2026, 3, 9, 13, 57, 49, tzinfo=UTC),
        "type": "Outdoor Run",
        "distance": 5.0,
        "duration": 2700.0,
        "source": "Strava",
        "avg_heart_rate": 151.4,
        "shoe": "Brooks Ghost 15",
        "day_zone": None,
        "version": 1,
    }
    return CalendarRun(**{**usual, **values})


def event_rules(**values: Any) -> EventRules:
    """How the runs of somebody in Chicago become events without any setting."""
    usual: dict[str, Any] = {
        "title": TITLE,
        "description": DESCRIPTION,
        "time_zone": "America/Chicago",
        "day_zone": "America/Chicago",
        "is_day_for_day": True,
    }
    return EventRules(**{**usual, **values})


def event_content(version: int = 1, **values: Any) -> EventContent:
    """What the event says of a version of that run, which is as many miles long."""
    return content_of(calendar_run(version=version, distance=float(version), **values), event_rules())


def known_event(**values: Any) -> KnownEvent:
    """An event that was never written and is not wanted."""
    usual: dict[str, Any] = {
        "id": 1,
        "run_id": "strava_1",
        "generation": 0,
        "calendar_id": "primary",
        "event_id": EVENT_ID,
        "state": "absent",
        "is_declined": False,
        "unfinished": None,
        "wanted_hash": None,
        "wanted_version": None,
        "held_hash": None,
        "held_version": None,
        "etag": None,
        "description": None,
        "unfinished_description": None,
        "runner_description": None,
        "failures": 0,
    }
    return KnownEvent(**{**usual, **values})


def present_event(version: int = 1, **values: Any) -> KnownEvent:
    """An event that holds a version of its run, and is to hold that."""
    content = event_content(version)
    known = {
        "state": "present",
        "wanted_hash": content.hash,
        "wanted_version": version,
        "held_hash": content.hash,
        "held_version": version,
        "etag": '"1"',
        "description": content.description,
    }
    return known_event(**{**known, **values})


def seen(content: EventContent, **fields: Any) -> Answer:
    """Google's answer that tells an event with that content."""
    return Answer(status=200, event={"status": "confirmed", "etag": '"2"', **content.body(), **fields})


def refusal(status: int, reason: str = "", message: str = "") -> Answer:
    """Google's answer that something cannot be done."""
    return Answer(status=status, reason=reason, message=message)
