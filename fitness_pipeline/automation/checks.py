"""The asset checks of `runs`: what must hold before anything downstream may use it, and what to look at."""

from typing import TYPE_CHECKING

import dagster as dg

from fitness_pipeline.assets.runs import runs

if TYPE_CHECKING:
    from fitness_pipeline.db.checks_passed import Checked


def _result(checked: "Checked") -> dg.AssetCheckResult:
    violations = checked.violations
    if checked.passed_at is not None:
        return dg.AssetCheckResult(
            passed=True,
            description="Nothing has changed since all runs were looked at last.",
            metadata={"violations": 0, "looked_at": f"{checked.passed_at:%Y-%m-%d %H:%M} UTC"},
        )
    if violations.count == 0:
        return dg.AssetCheckResult(passed=True, metadata={"violations": 0})
    return dg.AssetCheckResult(
        passed=False,
        description=f"{violations.count} runs break this rule, such as {', '.join(violations.examples)}. "
        "Correct them (db.runs_history.update_run_with_history, or restore a version) or delete them. "
        "`fitness-pipeline rebuild` puts right what the raw rows and your edits tell otherwise.",
        metadata={"violations": violations.count, "examples": violations.examples},
    )


@dg.asset_check(
    asset=runs,
    blocking=True,
    description="A run's version is its newest history row, and equals it.",
)
def versions_equal_newest_history() -> dg.AssetCheckResult:
    """Compare every run with its newest version."""
    from fitness_pipeline.db.checks_passed import checked  # loads psycopg
    from fitness_pipeline.db.integrity import runs_unlike_their_newest_version

    return _result(checked("versions_equal_newest_history", runs_unlike_their_newest_version))


@dg.asset_check(
    asset=runs,
    blocking=True,
    description="Ids that begin with strava_ come from Strava, those with mmf_ from MapMyFitness.",
)
def ids_match_their_source() -> dg.AssetCheckResult:
    """Look for ids that do not fit."""
    from fitness_pipeline.db.checks_passed import checked  # loads psycopg
    from fitness_pipeline.db.integrity import runs_with_foreign_ids

    return _result(checked("ids_match_their_source", runs_with_foreign_ids))


@dg.asset_check(
    asset=runs,
    blocking=True,
    description="No run lies in the future or before 1900, no heart rate is outside 20 to 250.",
)
def values_are_possible() -> dg.AssetCheckResult:
    """Look for values that cannot be."""
    from fitness_pipeline.db.checks_passed import checked  # loads psycopg
    from fitness_pipeline.db.integrity import runs_with_impossible_values

    return _result(checked("values_are_possible", runs_with_impossible_values))


@dg.asset_check(
    asset=runs,
    blocking=False,
    description="The runner has settled every field that both the runner and a provider changed.",
)
def conflicts_are_settled() -> dg.AssetCheckResult:
    """Look for conflicts that wait for the runner; what the runner says stands until then."""
    from fitness_pipeline.db.conflicts import count_open_conflicts  # loads psycopg

    conflicts = count_open_conflicts()
    if conflicts == 0:
        return dg.AssetCheckResult(passed=True, metadata={"open_conflicts": 0})
    return dg.AssetCheckResult(
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{conflicts} of the runner's edits differ from what the source says; they stay. "
        "`fitness-pipeline conflicts` shows them and settles them.",
        metadata={"open_conflicts": conflicts},
    )
