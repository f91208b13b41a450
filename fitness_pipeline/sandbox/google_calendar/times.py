"""When an event starts and ends: what is accepted, and how it is told."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.serving.replies import Refusal

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Edge:
    """The start or the end of an event.

    Attributes:
        instant: of a day, its midnight in the calendar's zone.
        row: as replies tell it.
    """

    is_all_day: bool
    instant: datetime
    row: Row


def parse_span(start: Any, end: Any, zone: str) -> tuple[Row, Row]:
    """Check when an event is; return start and end as replies tell them.

    Args:
        start: `date`, or `dateTime` with an offset or a `timeZone`.
        end: the same; of days, the day after the last one.
        zone: the calendar's.

    Raises:
        Refusal: it cannot be. That an end may equal its start is a guess.
    """
    first, last = parse_edge(start, "start", zone), parse_edge(end, "end", zone)
    if first.is_all_day != last.is_all_day:
        raise Refusal(errors.invalid("Start and end times must either both be date or both be dateTime."))
    if last.instant < first.instant:
        raise Refusal(errors.time_range_empty())
    return first.row, last.row


def parse_edge(sent: Any, name: str, zone: str) -> Edge:
    """Return a start or an end; see `parse_span`."""
    if sent is None or sent == {}:
        raise Refusal(errors.required(f"Missing {name} time."))
    if not isinstance(sent, dict):
        raise Refusal(errors.invalid(f"Invalid {name} time."))
    day, moment, own_zone = sent.get("date"), sent.get("dateTime"), sent.get("timeZone")
    if own_zone is not None and _zone(own_zone) is None:
        raise Refusal(errors.invalid(f"Invalid time zone definition for {name} time."))
    if (day is None) == (moment is None):
        raise Refusal(errors.invalid(f"Invalid {name} time."))
    return _day(day, name, zone) if moment is None else _moment(moment, name, own_zone, zone)


def parse_instant(text: Any, zone: tzinfo | None = None) -> datetime | None:
    """Return an RFC 3339 time; None when it is none, or has no offset while there is no zone."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        instant = datetime.fromisoformat(f"{match[1]}T{match[2]}{(match[3] or '').upper()}")
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=zone) if zone else None


def instant_of(row: Row, zone: str) -> datetime:
    """Return when a start or an end of a reply is."""
    if "date" in row:
        return datetime.combine(date.fromisoformat(row["date"]), time(), ZoneInfo(zone))
    return datetime.fromisoformat(row["dateTime"])


def rfc3339(now: datetime) -> str:
    """Return a time as `created` and `updated` tell it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}Z"


def _day(text: Any, name: str, zone: str) -> Edge:
    try:
        day = date.fromisoformat(text) if isinstance(text, str) and _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise Refusal(errors.invalid(f"Invalid {name} time."))
    row = {"date": day.isoformat()}
    return Edge(is_all_day=True, instant=instant_of(row, zone), row=row)


def _moment(text: Any, name: str, own_zone: str | None, zone: str) -> Edge:
    instant = parse_instant(text, None if own_zone is None else ZoneInfo(own_zone))
    if instant is None:
        if own_zone is None and parse_instant(text, ZoneInfo(zone)) is not None:
            raise Refusal(errors.required(f"Missing time zone definition for {name} time."))
        raise Refusal(errors.invalid(f"Invalid {name} time."))
    # Replies tell times in the calendar's zone, whatever offset they came with (seen in published replies).
    told = instant.astimezone(ZoneInfo(zone)).isoformat()
    row = {"dateTime": told.removesuffix("+00:00") + "Z" if told.endswith("+00:00") else told}
    return Edge(is_all_day=False, instant=instant, row=row | {"timeZone": own_zone or zone})


def _zone(name: Any) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (KeyError, ValueError, OSError):
        return None
