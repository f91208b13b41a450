"""Checks on `lifts` find what should not be, and nothing else."""

from datetime import timedelta

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.db.integrity import Violations
from fitness_pipeline.db.lift_integrity import (
    count_live_lifts,
    exercises_without_template,
    lifts_ending_too_early,
    lifts_unlike_their_workouts,
)
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline_tests.hevy_raw import (
    EVENING,
    SQUAT,
    a_set,
    delete_workouts,
    exercise,
    put_templates,
    put_workouts,
    template,
    workout,
)

NONE = Violations(0, [])


def test_a_lift_that_ends_before_it_starts_is_found_unless_it_is_deleted(scratch: AnyConnection) -> None:
    early = "2026-04-01T19:59:59Z"
    put_workouts(
        scratch,
        workout("1", end_time=early),
        workout("2", end_time="2026-04-01T20:00:00Z"),
        workout("3", end_time=None),
        workout("4", end_time=early),
    )
    delete_workouts(scratch, "4")
    normalize_hevy(conn=scratch)
    assert lifts_ending_too_early(conn=scratch) == Violations(1, ["hevy_1"])


def test_lifts_are_there_for_all_workouts_that_hevy_has_and_for_no_others(scratch: AnyConnection) -> None:
    put_workouts(scratch, *(workout(str(number)) for number in range(6)))
    delete_workouts(scratch, "4")
    normalize_hevy(conn=scratch)
    # What cannot be understood is no lift, or stays the one that it was.
    put_workouts(scratch, workout("5", start_time=None), workout("6", start_time=None))
    normalize_hevy(conn=scratch)
    assert lifts_unlike_their_workouts(conn=scratch) == NONE
    assert count_live_lifts(conn=scratch) == 5
    scratch.execute("delete from lifts where id = 'hevy_0'")
    scratch.execute("update lifts set deleted_at = now() where id = 'hevy_1'")
    scratch.execute("update lifts set deleted_at = null where id = 'hevy_4'")
    scratch.execute("delete from raw.hevy_workouts where workout_id = '3'")
    expected = Violations(4, ["hevy_0", "hevy_1", "hevy_3", "hevy_4"])
    assert lifts_unlike_their_workouts(conn=scratch) == expected


def test_exercises_whose_template_is_not_known_are_told_once_each(scratch: AnyConnection) -> None:
    squat = exercise(a_set(type="warmup"), exercise_template_id=SQUAT, title="Squat")
    nameless = exercise(exercise_template_id="0", title=None)
    put_workouts(
        scratch,
        workout("1", exercise(), squat, nameless, exercise(exercise_template_id=None)),
        workout("2", squat),
        workout("3", exercise(exercise_template_id="1"), start_time="2026-03-01T20:00:00Z"),
        workout("4", exercise(exercise_template_id="2")),
    )
    delete_workouts(scratch, "4")
    put_templates(scratch, [template()])
    write_exercise_templates(conn=scratch)
    normalize_hevy(conn=scratch)
    assert exercises_without_template(EVENING, conn=scratch) == Violations(2, ["0", "Squat"])
    assert exercises_without_template(EVENING - timedelta(days=60), conn=scratch).count == 3
    assert exercises_without_template(EVENING + timedelta(days=1), conn=scratch) == NONE
