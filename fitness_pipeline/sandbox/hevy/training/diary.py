"""What was done on a day."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from fitness_pipeline.sandbox.hevy.sessions import Exercise, Session
from fitness_pipeline.sandbox.hevy.training.movements import MOVEMENTS
from fitness_pipeline.sandbox.hevy.training.programme import Programme, Routine, is_holiday
from fitness_pipeline.sandbox.hevy.training.sets import Form, compose_sets
from fitness_pipeline.sandbox.serving.chance import between, pick

_HOME = ZoneInfo("America/Chicago")
_HOURS = (6, 17, 17, 18, 18, 19)
_HOURS_OF_A_WEEKEND = (9, 10, 11)
_NOTES = (
    "Elbows in!",
    "Left shoulder clicks a little",
    "Belt from the second set on",
    "Neue Griffe 🙌",
    "Pause at the bottom",
    "Seat 4, pad 2",
)
_DESCRIPTIONS = (
    "Slept badly, everything heavy.",
    "With Zoë. New best on the first one!",
    "Short on time\n- skipped the last one",
    "Gym was packed.",
)
_DELETED_EXERCISE = "Landmine Twist"
_WEEKS_WITH_IT = 20


def compose_session(random: Random, programme: Programme, day: date) -> Session | None:
    """Return the session of a day, or None when there is none.

    Args:
        random: decides; a day uses as much of it as it likes.
        programme: what was planned.
        day: on the local calendar.
    """
    routine = programme.routine(day)
    if routine is None or random.random() > programme.share(day):
        return None
    form = Form(
        programme.strength(day),
        is_easy=programme.is_easy(day) or programme.is_back(day),
        is_rated=programme.weeks(day) > 12 and random.random() < 0.4,
    )
    is_short = random.random() < 0.06
    exercises = _exercises(random, routine, programme.cycle(day), form)[: 3 if is_short else None]
    if programme.weeks(day) < _WEEKS_WITH_IT and not is_holiday(day) and random.random() < 0.2:
        movement = MOVEMENTS[_DELETED_EXERCISE]
        sets = compose_sets(random, movement, form, is_first=False)
        exercises = (*exercises, Exercise(movement.title, sets, template_id=movement.id))
    minutes = 4 + sum(len(exercise.sets) for exercise in exercises) * between(random, 1.9, 2.9)
    return Session(
        start=_start(random, day),
        title="Quick one" if is_short else routine.title,
        exercises=exercises,
        lasted=timedelta(seconds=int(minutes * 60)),
        description=pick(random, _DESCRIPTIONS) if random.random() < 0.08 else "",
        routine_id=None if is_short else routine.id,
    )


def _exercises(random: Random, routine: Routine, cycle: int, form: Form) -> tuple[Exercise, ...]:
    movements = [MOVEMENTS[title] for title in routine.movements(cycle)]
    supersets: dict[int, int] = {}
    for number, first in enumerate(routine.pairs):
        if random.random() < 0.4:
            supersets |= {first: number, first + 1: number}
    return tuple(
        Exercise(
            movement.title,
            compose_sets(random, movement, form, is_first=position == 0),
            notes=pick(random, _NOTES) if random.random() < 0.05 else "",
            template_id=movement.id,
            supersets_id=supersets.get(position),
        )
        for position, movement in enumerate(movements)
    )


def _start(random: Random, day: date) -> datetime:
    hour = pick(random, _HOURS if day.weekday() < 5 else _HOURS_OF_A_WEEKEND)
    minute, second = int(random.random() * 60), int(random.random() * 60)
    start = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_HOME)
    # Arithmetic on local times does not know of clocks that change.
    return start.astimezone(UTC)
