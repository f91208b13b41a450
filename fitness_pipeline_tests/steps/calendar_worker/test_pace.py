"""How long is waited between requests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.calendar_sync import BATCH, CalendarSyncer, add_runs


def test_each_time_is_waited_longer_up_to_half_a_minute(sync: CalendarSyncer) -> None:
    sync.sandbox.faults.order(Answer(errors.rate_limited(429)), path=BATCH, times=8)
    assert sync().created == 5
    assert sync.slept == [2.0, 4.0, 8.0, 16.0, 32.0, 32.0, 32.0, 32.0]


def test_chance_keeps_those_apart_who_wait_at_once(sync: CalendarSyncer) -> None:
    chances = iter([0.25, 0.0, 1.0])
    sync.patience = replace(sync.patience, chance=lambda: next(chances))
    sync.sandbox.faults.order(Answer(errors.rate_limited(429)), path=BATCH, times=3)
    sync()
    assert sync.slept == [0.5, 0.0, 8.0]


def test_no_more_calls_a_minute_are_made_than_google_allows(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_SYNC_SINCE", "2020-01-01")
    environment.setenv("CALENDAR_BATCH_SIZE", "300")
    sync.sandbox.limits.per_minute_per_user = 600

    def sleep(seconds: float) -> None:
        sync.slept.append(seconds)
        sync.clock.advance(timedelta(seconds=seconds))

    sync.patience = replace(sync.patience, sleep=sleep)
    connection.execute("delete from runs_history; delete from runs")
    add_runs(connection, 700)
    work = sync()
    assert (work.created, work.requests) == (700, 3)
    assert sync.slept == [60.0]
    assert "Waiting 60 s: Google takes so many events a minute." in sync.told
