"""The generated lifter: plausible, full of quirks, and the same every day."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.sandbox.hevy.lifter import FIRST_DAY, Lifter, compose_lifter, generated_world
from fitness_pipeline.sandbox.hevy.rows import Row
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline_tests.sandbox.hevy.callers import COUNT, EVENTS, LIST, TEMPLATES, Caller
from fitness_pipeline_tests.sandbox.hevy.field_rules import (
    broken_page_rules,
    broken_template_rules,
    broken_workout_rules,
)

TODAY = date(2026, 9, 1)
MIDNIGHT = datetime(2026, 9, 1, tzinfo=UTC)


@cache
def the_lifter() -> Lifter:
    return compose_lifter(today=TODAY)


def exercises() -> Iterator[tuple[Row, Row]]:
    """All exercises, each after its workout, by the day of the session."""
    for row in sorted(the_lifter().workouts, key=lambda row: datetime.fromisoformat(row["start_time"])):
        for exercise in row.get("exercises", []):
            yield row, exercise


def sets(title: str | None = None) -> list[Row]:
    return [
        one for _, exercise in exercises() if title in (None, exercise["title"]) for one in exercise["sets"]
    ]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), today=st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_every_row_keeps_the_field_rules(seed: int, today: date) -> None:
    lifter = compose_lifter(today=today, seed=seed)
    broken = {row["id"]: rules for row in lifter.workouts if (rules := broken_workout_rules(row))}
    broken |= {row["id"]: rules for row in lifter.templates if (rules := broken_template_rules(row))}
    assert broken == {}
    assert len({row["id"] for row in lifter.workouts}) == len(lifter.workouts)


def test_equal_arguments_give_equal_rows_and_another_seed_gives_others() -> None:
    assert compose_lifter(today=TODAY) == the_lifter()
    assert compose_lifter(today=TODAY, seed=8).workouts != the_lifter().workouts


@pytest.mark.parametrize("days", [1, 2, 40, 400])
def test_another_day_adds_workouts_and_changes_none(days: int) -> None:
    later = compose_lifter(today=TODAY + timedelta(days=days))
    assert later.workouts[: len(the_lifter().workouts)] == the_lifter().workouts
    assert later.deletions[: len(the_lifter().deletions)] == the_lifter().deletions
    assert later.templates == the_lifter().templates


def test_nothing_has_happened_yet_that_is_still_to_come() -> None:
    newest = max(datetime.fromisoformat(row["updated_at"]) for row in the_lifter().workouts)
    assert MIDNIGHT - timedelta(days=5) < newest < MIDNIGHT
    assert max(at for _, at in the_lifter().deletions) < MIDNIGHT


def test_there_are_two_to_four_sessions_in_most_weeks_and_never_more() -> None:
    weeks = Counter(
        datetime.fromisoformat(row["start_time"]).date().isocalendar()[:2] for row in the_lifter().workouts
    )
    # A session of a Sunday evening may be on a Monday in UTC.
    assert max(weeks.values()) <= 4
    assert sum(2 <= count <= 4 for count in weeks.values()) > 130
    assert 400 <= len(the_lifter().workouts) <= 550


def test_there_are_weeks_without_any() -> None:
    days = sorted(datetime.fromisoformat(row["start_time"]) for row in the_lifter().workouts)
    gaps = [later - earlier for earlier, later in pairwise(days)]
    assert sum(gap > timedelta(days=9) for gap in gaps) >= 3


def test_weights_grow_for_years_and_are_lower_in_easy_weeks() -> None:
    best: dict[str, list[float]] = {}
    for row, exercise in exercises():
        if exercise["title"] == "Squat (Barbell)":
            heaviest = max(one.get("weight_kg") or 0 for one in exercise["sets"])
            best.setdefault(row["start_time"][:4], []).append(heaviest)
    years = [max(best[year]) for year in ("2023", "2024", "2025", "2026")]
    assert years == sorted(set(years))
    assert 1.3 < years[-1] / years[0] < 2
    assert all(min(best[year]) < 0.9 * max(best[year]) for year in ("2024", "2025", "2026"))


def test_half_of_the_history_is_one_split_and_half_another() -> None:
    titles = Counter(row["title"] for row in the_lifter().workouts)
    for title in ("Push Day 💪", "Pull Day", "Leg Day", "Upper Body A", "Lower Body"):
        assert titles[title] > 40
    assert titles["Hotel room"] > 3


def test_all_kinds_of_sets_are_there_and_one_that_nobody_knows() -> None:
    kinds = Counter(one["type"] for one in sets())
    assert kinds.keys() == {"normal", "warmup", "dropset", "failure", "myo_reps"}
    assert kinds["warmup"] > 1000
    assert min(kinds["dropset"], kinds["failure"]) > 50
    assert kinds["normal"] > 5000


def test_a_warm_up_is_lighter_than_the_sets_after_it() -> None:
    for _, exercise in exercises():
        warm_ups = [one["weight_kg"] for one in exercise["sets"] if one["type"] == "warmup"]
        if warm_ups:
            heaviest = max(one["weight_kg"] for one in exercise["sets"] if one["type"] != "warmup")
            assert max(warm_ups) < heaviest
            assert warm_ups == sorted(warm_ups)


def test_the_effort_is_written_down_sometimes() -> None:
    rated = sum(one.get("rpe") is not None for one in sets())
    assert 0.1 < rated / len(sets()) < 0.5


def test_supersets_are_two_exercises_in_turn() -> None:
    supersets: dict[tuple[str, int], list[int]] = {}
    for row, exercise in exercises():
        if exercise.get("supersets_id") is not None:
            supersets.setdefault((row["id"], exercise["supersets_id"]), []).append(exercise["index"])
    assert len(supersets) > 80
    assert {later - first for first, later in supersets.values()} == {1}
    assert {number for _, number in supersets} == {0, 1}


def test_a_set_measures_what_its_exercise_is_about() -> None:
    types = {template["id"]: template["type"] for template in the_lifter().templates}
    measured: dict[str, set[frozenset[str]]] = {}
    for _, exercise in exercises():
        for one in exercise["sets"]:
            names = frozenset(
                name
                for name, value in one.items()
                if value is not None and name not in ("index", "type", "rpe")
            )
            measured.setdefault(types.get(exercise["exercise_template_id"], "unknown"), set()).add(names)
    weight, reps, time, distance = "weight_kg", "reps", "duration_seconds", "distance_meters"
    assert measured == {
        "weight_reps": {frozenset({weight, reps})},
        "unknown": {frozenset({weight, reps})},
        "bodyweight_reps": {frozenset({reps}), frozenset({weight, reps})},
        "bodyweight_assisted_reps": {frozenset({weight, reps})},
        "reps_only": {frozenset({reps})},
        "duration": {frozenset({time})},
        "weight_duration": {frozenset({weight, time})},
        "short_distance_weight": {frozenset({weight, distance})},
        "distance_duration": {frozenset({distance, time})},
        "floors_duration": {frozenset({"custom_metric", time})},
    }


def test_nobody_holds_rows_or_lifts_beyond_reason() -> None:
    assert all(30 <= one["duration_seconds"] <= 120 for one in sets("Plank"))
    paces = [one["distance_meters"] / one["duration_seconds"] for one in sets("Rowing Machine")]
    assert len(paces) > 30
    assert all(3 < pace < 4.5 for pace in paces)
    assert all((one.get("weight_kg") or 0) < 260 and (one.get("reps") or 0) <= 30 for one in sets())


def test_exercises_of_the_lifter_s_own_have_uuids_and_one_is_in_old_workouts_only() -> None:
    known = {template["id"]: template for template in the_lifter().templates}
    named = {exercise["exercise_template_id"]: row["start_time"] for row, exercise in exercises()}
    (lost,) = named.keys() - known.keys()
    assert len(lost) == 36
    assert named[lost] < "2024-04"
    own = [template["title"] for template in known.values() if template["is_custom"]]
    assert own == ["Tibialis Raise", "Zercher Hold 🐻"]


def test_a_muscle_group_and_a_type_are_in_no_description() -> None:
    templates = the_lifter().templates
    assert "tibialis" in {template["primary_muscle_group"] for template in templates}
    assert "floors_duration" in {template["type"] for template in templates}


def test_times_are_written_in_many_ways() -> None:
    starts = [row["start_time"] for row in the_lifter().workouts]
    assert sum("." in start for start in starts) > 30
    assert sum(start.endswith("Z") and "." not in start for start in starts) > 30
    assert sum(start.endswith("+00:00") for start in starts) > 200
    assert {len(row["end_time"]) for row in the_lifter().workouts if row["end_time"]} >= {20, 25, 32}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("description", {"str", "NoneType", "missing"}),
        ("routine_id", {"str", "NoneType", "missing"}),
        ("end_time", {"str", "NoneType"}),
        ("exercises", {"list", "missing"}),
        ("created_at", {"str", "missing"}),
        ("media_count", {"int", "missing"}),
    ],
)
def test_fields_of_a_workout_are_null_or_missing_or_new(name: str, values: set[str]) -> None:
    assert kinds(the_lifter().workouts, name) == values


@pytest.mark.parametrize(
    ("name", "values"),
    [("notes", {"str", "NoneType", "missing"}), ("supersets_id", {"int", "NoneType", "missing"})],
)
def test_fields_of_an_exercise_are_null_or_missing(name: str, values: set[str]) -> None:
    assert kinds([exercise for _, exercise in exercises()], name) == values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("weight_kg", {"int", "float", "NoneType", "missing"}),
        ("rpe", {"int", "float", "NoneType", "missing"}),
        ("custom_metric", {"int", "NoneType", "missing"}),
        ("reps", {"int", "NoneType", "missing"}),
    ],
)
def test_fields_of_a_set_are_null_or_missing(name: str, values: set[str]) -> None:
    assert kinds(sets(), name) == values


def kinds(rows: list[Row], name: str) -> set[str]:
    """Return the types of a field's values."""
    return {type(row[name]).__name__ if name in row else "missing" for row in rows}


