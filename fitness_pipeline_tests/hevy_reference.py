"""What a workout of Hevy's says of a lift, in plain Python and one at a time, to compare with."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
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


def lift_of(workout: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a lift says, by the names of its columns; None where a workout cannot be one."""
    start = instant_of(workout.get("start_time"))
    if start is None or "\\u0000" in json.dumps(workout):
        return None
    return {
        "title": text_of(workout.get("title")) or "Workout",
        "description": text_of(workout.get("description")),
        "start_time": start,
        "end_time": instant_of(workout.get("end_time")),
        "exercises": exercises_of(workout),
        "total_volume_kg": volume_of(workout),
        "total_sets": total_sets_of(workout),
    }


def text_of(value: Any) -> str | None:
    """A text in which something can be read."""
    return value if isinstance(value, str) and value.strip() else None


def instant_of(value: Any) -> datetime | None:
    """An instant with its offset."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None and 1900 <= instant.year < 2200 else None


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
