"""Strength sessions, the exercises that they name, and what they add up to."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from fitness_pipeline.api.schemas.examples import shown_as

_LIFT: JsonDict = {
    "id": "hevy_b459cba5-cd6d-463c-abd6-54f8eafcadcb",
    "title": "Push Day",
    "source": "Hevy",
    "description": None,
    "start_time": "2026-03-02T18:00:00Z",
    "end_time": "2026-03-02T19:05:00Z",
    "exercises": [
        {
            "index": 0,
            "title": "Bench Press (Barbell)",
            "notes": "",
            "template_id": "79D0BB3A",
            "superset_id": None,
            "sets": [{"index": 0, "type": "normal", "weight_kg": 80, "reps": 8}],
        }
    ],
    "total_volume_kg": 640.0,
    "total_sets": 1,
    "deleted_at": None,
}
_TEMPLATE: JsonDict = {
    "id": "79D0BB3A",
    "title": "Bench Press (Barbell)",
    "source": "Hevy",
    "type": "weight_reps",
    "primary_muscle_group": "chest",
    "secondary_muscle_groups": ["triceps", "shoulders"],
    "is_custom": False,
}
_STATS: JsonDict = {
    "start": "2026-03-02",
    "end": "2026-03-08",
    "user_timezone": "Europe/Berlin",
    "weeks": [{"monday": "2026-03-02", "name": "2026-W10", "sessions": 1, "sets": 1, "volume_kg": 640.0}],
    "sets_by_muscle_group": [
        {"muscle_group": "chest", "sets": 1.0, "primary_sets": 1, "secondary_sets": 0},
        {"muscle_group": "triceps", "sets": 0.5, "primary_sets": 0, "secondary_sets": 1},
    ],
    "most_frequent_exercises": [
        {
            "template_id": "79D0BB3A",
            "title": "Bench Press (Barbell)",
            "sessions": 1,
            "sets": 1,
            "last_time": "2026-03-02T18:00:00Z",
        }
    ],
    "best_sets": [
        {
            "template_id": "79D0BB3A",
            "title": "Bench Press (Barbell)",
            "lift_id": "hevy_b459cba5-cd6d-463c-abd6-54f8eafcadcb",
            "start_time": "2026-03-02T18:00:00Z",
            "weight_kg": 80.0,
            "reps": 8.0,
            "one_rep_max_kg": 101.33333333333333,
            "is_record": True,
        }
    ],
}


class LiftOut(BaseModel):
    """A strength session; docs/hevy.md has the shape of its exercises."""

    model_config = shown_as(_LIFT)

    id: str
    title: str
    source: str
    description: str | None
    start_time: datetime
    end_time: datetime | None
    exercises: list[dict[str, Any]]
    total_volume_kg: float
    total_sets: int
    deleted_at: datetime | None


class ExerciseTemplateOut(BaseModel):
    """An exercise that sessions name; type and muscle groups are in Hevy's words."""

    model_config = shown_as(_TEMPLATE)

    id: str
    title: str
    source: str
    type: str | None
    primary_muscle_group: str | None
    secondary_muscle_groups: list[str]
    is_custom: bool


class LiftingWeekOut(BaseModel):
    """What was lifted in an ISO week."""

    model_config = ConfigDict(from_attributes=True)

    monday: date
    name: str
    sessions: int
    sets: int
    volume_kg: float


class MuscleGroupSetsOut(BaseModel):
    """The sets for a muscle group: those whose exercise trains it first of all, and half of the others."""

    model_config = ConfigDict(from_attributes=True)

    muscle_group: str
    sets: float
    primary_sets: int
    secondary_sets: int


class ExerciseFrequencyOut(BaseModel):
    """How often an exercise was done; the latest session with it started at `last_time`."""

    model_config = ConfigDict(from_attributes=True)

    template_id: str | None
    title: str
    sessions: int
    sets: int
    last_time: datetime


class BestSetOut(BaseModel):
    """The best set of an exercise in a session, by what could have been lifted once (Epley's estimate)."""

    model_config = ConfigDict(from_attributes=True)

    template_id: str | None
    title: str
    lift_id: str
    start_time: datetime
    weight_kg: float
    reps: float
    one_rep_max_kg: float
    is_record: bool


class LiftStatsOut(BaseModel):
    """What strength training adds up to from `start` to `end`; warm-ups and deleted sessions do not count."""

    model_config = shown_as(_STATS)

    start: date
    end: date
    user_timezone: str
    weeks: list[LiftingWeekOut]
    sets_by_muscle_group: list[MuscleGroupSetsOut]
    most_frequent_exercises: list[ExerciseFrequencyOut]
    best_sets: list[BestSetOut]
