"""As many Hevy workouts as one likes, of six exercises with four sets each."""

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from fitness_pipeline.db.connection import AnyConnection

EXERCISES, SETS = 6, 4

_FIRST_START = datetime(2006, 1, 1, 18, tzinfo=UTC)
_WEIGHTS = (20, 40, 42.5, 60, 62.5, 82.5, 100, 45.359237)


def many_workouts(count: int) -> Iterator[dict[str, Any]]:
    """Yield workouts as Hevy lists them, the oldest first, with ids that do not come in order.

    Args:
        count: how many; equal numbers give equal workouts.
    """
    chance = random.Random(7)  # noqa: S311 - no secret
    for number in range(count):
        start = _FIRST_START + number * timedelta(hours=3)
        yield {
            "id": f"{chance.getrandbits(32):08x}-cd6d-463c-abd6-{number:012x}",
            "title": f"Day {number % 5}",
            "routine_id": None,
            "description": "",
            "start_time": start.isoformat(),
            "end_time": (start + timedelta(hours=1)).isoformat(),
            "updated_at": start.isoformat(),
            "created_at": start.isoformat(),
            "exercises": [_exercise(index, chance) for index in range(EXERCISES)],
        }


def store_many_workouts(connection: AnyConnection, count: int) -> None:
    """Store such workouts as reading them from Hevy does, only all at once."""
    statement = "copy raw.hevy_workouts (workout_id, payload, sha256, change_id) from stdin"
    with connection.transaction(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for workout in many_workouts(count):
            text = json.dumps(workout, separators=(",", ":"))
            copy.write_row((workout["id"], text, hashlib.sha256(text.encode()).digest(), 1))


def _exercise(index: int, chance: random.Random) -> dict[str, Any]:
    number = chance.randrange(400)
    return {
        "index": index,
        "title": f"Exercise {number} (Barbell)",
        "notes": "",
        "exercise_template_id": f"{number * 7_654_321:08X}",
        "supersets_id": None,
        "sets": [_set(position, chance) for position in range(SETS)],
    }


def _set(position: int, chance: random.Random) -> dict[str, Any]:
    return {
        "index": position,
        "type": "warmup" if position == 0 else "normal",
        "weight_kg": chance.choice(_WEIGHTS),
        "reps": chance.randint(3, 12),
        "distance_meters": None,
        "duration_seconds": None,
        "rpe": chance.choice((None, 8, 8.5)),
        "custom_metric": None,
    }
