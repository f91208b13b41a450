"""Composes MapMyFitness exports of a runner who does not exist; equal arguments give equal text.

`python -m fitness_pipeline.sandbox.mapmyfitness FOLDER` writes the exports that `data/sample` ships.
"""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal, TextIO

from fitness_pipeline.models import MILES_PER_KILOMETRE
from fitness_pipeline.providers.mapmyfitness.columns import COLUMNS

Unit = Literal["mi", "km"]
Generation = Literal[2017, 2025]
Cells = tuple[str, ...]

FIRST_DAY = date(2016, 1, 7)
LAST_DAY = date(2025, 10, 26)

# Everything below is arithmetic on Random.random(), which is the same on every platform for ever.
_EAGERNESS_BY_MONTH = (0.6, 0.7, 1.0, 1.1, 1.1, 1.0, 0.9, 1.0, 1.3, 1.4, 0.6, 0.5)
_EAGERNESS_BY_YEAR = {2016: 1.2, 2017: 1.4, 2018: 1.4, 2019: 0.9, 2021: 0.9, 2022: 0.6, 2023: 0.8, 2024: 0.9}
_PAUSES = (
    (date(2017, 12, 10), date(2018, 1, 25)),
    (date(2019, 11, 5), date(2020, 2, 20)),
    (date(2022, 6, 20), date(2022, 11, 30)),
)
_SHOES = (  # worn from that day on, under the first of its spellings more often than under the others
    (date(2016, 1, 1), ("Asics Gel-Cumulus 17",)),
    (date(2016, 11, 20), ("Brooks Ghost 9", "Ghost 9")),
    (date(2018, 2, 3), ("Saucony Ride 10",)),
    (date(2019, 5, 18), ("Nike Air Zoom Pegasus 35",)),
    (date(2020, 9, 12), ("New Balance M1080K10", "M1080K10", "New Balance 1080K10")),
    (date(2022, 3, 27), ("Nike Air Zoom Pegasus 38", "nike air zoom pegasus 38")),
    (date(2024, 1, 14), ("Karhu Fusion 3.5",)),
)
_REMARKS = (
    "Easy, legs heavy",
    "Didn't stop once",
    "Strides at the end",
    "Hot!",
    "Hills with Zoë",
    "6 x 800 m, the last one hurt",
    '"Just two more," she said',
    "#lunchrun #riverpath",
    "New route 🌲",
    "Wind from the lake",
)
_HEART_RATE_SINCE = date(2019, 3, 1)
_PLAIN_NOTES_SINCE = date(2023, 1, 1)
_FIRST_ID, _LAST_ID = 1_310_000_000, 8_700_000_000
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


@dataclass(frozen=True, slots=True)
class Workout:
    """A workout that never happened.

    Attributes:
        workout_id: the number in its link.
        distance_miles: None for a workout without distance.
        best_speed_factor: the highest speed as a multiple of the average, None when it was not measured.
        notes: as the runner wrote them.
    """

    workout_id: int
    day: date
    submitted_on: date
    activity_type: str
    distance_miles: float | None
    duration_seconds: int
    best_speed_factor: float | None
    heart_rate: int | None
    notes: str
    source: str


def compose_workouts(
    rows: int = 420, *, seed: int = 1001, first_day: date = FIRST_DAY, last_day: date = LAST_DAY
) -> Iterator[Workout]:
    """Yield workouts, the newest first, one at a time.

    Args:
        rows: how many; beyond a few a day they stop being plausible, but not well-formed.
        seed: another one gives another runner.
        first_day: no workout is before it.
        last_day: no workout is after it.
    """
    random = Random(seed)  # noqa: S311 - nothing secret
    days = [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 1)]
    chosen = random.choices(days, [_eagerness(day) for day in days], k=rows)
    chosen.sort(reverse=True)
    for number, day in enumerate(chosen):
        # Ids grow with time, never repeat, and are the denser the more rows there are.
        age = (number + random.random()) / rows
        yield _compose_workout(random, day, int(_LAST_ID - age * (_LAST_ID - _FIRST_ID)))


