"""All SQL: one module a table or a task, called as `db.runs.get_all_runs()`."""

from fitness_pipeline.db import runs, runs_history, shoes, sync_metadata

__all__ = ["runs", "runs_history", "shoes", "sync_metadata"]
