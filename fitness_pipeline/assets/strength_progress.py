"""The asset `strength_progress`: what the lifts add up to, as charts."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from fitness_pipeline.assets.exercise_templates import exercise_templates
from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.lifts import lifts
from fitness_pipeline.assets.reporting import Stopwatch
from fitness_pipeline.settings import load_settings, time_zone

# Bounded, so that what it costs does not grow with the history.
_WEEKS_OF_VOLUME = 26
_WEEKS_OF_SETS = 4
_WEEKS_OF_BEST_SETS = 52
_EXERCISES = 10


@dg.asset(
    key=["strength_progress"],
    deps=[lifts, exercise_templates],
    group_name="strength",
    kinds={"postgres"},
    owners=OWNERS,
    description="What the lifts add up to: sessions and volume by week, sets by muscle group, best sets. "
    "Open its latest materialization for the charts.",
)
def strength_progress() -> dg.MaterializeResult[None]:
    """Draw the charts of the last weeks."""
    # These load psycopg.
    from fitness_pipeline.assets.strength_charts import best_sets_chart, muscle_groups_chart, weeks_chart
    from fitness_pipeline.db.lift_statistics import (
        best_sets,
        lifting_by_week,
        most_frequent_exercises,
        sets_by_muscle_group,
    )

    stopwatch = Stopwatch()
    home = load_settings().mmf_timezone
    today = datetime.now(UTC).astimezone(time_zone(home)).date()
    # From a Monday on, so that only the current week is cut.
    of_volume = today - timedelta(days=today.weekday(), weeks=_WEEKS_OF_VOLUME - 1)
    of_sets = today - timedelta(days=-1, weeks=_WEEKS_OF_SETS)
    of_best_sets = today - timedelta(days=-1, weeks=_WEEKS_OF_BEST_SETS)
    with dagster_failures():
        weeks = lifting_by_week(home, since=of_volume, until=today)
        groups = sets_by_muscle_group(since=of_sets, until=today, time_zone=home)
        frequent = most_frequent_exercises(_EXERCISES, since=of_best_sets, until=today, time_zone=home)
        best = best_sets(since=of_best_sets, until=today, time_zone=home)
    return dg.MaterializeResult(
        metadata={
            "sessions": sum(week.sessions for week in weeks),
            "sets": sum(week.sets for week in weeks),
            "volume_kg": round(sum(week.volume_kg for week in weeks), 1),
            "weeks": _WEEKS_OF_VOLUME,
            f"volume_of_{_WEEKS_OF_VOLUME}_weeks": dg.MetadataValue.md(weeks_chart(weeks)),
            f"muscle_groups_of_{_WEEKS_OF_SETS}_weeks": dg.MetadataValue.md(
                muscle_groups_chart(groups, weeks=_WEEKS_OF_SETS)
            ),
            f"best_sets_of_{_WEEKS_OF_BEST_SETS}_weeks": dg.MetadataValue.md(best_sets_chart(best, frequent)),
            "seconds": stopwatch.seconds,
        }
    )
