"""The setting decides whether anything is emptied."""

from datetime import UTC, datetime, timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.strava_retention import apply_strava_retention
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.strava_raw import activity, put_activities


def test_by_default_everything_is_kept(scratch: AnyConnection, environment: pytest.MonkeyPatch) -> None:
    put_activities(scratch, [activity(1)])
    before = row_versions(scratch)
    assert apply_strava_retention(load_settings(), now=datetime(2100, 1, 1, tzinfo=UTC), conn=scratch) == 0
    assert row_versions(scratch) == before


def test_the_setting_says_for_how_many_days_payloads_are_kept(
    connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("STRAVA_RAW_RETENTION_DAYS", "7")
    now = datetime.now(UTC)
    put_activities(connection, [activity(1)])
    normalize("strava", load_settings(), today=now.date())
    assert apply_strava_retention(load_settings(), now=now + timedelta(days=6)) == 0
    assert apply_strava_retention(load_settings(), now=now + timedelta(days=8)) == 1
