"""Rows of `normalized.calendar_events` for tests."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from fitness_pipeline.calendar.known_event import KnownEvent
from fitness_pipeline.db.calendar_events import Beginning, Finding, record_beginnings, record_findings
from fitness_pipeline.db.calendar_work import (
    events_to_work_on,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.moments import NOW

HELD: dict[str, Any] = {"state": "present", "held_hash": "a", "held_version": 1, "etag": '"1"'}
ABSENT: dict[str, Any] = {"state": "absent", "held_hash": None, "held_version": None, "etag": None}


def want(connection: AnyConnection, run_id: str = "strava_1", generation: int = 0, **values: Any) -> None:
    """Write a row of an event that is wanted with content `a`, but for what is given."""
    wanted = {"wanted_hash": "a", "wanted_version": 1, "calendar_id": "primary", **values}
    connection.execute(
        f"""
        insert into normalized.calendar_events (run_id, generation, {", ".join(wanted)})
        values (%s, %s{", %s" * len(wanted)})
        """.encode(),  # noqa: S608 - the names are those of this file
        [run_id, generation, *wanted.values()],
    )


def to_do(connection: AnyConnection, now: datetime = NOW) -> list[KnownEvent]:
    return [item.event for item in events_to_work_on(10, now, conn=connection)]


def begin(connection: AnyConnection, event: KnownEvent) -> KnownEvent:
    """Record that the event is about to be inserted."""
    record_beginnings(
        connection, [Beginning(event_row=event.id, unfinished="insert", description="Pace 9:00")]
    )
    return replace(event, unfinished="insert", unfinished_description="Pace 9:00")


def finish(connection: AnyConnection, event: KnownEvent, **values: Any) -> None:
    """Record that the event was written."""
    written = replace(event, unfinished=None, unfinished_description=None, description="Pace 9:00", **HELD)
    record_findings(connection, [Finding(event=written, is_synced=True, **values)])
