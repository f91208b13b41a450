"""How long the definitions take to load, which every Dagster process waits for."""

import subprocess
import sys

from fitness_pipeline_tests.benchmarks.harness import best, note, report, seconds


def benchmark_loading() -> None:
    """Print the ratio of loading our definitions to loading Dagster."""
    ours, dagster, nothing = best(
        7,
        lambda: _import_seconds("import fitness_pipeline.definitions"),
        lambda: _import_seconds("import dagster"),
        lambda: _import_seconds("pass"),
    )
    note(f"definitions {ours - nothing:.2f} s; dagster alone {dagster - nothing:.2f} s")
    report("definitions_vs_dagster", (ours - nothing) / (dagster - nothing), 1.25, "<=")


def _import_seconds(statement: str) -> float:
    return seconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True))
