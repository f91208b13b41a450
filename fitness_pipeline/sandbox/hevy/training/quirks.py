"""Shapes that rows have besides the usual one: anything may be missing, times are written in many ways."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from fitness_pipeline.sandbox.hevy.rows import Row, with_milliseconds, with_offset, with_z
from fitness_pipeline.sandbox.serving.chance import weighted

KG_PER_POUND = 0.45359237
_POUNDS_STEP = 5
_WEEKS_WITHOUT_CUSTOM_METRIC = 20
_WEEKS_WITHOUT_ROUTINES = 10
_WEEKS_WITHOUT_MEDIA = 120


def with_quirks(random: Random, row: Row, *, number: int, weeks: int) -> Row:
    """Return a row in a shape of its own.

    Args:
        random: decides.
        row: in the usual shape.
        number: of the session, the first one being 1; a few sessions are unlike any other.
        weeks: since the history began.
    """
    row = _with_times(random, row)
    if random.random() < 0.03:
        row = _in_pounds(row)
    if random.random() < 0.5:
        row = {**row, "description": row["description"] or None}
    if random.random() < 0.3:
        row = _with_exercises(row, lambda exercise: {**exercise, "notes": exercise["notes"] or None})
    if random.random() < 0.04:
        row = _with_sets(row, _without_nulls)
    if weeks < _WEEKS_WITHOUT_CUSTOM_METRIC:
        row = _with_sets(row, lambda one: _without(one, "custom_metric"))
    if weeks < _WEEKS_WITHOUT_ROUTINES:
        row = _without(row, "routine_id")
    if weeks >= _WEEKS_WITHOUT_MEDIA:
        row = {**row, "media_count": int(random.random() * 1.3)}  # a field that is in no description yet
    return _ONCE[number](row) if number in _ONCE else row


def _with_times(random: Random, row: Row) -> Row:
    """Write the times with +00:00, with a Z, or with fractions of a second."""
    style = weighted(random, (("usual", 0.7), ("z", 0.15), ("fractions", 0.15)))
    if style == "usual":
        return row
    start, end, created, updated = (
        datetime.fromisoformat(row[name]) for name in ("start_time", "end_time", "created_at", "updated_at")
    )
    if style == "z":
        return {
            **row,
            "start_time": with_z(start),
            "end_time": with_z(end),
            "updated_at": with_offset(updated),
            "created_at": with_offset(created),
        }
    return {
        **row,
        "start_time": with_milliseconds(start + timedelta(milliseconds=int(random.random() * 1000))),
        "end_time": (end + timedelta(microseconds=1 + int(random.random() * 999_998))).isoformat(),
    }


def _in_pounds(row: Row) -> Row:
    """Weights as somebody has them who lifted pounds: five at a time, and no round kilograms."""

    def converted(one: Row) -> Row:
        if not one["weight_kg"]:
            return one
        steps = max(1, round(one["weight_kg"] / KG_PER_POUND / _POUNDS_STEP))
        return {**one, "weight_kg": steps * _POUNDS_STEP * KG_PER_POUND}

    return _with_sets(row, converted)


def _with_an_unknown_set_type(row: Row) -> Row:
    exercises = [dict(exercise) for exercise in row["exercises"]]
    exercises[1]["sets"] = [
        {**one, "type": "myo_reps"} if one["type"] == "normal" else one for one in exercises[1]["sets"]
    ]
    return {**row, "exercises": exercises}


def _with_an_exercise_left_out(row: Row) -> Row:
    """An exercise that was put on the plan and not done."""
    exercises = [*row["exercises"]]
    exercises[-1] = {**exercises[-1], "sets": []}
    return {**row, "exercises": exercises}


def _with_next_to_nothing(row: Row) -> Row:
    """Without what can be done without."""
    sparse = _with_exercises(row, lambda exercise: _without(exercise, "notes", "supersets_id"))
    return _without(_with_sets(sparse, _without_nulls), "description", "routine_id", "created_at")


_ONCE: dict[int, Callable[[Row], Row]] = {
    24: _with_next_to_nothing,
    40: _with_an_unknown_set_type,
    57: lambda row: {**row, "exercises": []},
    73: _with_an_exercise_left_out,
    91: lambda row: {**row, "end_time": None},
    110: lambda row: _without(row, "exercises"),
}


def _with_exercises(row: Row, change: Callable[[Row], Row]) -> Row:
    return {**row, "exercises": [change(exercise) for exercise in row["exercises"]]}


def _with_sets(row: Row, change: Callable[[Row], Row]) -> Row:
    return _with_exercises(
        row, lambda exercise: {**exercise, "sets": [change(one) for one in exercise["sets"]]}
    )


def _without_nulls(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
