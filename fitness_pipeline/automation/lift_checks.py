"""The asset checks of `lifts`: what to look at; none of them blocks anything."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

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
def hevy_was_read_lately() -> dg.AssetCheckResult:
    """Look at how far Hevy was read; without a key there is nothing to expect."""
    from fitness_pipeline.db.sync_metadata import get_last_sync_time  # loads psycopg

    read_until = get_last_sync_time("hevy")
    told = {"read_until": f"{read_until:%Y-%m-%d %H:%M} UTC"} if read_until is not None else {}
    if load_settings().hevy_api_key is None:
        return dg.AssetCheckResult(passed=True, description="Hevy is not connected.", metadata=told)
    if read_until is None:
        return _warning(
            "Hevy has not been read completely yet. Run the job `hevy`, or look at why its last run failed.",
            told,
        )
    if datetime.now(UTC) - read_until > _STALE_AFTER:
        return _warning(
            f"Hevy was read completely only until {told['read_until']}. Look at why the last run of the job "
            "`hevy` failed, and that its schedule is running.",
            told,
        )
    return dg.AssetCheckResult(passed=True, metadata=told)


def _warning(description: str, metadata: Mapping[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=False, severity=dg.AssetCheckSeverity.WARN, description=description, metadata=metadata
    )
