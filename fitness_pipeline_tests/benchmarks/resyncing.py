"""A full sync of Strava that finds every activity unchanged: how fast, and what it writes."""

import os
from pathlib import Path

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.read_strava_activities import read_strava_activities
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline_tests.benchmarks.harness import drop_database, fresh_database, note, report, seconds
from fitness_pipeline_tests.benchmarks.serving import WaitingForReplies, strava_with
from fitness_pipeline_tests.benchmarks.wal import wal_by_table

ACTIVITIES = 100_000
ROUNDS = 7

# How far a listing has come, what is left of the rate limits, and the watermark.
BOOKKEEPING = ("raw.strava_listings", "raw.strava_listed_pages", "raw.rate_limits", "public.sync_metadata")


def benchmark_resyncing(server: EmbeddedServer, folder: Path) -> None:
    """Print how many unchanged activities a full sync reads in a second, and what it writes."""
    with strava_with(ACTIVITIES) as strava, fresh_database(server) as (connection, name):
        os.environ.update(strava, FITNESS_DATA_DIR=str(folder))
        first = _sync_seconds()
        activities = connection.execute("select from raw.strava_activities").rowcount
        connection.execute("vacuum analyze")
        again = min(_sync_seconds() for _ in range(ROUNDS))
        written = wal_by_table(server, connection, _sync_seconds)
    drop_database(server, name)
    note(
        f"a full sync of {activities:,} activities, the time that Strava takes excluded: {again:.2f} s when "
        f"all are unchanged; {first:.2f} s when all are new, {activities / first:,.0f}/s"
    )
    report("unchanged_activities_a_second", activities / again, 50_000)
    note(f"WAL of it: {written.total():,} bytes; {dict(written.most_common())}")
    others = sum(size for table, size in written.items() if table and table not in BOOKKEEPING)
    report("resync_wal_outside_bookkeeping_kilobytes", others / 1000, 1, "<=")


def _sync_seconds() -> float:
    """Read everything; return how long that took, the waiting for Strava's replies excluded."""
    with WaitingForReplies() as waiting:
        return (
            seconds(lambda: read_strava_activities(load_settings(), ReadRequest(is_full=True)))
            - waiting.seconds
        )
