"""Merging 100,000 runs into a table of 1,000,000: all new, and all unchanged."""

from collections.abc import Callable

import polars as pl

from fitness_pipeline.db.bulk import copy_frame
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedRunsWriter
from fitness_pipeline.db.queries import fetch_value, query
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
        # The first change of a page after a checkpoint logs the whole page: the rounds after it count.
        measured = [
            (
                _wal_bytes(connection, lambda: _temp_tables_alone(connection, known_runs)),
                _wal_bytes(connection, lambda: _write_and_merge(connection, known_runs)),
            )
            for _ in range(4)
        ]
    tables, merging = (min(column) for column in zip(*measured[1:], strict=True))
    note(f"WAL of {COMING:,} unchanged: {merging:,} bytes; of the temp tables alone {tables:,}")
    report("merge_unchanged_wal_kilobytes", (merging - tables) / 1000, 1, "<=")
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


def _temp_tables_alone(connection: AnyConnection, runs: pl.DataFrame) -> None:
    """Do with temp tables what a merge does, and nothing else."""
    with connection.transaction():
        for start in range(0, runs.height, BATCH):
            connection.execute(query("create_incoming_normalized"))
            copy_frame(connection, "incoming_normalized_runs", runs.slice(start, BATCH))
            connection.execute(
                "create temp table differing_runs as "
                "select *, true as is_known from incoming_normalized_runs where false"
            )
            connection.execute(
                "drop table incoming_normalized_runs, incoming_others, incoming_withdrawn, "
                "incoming_rejects, differing_runs"
            )
        connection.execute(query("stage_concerned_runs"), {"provider": "nobody", "since": 0})
        connection.execute("drop table concerned")


def _on_copy(server: EmbeddedServer, template: str, action: Callable[[AnyConnection], object]) -> float:
    with fresh_database(server, template) as (connection, _):
        connection.execute("select count(*) from runs").fetchone()  # a first query loads the catalogue
        return seconds(lambda: action(connection))


def _wal_bytes(connection: AnyConnection, action: Callable[[], object]) -> int:
    """Return how much write-ahead log this connection alone wrote."""
    statement = "select wal_bytes::bigint from pg_stat_get_backend_wal(pg_backend_pid())"
    connection.execute("select pg_stat_force_next_flush()")
    before = int(fetch_value(connection, statement))
    action()
    connection.execute("select pg_stat_force_next_flush()")
    return int(fetch_value(connection, statement)) - before