def test_one_workout_is_empty_and_one_exercise_was_left_out() -> None:
    assert sum(row.get("exercises") == [] for row in the_lifter().workouts) == 1
    assert sum(exercise["sets"] == [] for _, exercise in exercises()) == 1


def test_some_sessions_were_logged_days_later_and_some_corrected() -> None:
    late = corrected = 0
    for row in the_lifter().workouts:
        if row.get("created_at") and row["end_time"]:
            created, ended = (datetime.fromisoformat(row[name]) for name in ("created_at", "end_time"))
            late += created - ended > timedelta(days=1)
            corrected += row["created_at"] != row["updated_at"]
    assert 2 < late < 30
    assert 60 < corrected < 200


def test_the_generated_world_serves_the_lifter() -> None:
    with HevySandbox(generated_world(today=TODAY)) as sandbox, Caller(sandbox) as caller:
        read: dict[str, list[Any]] = {}
        for path, name, size in (
            (LIST, "workouts", 10),
            (EVENTS, "events", 10),
            (TEMPLATES, "exercise_templates", 100),
        ):
            count = caller.json(path, pageSize=size)["page_count"]
            for number in range(1, count + 1):
                page = caller.json(path, page=number, pageSize=size)
                assert broken_page_rules(page, name, number=number, size=size) == []
                read.setdefault(name, []).extend(page[name])
        assert len(read["workouts"]) == len(the_lifter().workouts) == caller.json(COUNT)["workout_count"]
        kinds = Counter(event["type"] for event in read["events"])
        assert kinds == {"updated": len(the_lifter().workouts), "deleted": len(the_lifter().deletions)}
        assert kinds["deleted"] > 3
        times = [
            datetime.fromisoformat(
                event["workout"]["updated_at"] if "workout" in event else event["deleted_at"]
            )
            for event in read["events"]
        ]
        assert times == sorted(times, reverse=True)
        assert read["exercise_templates"] == the_lifter().templates


def test_a_lifter_who_has_not_begun_has_nothing_but_exercises() -> None:
    lifter = compose_lifter(today=FIRST_DAY)
    assert (lifter.workouts, lifter.deletions) == ([], [])
    assert len(lifter.templates) > 30
