"""From workouts to lifts: only what changed is read and written, and what a lift was before is kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.lifts import LiftCounts, get_lift_by_id, get_lift_versions, get_lifts
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.models import Lift
from fitness_pipeline.steps import normalize_hevy as step
from fitness_pipeline.steps.normalize_hevy import is_hevy_behind, normalize_hevy
from fitness_pipeline_tests.builders import row_versions, while_blocked
from fitness_pipeline_tests.hevy_raw import (
    EVENING,
    a_set,
    delete_workouts,
    exercise,
    put_workouts,
    workout,
)
from fitness_pipeline_tests.hevy_reference import exercises_of, total_sets_of, volume_of

A_START = "expected something like 2026-04-01T20:00:00Z"


def the_lift(connection: AnyConnection, id: str = "1") -> Lift:
    lift = get_lift_by_id(f"hevy_{id}", include_deleted=True, conn=connection)
    assert lift is not None
    return lift


def reasons(connection: AnyConnection) -> list[tuple[str, str]]:
    return [(reject.raw_key, reject.reason) for reject in get_open_rejects("hevy", conn=connection)]


def test_a_workout_becomes_a_lift(scratch: AnyConnection) -> None:
    sets = [a_set(0, type="warmup", weight_kg=40), a_set(1, weight_kg=62.5, rpe=8.5)]
    put_workouts(scratch, workout("b459cba5", exercise(*sets, notes="slowly"), description="tired"))
    assert normalize_hevy(conn=scratch) == LiftCounts(new=1)
    (lift,) = get_lifts(conn=scratch)
    assert (lift.id, lift.title, lift.source) == ("hevy_b459cba5", "Push Day", "Hevy")
    assert lift.description == "tired"
    assert (lift.start_time, lift.end_time) == (EVENING, EVENING + timedelta(hours=1))
    assert (lift.total_volume_kg, lift.total_sets) == (625.0, 1)
    assert lift.deleted_at is None
    assert lift.exercises == [
        {
            "index": 0,
            "title": "Bench Press (Barbell)",
            "template_id": "79D0BB3A",
            "notes": "slowly",
            "superset_id": None,
            "sets": sets,
        }
    ]


@pytest.mark.parametrize("title", ["", "  \n", None])
def test_a_workout_without_a_title_is_called_workout(scratch: AnyConnection, title: str | None) -> None:
    put_workouts(scratch, workout(title=title, description=title))
    normalize_hevy(conn=scratch)
    assert (the_lift(scratch).title, the_lift(scratch).description) == ("Workout", None)


def test_a_workout_of_which_hardly_anything_is_told_is_a_lift(scratch: AnyConnection) -> None:
    put_workouts(scratch, {"id": "1", "start_time": "2026-04-01T20:00:00.5Z"})
    assert normalize_hevy(conn=scratch) == LiftCounts(new=1)
    lift = the_lift(scratch)
    assert (lift.title, lift.end_time, lift.exercises) == ("Workout", None, [])
    assert (lift.total_volume_kg, lift.total_sets) == (0.0, 0)
    assert lift.start_time == EVENING + timedelta(seconds=0.5)


def test_an_end_before_the_start_is_kept_and_one_that_is_none_is_left_out(scratch: AnyConnection) -> None:
    early, never = "2026-04-01T19:00:00Z", "soon"
    put_workouts(scratch, workout("1", end_time=early), workout("2", end_time=never))
    assert normalize_hevy(conn=scratch) == LiftCounts(new=2)
    assert the_lift(scratch, "1").end_time == EVENING - timedelta(hours=1)
    assert the_lift(scratch, "2").end_time is None


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (None, f"Start is missing; {A_START}"),
        (" ", f"Start is missing; {A_START}"),
        ("yesterday", f'Start "yesterday" is no instant from 1900 to 2199; {A_START}'),
        (17, f'Start "17" is no instant from 1900 to 2199; {A_START}'),
        ("x" * 99, f'Start "{"x" * 60}" is no instant from 1900 to 2199; {A_START}'),
    ],
)
def test_a_workout_without_a_start_is_rejected_and_its_neighbours_are_not(
    scratch: AnyConnection, start: Any, reason: str
) -> None:
    put_workouts(scratch, workout("1", start_time=start), workout("2"))
    assert normalize_hevy(dagster_run_id="run", conn=scratch) == LiftCounts(new=1, rejected=1)
    assert reasons(scratch) == [("hevy_1", reason)]
    assert [lift.id for lift in get_lifts(conn=scratch)] == ["hevy_2"]


def test_a_workout_without_an_id_is_rejected(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("  "))
    assert normalize_hevy(conn=scratch) == LiftCounts(rejected=1)
    assert reasons(scratch) == [("hevy_  ", "Id is missing; expected the id of a workout at Hevy")]


def test_a_reject_is_closed_once_its_workout_is_understood(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout(start_time=None))
    normalize_hevy(conn=scratch)
    put_workouts(scratch, workout())
    assert normalize_hevy(conn=scratch) == LiftCounts(new=1)
    assert reasons(scratch) == []


def test_a_lift_stays_as_it_is_while_its_workout_is_not_understood(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout())
    normalize_hevy(conn=scratch)
    before = the_lift(scratch)
    put_workouts(scratch, workout(start_time="?", title="Pull Day"))
    assert normalize_hevy(conn=scratch) == LiftCounts(rejected=1)
    assert the_lift(scratch) == before


def test_a_change_keeps_what_the_lift_was_before(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("1"), workout("2"))
    normalize_hevy(conn=scratch)
    put_workouts(scratch, workout("1", exercise(a_set(reps=12))))
    assert normalize_hevy(conn=scratch) == LiftCounts(changed=1)
    put_workouts(scratch, workout("1", title="Pull Day"))
    assert normalize_hevy(conn=scratch) == LiftCounts(changed=1)
    second, first = get_lift_versions("hevy_1", conn=scratch)
    assert (first.version_number, second.version_number) == (1, 2)
    assert (first.state["total_volume_kg"], second.state["total_volume_kg"]) == (600, 720)
    assert first.state["exercises"][0]["sets"][0]["reps"] == 10
    assert first.state.keys() == set(Lift.__dataclass_fields__)
    assert (the_lift(scratch).title, the_lift(scratch).total_volume_kg) == ("Pull Day", 600.0)
    assert get_lift_versions("hevy_2", conn=scratch) == []


def test_what_is_unchanged_is_not_written(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("1"), workout("2", start_time=None))
    normalize_hevy(conn=scratch)
    # The same in other words, such as another time of the last change.
    put_workouts(scratch, workout("1", updated_at="2026-05-01T00:00:00Z"), workout("2", start_time=None))
    before = row_versions(scratch, "normalized.progress")
    assert normalize_hevy(conn=scratch) == LiftCounts(unchanged=1, rejected=1)
    assert row_versions(scratch, "normalized.progress") == before


def test_without_news_nothing_is_read_and_nothing_written(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("1"), workout("2", start_time=None))
    normalize_hevy(conn=scratch)
    before = row_versions(scratch)
    assert normalize_hevy(conn=scratch) == LiftCounts()
    assert row_versions(scratch) == before


def test_only_what_changed_is_read(scratch: AnyConnection) -> None:
    put_workouts(scratch, *(workout(str(id)) for id in range(20)))
    assert normalize_hevy(conn=scratch).rows == 20
    put_workouts(scratch, workout("3", title="Pull Day"), workout("20"))
    counts = normalize_hevy(conn=scratch)
    assert (counts, counts.rows) == (LiftCounts(new=1, changed=1), 2)


def test_other_rules_read_everything_again(scratch: AnyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    put_workouts(scratch, workout("1"), workout("2"))
    normalize_hevy(conn=scratch)
    monkeypatch.setattr(step, "_RULES", "those of next year")
    assert is_hevy_behind(conn=scratch)
    assert normalize_hevy(conn=scratch) == LiftCounts(unchanged=2)
    assert not is_hevy_behind(conn=scratch)


def test_lifts_are_behind_while_workouts_changed_since(scratch: AnyConnection) -> None:
    assert not is_hevy_behind(conn=scratch)
    put_workouts(scratch, workout())
    assert is_hevy_behind(conn=scratch)
    normalize_hevy(conn=scratch)
    assert not is_hevy_behind(conn=scratch)
    delete_workouts(scratch, "1")
    assert is_hevy_behind(conn=scratch)


def test_a_deletion_is_soft_and_keeps_what_the_lift_was(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("1"), workout("2"))
    normalize_hevy(conn=scratch)
    delete_workouts(scratch, "1", at=EVENING)
    assert normalize_hevy(conn=scratch) == LiftCounts(deleted=1)
    assert the_lift(scratch).deleted_at == EVENING
    assert [lift.id for lift in get_lifts(conn=scratch)] == ["hevy_2"]
    assert [version.state["deleted_at"] for version in get_lift_versions("hevy_1", conn=scratch)] == [None]


def test_a_deletion_that_is_told_again_changes_nothing(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout())
    normalize_hevy(conn=scratch)
    delete_workouts(scratch, "1", at=EVENING)
    normalize_hevy(conn=scratch)
    delete_workouts(scratch, "1", at=EVENING + timedelta(days=1))
    assert normalize_hevy(conn=scratch) == LiftCounts(unchanged=1)
    assert the_lift(scratch).deleted_at == EVENING


def test_a_workout_that_is_back_brings_its_lift_back(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout())
    normalize_hevy(conn=scratch)
    delete_workouts(scratch, "1")
    normalize_hevy(conn=scratch)
    put_workouts(scratch, workout(title="Pull Day"))
    assert normalize_hevy(conn=scratch) == LiftCounts(revived=1)
    assert (the_lift(scratch).deleted_at, the_lift(scratch).title) == (None, "Pull Day")
    assert len(get_lift_versions("hevy_1", conn=scratch)) == 2


def test_a_workout_that_is_deleted_before_it_was_a_lift_is_a_deleted_lift(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout())
    delete_workouts(scratch, "1")
    assert normalize_hevy(conn=scratch) == LiftCounts(deleted=1)
    assert get_lifts(conn=scratch) == []
    assert the_lift(scratch).deleted_at == EVENING
    assert get_lift_versions("hevy_1", conn=scratch) == []


def test_a_deletion_needs_no_start(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("1"))
    normalize_hevy(conn=scratch)
    put_workouts(scratch, workout("1", start_time=None), workout("2", start_time=None))
    assert normalize_hevy(conn=scratch) == LiftCounts(rejected=2)
    delete_workouts(scratch, "1", "2")
    assert normalize_hevy(conn=scratch) == LiftCounts(deleted=1, unchanged=1)
    assert the_lift(scratch).start_time == EVENING
    assert the_lift(scratch).deleted_at is not None
    assert get_lift_by_id("hevy_2", include_deleted=True, conn=scratch) is None
    assert reasons(scratch) == []


def test_normalizing_waits_for_whoever_reads_hevy(connection: AnyConnection, database_url: str) -> None:
    with open_connection(database_url) as reading:
        reading.execute("begin")
        take_turn(reading, "hevy")
        put_workouts(reading, workout())
        (waited,) = while_blocked(connection, normalize_hevy, then=lambda: reading.execute("commit"))
    assert waited.result() == LiftCounts(new=1)


IDS = ("1", "2", "3")
STARTS = ("2026-04-01T20:00:00Z", "2026-04-01T22:00:00+02:00", "2026-04-02T20:00:00Z", None)
SAID = st.fixed_dictionaries(
    {
        "id": st.sampled_from(IDS),
        "title": st.sampled_from(["", "Push Day"]),
        "start_time": st.sampled_from(STARTS),
        "exercises": st.sampled_from([[], [exercise()], [exercise(a_set(type="warmup"), a_set(reps=5))]]),
    }
)
STORIES = st.lists(
    st.one_of(SAID, SAID, st.sampled_from(IDS), st.none()), min_size=1, max_size=25
)  # a workout that Hevy says, one that it deletes, or the step


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_lifts_follow_whatever_happens_to_workouts(
    scratch_session: AnyConnection, story: Sequence[dict[str, Any] | str | None]
) -> None:
    said: dict[str, dict[str, Any]] = {}
    gone: set[str] = set()
    lifts: dict[str, dict[str, Any]] = {}
    former: dict[str, list[dict[str, Any]]] = {id: [] for id in IDS}
    with scratch_session.transaction(force_rollback=True):
        for event in (*story, None):
            if isinstance(event, dict):
                put_workouts(scratch_session, event)
                said[event["id"]] = event
                gone.discard(event["id"])
            elif event is not None:
                delete_workouts(scratch_session, event)
                gone |= {event} & said.keys()
            else:
                normalize_hevy(conn=scratch_session)
                for id, sent in said.items():
                    expected = expected_lift(sent, lifts.get(id), is_deleted=id in gone)
                    if expected is not None and expected != lifts.get(id):
                        former[id] += [lifts[id]] if id in lifts else []
                        lifts[id] = expected
                stored = get_lifts(include_deleted=True, conn=scratch_session)
                assert {lift.id.removeprefix("hevy_"): values_of(lift) for lift in stored} == lifts
                rejected = {id for id, sent in said.items() if sent["start_time"] is None and id not in gone}
                assert {key for key, _ in reasons(scratch_session)} == {f"hevy_{id}" for id in rejected}
        for id, states in former.items():
            versions = get_lift_versions(f"hevy_{id}", conn=scratch_session)[::-1]
            assert [version.version_number for version in versions] == list(range(1, len(states) + 1))
            assert [state_of(version.state) for version in versions] == states


def expected_lift(
    sent: dict[str, Any], known: dict[str, Any] | None, *, is_deleted: bool
) -> dict[str, Any] | None:
    """What a lift is to be; None leaves it as it is."""
    if sent["start_time"] is None and (known is None or not is_deleted):
        return None
    start = datetime.fromisoformat(sent["start_time"] or (known or {})["start_time"])
    return {
        "title": sent["title"] or "Workout",
        "start_time": start.astimezone(UTC).isoformat(),
        "exercises": exercises_of(sent),
        "total_volume_kg": volume_of(sent),
        "total_sets": total_sets_of(sent),
        "is_deleted": is_deleted,
    }


def values_of(lift: Lift) -> dict[str, Any]:
    names = ("title", "exercises", "total_volume_kg", "total_sets")
    return {
        **{name: getattr(lift, name) for name in names},
        "start_time": lift.start_time.isoformat(),
        "is_deleted": lift.deleted_at is not None,
    }


def state_of(state: dict[str, Any]) -> dict[str, Any]:
    names = ("title", "start_time", "exercises", "total_volume_kg", "total_sets")
    return {**{name: state[name] for name in names}, "is_deleted": state["deleted_at"] is not None}
