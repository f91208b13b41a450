"""The rows of workouts, cell by cell as MapMyFitness exports them."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Literal

from fitness_pipeline.models import MILES_PER_KILOMETRE
from fitness_pipeline.sandbox.mapmyfitness.workouts import Workout

Unit = Literal["mi", "km"]
Cells = tuple[str, ...]

_PLAIN_NOTES_SINCE = date(2023, 1, 1)
_AP_MONTHS = (
    "Jan.",
    "Feb.",
    "March",
    "April",
    "May",
    "June",
    "July",
    "Aug.",
    "Sept.",
    "Oct.",
    "Nov.",
    "Dec.",
)


def compose_rows(workouts: Iterable[Workout], *, unit: Unit = "mi") -> Iterator[Cells]:
    """Yield the cells of each workout, in the order of the columns, without the header.

    Shapes as in MapMyFitness exports seen in public files: notes are a bytes repr in rows from before
    2023 and plain in later ones.
    """
    units_per_mile = 1.0 if unit == "mi" else 1 / MILES_PER_KILOMETRE
    for workout in workouts:
        yield _cells(workout, units_per_mile)


def _cells(workout: Workout, units_per_mile: float) -> Cells:
    is_old = workout.day < _PLAIN_NOTES_SINCE
    hours = workout.duration_seconds / 3600
    distance = avg_pace = max_pace = avg_speed = max_speed = steps = ""
    if workout.distance_miles is not None:
        length = workout.distance_miles * units_per_mile
        distance, avg_pace, avg_speed = _number(length), _number(hours * 60 / length), _number(length / hours)
        if workout.best_speed_factor is not None:
            max_speed = _number(length / hours * workout.best_speed_factor)
            max_pace = _number(hours * 60 / length / workout.best_speed_factor)
        elif is_old:
            max_pace = max_speed = "0"
        if workout.activity_type not in ("Bike Ride", "Indoor Run / Jog"):
            steps = str(int(workout.duration_seconds * 2.7))
    host = "mapmyrun" if workout.day.year < 2018 and workout.workout_id % 3 == 0 else "mapmyfitness"
    return (
        _ap_date(workout.submitted_on),
        _ap_date(workout.day),
        workout.activity_type,
        str(int(workout.duration_seconds * 0.19)),
        distance,
        str(workout.duration_seconds),
        avg_pace,
        max_pace,
        avg_speed,
        max_speed,
        "" if workout.heart_rate is None else str(workout.heart_rate),
        steps,
        repr(workout.notes.encode()) if is_old else workout.notes,
        workout.source,
        f"http://www.{host}.com/workout/{workout.workout_id}",
    )


def _number(value: float) -> str:
    """Return a number as exports have it: six significant digits, at least one decimal."""
    return repr(float(f"{value:.6g}"))


@cache
def _ap_date(day: date) -> str:
    return f"{_AP_MONTHS[day.month - 1]} {day.day}, {day.year}"
