"""A runner whose runs are on a calendar, and what happens until the next sync."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.sandbox.google_calendar.world import OWNER, PRIMARY, GoogleCalendarWorld
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, event_id, run
from fitness_pipeline_tests.faults.calendar_model import Look
from fitness_pipeline_tests.moments import NOW

OTHER = "running@group.calendar.google.com"
ADA = "Ada"
NOTE = "With Grace, in the rain."
REMINDERS = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 7}]}

(EDITED, NOTED, UNSEEN_DECLINED, DELETED, DELETED_TWICE, RESTORED, REMOVED, RESYNCED, SAME) = (
    f"strava_{number}" for number in range(1, 10)
)
ALL_DAY, NEW, NEW_TOO = "mmf_1", "strava_20", "strava_21"
OLD, NEW_BUT_OLD = "strava_200", "strava_150"
FEW_AT_FIRST = (EDITED, NOTED, UNSEEN_DECLINED, DELETED, RESTORED)
SHOWN, GONE = "strava_1", "strava_3"


@dataclass(frozen=True, kw_only=True)
class Story:
    """A sync, and what happened before.

    Attributes:
        happen: all of it, with the syncs before.
        variables: of the environment of the sync.
        look: what events are to look like after it.
        wanted: the runs that are to be shown then.
        later: how long after the connection it is.
    """

    name: str
    happen: Callable[[AnyConnection, GoogleCalendarWorld, CalendarSyncer], None]
    variables: dict[str, str] = field(default_factory=dict)
    look: Look
    wanted: tuple[str, ...]
    later: timedelta = timedelta(days=1)

    def set_environment(self, environment: pytest.MonkeyPatch) -> None:
        """Have the settings say what they say at the time of its sync."""
        for name, value in self.variables.items():
            environment.setenv(name, value)


def sync_for_the_first_time(
    connection: AnyConnection, world: GoogleCalendarWorld, sync: CalendarSyncer
) -> None:
    """Show the first runs; one was taken off already, and one was deleted."""
    world.add_calendar(OTHER)
    bulk_create_shoes_by_names(["Ghost"], conn=connection)
    noon = datetime(2026, 3, 2, 18, tzinfo=UTC)  # in Chicago
    create_runs(
        connection,
        *(run(number, shoe_id="ghost") for number in range(1, 10)),
        new_run(ALL_DAY, datetime_utc=noon, distance=3.1),
        run(200),
    )
    world.calendar().add_as_the_runner(
        summary="Dentist", start={"date": "2026-03-09"}, end={"date": "2026-03-10"}
    )
    sync()
    soft_delete_run(RESTORED, ADA, conn=connection)
    decline_event(RESYNCED, PRIMARY, conn=connection)
    sync()


def live_on(connection: AnyConnection, world: GoogleCalendarWorld, sync: CalendarSyncer) -> None:
    """A day on which everything happens that a sync has to see."""
    sync_for_the_first_time(connection, world, sync)
    for run_id in (EDITED, NOTED, UNSEEN_DECLINED, ALL_DAY, OLD):
        update_run_with_history(run_id, {"distance": 6.2}, ADA, conn=connection)
    calendar = world.calendar()
    noted = event_id(connection, NOTED)
    row = calendar.find(noted)
    assert row is not None
    calendar.edit_as_the_runner(noted, description=f"{NOTE}\n{row['description']}", reminders=REMINDERS)
    for run_id in (UNSEEN_DECLINED, DELETED_TWICE):
        calendar.delete_as_the_runner(event_id(connection, run_id))
    for run_id in (DELETED, DELETED_TWICE):
        soft_delete_run(run_id, ADA, conn=connection)
    restore_run_version(RESTORED, 1, ADA, conn=connection)
    decline_event(REMOVED, PRIMARY, conn=connection)
    want_event_again(RESYNCED, PRIMARY, conn=connection)
    create_runs(connection, run(20, datetime_utc=NOW), run(21, datetime_utc=NOW), run(150))


def move(connection: AnyConnection, world: GoogleCalendarWorld, sync: CalendarSyncer) -> None:
    """Some runs change, and all of them are to be on another calendar."""
    sync_for_the_first_time(connection, world, sync)
    update_run_with_history(EDITED, {"distance": 6.2}, ADA, conn=connection)
    soft_delete_run(DELETED, ADA, conn=connection)


def live_quietly(connection: AnyConnection, world: GoogleCalendarWorld, sync: CalendarSyncer) -> None:
    """Three runs are shown, and one of them is deleted."""
    world.add_calendar(OTHER)
    create_runs(connection, run(1), run(2), run(3))
    sync()
    soft_delete_run(GONE, ADA, conn=connection)
    sync()


def live_on_a_little(connection: AnyConnection, world: GoogleCalendarWorld, sync: CalendarSyncer) -> None:
    """One event is to be created, one revived, one deleted and three updated, of which one is in the bin."""
    create_runs(connection, *(run(int(run_id.removeprefix("strava_"))) for run_id in FEW_AT_FIRST))
    sync()
    soft_delete_run(RESTORED, ADA, conn=connection)
    sync()
    for run_id in (EDITED, NOTED, UNSEEN_DECLINED):
        update_run_with_history(run_id, {"distance": 6.2}, ADA, conn=connection)
    calendar = world.calendar()
    calendar.edit_as_the_runner(event_id(connection, NOTED), description=NOTE, reminders=REMINDERS)
    calendar.delete_as_the_runner(event_id(connection, UNSEEN_DECLINED))
    soft_delete_run(DELETED, ADA, conn=connection)
    restore_run_version(RESTORED, 1, ADA, conn=connection)
    create_runs(connection, run(20, datetime_utc=NOW))


CHANGES = Story(
    name="changes",
    happen=live_on,
    variables={"CALENDAR_BATCH_SIZE": "4"},
    look=Look(calendar=OWNER),
    wanted=(EDITED, NOTED, RESTORED, RESYNCED, SAME, ALL_DAY, NEW, NEW_TOO),
)
MOVE = Story(
    name="move",
    happen=move,
    variables={"CALENDAR_BATCH_SIZE": "6", "GOOGLE_CALENDAR_ID": OTHER},
    look=Look(calendar=OTHER),
    wanted=(EDITED, NOTED, UNSEEN_DECLINED, DELETED_TWICE, REMOVED, SAME, ALL_DAY),
)
QUIET = Story(name="quiet", happen=live_quietly, look=Look(calendar=OWNER), wanted=(SHOWN, "strava_2"))
FEW = Story(
    name="few", happen=live_on_a_little, look=Look(calendar=OWNER), wanted=(EDITED, NOTED, RESTORED, NEW)
)
