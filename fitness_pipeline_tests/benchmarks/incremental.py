"""An incremental sync of Strava without news, over a long history and over a short one."""

import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fitness_pipeline.db.catalog import describe_table, preview_table
from fitness_pipeline.db.checks_passed import Scan, checked
from fitness_pipeline.db.conflicts import count_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.integrity import (
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
from fitness_pipeline.db.merge import create_missing_shoes, merge_runs
from fitness_pipeline.db.shoe_retirements import mirror_retirements
from fitness_pipeline.db.sync_metadata import update_last_sync_time
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.normalize import PROVIDERS, normalize
from fitness_pipeline.steps.read_strava_activities import read_strava_activities
from fitness_pipeline.steps.read_strava_gear import read_strava_gear
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline.steps.strava_session import open_strava_api
from fitness_pipeline_tests.benchmarks.activities import SCOPE, athlete
from fitness_pipeline_tests.benchmarks.harness import drop_database, fresh_database, note, report, seconds
from fitness_pipeline_tests.benchmarks.serving import WaitingForReplies, strava_with

SHORT = 10_000
LONG = 1_000_000
ROUNDS = 15

_SCANS: tuple[Scan, ...] = (
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
_SHOWN = {
    "raw.strava_activities": "change_id",
    "raw.strava_gear": "asked_at",
    "normalized.runs": "change_id",
    "public.shoes": "created_at",
    "public.runs": "datetime_utc",
}


def benchmark_incremental(server: EmbeddedServer, folder: Path) -> None:
    """Print the ratio of an incremental sync without news over a long history to one over a short one."""
    os.environ["FITNESS_DATA_DIR"] = str(folder)
    with synced_history(server, SHORT) as of_short, synced_history(server, LONG) as of_long:
        rounds = [(of_short(), of_long()) for _ in range(ROUNDS)]
    short, long = (sorted(times) for times in zip(*rounds, strict=True))
    medians = statistics.median(short), statistics.median(long)
    note(
        f"an incremental sync without news: {medians[0] * 1000:.0f} ms over {SHORT:,} runs, "
        f"{medians[1] * 1000:.0f} ms over {LONG:,}; best {short[0] * 1000:.0f} ms and {long[0] * 1000:.0f} ms"
    )
    report("sync_without_news_over_hundred_times_the_runs", medians[1] / medians[0], 1.2, "<=")


@contextmanager
def synced_history(server: EmbeddedServer, runs: int) -> Iterator[Callable[[], float]]:
    """Yield a function that syncs a history again and returns how long that took, Strava's part excluded.

    Args:
        server: where its database is made.
        runs: how many there are, besides those of the last weeks.
    """
    with strava_with() as strava, fresh_database(server) as (connection, name):
        environment = {**strava, "DATABASE_URL": os.environ["DATABASE_URL"]}
        os.environ.update(environment)
        _store_history(connection, runs)
        sync_all()
        sync_all()
        connection.execute("vacuum analyze")

        def sync_again() -> float:
            os.environ.update(environment)
            with WaitingForReplies() as waiting:
                return seconds(sync_all) - waiting.seconds

        yield sync_again
    drop_database(server, name)


def sync_all() -> None:
    """Do what the job of Strava does: every step, the asset checks, and what is shown of the tables."""
    settings = load_settings()
    read_strava_activities(settings, ReadRequest(is_incremental=True))
    with open_strava_api(settings, is_live=True) as api:
        read_strava_gear(api, is_full=False)
    for provider in PROVIDERS:
        normalize(provider, settings, today=datetime.now(UTC).date())
    mirror_retirements()
    for provider in PROVIDERS:
        create_missing_shoes(provider)
    mirror_retirements()
    for provider in PROVIDERS:
        merge_runs(provider)
    for number, scan in enumerate(_SCANS):
        assert checked(str(number), scan).violations.count == 0
    count_open_conflicts()
    for table, newest_by in _SHOWN.items():
        describe_table(table)
        preview_table(table, newest_by=newest_by, limit=5)


def _store_history(connection: AnyConnection, runs: int) -> None:
    """Store small activities of long ago, and pretend that everything was synced yesterday."""
    connection.execute(
        """
        insert into raw.strava_activities (activity_id, payload, sha256, start_date, scope, change_id)
        select number * 1009 as activity_id, payload, sha256(payload::text::bytea),
               timestamptz '2016-01-01 00:00+00' - make_interval(mins => 5 * number), %(scope)s,
               1 + number / 200
        from generate_series(1, %(runs)s::integer) as number
        cross join lateral (
            select jsonb_build_object(
                'sport_type', 'Run', 'athlete', jsonb_build_object('id', %(athlete_id)s::bigint),
                'distance', 3000 + number %% 20000, 'elapsed_time', 1200 + number %% 6000,
                'gear_id', (%(gear)s::text[])[1 + number %% cardinality(%(gear)s::text[])]
            ) as payload
        ) as composed
        """,
        {
            "runs": runs,
            "scope": SCOPE,
            "athlete_id": ATHLETE_ID,
            "gear": [gear.id for gear in athlete().gear if not gear.is_bike],
        },
    )
    connection.execute("select setval('raw.change_ids', (select max(change_id) from raw.strava_activities))")
    connection.execute(
        "insert into raw.strava_gear (gear_id) select distinct gear_id from raw.strava_activities"
    )
    connection.execute("analyze")
    update_last_sync_time("strava", datetime.now(UTC) - timedelta(days=1), conn=connection)
