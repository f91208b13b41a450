"""The baseline for workouts: `json.loads` and a model of eight typed fields for each set."""

import json
from collections.abc import Iterable

from pydantic import BaseModel


class SetModel(BaseModel):
    """A set as a careful model of it would be written: any field may be missing."""

    index: int | None = None
    type: str | None = None
    weight_kg: float | None = None
    reps: float | None = None
    distance_meters: float | None = None
    duration_seconds: float | None = None
    rpe: float | None = None
    custom_metric: float | None = None


def add_up_with_set_models(payloads: Iterable[str]) -> float:
    """Read workouts one by one, keeping none; return what was lifted in all of them, in kilograms."""
    total = 0.0
    for payload in payloads:
        workout = json.loads(payload)
        for exercise in workout["exercises"]:
            for sent in exercise["sets"]:
                one = SetModel.model_validate(sent)
                if one.type != "warmup" and one.weight_kg is not None and one.reps is not None:
                    total += one.weight_kg * one.reps
    return total
