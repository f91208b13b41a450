"""Used up quota pauses all syncs until they may go on."""

from datetime import timedelta

import pytest

from fitness_pipeline.db.calendars import find_calendar, pause
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, synced_runs
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.calendar_edits import edit
from fitness_pipeline_tests.steps.calendar_worker.five_runs import ALL, assert_right


def test_used_up_quota_pauses_all_syncs_until_it_may_go_on(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync.sandbox.limits.quota_exceeded = True
    with pytest.raises(OutOfQuota) as told:
        sync()
    assert str(told.value) == (
        "Google Calendar takes no more events until 2026-03-10 15:07 UTC: its quota is used up. What was "
        "done is recorded; the next sync after that goes on by itself."
    )
    assert told.value.resets_at == NOW + timedelta(hours=1)
    assert synced_runs(connection) == {}
    sync.sandbox.log.clear()
    for _ in range(2):
        sync.clock.advance(timedelta(minutes=29))
        with pytest.raises(OutOfQuota) as again:
            sync()
        assert (str(again.value), again.value.resets_at) == (str(told.value), told.value.resets_at)
    assert sync.sandbox.log.count() == 0

    sync.sandbox.limits.quota_exceeded = False
    sync.clock.advance(timedelta(minutes=2))
    assert sync().created == 5
    assert_right(sync, connection, ALL)


def test_quota_that_is_used_up_again_and_again_is_waited_for_longer_up_to_a_day(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync.sandbox.limits.quota_exceeded = True
    hours = []
    for _ in range(7):
        with pytest.raises(OutOfQuota) as told:
            sync()
        hours.append((told.value.resets_at - sync.clock()) / timedelta(hours=1))
        sync.clock.now = told.value.resets_at
    assert hours == [1, 2, 4, 8, 16, 24, 24]
    sync.sandbox.limits.quota_exceeded = False
    sync()
    calendar = find_calendar(conn=connection)
    assert calendar is not None
    assert (calendar.paused_until, calendar.pauses) == (None, 0)


def test_what_was_written_before_the_quota_was_used_up_is_recorded(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync.sandbox.faults.order(Answer(errors.quota_exceeded()), inner=True, skip=3, times=None)
    with pytest.raises(OutOfQuota):
        sync()
    assert len(sync.shown()) == 3
    assert {run_id for run_id, _ in sync.shown()} == set(synced_runs(connection))
    sync.sandbox.faults.clear()
    sync.clock.advance(timedelta(hours=1))
    assert sync().created == 2


def test_with_nothing_to_do_a_pause_is_nobodys_business(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync()
    pause(NOW + timedelta(hours=1), conn=connection)
    assert sync().requests == 0
    edit(connection)
    with pytest.raises(OutOfQuota, match="until 2026-03-10 15:07 UTC"):
        sync()
