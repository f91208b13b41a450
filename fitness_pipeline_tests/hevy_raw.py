"""Rows in `raw.hevy_workouts` and `raw.hevy_exercise_templates`, as reading Hevy leaves them there."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from fitness_pipeline.db.connection import AnyConnection

EVENING = datetime(2026, 4, 1, 20, tzinfo=UTC)
BENCH_PRESS, SQUAT, PULL_UP = "79D0BB3A", "D04AC939", "1B2B1E7C"


def a_set(index: int = 0, **fields: Any) -> dict[str, Any]:
    """Ten repetitions with sixty kilograms, as Hevy sends them, but for what is given."""
    return {
        "index": index,
        "type": "normal",
        "weight_kg": 60,
        "reps": 10,
        "distance_meters": None,
        "duration_seconds": None,
        "rpe": None,
        "custom_metric": None,
        **fields,
    }


def exercise(*sets: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A bench press with these sets, or one, as Hevy sends it, but for what is given."""
    return {
        "index": 0,
        "title": "Bench Press (Barbell)",
        "notes": "",
        "exercise_template_id": BENCH_PRESS,
        "supersets_id": None,
        "sets": list(sets) or [a_set()],
        **fields,
    }


def workout(id: str = "1", *exercises: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """An hour in the evening with these exercises, or one, as Hevy sends it, but for what is given."""
    return {
        "id": id,
        "title": "Push Day",
        "routine_id": None,
        "description": "",
        "start_time": "2026-04-01T20:00:00+00:00",
        "end_time": "2026-04-01T21:00:00+00:00",
        "updated_at": "2026-04-01T21:01:00Z",
        "created_at": "2026-04-01T21:01:00Z",
        "exercises": list(exercises) or [exercise()],
        **fields,
    }


def put_workouts(connection: AnyConnection, *workouts: Mapping[str, Any]) -> None:
    """Store workouts as they come now; all of them in one change."""
    values = [
        (row["id"], text := json.dumps(row), hashlib.sha256(text.encode()).digest()) for row in workouts
    ]
    change_id = connection.execute("select nextval('raw.change_ids')").fetchone()
    assert change_id is not None
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into raw.hevy_workouts (workout_id, payload, sha256, change_id) values (%s, %s, %s, %s)
            on conflict (workout_id) do update
               set (payload, sha256, change_id, upstream_deleted_at)
                 = (excluded.payload, excluded.sha256, excluded.change_id, null)
            """,
            [(*value, change_id[0]) for value in values],
        )


def delete_workouts(connection: AnyConnection, *ids: str, at: datetime = EVENING) -> None:
    """Mark workouts as deleted upstream."""
    connection.execute(
        """
        update raw.hevy_workouts set upstream_deleted_at = %s, change_id = nextval('raw.change_ids')
        where workout_id = any(%s)
        """,
        [at, list(ids)],
    )


def template(id: str = BENCH_PRESS, **fields: Any) -> dict[str, Any]:
    """The template of the bench press, as Hevy sends it, but for what is given."""
    return {
        "id": id,
        "title": "Bench Press (Barbell)",
        "type": "weight_reps",
        "primary_muscle_group": "chest",
        "secondary_muscle_groups": ["triceps", "shoulders"],
        "is_custom": False,
        **fields,
    }


def put_templates(connection: AnyConnection, templates: Iterable[Mapping[str, Any]]) -> None:
    """Store templates as they come now."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into raw.hevy_exercise_templates (template_id, payload, sha256, fetched_at, change_id)
            values (%s, %s, %s, now(), nextval('raw.change_ids'))
            on conflict (template_id) do update
               set (payload, sha256, change_id) = (excluded.payload, excluded.sha256, excluded.change_id)
            """,
            [
                (row["id"], text := json.dumps(row), hashlib.sha256(text.encode()).digest())
                for row in templates
            ],
        )
