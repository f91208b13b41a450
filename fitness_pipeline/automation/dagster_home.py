"""Dagster's own folder and storage: a folder below the data folder, tables in a database of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

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
def dagster_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Open the Dagster instance that the UI shows, too.

    Args:
        settings: whose.

    Yields:
        The instance.
    """
    variables = dagster_environment(settings)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            yield instance
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
