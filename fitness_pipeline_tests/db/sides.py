"""The two sides of a merge, for tests of it: what the provider says and what the runner does."""

from typing import Any

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.models import NewRun
from fitness_pipeline_tests.builders import history, say_upstream, the_run

NOTHING = MergeCounts()


def merge(connection: AnyConnection, *, are_deletions_confirmed: bool = False) -> MergeCounts:
    """Merge what the provider said."""
    return merge_runs("mmf", are_deletions_confirmed=are_deletions_confirmed, conn=connection)


def upstream(connection: AnyConnection, *runs: NewRun, walks: tuple[str, ...] = ()) -> MergeCounts:
    """Have the provider say something, then merge."""
    say_upstream(connection, *runs, others=walks)
    return merge(connection)


def edit(connection: AnyConnection, id: str = "mmf_1", **updates: Any) -> None:
    """Have the runner edit a run."""
    db.runs_history.update_run_with_history(id, updates, "Ada", conn=connection)


def delete(connection: AnyConnection, id: str = "mmf_1") -> None:
    """Have the runner delete a run."""
    db.runs_history.soft_delete_run(id, "Ada", conn=connection)


def restore(connection: AnyConnection, version: int, id: str = "mmf_1") -> None:
    """Have the runner restore a version of a run."""
    db.runs_history.restore_run_version(id, version, "Ada", conn=connection)


def is_deleted(connection: AnyConnection, id: str = "mmf_1") -> bool:
    """Whether a run is deleted."""
    return the_run(connection, id).deleted_at is not None


def story(connection: AnyConnection, id: str = "mmf_1") -> list[tuple[str, str | None]]:
    """What happened to a run, and through whom."""
    return [(version.change_type, version.changed_by) for version in history(connection, id)]
