"""From `raw.hevy_workouts` to `lifts`."""

from fitness_pipeline.db.changed_hevy_workouts import changed_workouts
from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.lifts import LiftCounts, LiftsWriter
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.progress import Progress, get_progress, newest_raw_change, record_progress
from fitness_pipeline.normalize.hevy.workouts import RULES_VERSION, normalize_workouts

PROVIDER = "hevy"

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
        writer = LiftsWriter(connection, dagster_run_id)
        if newest != since:
            for rows in changed_workouts(connection, since):
                batch = normalize_workouts(rows)
                writer.write(batch.lifts, batch.withdrawn, batch.rejects)
        record_progress(connection, "normalize", PROVIDER, Progress(change_id=newest, rules=_RULES))
    return writer.counts


def is_hevy_behind(*, conn: AnyConnection | None = None) -> bool:
    """Return whether workouts, or what they are read by, changed since the lifts were made from them.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        newest = newest_raw_change(PROVIDER, conn=connection)
        expected = Progress(change_id=newest, rules=_RULES)
        return newest > 0 and get_progress("normalize", PROVIDER, conn=connection) != expected
