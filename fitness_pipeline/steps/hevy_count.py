"""Whether as many workouts are here as Hevy counts."""

from datetime import datetime

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.hevy_feed import CountComparison, record_comparison
from fitness_pipeline.db.hevy_workouts import count_workouts


def compare_count(connection: AnyConnection, at_hevy: int, at: datetime) -> CountComparison:
    """Compare Hevy's count with what is here, and record it for the asset check.

    What happened since the last read makes a difference, too: that is to be read first.

    Args:
        connection: to work on.
        at_hevy: what Hevy counts.
        at: when it was asked.
    """
    with transaction(connection):
        here = count_workouts(conn=connection).total
        comparison = CountComparison(at_hevy=at_hevy, here=here, compared_at=at)
        record_comparison(connection, comparison)
    return comparison
