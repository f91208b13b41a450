"""What the runner and imports do in the middle of a sync of the calendar is not lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import restore_run_version, update_run_with_history
from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.world import PRIMARY
from fitness_pipeline.sandbox.serving.faults import Answer, Change
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import BATCH, connect_google, event_id, run
from fitness_pipeline_tests.faults.calendar_fixtures import BeginWithCalendar
from fitness_pipeline_tests.faults.calendar_lives import Life
from fitness_pipeline_tests.faults.calendar_stories import ADA, GONE, QUIET, SHOWN

NEW = "strava_9"


@contextmanager
def meanwhile() -> Iterator[AnyConnection]:
    """A transaction of somebody else's."""
    url = load_settings().database_url
    assert url is not None
    with open_connection(url.get_secret_value()) as connection, connection.transaction():
        yield connection


def begun(life: Life, pool: ThreadPoolExecutor, what: Callable[[], object]) -> "Future[object]":
    """Begin something in a thread, and wait until it waits for a lock."""
    waiting = "select count(*) from pg_locks where not granted"
    before = fetch_value(life.connection, waiting)
    future = pool.submit(what)
    while fetch_value(life.connection, waiting) == before:
        assert not future.done()
    return future


@pytest.mark.parametrize("run_id", [SHOWN, NEW], ids=["shown", "never shown yet"])
def test_a_run_that_is_removed_while_a_sync_plans_stays_off(
    begin_with_calendar: BeginWithCalendar, run_id: str
) -> None:
    with begin_with_calendar(QUIET) as life, ThreadPoolExecutor(1) as pool:
        create_runs(life.connection, run(9))
        update_run_with_history(SHOWN, {"distance": 6.2}, ADA, conn=life.connection)
        with meanwhile() as runner:
            decline_event(run_id, PRIMARY, conn=runner)
            sync = begun(life, pool, life.sync)
        sync.result()
        life.assert_it_shows({*QUIET.wanted, NEW} - {run_id}, QUIET.look)
        life.assert_nothing_is_left_to_do()


def test_a_run_that_is_removed_while_its_event_gets_another_id_stays_off(
    begin_with_calendar: BeginWithCalendar,
) -> None:
    with begin_with_calendar(QUIET) as life, ThreadPoolExecutor(2) as pool:
        restore_run_version(GONE, 1, ADA, conn=life.connection)
        life.world.refuses_reviving = True
        with meanwhile() as reader:

            def read(_: object) -> None:
                reader.execute("select from synced_runs where run_id = %s for update", [GONE])

            life.sandbox.faults.order(Change(read), path=BATCH, skip=1)
            sync = begun(life, pool, life.sync)
            removal = begun(life, pool, lambda: decline_event(GONE, PRIMARY))
        sync.result()
        removal.result()
        life.sync()
        life.assert_it_shows(QUIET.wanted, QUIET.look)


def test_a_run_that_is_wanted_again_while_its_deletion_is_found_is_shown(
    begin_with_calendar: BeginWithCalendar,
) -> None:
    with begin_with_calendar(QUIET) as life:
        update_run_with_history(SHOWN, {"distance": 6.2}, ADA, conn=life.connection)
        life.world.calendar().delete_as_the_runner(event_id(life.connection, SHOWN))
        asks = Change(lambda _: want_event_again(SHOWN, PRIMARY))
        life.sandbox.faults.order(asks, path=BATCH, skip=1)
        life.sync()
        life.assert_it_shows(QUIET.wanted, QUIET.look)


def test_runs_that_are_imported_while_the_very_first_sync_begins_are_shown(
    begin_with_calendar: BeginWithCalendar,
) -> None:
    with begin_with_calendar(QUIET) as life, ThreadPoolExecutor(1) as pool:
        life.sync.disconnect(are_events_removed=False)
        connect_google(life.sandbox)
        with meanwhile() as importer:
            create_runs(importer, run(9))
            sync = begun(life, pool, life.sync)
        sync.result()
        life.sync()
        life.assert_it_shows({*QUIET.wanted, NEW}, QUIET.look)


def test_who_is_not_disconnected_yet_has_all_runs_on_the_calendar(
    begin_with_calendar: BeginWithCalendar, environment: pytest.MonkeyPatch
) -> None:
    with begin_with_calendar(QUIET) as life:
        environment.setenv("CALENDAR_BATCH_SIZE", "1")
        life.sandbox.faults.order(Answer(errors.quota_exceeded()), path=BATCH, skip=1)
        with pytest.raises(OutOfQuota) as raised:
            life.sync.disconnect(are_events_removed=True)
        life.clock.now = raised.value.resets_at
        life.sync()
        life.assert_it_shows(QUIET.wanted, QUIET.look)
        life.assert_nothing_is_left_to_do()
