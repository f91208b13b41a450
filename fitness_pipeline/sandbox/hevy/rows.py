"""The row that Hevy sends for a session: the names that real replies carry, `type` and `supersets_id`."""

from datetime import UTC, datetime
from typing import Any

from fitness_pipeline.sandbox.hevy.sessions import Exercise, ExerciseSet, Session

Row = dict[str, Any]

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def compose_row(
    session: Session, workout_id: str, *, created_at: datetime, updated_at: datetime | None = None
) -> Row:
    """Return the row for a session.

    Args:
        session: what was done.
        workout_id: a uuid.
        created_at: when it was logged.
        updated_at: when it was changed for the last time; by default never after that.
    """
    return {
        "id": workout_id,
        "title": session.title,
        "routine_id": session.routine_id,
        "description": session.description,
        "start_time": with_offset(session.start),
        "end_time": with_offset(session.end),
        "updated_at": with_milliseconds(updated_at or created_at),
        "created_at": with_milliseconds(created_at),
        "exercises": [_exercise(exercise, index) for index, exercise in enumerate(session.exercises)],
    }


def with_offset(at: datetime) -> str:
    """Return a time to the second with +00:00, as a client's fixtures have it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def with_milliseconds(at: datetime) -> str:
    """Return a time to the millisecond with a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def with_z(at: datetime) -> str:
    """Return a time to the second with a Z, as the Hevy API description has it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def created_at(row: Row) -> datetime:
    """Return when a workout was logged, or the nearest to it that its row tells."""
    return _first_time(row, ("created_at", "start_time", "updated_at"))


def updated_at(row: Row) -> datetime:
    """Return when a workout was changed for the last time, or the nearest to it that its row tells."""
    return _first_time(row, ("updated_at", "created_at", "start_time"))


def parse_time(text: Any) -> datetime | None:
    """Return a time that is written in ISO 8601, in UTC where it names no zone; None if it is none."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _first_time(row: Row, names: tuple[str, ...]) -> datetime:
    times = (parse_time(row.get(name)) for name in names)
    return next((at for at in times if at is not None), _LONG_AGO)


def _exercise(exercise: Exercise, index: int) -> Row:
    return {
        "index": index,
        "title": exercise.title,
        "notes": exercise.notes,
        "exercise_template_id": exercise.exercise_template_id,
        "supersets_id": exercise.supersets_id,
        "sets": [_set(one, position) for position, one in enumerate(exercise.sets)],
    }


def _set(one: ExerciseSet, index: int) -> Row:
    return {
        "index": index,
        "type": one.type,
        "weight_kg": _number(one.weight_kg),
        "reps": one.reps,
        "distance_meters": _number(one.distance_meters),
        "duration_seconds": one.duration_seconds,
        "rpe": _number(one.rpe),
        "custom_metric": _number(one.custom_metric),
    }


def _number(value: float | None) -> float | int | None:
    """Return a number as JavaScript writes it: whole ones without a point."""
    return int(value) if value is not None and value == int(value) else value
