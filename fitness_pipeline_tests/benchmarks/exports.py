"""Reading exports: to normalized rows, to committed runs, and the memory that takes."""

import resource
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.normalize.mapmyfitness.keys import with_workout_keys
from fitness_pipeline.normalize.mapmyfitness.workouts import normalize_workouts
from fitness_pipeline.providers.mapmyfitness.export import open_export
from fitness_pipeline.sandbox.mapmyfitness.exports import write_export
from fitness_pipeline.sandbox.mapmyfitness.rows import compose_rows
from fitness_pipeline.sandbox.mapmyfitness.workouts import compose_workouts
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.benchmarks.harness import (
    best,
    drop_database,
    fresh_database,
    note,
    report,
    seconds,
)
from fitness_pipeline_tests.benchmarks.plain import copy_both_tables, read_with_models
from fitness_pipeline_tests.builders import settings_in

ROWS = 100_000
MANY_ROWS = 1_000_000
ZONE = "America/Chicago"
TODAY = date(2026, 1, 1)


def benchmark_exports(server: EmbeddedServer, folder: Path) -> None:
    """Print the ratios of reading exports."""
    path = _export(folder, ROWS)
    ours, models = best(
        3, lambda: seconds(lambda: read_vectorised(path)), lambda: seconds(lambda: read_with_models(path))
    )
    note(f"{ROWS:,} rows to normalized rows: {ours:.2f} s; DictReader and a model a row {models:.2f} s")
    report("csv_vs_dictreader_and_models", models / ours, 10)

    with fresh_database(server) as (_, empty):
        pass
    ours, copied = best(
        3, lambda: _import_seconds(server, empty, path), lambda: _copy_seconds(server, empty, path)
    )
    note(f"{ROWS:,} rows, file to committed runs: {ours:.2f} s, {ROWS / ours:,.0f}/s; COPY {copied:.2f} s")
    report("file_to_runs_vs_copy", copied / ours, 0.3)

    few = _peak_megabytes(server, empty, path)
    many = _peak_megabytes(server, empty, _export(folder, MANY_ROWS))
    note(f"peak memory: {few:.0f} MB with {ROWS:,} rows, {many:.0f} MB with {MANY_ROWS:,}")
    report("memory_of_ten_times_the_rows", many / few, 1.5, "<=")
    drop_database(server, empty)


def read_vectorised(path: Path) -> int:
    """Read and normalize an export batch by batch; return how many rows."""
    rows = 0
    with open_export(path) as export:
        for batch in export.batches():
            from_file = with_workout_keys(batch).with_columns(unit=_text(export.unit), time_zone=_text(None))
            rows += batch.height
            normalize_workouts(from_file, default_time_zone=ZONE, shoe_aliases={}, today=TODAY)
    return rows


def import_to_runs(path: Path) -> None:
    """Do all three steps, each committed on its own as in the job."""
    ingest_export(path)
    normalize("mmf", settings_in(ZONE), today=TODAY)
    merge_runs("mmf")


def main() -> None:
    """Import the export that the command line names and print the peak memory in megabytes."""
    import_to_runs(Path(sys.argv[1]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _export(folder: Path, rows: int) -> Path:
    path = folder / f"{rows}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write_export(file, compose_rows(compose_workouts(rows, seed=7)))
    return path


def _import_seconds(server: EmbeddedServer, empty: str, path: Path) -> float:
    with fresh_database(server, empty):
        return seconds(lambda: import_to_runs(path))


def _copy_seconds(server: EmbeddedServer, empty: str, path: Path) -> float:
    """Return how long copying the same runs into both tables takes, once they are known."""
    with open_export(path) as export:
        frames = [
            normalize_workouts(
                with_workout_keys(batch).with_columns(unit=_text(export.unit), time_zone=_text(None)),
                default_time_zone=ZONE,
                shoe_aliases={},
                today=TODAY,
            ).runs
            for batch in export.batches()
        ]
    runs = pl.concat(frames)
    with fresh_database(server, empty) as (connection, _):
        connection.execute(
            "insert into shoes (id, name) select id, id from unnest(%s::text[]) as id",
            [runs["shoe_id"].drop_nulls().unique().to_list()],
        )
        return seconds(lambda: copy_both_tables(connection, runs))


def _peak_megabytes(server: EmbeddedServer, empty: str, path: Path) -> float:
    with fresh_database(server, empty):
        command = [sys.executable, "-m", "fitness_pipeline_tests.benchmarks.exports", str(path)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _text(value: str | None) -> pl.Expr:
    return pl.lit(value, dtype=pl.String)


if __name__ == "__main__":
    main()
