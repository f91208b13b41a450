"""What an event says of a run: title, description, start and end, and whose it is."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fitness_pipeline.calendar.event_fields import CalendarRun, event_fields
from fitness_pipeline.event_templates import filled

# Private properties of an event: a key of more than 44 characters would be dropped silently (contract).
RUN_ID, RUN_VERSION, CONTENT_HASH = "fitness_run_id", "fitness_run_version", "fitness_content_hash"

# An event needs some length to be seen; what takes longer than this is a mistake in the run, not an event.
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=31)
_NOON = time(12)
# All of them, since a patch keeps what it does not name: a day that becomes an instant has to lose its date.
_NO_TIME = {"date": None, "dateTime": None, "timeZone": None}

Time = dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """How runs become events.

    Attributes:
        title: a template, see `event_templates`.
        description: a template.
        time_zone: what events are shown in.
        day_zone: the zone in which a run starts at noon of which only the day is known, if its file came
            without one.
        is_day_for_day: whether such a run becomes an event of the whole day.
    """

    title: str
    description: str
    time_zone: str
    day_zone: str
    is_day_for_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContent:
    """What we say in an event; everything else in it is the runner's.

    Attributes:
        start: `date`, or `dateTime` with `timeZone`; the others of the three are None.
        end: the same; the day after the last one, for days.
    """

    run_id: str
    run_version: int
    summary: str
    description: str
    start: Time
    end: Time

    @property
    def hash(self) -> str:
        """A digest of all of it."""
        facts = [self.run_id, self.run_version, self.summary, self.description, self.start, self.end]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]

    def body(self, description: str | None = None) -> dict[str, Any]:
        """Return the event in Google's words.

        Args:
            description: the whole description, where the runner has added to it.
        """
        return {
            "summary": self.summary,
            "description": self.description if description is None else description,
            "start": self.start,
            "end": self.end,
            "extendedProperties": {
                "private": {
                    RUN_ID: self.run_id,
                    RUN_VERSION: str(self.run_version),
                    CONTENT_HASH: self.hash,
                }
            },
        }


def content_of(run: CalendarRun, rules: EventRules) -> EventContent:
    """Return what the event of a run says.

    Args:
        run: the run.
        rules: how.
    """
    fields = event_fields(run)
    start, end = _times(run, rules)
    return EventContent(
        run_id=run.id,
        run_version=run.version,
        summary=" ".join(filled(rules.title, fields).split()) or run.type,
        description=filled(rules.description, fields),
        start=start,
        end=end,
    )


def _times(run: CalendarRun, rules: EventRules) -> tuple[Time, Time]:
    local = run.datetime_utc.astimezone(ZoneInfo(run.day_zone or rules.day_zone))
    if rules.is_day_for_day and run.source == "MapMyFitness" and local.time() == _NOON:
        day = local.date()
        return {**_NO_TIME, "date": f"{day}"}, {**_NO_TIME, "date": f"{day + timedelta(days=1)}"}
    start = run.datetime_utc.replace(microsecond=0)
    seconds = min(run.duration, _LONGEST.total_seconds())
    end = start + max(timedelta(seconds=round(seconds)), _SHORTEST)
    return _instant(start, rules.time_zone), _instant(end, rules.time_zone)


def _instant(at: datetime, time_zone: str) -> Time:
    return {**_NO_TIME, "dateTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "timeZone": time_zone}
