"""The asset checks of `runs`: what must hold before anything downstream may use it."""

from typing import TYPE_CHECKING

import dagster as dg

from fitness_pipeline.assets.runs import runs

if TYPE_CHECKING:
    from fitness_pipeline.db.integrity import Violations


def _result(violations: "Violations") -> dg.AssetCheckResult:
    if violations.count == 0:
        return dg.AssetCheckResult(passed=True, metadata={"violations": 0})
    return dg.AssetCheckResult(
        passed=False,
        description=f"{violations.count} runs break this rule, such as {', '.join(violations.examples)}. "
        "Correct them (db.runs_history.update_run_with_history, or restore a version) or delete them.",
        metadata={"violations": violations.count, "examples": violations.examples},
    )


@dg.asset_check(
    asset=runs,
    blocking=True,
    description="A run's version is its newest history row, and equals it.",
)
def versions_equal_newest_history() -> dg.AssetCheckResult:
    """Compare every run with its newest version."""
    from fitness_pipeline.db.integrity import runs_unlike_their_newest_version  # loads psycopg

    return _result(runs_unlike_their_newest_version())


@dg.asset_check(
    asset=runs,
    blocking=True,
    description="Ids that begin with strava_ come from Strava, those with mmf_ from MapMyFitness.",
)
def ids_match_their_source() -> dg.AssetCheckResult:
    """Look for ids that do not fit."""
    from fitness_pipeline.db.integrity import runs_with_foreign_ids  # loads psycopg

    return _result(runs_with_foreign_ids())


@dg.asset_check(
    asset=runs,
    blocking=True,
    description="No run lies in the future or before 1900, no heart rate is outside 20 to 250.",
)
def values_are_possible() -> dg.AssetCheckResult:
    """Look for values that cannot be."""
    from fitness_pipeline.db.integrity import runs_with_impossible_values  # loads psycopg

    return _result(runs_with_impossible_values())
