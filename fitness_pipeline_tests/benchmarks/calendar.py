"""A sync of the calendar that has nothing to do, over a long history and over a short one."""

import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.sync_calendar import sync_calendar
from fitness_pipeline_tests.benchmarks.harness import drop_database, fresh_database, note, report, seconds
from fitness_pipeline_tests.calendar_sync import connect_google

SHORT = 10_000
LONG = 1_000_000
ROUNDS = 15


def benchmark_calendar(server: EmbeddedServer, folder: Path) -> None:
    """Print the ratio of finding nothing to do over many runs to finding it over few."""
    os.environ["FITNESS_DATA_DIR"] = str(folder)
    with synced_calendar(server, SHORT) as of_short, synced_calendar(server, LONG) as of_long:
        rounds = [(of_short(), of_long()) for _ in range(ROUNDS)]
    short, long = (statistics.median(times) for times in zip(*rounds, strict=True))
    note(
        f"a sync of the calendar without changes: {short * 1000:.1f} ms over {SHORT:,} runs, "
        f"{long * 1000:.1f} ms over {LONG:,}, all of them on the calendar"
    )
    report("calendar_without_changes_over_hundred_times_the_runs", long / short, 1.2, "<=")


@contextmanager
def synced_calendar(server: EmbeddedServer, runs: int) -> Iterator[Callable[[], float]]:
    """Yield a function that syncs a calendar which shows all runs already, and returns how long that took.

    Args:
        server: where its database is made.
        runs: how many there are.
    """
    with GoogleCalendarSandbox() as google, fresh_database(server) as (connection, name):
        environment = {**google.environment(), "DATABASE_URL": os.environ["DATABASE_URL"]}
        os.environ.update(environment)
        connect_google(google, datetime.now(UTC))
        sync_calendar(load_settings())  # begins to note changes, and compares with the settings of now
        _store_history(connection, runs)

        def sync_again() -> float:
            os.environ.update(environment)
            google.log.clear()
            taken = seconds(lambda: sync_calendar(load_settings()))
            assert google.log.count() == 0
            return taken

        sync_again()
        yield sync_again
    drop_database(server, name)


def _store_history(connection: AnyConnection, runs: int) -> None:
    """Store runs with events as if they had been written long ago."""
    connection.execute(
        """
        insert into runs (id, datetime_utc, type, distance, duration, source)
        select 'strava_' || number, timestamptz '2016-01-01 00:00+00' - make_interval(mins => 5 * number),
               'Outdoor Run', 5, 2700, 'Strava'
        from generate_series(1, %s) as number
        """,
        [runs],
    )
    connection.execute("truncate normalized.calendar_changes")
    connection.execute(
        """
        insert into normalized.calendar_events (run_id, generation, calendar_id, state, wanted_hash,
                                                wanted_version, held_hash, held_version)
        select id, 0, 'primary', 'present', 'as it is', 1, 'as it is', 1 from runs
        """
    )
    connection.execute("vacuum analyze")
