"""How the sets of an exercise come about."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from fitness_pipeline.sandbox.hevy.sessions import ExerciseSet
from fitness_pipeline.sandbox.hevy.training.movements import Movement
from fitness_pipeline.sandbox.serving.chance import between, pick

Sets = tuple[ExerciseSet, ...]

_WARM_UPS = ((0.4, 10), (0.6, 5), (0.8, 3))  # parts of the weight, repetitions
_DROPS = (0.75, 0.55)
_METRES_A_SECOND = {"Rowing Machine": (3.4, 4.1), "Treadmill": (2.5, 3.1)}


@dataclass(frozen=True, slots=True)
class Form:
    """How the lifter is on a day.

    Attributes:
        strength: how far from the first weights to the last ones, from 0 to 1.
        is_easy: whether less is to be done than could be.
        is_rated: whether the effort is written down.
    """

    strength: float
    is_easy: bool = False
    is_rated: bool = False

    def weight(self, movement: Movement) -> float:
        """Return the weight of a work set in kg."""
        part = 0.85 if self.is_easy else 1.0
        kg = movement.first_kg * (1 + movement.gain * self.strength) * part
        return max(1, round(kg / movement.step_kg)) * movement.step_kg


def compose_sets(random: Random, movement: Movement, form: Form, *, is_first: bool) -> Sets:
    """Return the sets of an exercise.

    Args:
        random: decides.
        movement: what is done; its type says what is measured.
        form: of the day.
        is_first: of the session: it is warmed up for, and not done until nothing is left.
    """
    match movement.type:
        case "weight_reps":
            return _barbell(random, movement, form, is_first=is_first)
        case "bodyweight_reps":
            extra = form.strength > 0.3 and random.random() < 0.3
            added = pick(random, (2.5, 5.0, 7.5, 10.0)) if extra else None
            return tuple(_efforts(random, movement, form, added))
        case "bodyweight_assisted_reps":
            return tuple(_efforts(random, movement, form, form.weight(movement)))
        case "distance_duration":
            return (_distance(random, movement),)
        case "floors_duration":
            floors = round(between(random, *movement.reps))
            return (
                ExerciseSet(custom_metric=floors, duration_seconds=int(floors * between(random, 14, 19))),
            )
        case "duration" | "weight_duration" | "short_distance_weight":
            return tuple(_holds(random, movement, form))
    return tuple(_efforts(random, movement, form, None))


def _barbell(random: Random, movement: Movement, form: Form, *, is_first: bool) -> Sets:
    """Warm-ups, work sets, and sometimes more than is good."""
    kg = form.weight(movement)
    chance = random.random()
    warm_ups = _WARM_UPS if is_first else _WARM_UPS[1:2] if chance < 0.25 else ()
    sets = [
        ExerciseSet(_rounded(kg * part, movement.step_kg), reps, "warmup")
        for part, reps in warm_ups
        if kg * part >= movement.step_kg
    ]
    sets += _efforts(random, movement, form, kg)
    if form.is_easy:
        return tuple(sets)
    last = sets[-1]
    if random.random() < 0.08:
        sets[-1] = replace(last, type="failure", rpe=10 if form.is_rated else None)
    if not is_first and random.random() < 0.12:
        for part in _DROPS[: 1 if chance < 0.5 else 2]:
            reps = (last.reps or 0) + int(between(random, 0, 4))
            sets.append(ExerciseSet(_rounded(kg * part, movement.step_kg), reps, "dropset"))
    return tuple(sets)


def _efforts(random: Random, movement: Movement, form: Form, kg: float | None) -> Iterator[ExerciseSet]:
    """Yield work sets, each a little harder than the one before."""
    fewest, most = movement.reps
    reps = round(between(random, fewest + 1, most))
    effort = pick(random, (6.0, 7.0, 7.5, 8.0))
    for number in range(2 if form.is_easy else pick(random, (3, 3, 4))):
        rpe = min(10.0, effort + 0.5 * number)
        # The scale has no 6.5.
        yield ExerciseSet(kg, reps, rpe=(7.0 if rpe == 6.5 else rpe) if form.is_rated else None)
        reps = max(fewest - 1, reps - int(between(random, 0, 2.2)))


def _holds(random: Random, movement: Movement, form: Form) -> Iterator[ExerciseSet]:
    kg = form.weight(movement) if movement.first_kg else None
    for _ in range(2 if form.is_easy else 3):
        amount = round(between(random, *movement.reps) / 5) * 5
        if movement.type == "short_distance_weight":
            yield ExerciseSet(kg, distance_meters=amount)
        else:
            yield ExerciseSet(kg, duration_seconds=amount)


def _distance(random: Random, movement: Movement) -> ExerciseSet:
    metres = round(between(random, *movement.reps) / 50) * 50
    seconds = int(metres / between(random, *_METRES_A_SECOND[movement.title]))
    # A treadmill's tenths of a kilometre are converted from miles, and are no whole numbers.
    is_exact = movement.title == "Rowing Machine"
    return ExerciseSet(
        distance_meters=metres if is_exact else round(metres / 160.9344) * 160.9344, duration_seconds=seconds
    )


def _rounded(kg: float, step: float) -> float:
    return max(1, round(kg / step)) * step
