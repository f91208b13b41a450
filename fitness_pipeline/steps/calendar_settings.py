"""What the settings say of the calendar, as the other steps need it."""

import hashlib
import json
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from fitness_pipeline.calendar.event_content import EventRules
from fitness_pipeline.settings import Settings

# Of how events are made of runs: one more, and all of them are compared again.
_REVISION = 2


def event_rules(settings: Settings) -> EventRules:
    """Return how runs become events.

    Args:
        settings: the templates and zones.
    """
    return EventRules(
        title=settings.calendar_title,
        description=settings.calendar_description,
        time_zone=settings.calendar_timezone or settings.mmf_timezone,
        day_zone=settings.mmf_timezone,
        is_day_for_day=settings.calendar_all_day,
    )


def rules_digest(settings: Settings, since: date) -> str:
    """Return a digest of all that events depend on besides their runs.

    Args:
        settings: the calendar, templates and zones.
        since: the first day whose runs are shown.
    """
    rules = event_rules(settings)
    facts = [
        _REVISION,
        settings.google_calendar_id,
        f"{since}",
        rules.title,
        rules.description,
        rules.time_zone,
        rules.day_zone,
        rules.is_day_for_day,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def beginning_of(day: date, settings: Settings) -> datetime:
    """Return the instant at which a day begins where the runner is.

    Args:
        day: the day.
        settings: the runner's time zone.
    """
    return datetime.combine(day, time(), ZoneInfo(event_rules(settings).time_zone))
