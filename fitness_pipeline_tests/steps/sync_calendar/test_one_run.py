"""One run is brought onto the calendar, or off it, and nobody else's event is touched."""

from dataclasses import replace

import pytest

from fitness_pipeline.db.calendar_lists import find_newest_event
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import ProviderUnavailable, RunNotFound
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.calendar_worker import CalendarWork
from fitness_pipeline.steps.sync_calendar import sync_run
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.calendar_sync import (
    BATCH,
    CalendarSyncer,
    add_runs,
)


def put(sync: CalendarSyncer, *, is_wanted: bool = True, batches_in_vain: int = 3) -> CalendarWork:
    patience = replace(sync.patience, batches_in_vain=batches_in_vain)
    return sync_run(load_settings(), "strava_1", is_wanted=is_wanted, patience=patience)


def test_only_the_one_run_is_worked_on(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 3)
    assert put(sync).created == 1
    assert sync.shown() == {("strava_1", "1")}
    assert (sync.preview().create, sync.preview().update) == (2, 0)


def test_what_is_as_it_should_be_writes_nothing(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    put(sync)
    before = row_versions(connection, "normalized.calendar_events")
    assert put(sync) == CalendarWork()
    assert row_versions(connection, "normalized.calendar_events") == before


def test_it_gives_up_soon_when_google_does_not_answer_and_the_next_sync_makes_up_for_it(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync.sandbox.faults.order(Answer(errors.outage()), path=BATCH, times=3)
    with pytest.raises(ProviderUnavailable):
        put(sync)
    assert len(sync.slept) == 2
    sync()
    assert sync.shown() == {("strava_1", "1")}


def test_a_run_that_was_never_on_the_calendar_can_be_kept_off_it(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    assert put(sync, is_wanted=False) == CalendarWork()
    newest = find_newest_event("strava_1", conn=connection)
    assert newest is not None
    assert newest.is_declined
    assert sync().created == 0


def test_a_run_that_there_is_not_cannot_be_put_there(sync: CalendarSyncer) -> None:
    with pytest.raises(RunNotFound):
        put(sync)
