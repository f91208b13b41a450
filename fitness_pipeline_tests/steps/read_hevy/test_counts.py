"""What Hevy counts is compared with what is here."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_feed import CountComparison, find_last_comparison
from fitness_pipeline.errors import PermissionRefused
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline_tests.hevy import COUNT, LIST, HevySyncer, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR, watermark


def test_a_count_that_differs_leads_to_a_full_listing(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(30)
    sync.read()
    read = sync.read(checks_count=True)
    assert (read.kind, read.calls, read.count_at_hevy) == ("incremental", 2, 30)
    connection.execute("delete from raw.hevy_workouts where workout_id = %s", [ids[17]])
    clock.advance(DAY)
    said: list[str] = []
    read = sync.read(said.append, checks_count=True)
    assert (read.kind, read.new, read.undecided) == ("full", 1, 0)
    assert said == ["Hevy counts 30 workouts, here are 29. Listing all of them."]
    assert stored(connection) == set(ids)


def test_a_weekly_sync_finishes_a_listing_that_hid_by_half_what_was_wrong(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    """One workout is missing here and one is too much, and what was listed so far makes the counts equal."""
    ids = sync.add(25)
    sync.read()
    connection.execute("delete from raw.hevy_workouts where workout_id = any(%s)", [[ids[2], ids[22]]])
    clock.advance(DAY)
    hevy.world.workouts.delete(ids[20])
    clock.advance(DAY)
    hevy.world.workouts.forget_events(clock())
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST, skip=1)
    with pytest.raises(PermissionRefused):
        sync.read(checks_count=True)
    clock.advance(7 * DAY)
    read = sync.read(checks_count=True)
    assert (read.kind, read.new, read.deleted, read.undecided) == ("full", 1, 1, 0)
    assert stored(connection) == set(hevy.world.workouts.ids())
    assert sync.read(checks_count=True).kind == "incremental"


def test_a_comparison_of_counts_is_remembered(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    sync.read()
    assert find_last_comparison(conn=connection) == CountComparison(at_hevy=3, here=3, compared_at=NOW)
    clock.advance(DAY)
    sync.read()
    assert find_last_comparison(conn=connection) == CountComparison(at_hevy=3, here=3, compared_at=NOW)
    connection.execute("delete from raw.hevy_workouts where workout_id = %s", [ids[1]])
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST)
    with pytest.raises(PermissionRefused):
        sync.read(checks_count=True)
    assert find_last_comparison(conn=connection) == CountComparison(at_hevy=3, here=2, compared_at=NOW + DAY)


def test_a_count_that_stays_wrong_is_reported_after_three_listings(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(12)
    hevy.faults.order(Answer(json_reply({"workout_count": 15})), path=COUNT, times=None)
    said: list[str] = []
    read = sync.read(said.append)
    assert (read.undecided, read.listings, read.count_at_hevy) == (3, 3, 15)
    assert (read.new, read.rows_in) == (12, 12)
    assert said[-1] == "Hevy counts 15 workouts, here are 12."
    assert watermark(connection) == NOW - HOUR
    assert sync.read().calls == 1
