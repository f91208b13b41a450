"""Dagster's own folder and storage: a folder below the data folder, tables in a database of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from fitness_pipeline.automation.sensors import FILE_TAG
from fitness_pipeline.db.provision import dagster_database_url
from fitness_pipeline.errors import ServerUnreachable
from fitness_pipeline.settings import Settings

# The URL may hold a password, so dagster.yaml names this variable instead.
STORAGE_URL_VARIABLE = "FITNESS_DAGSTER_STORAGE_URL"

_CONFIGURATION = f"""\
# Written by fitness-pipeline at each start; changes made here do not last.
storage:
  postgres:
    postgres_url:
      env: {STORAGE_URL_VARIABLE}
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: true
concurrency:
  runs:
    # Of two exports that are dropped at once, the older one has to be read first.
    tag_concurrency_limits:
      - key: {FILE_TAG}
        limit: 1
retention:
  sensor:
    purge_after_days:
      skipped: 2
      success: 30
  schedule:
    purge_after_days: 90
"""


_NO_OUTPUT = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}


def dagster_environment(settings: Settings) -> dict[str, str]:
    """Make sure that Dagster's folder and database are there.

    Args:
        settings: whose.

    Returns:
        The environment variables that a Dagster process needs, the settings' own ENV among them.

    Raises:
        DatabaseError: the server cannot be reached, or Dagster's database cannot be created.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    (home / "dagster.yaml").write_text(_CONFIGURATION, encoding="utf-8")
    return {
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        # gRPC's handlers can crash the children that a busy process forks.
        "GRPC_ENABLE_FORK_SUPPORT": "false",
        STORAGE_URL_VARIABLE: dagster_database_url(settings),
        "ENV": settings.env,
    }


@contextmanager
def explained_loss() -> Iterator[None]:
    """Turn the loss of the database, which Dagster's storage cannot work without, into a sentence.

    Raises:
        ServerUnreachable: the database went away.
    """
    from dagster_postgres.utils import DagsterPostgresException  # here: it loads SQLAlchemy's dialects
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DagsterPostgresException, DBAPIError) as error:
        raise ServerUnreachable(
            "The database went away in the midst of it. What was not committed is undone; do the same again "
            "once the database is back."
        ) from error


@contextmanager
def dagster_instance(settings: Settings, *, is_for_threads: bool = False) -> Iterator[dg.DagsterInstance]:
    """Open the Dagster instance that the UI shows, too.

    Args:
        settings: whose.
        is_for_threads: whether several threads of this process are to run jobs at once. What their steps
            print, besides what they log, is not kept then.

    Yields:
        The instance.
    """
    variables = dagster_environment(settings)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    # Dagster would lead the output of the whole process to the file of one step.
    overrides: Any = {"compute_logs": _NO_OUTPUT} if is_for_threads else {}
    reference = InstanceRef.from_dir(str(settings.dagster_home), overrides=overrides)
    try:
        with dg.DagsterInstance.from_ref(reference) as instance:
            if is_for_threads:
                # Each run that begins would set up all logging anew, and so close handlers which a thread
                # of another run is just writing to: the two then wait for each other for ever.
                instance.get_yaml_python_handlers = list  # type: ignore[method-assign]
            yield instance
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
