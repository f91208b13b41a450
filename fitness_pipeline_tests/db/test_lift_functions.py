"""What a workout says is what plain Python makes of it, and whatever Hevy sends can be stored."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.hevy_raw import a_set, exercise, put_workouts, workout
from fitness_pipeline_tests.hevy_reference import exercises_of, number, total_sets_of, volume_of

many = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
NUMBERS = st.one_of(
    st.integers(-5, 1_000_001),
    st.integers(-(10**30), 10**30),
    st.floats(0, 200),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([1e-9, 5e-324, 0.5e-6, 1e6, 1e308, -0.0, 45.359237000000004]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(["normal", "warmup", "dropset", "failure", "a kind of next year"])
PLAUSIBLE = st.one_of(st.none(), st.integers(0, 200), st.floats(0, 200))


def one_or_list(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly a list, now and then something else in its place."""
    return st.one_of(st.lists(of, max_size=4), st.lists(of, max_size=4), of, ANYTHING)


SETS = st.one_of(
    st.fixed_dictionaries({"type": KINDS, "weight_kg": PLAUSIBLE, "reps": PLAUSIBLE}),
    st.fixed_dictionaries(
        {},
        optional={
            "index": ANYTHING,
            "type": KINDS | ANYTHING,
            "weight_kg": NUMBERS | ANYTHING,
            "reps": NUMBERS | ANYTHING,
            "rpe": ANYTHING,
            "set_type": ANYTHING,
        },
    ),
    ANYTHING,
)
EXERCISES = st.one_of(
    st.fixed_dictionaries(
        {"sets": one_or_list(SETS)},
        optional={
            "index": ANYTHING,
            "title": ANYTHING,
            "exercise_template_id": ANYTHING,
            "template_id": ANYTHING,
            "supersets_id": ANYTHING,
            "superset_id": ANYTHING,
            "equipment": ANYTHING,
        },
    ),
    ANYTHING,
)
WORKOUTS = st.fixed_dictionaries({"exercises": one_or_list(EXERCISES)}) | ANYTHING.filter(
    lambda sent: not isinstance(sent, list)  # which no reply of Hevy's can make a workout
)


def told(connection: AnyConnection, sent: Any) -> tuple[Any, ...]:
    """What Postgres makes of a workout: exercises, volume, sets."""
    row = connection.execute(
        """
        select normalized.lift_exercises(sent), normalized.lift_volume_kg(sent),
               normalized.lift_total_sets(sent)
        from (select %s::jsonb as sent)
        """,
        [Jsonb(sent)],
    ).fetchone()
    assert row is not None
    return tuple(row)


def floating(told: Any) -> Any:
    """The same with all numbers as floats: 1e16 comes back as a whole number."""
    return json.loads(json.dumps(told), parse_int=float)


@many
@given(sent=WORKOUTS)
def test_postgres_and_python_say_the_same_of_any_workout(scratch_session: AnyConnection, sent: Any) -> None:
    exercises, volume, sets = told(scratch_session, sent)
    assert floating(exercises) == floating(exercises_of(sent))
    assert (volume, sets) == (volume_of(sent), total_sets_of(sent))


@many
@given(sent=ANYTHING)
def test_a_number_is_believed_or_none(scratch_session: AnyConnection, sent: Any) -> None:
    assert fetch_value(scratch_session, "select normalized.lift_number(%s)", [Jsonb(sent)]) == number(sent)


