"""Where raw tells nothing any more, normalized rows are taken as they are, and counted."""

from dataclasses import replace

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import Importer, Workout, the_run
from fitness_pipeline_tests.steps.rebuild.rebuilding import (
    NOTHING,
    differences,
    finish_strava,
    list_activities,
    rebuild,
    verify,
)
from fitness_pipeline_tests.strava_raw import activity, delete_activities


def test_a_row_whose_raw_was_emptied_is_taken_as_it_is_and_counted(scratch: AnyConnection) -> None:
    list_activities(scratch, activity(1), activity(2), activity(3), activity(4, sport_type="Ride"))
    scratch.execute("update raw.strava_activities set payload = null where activity_id in (1, 4)")
    assert verify(scratch) == replace(NOTHING, not_recomputable=1)
    scratch.execute("update runs set distance = 77 where id = 'strava_1'")
    assert [(id, field) for _, id, field, _, _ in differences(scratch)] == [("strava_1", "distance")]
    rebuild(scratch)
    assert the_run(scratch, "strava_1").distance == 5.0


def test_an_emptied_activity_that_was_deleted_stays_deleted(scratch: AnyConnection) -> None:
    list_activities(scratch, activity(1))
    delete_activities(scratch, 1)
    finish_strava(scratch)
    scratch.execute("update raw.strava_activities set payload = null")
    assert verify(scratch) == NOTHING
    scratch.execute("update normalized.runs set withdrawn_reason = null")
    assert len(differences(scratch)) == 1


def test_a_row_that_cannot_be_understood_any_more_is_taken_as_it_is_and_counted(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout(id=1), Workout(id=2))
    take(Workout(id=1, distance="far"), Workout(id=3, distance="far"))
    assert verify(scratch) == replace(NOTHING, not_recomputable=1)
