"""Workouts of a runner who does not exist, over ten years."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

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
_FIRST_ID, _LAST_ID = 1_310_000_000, 8_700_000_000


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
