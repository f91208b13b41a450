"""The asset check of `calendar_events`: what to look at; it blocks nothing."""

import dagster as dg

from fitness_pipeline.assets.calendar_events import calendar_events


@dg.asset_check(
    asset=calendar_events, blocking=False, description="Google has taken every event that is wanted."
)
def events_are_taken() -> dg.AssetCheckResult:
    """Look for events that Google refused."""
    from fitness_pipeline.db.calendar_work import count_events  # loads psycopg

    counts = count_events()
    told = {
        "refused": counts.failed,
        "waiting": counts.waiting,
        "not_wanted": counts.declined,
    }
    if not counts.failed:
        return dg.AssetCheckResult(passed=True, metadata=told)
    return dg.AssetCheckResult(
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Google refused {counts.failed} events, such as: {counts.first_error} They are tried "
        "again by themselves, less and less often.",
        metadata=told,
    )
