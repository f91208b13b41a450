"""Which Strava activities are runs, and of which type."""

import polars as pl

from fitness_pipeline.models import RunType

# Any other sport, known or not, is kept raw and makes no run: Strava adds new ones at any time.
RUN_SPORTS = ("Run", "TrailRun", "VirtualRun")

_TREADMILL: RunType = "Treadmill Run"
_OUTDOOR: RunType = "Outdoor Run"


def is_run() -> pl.Expr:
    """Return whether each activity is a run, by its `sport_type`; never null."""
    return pl.col("sport_type").is_in(RUN_SPORTS).fill_null(value=False)


def run_type() -> pl.Expr:
    """Return the type of each run.

    A run on a treadmill is a "Run" with `trainer` set, one in a game on a treadmill a "VirtualRun" (Strava
    API, as recorded); there is no sport type of its own for either.
    """
    is_treadmill = (pl.col("trainer") == "true") | (pl.col("sport_type") == "VirtualRun")
    return pl.when(is_treadmill).then(pl.lit(_TREADMILL)).otherwise(pl.lit(_OUTDOOR))
