"""What was read and not made into runs is no difference; rebuilding does that first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.rejects import count_open_rejects
from fitness_pipeline.db.shoe_aliases import add_shoe_alias
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.builders import (
    TODAY,
    Importer,
    Workout,
    history,
    row_versions,
    settings_in,
    the_run,
)
from fitness_pipeline_tests.steps.rebuild.rebuilding import NOTHING, SPRING, list_activities, rebuild, verify
from fitness_pipeline_tests.strava_raw import activity, put_activities


def test_raw_rows_that_were_not_normalized_are_normalized_first(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout(id=1))
    take.ingest(Workout(id=1, distance="4"), Workout(id=2))
    before = row_versions(scratch)
    assert verify(scratch) == replace(NOTHING, behind=["mmf"])
    assert row_versions(scratch) == before
    rebuilt = rebuild(scratch)
    assert rebuilt.merged["mmf"] == MergeCounts(inserted=1, updated=1)
    assert history(scratch)[-1].change_reason == "Changed at the source: distance"
    assert verify(scratch) == NOTHING


def test_normalized_rows_that_were_not_merged_are_merged_first(scratch: AnyConnection) -> None:
    list_activities(scratch, activity(1))
    put_activities(scratch, [activity(1, sport_type="Ride"), activity(2)])
    normalize("strava", settings_in(), today=SPRING, conn=scratch)
    assert verify(scratch) == replace(NOTHING, behind=["strava"])
    assert rebuild(scratch).merged["strava"] == MergeCounts(inserted=1, deleted=1)
    assert verify(scratch) == NOTHING


def test_an_alias_that_was_not_applied_is_applied_first(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(notes="Shoes: M1080K10"))
    add_shoe_alias("M1080K10", "New Balance M1080K10", conn=scratch)
    assert verify(scratch).differences == []
    assert rebuild(scratch).merged["mmf"] == MergeCounts(updated=1)
    assert the_run(scratch).shoe_id == "new_balance_m1080k10"


def test_a_row_whose_day_had_not_come_when_it_was_read_is_read_first(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout(id=1), Workout(id=2, day="Nov. 8, 2025"))
    assert count_open_rejects(conn=scratch) == 1
    assert verify(scratch, TODAY) == NOTHING
    assert verify(scratch, TODAY + timedelta(days=30)) == NOTHING
    rebuild(scratch)
    assert the_run(scratch, "mmf_2").datetime_utc == datetime(2025, 11, 8, 18, tzinfo=UTC)
    assert count_open_rejects(conn=scratch) == 0
    assert verify(scratch) == NOTHING
