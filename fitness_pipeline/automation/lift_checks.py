"""The asset checks of `lifts`: what to look at; none of them blocks anything."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from fitness_pipeline.assets.hevy_workouts import hevy_workouts
from fitness_pipeline.assets.lifts import lifts
from fitness_pipeline.settings import load_settings

_STALE_AFTER = timedelta(days=2)
# Bounded, so that what it costs does not grow with the history.
_LOOKED_AT = timedelta(days=365)


@dg.asset_check(asset=lifts, blocking=False, description="No lift ends before it starts.")
def lifts_end_after_they_start() -> dg.AssetCheckResult:
    """Look for lifts whose times were mistyped."""
    from fitness_pipeline.db.lift_integrity import lifts_ending_too_early  # loads psycopg

    found = lifts_ending_too_early()
    if found.count == 0:
        return dg.AssetCheckResult(passed=True, metadata={"violations": 0})
    return _warning(
        f"{found.count} lifts end before they start, such as {', '.join(found.examples)}. Correct their "
        "times in Hevy; the next sync brings them here.",
        {"violations": found.count, "examples": found.examples},
    )


@dg.asset_check(
    asset=lifts,
    blocking=False,
    description="As many lifts count as Hevy counts workouts, but for those that cannot be understood.",
)
def lifts_are_as_many_as_hevy_counts() -> dg.AssetCheckResult:
    """Look at how Hevy's count compared when it was last asked for, and whether all of that are lifts."""
    # These load psycopg.
    from fitness_pipeline.db.hevy_feed import find_last_comparison
    from fitness_pipeline.db.lift_integrity import count_live_lifts, lifts_unlike_their_workouts

    found = lifts_unlike_their_workouts()
    compared = find_last_comparison()
    told: dict[str, Any] = {"live_lifts": count_live_lifts(), "violations": found.count}
    if compared is not None:
        told["count_at_hevy"] = compared.at_hevy
        told["count_here"] = compared.here
        told["compared_at"] = f"{compared.compared_at:%Y-%m-%d %H:%M} UTC"
    if found.count:
        return _warning(
            f"{found.count} lifts are missing or too much beside what was read of Hevy, such as "
            f"{', '.join(found.examples)}. `fitness-pipeline sync hevy --full` and then "
            "`fitness-pipeline rebuild` put it right.",
            {**told, "examples": found.examples},
        )
    if compared is not None and compared.differs:
        return _warning(
            f"Hevy counted {compared.at_hevy} workouts, but {compared.here} were here "
            f"({told['compared_at']}). `fitness-pipeline sync hevy --full` lists all of them and compares "
            "again.",
            told,
        )
    return dg.AssetCheckResult(passed=True, metadata=told)


@dg.asset_check(
    asset=lifts, blocking=False, description="The exercises of the last year name templates that are known."
)
def exercises_name_known_templates() -> dg.AssetCheckResult:
    """Look for exercises whose muscle groups nobody knows."""
    from fitness_pipeline.db.lift_integrity import exercises_without_template  # loads psycopg

    found = exercises_without_template(datetime.now(UTC) - _LOOKED_AT)
    if found.count == 0:
        return dg.AssetCheckResult(passed=True, metadata={"violations": 0})
    return _warning(
        f"{found.count} exercises have no template yet, such as {', '.join(found.examples)}; their sets "
        "count for the muscle group `unknown`. Nothing to do: later syncs ask for the templates again.",
        {"violations": found.count, "examples": found.examples},
    )


@dg.asset_check(asset=lifts, blocking=False, description="Hevy was read completely within the last two days.")
def hevy_was_read_lately(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Look at when a read came to its end; without a key there is nothing to expect.

    The watermark does not tell: it stays at the last workout for as long as nobody lifts.
    """
    event = context.instance.get_latest_materialization_event(hevy_workouts.key)
    read_at = datetime.fromtimestamp(event.timestamp, UTC) if event is not None else None
    told = {"read_at": f"{read_at:%Y-%m-%d %H:%M} UTC"} if read_at is not None else {}
    if load_settings().hevy_api_key is None:
        return dg.AssetCheckResult(passed=True, description="Hevy is not connected.", metadata=told)
    if read_at is None:
        return _warning(
            "Hevy has not been read completely yet. Run the job `hevy`, or look at why its last run failed.",
            told,
        )
    if datetime.now(UTC) - read_at > _STALE_AFTER:
        return _warning(
            f"Hevy was last read completely at {told['read_at']}. Look at why the last run of the job `hevy` "
            "failed, and that its schedule is running.",
            told,
        )
    return dg.AssetCheckResult(passed=True, metadata=told)


def _warning(description: str, metadata: Mapping[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=False, severity=dg.AssetCheckSeverity.WARN, description=description, metadata=metadata
    )
