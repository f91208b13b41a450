"""Stored Strava activities to normalized rows: how fast, and in how much memory."""

import re
import resource
import subprocess
import sys
from pathlib import Path

from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.steps.normalize import normalize, normalized_batches
from fitness_pipeline_tests.benchmarks.activities import TODAY, store_many_activities
from fitness_pipeline_tests.benchmarks.activity_models import read_with_activity_models
from fitness_pipeline_tests.benchmarks.harness import (
    best,
    drop_database,
    fresh_database,
    note,
    report,
    seconds,
)
from fitness_pipeline_tests.builders import settings_in

FEW = 50_000
MANY = 200_000

_STATUS = Path("/proc/self/status")


def benchmark_normalizing(server: EmbeddedServer) -> None:
    """Print the ratios of normalizing activities."""
    with fresh_database(server) as (connection, name):
        store_many_activities(connection, FEW)
        memory_of_few = _peak_megabytes()
        store_many_activities(connection, MANY - FEW, first_number=FEW)
        connection.execute("vacuum analyze")
        memory_of_many = _peak_megabytes()
        payloads = _payloads(connection)
        ours, models, models_from_database, written = best(
            5,
            lambda: seconds(lambda: _normalize_only(connection)),
            lambda: seconds(lambda: read_with_activity_models(payloads)),
            lambda: seconds(lambda: read_with_activity_models(_payloads(connection))),
            lambda: _write_seconds(connection),
        )
    drop_database(server, name)
    note(
        f"{MANY:,} stored activities to normalized rows: {ours:.2f} s; json.loads and a model each "
        f"{models:.2f} s, {models_from_database:.2f} s with reading them"
    )
    report("activities_vs_json_and_models", models / ours, 8)
    report("activities_vs_reading_json_and_models", models_from_database / ours, 8)
    note(f"the same with storing all of them in normalized.runs: {written:.2f} s, {MANY / written:,.0f}/s")
    note(
        f"peak memory: {memory_of_few:.0f} MB with {FEW:,} activities, {memory_of_many:.0f} MB with {MANY:,}"
    )
    report("memory_of_four_times_the_activities", memory_of_many / memory_of_few, 1.5, "<=")


def main() -> None:
    """Normalize what the database of the environment holds and print the peak memory in megabytes."""
    with connect() as connection:
        _normalize_only(connection)
    print(_own_peak_megabytes())


def _normalize_only(connection: AnyConnection) -> None:
    with connection.transaction():
        for _ in normalized_batches(connection, "strava", settings_in(), since=0, today=TODAY):
            pass


def _write_seconds(connection: AnyConnection) -> float:
    """Return how long the step takes that writes what is new, all of it; nothing of it stays."""
    with connection.transaction(force_rollback=True):
        return seconds(lambda: normalize("strava", settings_in(), today=TODAY, conn=connection))


def _payloads(connection: AnyConnection) -> list[str]:
    return [row[0] for row in connection.execute("select payload::text from raw.strava_activities")]


def _own_peak_megabytes() -> float:
    if _STATUS.exists():
        # What `getrusage` tells begins with the peak of the process that started this one.
        (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())
        return int(peak) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes, on macOS


def _peak_megabytes() -> float:
    command = [sys.executable, "-m", "fitness_pipeline_tests.benchmarks.normalizing"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
