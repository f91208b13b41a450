"""What strength training adds up to, worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.db.lift_statistics import (
    ExerciseFrequency,
    LiftingWeek,
    MuscleGroupSets,
    best_sets,
    lifting_by_week,
    most_frequent_exercises,
    sets_by_muscle_group,
)
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline_tests.hevy_raw import (
    BENCH_PRESS,
    PULL_UP,
    SQUAT,
    a_set,
    delete_workouts,
    exercise,
    put_templates,
    put_workouts,
    template,
    workout,
)

MONDAY = datetime(2026, 3, 30, 18, tzinfo=UTC)
CHICAGO = "America/Chicago"


def on(day: int, *exercises: dict[str, Any], id: str | None = None, **fields: Any) -> dict[str, Any]:
    """A workout of an evening, so many days after the Monday."""
    start = (MONDAY + timedelta(days=day)).isoformat()
    return workout(id or str(day), *exercises, start_time=start, **fields)


def squat(*sets: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return exercise(*sets, **{"exercise_template_id": SQUAT, "title": "Squat", **fields})


def lift(connection: AnyConnection, *workouts: dict[str, Any]) -> None:
    put_workouts(connection, *workouts)
    normalize_hevy(conn=connection)


def know(connection: AnyConnection, *templates: dict[str, Any]) -> None:
    put_templates(connection, templates)
    write_exercise_templates(conn=connection)


def test_a_week_has_its_sessions_its_sets_and_its_volume(scratch: AnyConnection) -> None:
    lift(
        scratch,
        on(0, exercise(a_set(type="warmup"), a_set(weight_kg=60, reps=10))),  # 600 kg
        on(6, squat(a_set(weight_kg=100, reps=5), a_set(weight_kg=0.1, reps=3))),  # 500.3 kg
        on(21, exercise(a_set(weight_kg=None))),
    )
    assert lifting_by_week("UTC", conn=scratch) == [
        LiftingWeek(monday=date(2026, 3, 30), sessions=2, sets=3, volume_kg=1100.3),
        LiftingWeek(monday=date(2026, 4, 6), sessions=0, sets=0, volume_kg=0),
        LiftingWeek(monday=date(2026, 4, 13), sessions=0, sets=0, volume_kg=0),
        LiftingWeek(monday=date(2026, 4, 20), sessions=1, sets=1, volume_kg=0),
    ]


def test_a_session_belongs_to_the_week_that_it_was_in_that_zone(scratch: AnyConnection) -> None:
    lift(scratch, workout("1", start_time="2026-03-30T02:00:00Z"))  # Sunday evening in Chicago
    assert [week.monday for week in lifting_by_week("UTC", conn=scratch)] == [date(2026, 3, 30)]
    assert [week.monday for week in lifting_by_week(CHICAGO, conn=scratch)] == [date(2026, 3, 23)]
    sunday = date(2026, 3, 29)
    assert len(lifting_by_week(CHICAGO, since=sunday, until=sunday, conn=scratch)) == 1
    assert lifting_by_week("UTC", since=sunday, until=sunday, conn=scratch) == []


def test_a_week_begins_by_summer_time_in_a_zone_that_looks_like_an_abbreviation(
    scratch: AnyConnection,
) -> None:
    lift(scratch, workout("1", start_time="2026-07-05T22:30:00Z"))  # Monday at half past midnight
    assert [week.monday for week in lifting_by_week("CET", conn=scratch)] == [date(2026, 7, 6)]


def test_a_week_is_named_by_the_year_that_iso_gives_it() -> None:
    week = LiftingWeek(monday=date(2024, 12, 30), sessions=1, sets=1, volume_kg=1)
    assert week.name == "2025-W01"


def test_the_last_day_of_a_period_is_in_it(scratch: AnyConnection) -> None:
    lift(scratch, on(0), on(1), on(2))
    tuesday = MONDAY.date() + timedelta(days=1)
    assert [week.sessions for week in lifting_by_week("UTC", until=tuesday, conn=scratch)] == [2]
    assert [week.sessions for week in lifting_by_week("UTC", since=tuesday, conn=scratch)] == [2]
    assert [week.sessions for week in lifting_by_week("UTC", until=date.max, conn=scratch)] == [3]
    (group,) = sets_by_muscle_group(since=tuesday, until=tuesday, conn=scratch)
    assert group.sets == 1
    (frequency,) = most_frequent_exercises(since=tuesday, until=tuesday, conn=scratch)
    assert frequency.sessions == 1
    assert [best.lift_id for best in best_sets(since=tuesday, until=tuesday, conn=scratch)] == ["hevy_1"]


def test_there_is_nothing_without_a_session(scratch: AnyConnection) -> None:
    assert lifting_by_week("UTC", conn=scratch) == []
    assert sets_by_muscle_group(conn=scratch) == []
    assert most_frequent_exercises(conn=scratch) == []
    assert best_sets(conn=scratch) == []


def test_deleted_lifts_and_warm_ups_count_nowhere(scratch: AnyConnection) -> None:
    lift(scratch, on(0, exercise(a_set(type="warmup"))), on(1), on(2, squat()))
    delete_workouts(scratch, "1", "2")
    normalize_hevy(conn=scratch)
    assert [(week.sessions, week.sets) for week in lifting_by_week("UTC", conn=scratch)] == [(1, 0)]
    assert sets_by_muscle_group(conn=scratch) == []
    assert most_frequent_exercises(conn=scratch) == []
    assert best_sets(conn=scratch) == []


def test_a_zone_that_does_not_exist_is_refused(scratch: AnyConnection) -> None:
    with pytest.raises(UnknownTimeZone):
        lifting_by_week("Mars/Olympus", conn=scratch)


def test_a_set_counts_once_for_its_primary_and_half_for_each_secondary_muscle_group(
    scratch: AnyConnection,
) -> None:
    know(
        scratch,
        template(BENCH_PRESS, secondary_muscle_groups=["triceps", "shoulders", "triceps", "chest"]),
        template(SQUAT, primary_muscle_group="quadriceps", secondary_muscle_groups=["glutes"]),
        template(PULL_UP, primary_muscle_group=None, secondary_muscle_groups=["glutes"]),
    )
    lift(
        scratch,
        on(0, exercise(a_set(), a_set(), a_set()), squat()),
        on(1, exercise(exercise_template_id=PULL_UP), exercise(exercise_template_id="0")),
        on(2, exercise(a_set(), a_set(), exercise_template_id=None)),
    )
    assert sets_by_muscle_group(conn=scratch) == [
        # Of the pull-up, of the exercise with an unknown template, and two of that without any.
        MuscleGroupSets(muscle_group="unknown", sets=4, primary_sets=4, secondary_sets=0),
        MuscleGroupSets(muscle_group="chest", sets=3, primary_sets=3, secondary_sets=0),
        MuscleGroupSets(muscle_group="shoulders", sets=1.5, primary_sets=0, secondary_sets=3),
        MuscleGroupSets(muscle_group="triceps", sets=1.5, primary_sets=0, secondary_sets=3),
        MuscleGroupSets(muscle_group="glutes", sets=1, primary_sets=0, secondary_sets=2),
        MuscleGroupSets(muscle_group="quadriceps", sets=1, primary_sets=1, secondary_sets=0),
    ]


def test_exercises_come_by_their_sessions_and_then_by_their_sets(scratch: AnyConnection) -> None:
    know(scratch, template(BENCH_PRESS, title="Bench Press"))
    plank = exercise(a_set(), a_set(), exercise_template_id=None, title="Plank")
    lift(
        scratch,
        on(0, exercise(), exercise(), squat()),
        on(1, exercise(), squat(title="Back Squat"), plank),
        on(2, exercise(a_set(type="warmup")), plank),
    )
    by_frequency = [
        ExerciseFrequency(
            template_id=None, title="Plank", sessions=2, sets=4, last_time=MONDAY + timedelta(days=2)
        ),
        ExerciseFrequency(
            template_id=BENCH_PRESS,
            title="Bench Press",
            sessions=2,
            sets=3,
            last_time=MONDAY + timedelta(days=1),
        ),
        ExerciseFrequency(
            template_id=SQUAT, title="Back Squat", sessions=2, sets=2, last_time=MONDAY + timedelta(days=1)
        ),
    ]
    assert most_frequent_exercises(conn=scratch) == by_frequency
    assert most_frequent_exercises(2, conn=scratch) == by_frequency[:2]
    assert most_frequent_exercises(None, conn=scratch) == by_frequency


def test_the_best_set_is_the_one_with_the_greatest_estimated_maximum(scratch: AnyConnection) -> None:
    lift(
        scratch,
        on(0, exercise(a_set(weight_kg=100, reps=5), a_set(weight_kg=110, reps=1))),
        on(1, exercise(a_set(weight_kg=117, reps=1), a_set(weight_kg=100, reps=5))),
    )
    first, second = best_sets(conn=scratch)
    # 100 * (1 + 5 / 30) is more than the single one of 110, and less than that of 117.
    assert (first.weight_kg, first.reps) == (100, 5)
    assert first.one_rep_max_kg == pytest.approx(116.66666666666667)
    assert (second.weight_kg, second.reps, second.one_rep_max_kg) == (117, 1, 117)
    assert (first.lift_id, first.start_time, first.title) == ("hevy_0", MONDAY, "Bench Press (Barbell)")


def test_only_what_is_better_than_all_before_is_a_record(scratch: AnyConnection) -> None:
    weights = (60, 70, 65, 70, 72.5)
    lift(scratch, *(on(day, exercise(a_set(weight_kg=kg, reps=1))) for day, kg in enumerate(weights)))
    found = best_sets(conn=scratch)
    assert [best.weight_kg for best in found] == list(weights)
    assert [best.is_record for best in found] == [True, True, False, False, True]


def test_each_exercise_has_its_own_best_sets(scratch: AnyConnection) -> None:
    plank, dip = ({"exercise_template_id": None, "title": title} for title in ("Plank", "Dip"))
    lift(
        scratch,
        on(0, exercise(a_set(weight_kg=60)), squat(a_set(weight_kg=90)), exercise(**plank), exercise(**dip)),
        on(1, squat(a_set(weight_kg=80)), exercise(a_set(weight_kg=61)), title="Back Day"),
    )
    assert [(best.title, best.weight_kg, best.is_record) for best in best_sets(conn=scratch)] == [
        ("Bench Press (Barbell)", 60, True),
        ("Bench Press (Barbell)", 61, True),
        ("Dip", 60, True),
        ("Plank", 60, True),
        ("Squat", 90, True),
        ("Squat", 80, False),
    ]
    assert [best.weight_kg for best in best_sets(SQUAT, conn=scratch)] == [90, 80]
    assert best_sets("0", conn=scratch) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"reps": 13},
        {"reps": 0},
        {"reps": None},
        {"reps": "10"},
        {"weight_kg": 0},
        {"weight_kg": None},
        {"weight_kg": -60},
        {"type": "warmup"},
    ],
)
def test_a_set_of_which_no_formula_holds_is_left_out(scratch: AnyConnection, fields: dict[str, Any]) -> None:
    lift(scratch, on(0, exercise(a_set(**fields))), on(1, exercise(a_set(reps=12))))
    assert [best.lift_id for best in best_sets(conn=scratch)] == ["hevy_1"]


@pytest.mark.parametrize(
    ("kind", "has_any"),
    [("weight_reps", True), (None, True), ("bodyweight_assisted_reps", False), ("weight_duration", False)],
)
def test_only_exercises_that_count_weight_and_repetitions_have_best_sets(
    scratch: AnyConnection, kind: str | None, has_any: bool
) -> None:
    know(scratch, template(BENCH_PRESS, title="Bench", type=kind))
    lift(scratch, on(0))
    assert [best.title for best in best_sets(conn=scratch)] == (["Bench"] if has_any else [])
