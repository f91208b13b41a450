"""Workouts as Hevy sent them: stored when they are new or differ, and never replaced by something older."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_workouts import (
    HevyCounts,
    IncomingWorkout,
    StoredWorkouts,
    WorkoutState,
    count_workouts,
    find_states,
    mark_workouts_deleted,
    store_workouts,
)
from fitness_pipeline.db.rejects import NewReject, keep_rejects
from fitness_pipeline_tests.builders import MORNING, row_versions

MINUTE = timedelta(minutes=1)
NOTHING = StoredWorkouts(new=[], changed=[], refused=[])
NEW = StoredWorkouts(new=["a"], changed=[], refused=[])
CHANGED = StoredWorkouts(new=[], changed=["a"], refused=[])


def workout(
    workout_id: str = "a", changed_at: datetime | None = MORNING, body: str | None = None, **values: Any
) -> IncomingWorkout:
    payload = (json.dumps({"id": workout_id, **values}) if body is None else body).encode()
    return IncomingWorkout(
        workout_id=workout_id,
        changed_at=changed_at,
        payload=payload,
        sha256=hashlib.sha256(payload).digest(),
    )


def store(connection: AnyConnection, *workouts: IncomingWorkout, are_listed: bool = True) -> StoredWorkouts:
    return store_workouts(connection, workouts, are_listed=are_listed, dagster_run_id="run")


def row(connection: AnyConnection, workout_id: str = "a") -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "select * from raw.hevy_workouts where workout_id = %s", [workout_id]
        ).fetchone()
    assert found is not None
    return found


def test_a_workout_is_stored_once_and_then_only_when_it_differs(scratch: AnyConnection) -> None:
    assert store(scratch, workout(title="Push")) == NEW
    first = row(scratch)
    assert (first["payload"]["title"], first["changed_upstream_at"]) == ("Push", MORNING)
    assert (first["dagster_run_id"], first["upstream_deleted_at"]) == ("run", None)
    before = row_versions(scratch)
    assert store(scratch, workout(title="Push")) == NOTHING
    assert row_versions(scratch) == before
    assert store(scratch, workout(title="Pull", changed_at=MORNING + MINUTE)) == CHANGED
    assert row(scratch)["change_id"] > first["change_id"]


def test_nothing_comes_and_nothing_is_stored(scratch: AnyConnection) -> None:
    assert store(scratch) == NOTHING


@pytest.mark.parametrize(
    ("stored_at", "comes_at", "expected"),
    [
        (MORNING, MORNING, CHANGED),
        (MORNING, MORNING + MINUTE, CHANGED),
        (MORNING, MORNING - MINUTE, NOTHING),
        (MORNING, None, CHANGED),
        (None, MORNING, CHANGED),
        (None, None, CHANGED),
    ],
)
@pytest.mark.parametrize("are_listed", [True, False])
def test_an_older_state_never_replaces_a_newer_one(
    scratch: AnyConnection,
    stored_at: datetime | None,
    comes_at: datetime | None,
    expected: StoredWorkouts,
    are_listed: bool,
) -> None:
    store(scratch, workout(title="Push", changed_at=stored_at))
    assert store(scratch, workout(title="Pull", changed_at=comes_at), are_listed=are_listed) == expected


def test_the_same_in_other_words_is_no_change(scratch: AnyConnection) -> None:
    store(scratch, workout(body='{"id": "a", "weight_kg": 60}'))
    before = row_versions(scratch)
    assert store(scratch, workout(body='{"weight_kg":60.0,"id":"a"}')) == NOTHING
    assert row_versions(scratch) == before


@pytest.mark.parametrize("is_another_state", [True, False])
@pytest.mark.parametrize(
    ("comes_at", "are_listed", "expected"),
    [
        (MORNING, True, CHANGED),
        (MORNING, False, NOTHING),
        (MORNING + MINUTE, False, NOTHING),
        (MORNING + 2 * MINUTE, False, CHANGED),
        (None, False, CHANGED),
    ],
)
def test_a_deleted_workout_is_back_when_it_is_listed_or_was_changed_later(
    scratch: AnyConnection,
    comes_at: datetime | None,
    are_listed: bool,
    expected: StoredWorkouts,
    is_another_state: bool,
) -> None:
    store(scratch, workout(title="Push"))
    mark_workouts_deleted(scratch, {"a": MORNING + MINUTE})
    back = workout(title="Pull" if is_another_state else "Push", changed_at=comes_at)
    assert store(scratch, back, are_listed=are_listed) == expected
    assert (row(scratch)["upstream_deleted_at"] is None) == (expected == CHANGED)


def test_workouts_that_postgres_cannot_hold_keep_no_other_from_being_stored(scratch: AnyConnection) -> None:
    deep = "[" * 50_000 + "]" * 50_000
    bad = [workout("bad-1", body='{"a": "\\u0000"}'), workout("bad-2", body=deep), workout("bad-3", body="{")]
    good = [workout(f"good-{number}") for number in range(6)]
    stored = store(scratch, *good[:2], bad[0], *good[2:4], *bad[1:], *good[4:])
    assert sorted(stored.new) == [one.workout_id for one in good]
    assert sorted(stored.refused) == ["bad-1", "bad-2", "bad-3"]


@pytest.mark.parametrize(
    ("deleted_at", "is_marked"),
    [(None, True), (MORNING, True), (MORNING + MINUTE, True), (MORNING - MINUTE, False)],
)
def test_a_deletion_that_is_older_than_what_is_stored_marks_nothing(
    scratch: AnyConnection, deleted_at: datetime | None, is_marked: bool
) -> None:
    store(scratch, workout())
    before = row(scratch)
    assert mark_workouts_deleted(scratch, {"a": deleted_at}) == ["a"] * is_marked
    after = row(scratch)
    assert (after["upstream_deleted_at"] is not None) == is_marked
    assert (after["change_id"] > before["change_id"]) == is_marked
    if deleted_at is not None and is_marked:
        assert after["upstream_deleted_at"] == deleted_at


def test_what_is_deleted_is_marked_once(scratch: AnyConnection) -> None:
    store(scratch, workout("a"), workout("b"))
    assert mark_workouts_deleted(scratch, {"a": None, "unknown": MORNING}) == ["a"]
    before = row_versions(scratch)
    assert mark_workouts_deleted(scratch, {"a": MORNING + MINUTE}) == []
    assert mark_workouts_deleted(scratch, {}) == []
    assert row_versions(scratch) == before


def test_states_are_of_the_workouts_that_are_asked_for(scratch: AnyConnection) -> None:
    store(scratch, workout("a"), workout("b", changed_at=None), workout("c"))
    mark_workouts_deleted(scratch, {"b": MORNING})
    assert find_states(["a", "b", "unknown"], conn=scratch) == {
        "a": WorkoutState(workout_id="a", changed_at=MORNING, deleted_at=None),
        "b": WorkoutState(workout_id="b", changed_at=None, deleted_at=MORNING),
    }


def test_a_workout_counts_once_whether_it_is_stored_or_rejected(scratch: AnyConnection) -> None:
    assert count_workouts(conn=scratch) == HevyCounts(live=0, rejected=0)
    store(scratch, workout("a"), workout("b"), workout("c"))
    mark_workouts_deleted(scratch, {"c": None})
    keys = ["hevy_a", "hevy_c", "hevy_d", "text 1f", "event 1f", "template 1f", "hevyx"]
    rejects = [
        NewReject(raw_key=key, file_id=None, row_number=None, reason="Odd.", payload={}) for key in keys
    ]
    keep_rejects(scratch, rejects, provider="hevy", stage="extract", dagster_run_id=None)
    keep_rejects(scratch, rejects[2:3], provider="hevy", stage="normalize", dagster_run_id=None)
    keep_rejects(scratch, rejects[2:4], provider="strava", stage="extract", dagster_run_id=None)
    counts = count_workouts(conn=scratch)
    assert counts == HevyCounts(live=2, rejected=3)
    assert counts.total == 5
    scratch.execute("update raw.rejects set resolved_at = now()")
    assert count_workouts(conn=scratch) == HevyCounts(live=2, rejected=0)
