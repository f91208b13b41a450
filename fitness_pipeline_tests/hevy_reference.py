"""What a workout of Hevy's says of a lift, in plain Python and one at a time, to compare with."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

EXERCISE_KEYS = ("index", "title", "notes")
SET_KEYS = (
    "index",
    "type",
    "weight_kg",
    "reps",
    "distance_meters",
    "duration_seconds",
    "rpe",
    "custom_metric",
)


def exercises_of(workout: Any) -> list[dict[str, Any]]:
    """The exercises in the shape of `lifts.exercises`."""
    if not isinstance(workout, Mapping):
        return []
    return [_exercise(sent) for sent in _elements(workout.get("exercises"))]


def volume_of(workout: Any) -> float:
    """Weight times repetitions, of all sets that are no warm-ups."""
    factors = [(number(one.get("weight_kg")), number(one.get("reps"))) for one in _work_sets(workout)]
    return float(
        sum(
            (weight * reps for weight, reps in factors if weight is not None and reps is not None), Decimal(0)
        )
    )


def total_sets_of(workout: Any) -> int:
    """How many sets are no warm-ups."""
    return len(list(_work_sets(workout)))


def number(value: Any) -> Decimal | None:
    """The number of a set, if it can be believed."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1_000_000:
        return None
    return Decimal(repr(value)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def _work_sets(workout: Any) -> Iterator[Mapping[str, Any]]:
    exercises = _elements(workout.get("exercises")) if isinstance(workout, Mapping) else []
    for exercise in exercises:
        for one in _elements(exercise.get("sets")) if isinstance(exercise, Mapping) else []:
            if isinstance(one, Mapping) and one.get("type") != "warmup":
                yield one


def _exercise(sent: Any) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys((*EXERCISE_KEYS, "template_id", "superset_id"))
    if not isinstance(sent, Mapping):
        return {**told, "sets": [], "value": sent}
    renamed = ("exercise_template_id", "supersets_id")
    return {
        **told,
        **{key: value for key, value in sent.items() if key not in renamed},
        "template_id": sent.get("exercise_template_id", sent.get("template_id")),
        "superset_id": _first(sent.get("supersets_id"), sent.get("superset_id")),
        "sets": [_set(one) for one in _elements(sent.get("sets"))],
    }


def _set(sent: Any) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(SET_KEYS)
    return {**told, **sent} if isinstance(sent, Mapping) else {**told, "value": sent}


def _elements(sent: Any) -> list[Any]:
    """What is in a list, and in lists in it; what stands where a list should is its one element."""
    elements: list[Any] = []
    for one in sent if isinstance(sent, list) else [sent]:
        elements.extend(one if isinstance(one, list) else [one])
    return [one for one in elements if one is not None]


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
