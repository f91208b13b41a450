"""Payloads are emptied when their time is over; what following Strava needs is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.db.strava_retention import empty_old_payloads
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.builders import row_versions, settings_in, the_run, values_of
from fitness_pipeline_tests.db.sides import is_deleted
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_activities, put_gear

NOW = datetime(2026, 3, 20, 6, tzinfo=UTC)
DAYS = 7


@pytest.fixture
def aged(scratch: AnyConnection) -> AnyConnection:
    """Activities that came 8 and 6 days ago: of either age a run, a ride and one that makes no sense."""
    put_gear(scratch, "g1", "Ghost 15", at=NOW - timedelta(days=100))
    for first, age in ((1, 8), (4, 6)):
        put_activities(
            scratch,
            [
                activity(first, gear_id="g1"),
                activity(first + 1, sport_type="Ride"),
                activity(first + 2, distance=-1),
            ],
        )
        at = NOW - timedelta(days=age)
        scratch.execute(
            "update raw.strava_activities set fetched_at = %s where activity_id >= %s", [at, first]
        )
    sync(scratch)
    return scratch


def sync(connection: AnyConnection) -> MergeCounts:
    """Bring what is in raw to runs."""
    normalize("strava", settings_in(), today=NOW.date(), conn=connection)
    return merge_runs("strava", conn=connection)


def emptied(connection: AnyConnection) -> list[int]:
    rows = connection.execute(
        "select activity_id from raw.strava_activities where payload is null order by activity_id"
    )
    return [row[0] for row in rows]


def kept(connection: AnyConnection) -> list[Any]:
    return connection.execute(
        """
        select activity_id, sha256, start_date, scope, fetched_at, upstream_deleted_at, change_id
        from raw.strava_activities order by activity_id
        """
    ).fetchall()


def test_what_is_older_is_emptied_and_the_rest_stays(aged: AnyConnection) -> None:
    before = kept(aged)
    assert empty_old_payloads(DAYS, now=NOW, conn=aged) == 3
    assert emptied(aged) == [1, 2, 3]
    assert kept(aged) == before


def test_emptying_again_writes_nothing(aged: AnyConnection) -> None:
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    before = row_versions(aged)
    assert empty_old_payloads(DAYS, now=NOW, conn=aged) == 0
    assert row_versions(aged) == before


def test_runs_and_gear_stay(aged: AnyConnection) -> None:
    before = values_of(the_run(aged, "strava_1"))
    gear = aged.execute("select * from raw.strava_gear").fetchall()
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    assert sync(aged) == MergeCounts()
    assert values_of(the_run(aged, "strava_1")) == before
    assert before["shoe_id"] == "ghost_15"
    assert aged.execute("select * from raw.strava_gear").fetchall() == gear


def test_an_emptied_activity_can_still_be_found_deleted(aged: AnyConnection) -> None:
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    delete_activities(aged, 1)
    assert sync(aged) == MergeCounts(deleted=1)
    assert is_deleted(aged, "strava_1")


def test_an_emptied_activity_that_was_edited_since_is_merged_against_what_it_was(aged: AnyConnection) -> None:
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    put_activities(aged, [activity(1, gear_id="g1", elapsed_time=2701)])
    assert sync(aged) == MergeCounts(updated=1)
    assert (the_run(aged, "strava_1").duration, emptied(aged)) == (2701.0, [2, 3])


def test_a_row_that_was_not_normalized_yet_is_kept_until_then(aged: AnyConnection) -> None:
    put_activities(aged, [activity(9)])
    aged.execute("update raw.strava_activities set fetched_at = '2026-01-01Z' where activity_id = 9")
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    assert emptied(aged) == [1, 2, 3]
    assert sync(aged) == MergeCounts(inserted=1)
    assert empty_old_payloads(DAYS, now=NOW, conn=aged) == 1


def test_before_anything_was_normalized_nothing_is_emptied(scratch: AnyConnection) -> None:
    put_activities(scratch, [activity(1)])
    assert empty_old_payloads(1, now=NOW + timedelta(days=999), conn=scratch) == 0


def test_copies_among_the_rejects_are_emptied_and_their_reasons_stay(aged: AnyConnection) -> None:
    reasons = {reject.raw_key: reject.reason for reject in get_open_rejects("strava", conn=aged)}
    aged.execute("update raw.rejects set rejected_at = %s", [NOW])
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    rejects = get_open_rejects("strava", conn=aged)
    assert {reject.raw_key: bool(reject.payload) for reject in rejects} == {
        "strava_3": False,
        "strava_6": True,
    }
    assert {reject.raw_key: reject.reason for reject in rejects} == reasons
    assert sync(aged) == MergeCounts()
    assert len(get_open_rejects("strava", conn=aged)) == 2


def test_rejects_that_were_never_stored_as_activities_are_emptied_by_their_own_age(
    scratch: AnyConnection,
) -> None:
    scratch.execute(
        """
        insert into raw.rejects (provider, raw_key, stage, reason, payload, rejected_at) values
            ('strava', 'text 1', 'extract', 'It has no id.', '{"name": "Home"}', %(now)s - interval '8 days'),
            ('strava', 'text 2', 'extract', 'It has no id.', '{"name": "Home"}', %(now)s - interval '6 days'),
            ('mmf', 'text 3', 'extract', 'Too many cells.', '{"text": "1,2"}', %(now)s - interval '8 days')
        """,
        {"now": NOW},
    )
    empty_old_payloads(DAYS, now=NOW, conn=scratch)
    left = scratch.execute("select raw_key from raw.rejects where payload <> '{}' order by 1").fetchall()
    assert left == [("text 2",), ("text 3",)]


def test_nothing_of_what_was_emptied_is_left_in_a_column(aged: AnyConnection) -> None:
    empty_old_payloads(DAYS, now=NOW, conn=aged)
    (columns,) = aged.execute(
        """
        select array_agg(attname::text) from pg_attribute
        where attrelid = 'raw.strava_activities'::regclass and attgenerated = 's'
        """
    ).fetchone() or ([],)
    assert len(columns) == 6
    for column in columns:
        statement = f"select count({column}) from raw.strava_activities where payload is null"  # noqa: S608
        assert fetch_value(aged, statement) == 0
