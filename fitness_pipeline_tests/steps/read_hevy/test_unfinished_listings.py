"""A listing that failed is gone on with where it was, unless that is too long ago."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import OutOfQuota, PermissionRefused, ProviderUnavailable
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, HevySyncer, calls, hevy_rows, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR, watermark


def test_a_first_sync_that_failed_goes_on_where_it_was(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(95)
    hevy.faults.order(Answer(errors.server_error()), path=LIST, skip=3, times=5)
    with pytest.raises(ProviderUnavailable):
        sync.read()
    assert stored(connection) == set(ids[:30])
    assert watermark(connection) is None
    clock.advance(DAY)
    hevy.log.clear()
    read = sync.read()
    assert (read.kind, read.is_resumed, read.new) == ("full", True, 65)
    assert calls(hevy) == [LIST] * 7 + [EVENTS, COUNT]
    assert stored(connection) == set(ids)
    assert watermark(connection) == NOW - HOUR


def test_what_happens_until_a_listing_is_gone_on_with_is_not_lost(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(45)
    hevy.faults.order(Answer(errors.rate_limited(3600)), path=LIST, skip=2)
    with pytest.raises(OutOfQuota, match="until 2026-03-10 15:07 UTC"):
        sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(ids[3], title="Edited meanwhile")
    hevy.world.workouts.delete(ids[5])
    sync.add(3, every=HOUR)
    read = sync.read()
    assert read.is_resumed
    assert stored(connection) == set(hevy.world.workouts.ids())
    before = hevy_rows(connection)
    read = sync.read(is_full=True)
    assert (read.new, read.changed, read.deleted) == (0, 0, 0)
    assert hevy_rows(connection) == before


def test_a_listing_that_failed_after_its_last_page_asks_for_no_page_again(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.add(20)
    hevy.faults.order(Answer(errors.outage()), path=COUNT, times=5)
    with pytest.raises(ProviderUnavailable):
        sync.read()
    assert watermark(connection) is None
    hevy.log.clear()
    assert sync.read().is_resumed
    # Page 3 is missing, and page 1 says that this is right.
    assert calls(hevy) == [LIST, LIST, EVENTS, COUNT]
    assert watermark(connection) == NOW - HOUR


def test_a_listing_of_last_week_is_begun_anew(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(25)
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST, skip=1)
    with pytest.raises(PermissionRefused):
        sync.read()
    clock.advance(7 * DAY)
    read = sync.read()
    assert (read.is_resumed, read.new, read.unchanged) == (False, 15, 10)
    assert watermark(connection) == NOW + 7 * DAY - HOUR


def test_an_incremental_sync_leaves_an_unfinished_full_one_to_the_next_full_one(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(25)
    sync.read()
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST, skip=2)
    with pytest.raises(PermissionRefused):
        sync.read(is_full=True)
    assert sync.read().kind == "incremental"
    clock.advance(DAY)
    (new,) = sync.add(1)
    assert sync.read().new == 1
    read = sync.read(is_full=True)
    assert (read.is_resumed, read.deleted, read.undecided) == (True, 0, 0)
    assert new in stored(connection)