@settings(many, max_examples=50)
@given(
    workouts=st.lists(
        st.fixed_dictionaries(
            {"exercises": one_or_list(EXERCISES)},
            optional=dict.fromkeys(("title", "description", "start_time", "end_time"), ANYTHING),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_workout_keeps_its_neighbours_from_being_stored(
    scratch_session: AnyConnection, workouts: list[dict[str, Any]]
) -> None:
    with scratch_session.transaction(force_rollback=True):
        put_workouts(scratch_session, *({**sent, "id": str(id)} for id, sent in enumerate(workouts)))
        rows = scratch_session.execute("select payload, exercises from raw.hevy_workouts").fetchall()
    assert len(rows) == len(workouts)
    assert all(floating(exercises) == floating(exercises_of(payload)) for payload, exercises in rows)


def test_all_keys_are_always_there(scratch: AnyConnection) -> None:
    exercises, volume, sets = told(scratch, {"exercises": [{"sets": [{}]}]})
    assert exercises == [
        {
            "index": None,
            "title": None,
            "template_id": None,
            "notes": None,
            "superset_id": None,
            "sets": [
                {
                    "index": None,
                    "type": None,
                    "weight_kg": None,
                    "reps": None,
                    "distance_meters": None,
                    "duration_seconds": None,
                    "rpe": None,
                    "custom_metric": None,
                }
            ],
        }
    ]
    assert (volume, sets) == (0, 1)


def test_what_is_new_stands_beside_what_is_known(scratch: AnyConnection) -> None:
    one = exercise(a_set(type="myo-rep", tempo="3-1-1"), equipment="barbell", supersets_id=3)
    (seen,) = told(scratch, workout("1", one))[0]
    assert (seen["equipment"], seen["template_id"], seen["superset_id"]) == ("barbell", "79D0BB3A", 3)
    assert "exercise_template_id" not in seen
    assert "supersets_id" not in seen
    assert (seen["sets"][0]["type"], seen["sets"][0]["tempo"]) == ("myo-rep", "3-1-1")


def test_warm_ups_are_in_no_total_and_every_other_kind_is(scratch: AnyConnection) -> None:
    sets = [a_set(type=kind) for kind in ("warmup", "normal", "dropset", "failure", "other", None)]
    assert told(scratch, workout("1", exercise(*sets)))[1:] == (3000.0, 5)


@pytest.mark.parametrize("weight", ["60", -60, True, None, [60], 1_000_001])
def test_a_weight_that_is_none_counts_as_no_weight_and_stays_as_it_came(
    scratch: AnyConnection, weight: Any
) -> None:
    sent = workout("1", exercise(a_set(weight_kg=weight), a_set(weight_kg=50, reps=2)))
    exercises, volume, sets = told(scratch, sent)
    assert exercises[0]["sets"][0]["weight_kg"] == weight
    assert (volume, sets) == (100.0, 2)


@pytest.mark.parametrize("digits", ["1e400", "1e-400", "1e131071", "0.1e-16000"])
def test_a_number_that_no_float_can_hold_is_no_error(scratch: AnyConnection, digits: str) -> None:
    text = json.dumps({"exercises": [{"sets": [{"weight_kg": "W", "reps": "W"}]}]}).replace('"W"', digits)
    row = scratch.execute("select normalized.lift_volume_kg(%s::jsonb)", [text]).fetchone()
    assert row == (0.0,)


def test_volumes_are_added_as_decimals(scratch: AnyConnection) -> None:
    sets = [a_set(weight_kg=0.1, reps=1) for _ in range(3)]
    assert told(scratch, workout("1", exercise(*sets)))[1] == 0.3
    assert math.fsum([0.1, 0.1]) + 0.1 != 0.3  # which adding floats would not have given


def instant(connection: AnyConnection, text: str | None) -> Any:
    return fetch_value(connection, "select normalized.lift_instant(%s)", [text])


OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=OFFSETS)  # noqa: DTZ001


@many
@given(at=INSTANTS, style=st.sampled_from([str, datetime.isoformat]), has_z=st.booleans())
def test_every_instant_comes_out_as_it_went_in(
    scratch_session: AnyConnection, at: datetime, style: Any, has_z: bool
) -> None:
    text = style(at.astimezone(UTC)).replace("+00:00", "Z") if has_z else style(at)
    assert instant(scratch_session, text) == at


@many
@given(text=st.text("0123456789-+:.TZ ", max_size=30) | INSTANTS.map(str).map(lambda text: text[::-1]))
def test_whatever_is_read_is_what_python_reads(scratch_session: AnyConnection, text: str) -> None:
    read = instant(scratch_session, text)
    assert read is None or read == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-01T20:00:00Z", datetime(2026, 4, 1, 20, tzinfo=UTC)),
        ("2026-04-01T20:00:00+00:00", datetime(2026, 4, 1, 20, tzinfo=UTC)),
        ("2026-04-01T22:00:00.345+02:00", datetime(2026, 4, 1, 20, 0, 0, 345_000, tzinfo=UTC)),
        ("2026-04-01T20:00:00.123456789Z", datetime(2026, 4, 1, 20, 0, 0, 123_457, tzinfo=UTC)),
        ("2026-04-01T15:00-0500", datetime(2026, 4, 1, 20, tzinfo=UTC)),
        ("2028-02-29T20:00:00Z", datetime(2028, 2, 29, 20, tzinfo=UTC)),
        ("2026-02-29T20:00:00Z", None),
        ("2100-02-29T20:00:00Z", None),
        ("2026-04-31T20:00:00Z", None),
        ("2026-04-01T24:00:00Z", None),
        ("2026-04-01T20:00:00", None),
        ("2026-04-01", None),
        ("1899-12-31T20:00:00Z", None),
        ("2200-01-01T20:00:00Z", None),
        ("2026-04-01T20:00:00Z\n", None),
        ("2026-04-01T20:00:00." + "1" * 21 + "Z", None),
        ("infinity", None),
        ("now", None),
        ("", None),
        (None, None),
    ],
)
def test_an_instant_says_its_day_its_time_and_its_offset(
    scratch: AnyConnection, text: str | None, expected: datetime | None
) -> None:
    scratch.execute("set local time zone 'Asia/Kolkata'")
    assert instant(scratch, text) == expected
