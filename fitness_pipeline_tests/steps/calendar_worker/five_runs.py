"""Five runs that come to the calendar, and trouble with the second one of them."""

from datetime import datetime

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import about
from fitness_pipeline.sandbox.serving.faults import Answer, Fault
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, event_id, known_events, synced_runs

IDS = [f"strava_{number}" for number in range(1, 6)]
ALL = {(run_id, "1") for run_id in IDS}
TROUBLED = "strava_2"
REFUSAL = Answer(errors.invalid("Bad thing."))


def assert_right(sync: CalendarSyncer, connection: AnyConnection, expected: set[tuple[str, str]]) -> None:
    """Make sure that the calendar shows just those runs and versions, and that it is known."""
    assert sync.shown() == expected
    assert synced_runs(connection) == {run_id: ["synced", int(version), None] for run_id, version in expected}
    sync.sandbox.log.clear()
    assert sync().requests == sync.sandbox.log.count() == 0


def strike_one(
    sync: CalendarSyncer, connection: AnyConnection, fault: Fault, times: int | None = None
) -> None:
    """Order trouble for the event of the one run."""
    when = about(event_id(connection, TROUBLED))
    sync.sandbox.faults.order(fault, inner=True, when=when, times=times)


def next_try(connection: AnyConnection) -> datetime:
    """When the event of that run is tried again."""
    (retry_at,) = (row["retry_at"] for row in known_events(connection) if row["run_id"] == TROUBLED)
    assert isinstance(retry_at, datetime)
    return retry_at
