"""What the runner does to runs that are on the calendar."""

from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history


def edit(connection: AnyConnection, run_id: str = "strava_1", **updates: Any) -> None:
    """Edit a run: what is given, or else its distance."""
    update_run_with_history(run_id, updates or {"distance": 7.5}, "Ada", conn=connection)


def delete(connection: AnyConnection, run_id: str = "strava_1") -> None:
    """Delete a run."""
    soft_delete_run(run_id, "Ada", conn=connection)


def restore(connection: AnyConnection, run_id: str = "strava_1") -> None:
    """Bring a run back as it was at first."""
    restore_run_version(run_id, 1, "Ada", conn=connection)
