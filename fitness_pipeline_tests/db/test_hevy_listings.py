"""How far a listing of all workouts has come."""

import hashlib
from datetime import UTC, datetime, timedelta

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_listings import (
    abandon_old_listings,
    begin_listing,
    end_listing,
    find_missing_workouts,
    find_open_listing,
    is_last_listing_unfinished,
    record_listed_page,
)
from fitness_pipeline.db.hevy_workouts import IncomingWorkout, mark_workouts_deleted, store_workouts
from fitness_pipeline.db.queries import fetch_value

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def store(connection: AnyConnection, *workout_ids: str) -> None:
    """Store workouts, the first one changed last."""
    workouts = [
        IncomingWorkout(
            workout_id=workout_id,
            changed_at=NOW - number * timedelta(days=1),
            payload=b"{}",
            sha256=hashlib.sha256(workout_id.encode()).digest(),
        )
        for number, workout_id in enumerate(workout_ids)
    ]
    store_workouts(connection, workouts, are_listed=True, dagster_run_id=None)


def test_a_listing_goes_on_after_its_last_page(scratch: AnyConnection) -> None:
    assert find_open_listing(conn=scratch) is None
    begun = begin_listing(NOW, dagster_run_id=None, conn=scratch)
    assert (begun.begun_at, begun.next_page) == (NOW, 1)
    assert find_open_listing(conn=scratch) == begun
    record_listed_page(scratch, begun, 1, ["a"], [])
    record_listed_page(scratch, begun, 2, [], ["text 1f"])
    found = find_open_listing(conn=scratch)
    assert found is not None
    assert found.next_page == 3


def test_missing_are_the_stored_ones_that_were_not_listed(scratch: AnyConnection) -> None:
    store(scratch, "a", "b", "c", "gone", "d")
    mark_workouts_deleted(scratch, {"gone": None})
    listing = begin_listing(NOW, dagster_run_id=None, conn=scratch)
    store(scratch, "new")
    record_listed_page(scratch, listing, 1, ["b"], [])
    record_listed_page(scratch, listing, 2, ["unknown"], [])
    assert find_missing_workouts(listing, conn=scratch) == ["a", "c", "d"]


def test_a_listing_that_ended_is_not_gone_on_with(scratch: AnyConnection) -> None:
    for is_complete in (True, False):
        listing = begin_listing(NOW, dagster_run_id=None, conn=scratch)
        record_listed_page(scratch, listing, 1, ["a"], [])
        end_listing(scratch, listing, is_complete=is_complete)
        assert find_open_listing(conn=scratch) is None
        assert fetch_value(scratch, "select count(*) from raw.hevy_listed_pages") == 0
    ends = (
        "select completed_at is not null, abandoned_at is not null from raw.hevy_listings order by listing_id"
    )
    assert scratch.execute(ends).fetchall() == [(True, False), (False, True)]


def test_a_listing_is_unfinished_until_a_later_one_is_complete(scratch: AnyConnection) -> None:
    assert not is_last_listing_unfinished(conn=scratch)
    first = begin_listing(NOW, dagster_run_id=None, conn=scratch)
    assert is_last_listing_unfinished(conn=scratch)
    end_listing(scratch, first, is_complete=False)
    assert is_last_listing_unfinished(conn=scratch)
    second = begin_listing(NOW, dagster_run_id=None, conn=scratch)
    end_listing(scratch, second, is_complete=True)
    assert not is_last_listing_unfinished(conn=scratch)
    begin_listing(NOW, dagster_run_id=None, conn=scratch)
    abandon_old_listings(NOW + timedelta(days=7), conn=scratch)
    assert is_last_listing_unfinished(conn=scratch)


def test_an_old_listing_is_given_up_and_later_forgotten(scratch: AnyConnection) -> None:
    listing = begin_listing(NOW, dagster_run_id=None, conn=scratch)
    record_listed_page(scratch, listing, 1, ["a"], [])
    abandon_old_listings(NOW + timedelta(days=3), conn=scratch)
    assert find_open_listing(conn=scratch) is not None
    abandon_old_listings(NOW + timedelta(days=3, seconds=1), conn=scratch)
    assert find_open_listing(conn=scratch) is None
    assert fetch_value(scratch, "select count(*) from raw.hevy_listed_pages") == 0
    assert fetch_value(scratch, "select count(*) from raw.hevy_listings") == 1
    abandon_old_listings(NOW + timedelta(days=91), conn=scratch)
    assert fetch_value(scratch, "select count(*) from raw.hevy_listings") == 0
