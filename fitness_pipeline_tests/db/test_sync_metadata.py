"""Watermarks: where they are, and that they only move forward."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.sync_metadata import get_last_sync_time, update_last_sync_time
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline_tests.builders import row_versions

NOON = datetime(2025, 5, 6, 12, tzinfo=UTC)


def test_before_the_first_complete_read_there_is_no_watermark(scratch: AnyConnection) -> None:
    assert get_last_sync_time("strava", conn=scratch) is None


def test_a_watermark_moves_forward(scratch: AnyConnection) -> None:
    for at in (NOON, NOON + timedelta(microseconds=1)):
        update_last_sync_time("strava", at, conn=scratch)
        assert get_last_sync_time("strava", conn=scratch) == at


@pytest.mark.parametrize("earlier_by", [timedelta(), timedelta(microseconds=1), timedelta(days=900)], ids=str)
def test_a_watermark_never_moves_backwards(scratch: AnyConnection, earlier_by: timedelta) -> None:
    update_last_sync_time("strava", NOON, conn=scratch)
    before = row_versions(scratch)
    update_last_sync_time("strava", NOON - earlier_by, conn=scratch)
    assert get_last_sync_time("strava", conn=scratch) == NOON
    assert row_versions(scratch) == before


def test_each_provider_has_a_watermark_of_its_own(scratch: AnyConnection) -> None:
    update_last_sync_time("strava", NOON, conn=scratch)
    update_last_sync_time("hevy", NOON - timedelta(days=1), conn=scratch)
    assert get_last_sync_time("hevy", conn=scratch) == NOON - timedelta(days=1)


def test_a_watermark_is_the_same_instant_in_any_zone(scratch: AnyConnection) -> None:
    update_last_sync_time("strava", NOON.astimezone(timezone(timedelta(hours=9))), conn=scratch)
    found = get_last_sync_time("strava", conn=scratch)
    assert found == NOON
    assert found is not None
    assert found.utcoffset() == timedelta()


def test_a_watermark_without_a_time_zone_is_refused(scratch: AnyConnection) -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        update_last_sync_time("strava", NOON.replace(tzinfo=None), conn=scratch)
    assert get_last_sync_time("strava", conn=scratch) is None


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str) -> None:
    update_last_sync_time("strava", NOON)
    update_last_sync_time("strava", NOON - timedelta(1))
    assert get_last_sync_time("strava") == NOON
