"""Merging 100,000 runs into a table of 1,000,000: all new, and all unchanged."""

from collections.abc import Callable

import polars as pl

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedRunsWriter
from fitness_pipeline.normalize.batch import nothing_withdrawn
from fitness_pipeline_tests.benchmarks.harness import (
    best,
    drop_database,
    fresh_database,
    note,
    report,
    seconds,
)
from fitness_pipeline_tests.benchmarks.plain import copy_both_tables, executemany_both_tables
from fitness_pipeline_tests.benchmarks.rows import NO_OTHERS, NO_REJECTS, normalized_runs, run_tuples
from fitness_pipeline_tests.benchmarks.wal import wal_by_table

THERE = 1_000_000
COMING = 100_000
BATCH = 50_000


def benchmark_merging(server: EmbeddedServer) -> None:
    """Print the ratios of the merge."""
    new_runs = normalized_runs(COMING, first_number=THERE)
    known_runs = normalized_runs(COMING)
    with fresh_database(server) as (connection, full):
        for start in range(0, THERE, BATCH):
            _write(connection, normalized_runs(BATCH, first_number=start))
        merge_runs("mmf", conn=connection)
        connection.execute("vacuum analyze")
    # From rows in memory to both tables and to our own third one, which the plain ways do without.
    ours, copied, one_by_one = best(
        3,
        lambda: _on_copy(server, full, lambda connection: _write_and_merge(connection, new_runs)),
        lambda: _on_copy(server, full, lambda connection: copy_both_tables(connection, new_runs)),
        lambda: _on_copy(
            server, full, lambda connection: executemany_both_tables(connection, run_tuples(new_runs))
        ),
    )
    note(f"{COMING:,} new into {THERE:,}: {ours:.2f} s; COPY {copied:.2f} s; executemany {one_by_one:.2f} s")
    report("merge_new_vs_copy", copied / ours, 0.8)
    report("merge_new_vs_executemany", one_by_one / ours, 5)
    ours, one_by_one = best(
        3,
        lambda: _on_copy(server, full, lambda connection: _write_and_merge(connection, known_runs)),
        lambda: _on_copy(
            server, full, lambda connection: executemany_both_tables(connection, run_tuples(known_runs))
        ),
    )
    note(f"{COMING:,} unchanged: {ours:.2f} s; executemany {one_by_one:.2f} s")
    report("merge_unchanged_vs_executemany", one_by_one / ours, 8)
    with fresh_database(server, full) as (connection, _):
        written = wal_by_table(server, connection, lambda: _write_and_merge(connection, known_runs))
    of_tables = {name: size for name, size in written.items() if name}
    # The catalogue's part is that of the temp tables, as much as any number of rows needs.
    note(f"WAL of {COMING:,} unchanged: {of_tables} bytes, and {written['']:,} of the catalogue")
    report("merge_unchanged_wal_kilobytes", sum(of_tables.values()) / 1000, 1, "<=")
    drop_database(server, full)


def _write(connection: AnyConnection, runs: pl.DataFrame) -> None:
    with connection.transaction():
        take_turn(connection, "mmf")
        writer = NormalizedRunsWriter(connection, "mmf", None)
        for start in range(0, runs.height, BATCH):
            writer.write(runs.slice(start, BATCH), NO_OTHERS, nothing_withdrawn(), NO_REJECTS)


def _write_and_merge(connection: AnyConnection, runs: pl.DataFrame) -> None:
    with connection.transaction():
        _write(connection, runs)
        merge_runs("mmf", conn=connection)


def _on_copy(server: EmbeddedServer, template: str, action: Callable[[AnyConnection], object]) -> float:
    with fresh_database(server, template) as (connection, _):
        connection.execute("select count(*) from runs").fetchone()  # a first query loads the catalogue
        return seconds(lambda: action(connection))
