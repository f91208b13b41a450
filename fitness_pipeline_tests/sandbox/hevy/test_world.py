"""Changes of the world, as a client sees them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.sandbox.hevy.rows import Row, compose_row
from fitness_pipeline.sandbox.hevy.sessions import Exercise, ExerciseSet, Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.hevy.callers import COUNT, EVENTS, LIST, TEMPLATES, Caller, fill
from fitness_pipeline_tests.sandbox.hevy.field_rules import broken_workout_rules

ROW_ID = "3f2c9a4e-8b1d-4f6a-9c3e-5d7b1a2f4e6c"
TEMPLATE_ID = "b6e0a1de-4c7f-4a8e-8a51-d7f2b9c3e1a0"


def test_a_logged_session_has_the_names_that_real_replies_carry(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    sets = (ExerciseSet(40, 10, "warmup"), ExerciseSet(62.5, 5, rpe=8.5), ExerciseSet(60.0, 5, "dropset"))
    carried = ExerciseSet(24, distance_meters=40, duration_seconds=35)
    workout_id = world.workouts.add(
        Session(
            start=NOW - timedelta(hours=1),
            title="Legs",
            exercises=(
                Exercise("Squat (Barbell)", sets, notes="Deep!", supersets_id=0),
                Exercise("My own walk", (carried,), template_id=TEMPLATE_ID, supersets_id=0),
            ),
            lasted=timedelta(minutes=45),
        )
    )
    row = caller.json(f"{LIST}/{workout_id}")
    assert broken_workout_rules(row) == []
    assert {name: value for name, value in row.items() if name != "exercises"} == {
        "id": workout_id,
        "title": "Legs",
        "routine_id": None,
        "description": "",
        "start_time": "2026-03-10T13:07:30+00:00",
        "end_time": "2026-03-10T13:52:30+00:00",
        "updated_at": "2026-03-10T14:07:30.000Z",
        "created_at": "2026-03-10T14:07:30.000Z",
    }
    squat, walk = row["exercises"]
    assert list(squat) == ["index", "title", "notes", "exercise_template_id", "supersets_id", "sets"]
    assert squat["sets"][1] == {
        "index": 1,
        "type": "normal",
        "weight_kg": 62.5,
        "reps": 5,
        "distance_meters": None,
        "duration_seconds": None,
        "rpe": 8.5,
        "custom_metric": None,
    }
    assert [one["type"] for one in squat["sets"]] == ["warmup", "normal", "dropset"]
    assert (walk["exercise_template_id"], walk["supersets_id"]) == (TEMPLATE_ID, 0)
    assert (walk["sets"][0]["distance_meters"], walk["sets"][0]["duration_seconds"]) == (40, 35)
    # Whole numbers have no point, as JavaScript writes them.
    assert b'"weight_kg":60,' in caller.get(f"{LIST}/{workout_id}").content


measures = st.one_of(st.none(), st.floats(0, 1000), st.integers(0, 1000))
sets = st.builds(
    ExerciseSet,
    weight_kg=measures,
    reps=st.one_of(st.none(), st.integers(0, 100)),
    type=st.sampled_from(["normal", "warmup", "dropset", "failure", "myo_reps"]),
    distance_meters=measures,
    rpe=st.sampled_from([None, 6, 7, 7.5, 8, 8.5, 9, 9.5, 10]),
    custom_metric=measures,
)
exercises = st.builds(
    Exercise, st.text(max_size=9), st.lists(sets, max_size=3).map(tuple), supersets_id=st.integers(0, 3)
)


@given(st.lists(exercises, max_size=3).map(tuple), st.text(max_size=9))
def test_no_session_breaks_the_field_rules(done: tuple[Exercise, ...], title: str) -> None:
    session = Session(start=NOW - timedelta(hours=2), title=title, exercises=done)
    assert broken_workout_rules(compose_row(session, ROW_ID, created_at=NOW)) == []


def test_an_edit_is_seen_at_once_with_its_time(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    (workout_id,) = fill(world, clock, 1)
    before = caller.json(f"{LIST}/{workout_id}")
    clock.advance(timedelta(days=2, milliseconds=5))
    world.workouts.edit(workout_id, title="Another", description=None)
    after = caller.json(f"{LIST}/{workout_id}")
    assert after == before | {
        "title": "Another",
        "description": None,
        "updated_at": "2026-03-12T14:07:30.005Z",
    }
    assert caller.json(LIST)["workouts"] == [after]


def test_a_deleted_workout_is_gone_from_everywhere_and_can_come_back(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    first, second = fill(world, clock, 2)
    row = world.workouts.delete(first)
    assert (caller.page(), caller.json(COUNT)) == ([second], {"workout_count": 1})
    reply = caller.get(f"{LIST}/{first}")
    assert (reply.status_code, reply.json()) == (404, {"error": "Workout not found"})
    assert (first in world.workouts, world.workouts.find(first)) == (False, None)
    world.workouts.put(row)
    assert (caller.page(), len(world.workouts)) == ([second, first], 2)
    assert caller.json(f"{LIST}/{first}") == row


def test_a_row_is_sent_as_it_was_put(world: HevyWorld, caller: Caller) -> None:
    row: Row = {"id": ROW_ID, "title": None, "start_time": "yesterday", "exercises": {}, "news": [1.50]}
    world.workouts.put(row)
    assert caller.json(LIST)["workouts"] == [row]
    assert caller.json(EVENTS)["events"] == [{"type": "updated", "workout": row}]


def test_what_is_handed_out_or_in_is_a_copy(world: HevyWorld, clock: SettableClock) -> None:
    (workout_id,) = fill(world, clock, 1)
    row = world.workouts.find(workout_id)
    assert row is not None
    row["exercises"][0]["sets"].clear()
    assert world.workouts.find(workout_id) != row
    world.workouts.put(row)
    row["exercises"].clear()
    assert [len(one["exercises"]) for one in world.workouts.rows()] == [1]


def test_a_changed_workout_that_does_not_exist_is_an_error(world: HevyWorld) -> None:
    with pytest.raises(KeyError):
        world.workouts.edit("nothing", title="Nothing")
    with pytest.raises(KeyError):
        world.workouts.delete("nothing")


def test_a_template_is_added_renamed_and_deleted(world: HevyWorld, caller: Caller) -> None:
    row = {
        "id": TEMPLATE_ID,
        "title": "My own lift",
        "type": "weight_reps",
        "primary_muscle_group": "other",
        "secondary_muscle_groups": ["chest"],
        "is_custom": True,
    }
    world.templates.put(row)
    assert caller.json(f"{TEMPLATES}/{TEMPLATE_ID}") == row
    assert caller.json(TEMPLATES)["exercise_templates"] == [row]
    world.templates.rename(TEMPLATE_ID, "Another")
    assert caller.json(f"{TEMPLATES}/{TEMPLATE_ID}") == row | {"title": "Another"}
    assert (TEMPLATE_ID in world.templates, len(world.templates)) == (True, 1)
    assert world.templates.delete(TEMPLATE_ID) == row | {"title": "Another"}
    reply = caller.get(f"{TEMPLATES}/{TEMPLATE_ID}")
    assert (reply.status_code, reply.json()) == (404, {"error": "Exercise template not found"})
    assert (world.templates.rows(), world.templates.find(TEMPLATE_ID)) == ([], None)
