"""From `raw.hevy_workouts` to `lifts`."""

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.lifts import LiftCounts, write_lifts
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.progress import Progress, get_progress, newest_raw_change, record_progress

PROVIDER = "hevy"

RULES_VERSION: int = 1
"""Raised by whoever changes what raw rows mean (`normalized.lift_exercises` and the functions beside it).

All lifts are then compared with their raw rows again.
"""

_RULES = f"lifts {RULES_VERSION}"


def normalize_hevy(*, dagster_run_id: str | None = None, conn: AnyConnection | None = None) -> LiftCounts:
    """Make lifts of the workouts that changed; of all of them when the rules changed.

    Args:
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What became of the workouts.
    """
    with transaction(conn) as connection:
        take_turn(connection, PROVIDER)
        progress = get_progress("normalize", PROVIDER, conn=connection)
        since = progress.change_id if progress.rules == _RULES else 0
        newest = newest_raw_change(PROVIDER, conn=connection)
        counts = LiftCounts()
        if newest != since:
            counts = write_lifts(connection, since, dagster_run_id=dagster_run_id)
        record_progress(connection, "normalize", PROVIDER, Progress(change_id=newest, rules=_RULES))
    return counts


def is_hevy_behind(*, conn: AnyConnection | None = None) -> bool:
    """Return whether workouts, or what they are read by, changed since the lifts were made from them.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        newest = newest_raw_change(PROVIDER, conn=connection)
        expected = Progress(change_id=newest, rules=_RULES)
        return newest > 0 and get_progress("normalize", PROVIDER, conn=connection) != expected
