"""A calendar that cannot be used is named, and nothing is concluded from it."""

from collections.abc import Callable

import pytest

from fitness_pipeline.db.calendar_work import count_events
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import CalendarMissing, PermissionRefused
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet

OTHER = "runs@group.calendar.google.com"


def test_a_calendar_that_is_not_there_is_named(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
    add_runs(connection, 2)
    with pytest.raises(CalendarMissing, match=rf"no calendar '{OTHER}'.+set GOOGLE_CALENDAR_ID"):
        sync()
    assert synced_runs(connection) == {}
    sync.world.add_calendar(OTHER)
    assert sync().created == 2


@pytest.mark.parametrize("change", [edit, delete], ids=["to update", "to delete"])
def test_a_calendar_that_is_not_shared_any_more_looks_like_no_deletion_of_the_runners(
    sync: CalendarSyncer, connection: AnyConnection, change: Callable[[AnyConnection], None]
) -> None:
    add_runs(connection, 2)
    sync()
    sync.calendar.is_shared = False
    change(connection)
    with pytest.raises(CalendarMissing):
        sync()
    assert count_events(conn=connection).declined == 0
    assert synced_runs(connection)["strava_1"] == ["synced", 1, None]
    sync.calendar.is_shared = True
    work = sync()
    assert work.updated + work.deleted == 1
    assert quiet(sync)


@pytest.mark.parametrize("change", [None, edit, delete], ids=["to create", "to update", "to delete"])
def test_a_calendar_that_can_only_be_read_is_named(
    sync: CalendarSyncer,
    connection: AnyConnection,
    change: Callable[[AnyConnection], None] | None,
) -> None:
    add_runs(connection, 1)
    if change is not None:
        sync()
        change(connection)
    before = synced_runs(connection)
    sync.calendar.role = "reader"
    with pytest.raises(PermissionRefused, match=r"write to the calendar 'primary'.+writer access"):
        sync()
    assert synced_runs(connection) == before
    assert (count_events(conn=connection).declined, count_events(conn=connection).failed) == (0, 0)
    sync.calendar.role = "owner"
    sync()
    assert quiet(sync)
