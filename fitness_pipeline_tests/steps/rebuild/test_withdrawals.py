"""Whether a run is withdrawn follows from raw, and from what the runner restored."""

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.rebuild import NormalizedMended
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.builders import Importer, Workout, history, settings_in
from fitness_pipeline_tests.db.sides import is_deleted, restore, story
from fitness_pipeline_tests.steps.rebuild.rebuilding import (
    NOTHING,
    SPRING,
    differences,
    list_activities,
    rebuild,
    verify,
)
from fitness_pipeline_tests.strava_raw import activity, put_activities


def test_a_withdrawal_that_is_wrong_is_taken_back(scratch: AnyConnection) -> None:
    list_activities(scratch, activity(1))
    scratch.execute(
        "update normalized.runs set withdrawn_reason = 'Somebody said so', is_withdrawal_pending = true"
    )
    merge_runs("strava", conn=scratch)
    assert is_deleted(scratch, "strava_1")
    found = differences(scratch)
    assert ("normalized.runs", "strava_1", "withdrawn_reason", "Somebody said so", None) in found
    assert [(table, field) for table, _, field, _, _ in found if table == "runs"] == [("runs", "deleted_at")]
    rebuild(scratch)
    assert story(scratch, "strava_1") == [
        ("original", "system"),
        ("deletion", "strava"),
        ("edit", "strava"),
    ]
    assert not is_deleted(scratch, "strava_1")
    assert verify(scratch) == NOTHING


def test_a_withdrawal_that_is_missing_is_made_up_for(scratch: AnyConnection) -> None:
    list_activities(scratch, activity(1))
    put_activities(scratch, [activity(1, sport_type="Ride")])
    normalize("strava", settings_in(), today=SPRING, conn=scratch)
    scratch.execute("update normalized.runs set withdrawn_reason = null, is_withdrawal_pending = false")
    merge_runs("strava", conn=scratch)
    reason = 'It is listed as "Ride" now'
    assert differences(scratch) == [("normalized.runs", "strava_1", "withdrawn_reason", None, reason)]
    assert rebuild(scratch).merged["strava"] == MergeCounts(deleted=1)
    assert history(scratch, "strava_1")[-1].change_reason == reason
    assert verify(scratch) == NOTHING


def test_a_withdrawal_is_not_made_up_for_when_the_runner_restored_the_run(scratch: AnyConnection) -> None:
    list_activities(scratch, activity(1))
    list_activities(scratch, activity(1, sport_type="Ride"))
    restore(scratch, 1, "strava_1")
    scratch.execute("update normalized.runs set withdrawn_reason = null")
    assert len(differences(scratch)) == 1
    assert rebuild(scratch).normalized == NormalizedMended(withdrawn=1)
    assert not is_deleted(scratch, "strava_1")
    assert verify(scratch) == NOTHING


def test_a_row_without_raw_is_withdrawn(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1), Workout(id=2))
    scratch.execute("delete from raw.mmf_workouts where workout_key = 'mmf_1'")
    reason = "There is no raw row of it any more"
    assert differences(scratch) == [("normalized.runs", "mmf_1", "withdrawn_reason", None, reason)]
    rebuilt = rebuild(scratch)
    assert (rebuilt.normalized, rebuilt.merged["mmf"]) == (
        NormalizedMended(withdrawn=1),
        MergeCounts(deleted=1),
    )
    assert history(scratch)[-1].change_reason == reason
    assert verify(scratch) == NOTHING


def test_many_rows_without_raw_are_held_back_until_confirmed(scratch: AnyConnection, take: Importer) -> None:
    take(*(Workout(id=number) for number in range(1, 8)))
    scratch.execute("delete from raw.mmf_workouts where workout_key <> 'mmf_7'")
    assert rebuild(scratch).held_back == 6
    assert len(db.runs.get_all_runs(conn=scratch)) == 7
    assert rebuild(scratch, are_deletions_confirmed=True).merged["mmf"] == MergeCounts(deleted=6)
    assert verify(scratch) == NOTHING
