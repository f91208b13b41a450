"""`python -m fitness_pipeline_tests.benchmarks [loading] [merging] ...` prints the ratios."""

import sys
import tempfile
from pathlib import Path

from fitness_pipeline_tests.benchmarks.api import benchmark_api
from fitness_pipeline_tests.benchmarks.calendar import benchmark_calendar
from fitness_pipeline_tests.benchmarks.exports import benchmark_exports
from fitness_pipeline_tests.benchmarks.harness import own_server
from fitness_pipeline_tests.benchmarks.lifting import benchmark_lifting
from fitness_pipeline_tests.benchmarks.loading import benchmark_loading
from fitness_pipeline_tests.benchmarks.merging import benchmark_merging
from fitness_pipeline_tests.benchmarks.syncing import benchmark_syncing


def main() -> None:
    """Run the benchmarks that the command line names."""
    names = set(sys.argv[1:]) or {"loading", "merging", "exports", "syncing", "lifting", "calendar", "api"}
    if "loading" in names:
        benchmark_loading()
    with own_server() as server, tempfile.TemporaryDirectory() as folder:
        if "merging" in names:
            benchmark_merging(server)
        if "exports" in names:
            benchmark_exports(server, Path(folder))
        if "syncing" in names:
            benchmark_syncing(server, Path(folder))
        if "lifting" in names:
            benchmark_lifting(server)
        if "api" in names:
            benchmark_api(server, Path(folder))
        if "calendar" in names:
            benchmark_calendar(server, Path(folder))


main()
