"""Strava: normalizing what is stored, a sync without news, and a full sync of what is known already."""

from pathlib import Path

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline_tests.benchmarks.incremental import benchmark_incremental
from fitness_pipeline_tests.benchmarks.normalizing import benchmark_normalizing
from fitness_pipeline_tests.benchmarks.resyncing import benchmark_resyncing


def benchmark_syncing(server: EmbeddedServer, folder: Path) -> None:
    """Print the ratios of syncing Strava.

    Args:
        server: where the databases are made.
        folder: an empty one, for the key of the tokens.
    """
    benchmark_normalizing(server)
    benchmark_resyncing(server, folder)
    benchmark_incremental(server, folder)