def compose_rows(workouts: Iterable[Workout], *, unit: Unit = "mi") -> Iterator[Cells]:
    """Yield the cells of each workout, in the order of the columns, without the header.

    Shapes as in MapMyFitness exports seen in public files: notes are a bytes repr in rows from before
    2023 and plain in later ones.
    """
    units_per_mile = 1.0 if unit == "mi" else 1 / MILES_PER_KILOMETRE
    for workout in workouts:
        yield _cells(workout, units_per_mile)


def header(*, unit: Unit = "mi", generation: Generation = 2025) -> Cells:
    """Return the header of an export; that of 2017 gave no unit for Max Pace and Max Speed."""
    titles = (column.title.replace("mi/h", f"{unit}/h").replace("/mi", f"/{unit}") for column in COLUMNS)
    titles = (title.replace("(mi)", f"({unit})") for title in titles)
    return tuple(
        title.split(" (")[0] if generation == 2017 and title.startswith("Max ") else title for title in titles
    )


def write_export(
    file: TextIO, rows: Iterable[Cells], *, unit: Unit = "mi", generation: Generation = 2025
) -> None:
    """Write an export as the vendor does: quotes only where they are needed, one line feed a row.

    Args:
        file: open for writing, with `newline=""` if it is on disk.
        rows: as `compose_rows` gives them, in the same unit; taken one at a time.
        unit: of length.
        generation: of the header.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header(unit=unit, generation=generation))
    writer.writerows(rows)


def compose_export(
    rows: int = 420,
    *,
    seed: int = 1001,
    unit: Unit = "mi",
    generation: Generation = 2025,
    first_day: date = FIRST_DAY,
    last_day: date = LAST_DAY,
) -> str:
    """Return a whole export as text; see `compose_workouts` and `header` for the arguments."""
    text = io.StringIO(newline="")
    workouts = compose_workouts(rows, seed=seed, first_day=first_day, last_day=last_day)
    write_export(text, compose_rows(workouts, unit=unit), unit=unit, generation=generation)
    return text.getvalue()


def compose_samples() -> dict[str, str]:
    """Return the exports that `data/sample` ships: the file names and their texts.

    Two exports of one account. The newer one contains the workouts of the older one, four of them
    corrected, a workout that is listed twice, and four rows with a fault each.
    """
    history = list(compose_workouts(419))
    older = [workout for workout in history if workout.day.year <= 2018]
    newer = compose_rows(_corrected(history))
    return {
        "user1001_workout_history_2018.csv": _as_text(compose_rows(older), generation=2017),
        "user1001_workout_history.csv": _as_text(_damaged(list(newer)), generation=2025),
    }


def _as_text(rows: Iterable[Cells], *, generation: Generation) -> str:
    text = io.StringIO(newline="")
    write_export(text, rows, generation=generation)
    return text.getvalue()


def _corrected(history: list[Workout]) -> list[Workout]:
    """Return the history with four of the oldest runs as their owner corrected them later."""
    runs = [number for number, workout in enumerate(history) if workout.activity_type == "Run"]
    distance, duration, kind, note = runs[-40], runs[-30], runs[-20], runs[-10]
    corrected = list(history)
    corrected[distance] = replace(
        history[distance], distance_miles=(history[distance].distance_miles or 0) + 0.25
    )
    corrected[duration] = replace(history[duration], duration_seconds=history[duration].duration_seconds + 60)
    corrected[kind] = replace(history[kind], activity_type="Indoor Run / Jog")
    corrected[note] = replace(history[note], notes="Shoes: Brooks Ghost 9")
    return corrected


def _damaged(rows: list[Cells]) -> list[Cells]:
    """Return the rows with four faults in recent runs, and one run twice."""
    runs = [number for number, cells in enumerate(rows) if cells[2] == "Run"]
    for number, column, text in ((runs[20], 1, "Feb. 30, 2025"), (runs[35], 4, ""), (runs[50], 4, "6,4")):
        rows[number] = (*rows[number][:column], text, *rows[number][column + 1 :])
    rows[runs[65]] = (*rows[runs[65]][:11], *rows[runs[65]][12:])  # without its Steps
    rows.insert(runs[5] + 1, rows[runs[5]])
    return rows


@cache
def _eagerness(day: date) -> float:
    if any(begin <= day <= end for begin, end in _PAUSES):
        return 0.02
    weekday = 1.6 if day.weekday() == 6 else 1.0
    return weekday * _EAGERNESS_BY_MONTH[day.month - 1] * _EAGERNESS_BY_YEAR.get(day.year, 1.0)


def _compose_workout(random: Random, day: date, workout_id: int) -> Workout:
    kind = _activity_type(random.random(), day)
    chance, spread, luck = random.random(), random.random(), random.random()
    is_run = kind in ("Run", "Indoor Run / Jog")
    miles, minutes_per_mile = _effort(kind, day, spread, luck)
    minutes = 25 + 40 * spread if miles is None else miles * minutes_per_mile
    heart_rate = int(138 + 24 * luck + 6 * spread) if day >= _HEART_RATE_SINCE and chance < 0.8 else None
    return Workout(
        workout_id=workout_id,
        day=day,
        submitted_on=day + timedelta(days=1) if chance > 0.93 else day,
        activity_type=kind,
        distance_miles=miles,
        duration_seconds=int(minutes * 60),
        best_speed_factor=1.08 + 0.3 * luck if miles is not None and chance < 0.9 else None,
        heart_rate=heart_rate if is_run else None,
        notes=_notes(random, day, is_run),
        source=_source(day, chance),
    )


def _activity_type(chance: float, day: date) -> str:
    if chance < 0.83:
        is_icy = day.month in (12, 1, 2)
        return "Indoor Run / Jog" if chance < (0.5 if is_icy else 0.05) else "Run"
    others = ("Bike Ride", "Bike Ride", "Walk", "Walk", "Gym Workout", "Weight Workout")
    return others[int((chance - 0.83) / 0.17 * len(others))]


def _effort(kind: str, day: date, spread: float, luck: float) -> tuple[float | None, float]:
    """Return a workout's miles and minutes a mile."""
    if kind in ("Gym Workout", "Weight Workout"):
        return None, 0.0
    if kind == "Walk":
        return 1 + 2.5 * spread, 17 + 3 * luck
    if kind == "Bike Ride":
        return 6 + 18 * spread, 4 + 1.2 * luck
    is_long = day.weekday() == 6 and kind == "Run"
    weeks_to_the_race = (date(day.year, 10, 14) - day).days / 7
    build_up = max(0.0, 1 - weeks_to_the_race / 16) if weeks_to_the_race > 0 else 0.0
    miles = 6 + 4 * spread + 9 * build_up if is_long else 3 + 3.5 * spread
    years = (day - FIRST_DAY).days / 365.25
    return miles, 9.6 - 0.12 * years + 0.9 * luck + (0.5 if is_long else 0.0)


def _notes(random: Random, day: date, is_run: bool) -> str:
    lines = []
    if random.random() < 0.4:
        lines.append(_REMARKS[int(random.random() * len(_REMARKS))])
    if is_run and random.random() < 0.85:
        spellings = next(names for since, names in reversed(_SHOES) if since <= day or since == _SHOES[0][0])
        rare = random.random() < 0.12
        lines.append(f"Shoes: {spellings[int(random.random() * len(spellings)) if rare else 0]}")
    return "\n".join(lines)


def _source(day: date, chance: float) -> str:
    if chance < 0.03:
        return ""
    if chance < 0.1 and day.year >= 2019:
        return "Garmin Garmin Connect"
    return f"Map My Fitness MapMyRun {'Android' if day.year < 2018 else 'iPhone'}"


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


def main() -> None:
    """Write the samples into the folder that the command line names."""
    folder = Path(sys.argv[1])
    for name, text in compose_samples().items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
