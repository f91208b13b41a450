"""What does not pass by itself is told to a person; what was done is recorded."""

from datetime import timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import NeedsReauthorization, OutOfQuota, PermissionRefused, ProviderUnavailable
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer, Change
from fitness_pipeline_tests.calendar_sync import BATCH, TOKEN, CalendarSyncer, synced_runs
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.calendar_worker.five_runs import ALL, assert_right


def test_a_google_that_is_down_is_told_after_a_while(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    sync.sandbox.faults.order(Answer(errors.backend_error(503)), path=BATCH, times=None)
    with pytest.raises(ProviderUnavailable, match="the next sync goes on by itself"):
        sync()
    assert sync.sandbox.log.count(BATCH) == len(sync.slept) + 1 == 12
    sync.sandbox.faults.clear()
    sync.clock.advance(timedelta(minutes=5))
    sync()
    assert_right(sync, connection, ALL)


def test_a_rate_limit_that_does_not_end_is_told_after_a_while(sync: CalendarSyncer) -> None:
    sync.sandbox.limits.per_minute_per_user = 0
    with pytest.raises(OutOfQuota, match="until 2026-03-10 14:08 UTC") as told:
        sync()
    assert told.value.resets_at == NOW + timedelta(minutes=1)
    assert sync.sandbox.log.count(BATCH) == 12


def test_without_a_token_nothing_is_lost(sync: CalendarSyncer, connection: AnyConnection) -> None:
    sync.sandbox.faults.order(Answer(errors.backend_error(503)), path=TOKEN)
    with pytest.raises(ProviderUnavailable):
        sync()
    assert sync().created == 5
    assert_right(sync, connection, ALL)


@pytest.mark.parametrize("moment", ["before the first batch", "between two batches"])
def test_a_grant_that_ended_is_told_and_what_was_done_is_recorded(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch, moment: str
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    if moment == "before the first batch":
        sync.world.oauth.revoke()
    else:
        sync.sandbox.faults.order(Change(lambda world: world.oauth.revoke(), moment="after"), path=BATCH)
    with pytest.raises(NeedsReauthorization, match="auth google"):
        sync()
    assert len(sync.shown()) == (0 if moment == "before the first batch" else 2)
    sync.sandbox.log.clear()
    with pytest.raises(NeedsReauthorization):
        sync()
    assert sync.sandbox.log.count() == 0


def test_a_grant_that_is_too_small_is_told(sync: CalendarSyncer, connection: AnyConnection) -> None:
    sync.sandbox.faults.order(Answer(errors.insufficient_permissions()), inner=True, times=None)
    with pytest.raises(PermissionRefused, match=r"did not grant.+auth google"):
        sync()
    assert synced_runs(connection) == {}
