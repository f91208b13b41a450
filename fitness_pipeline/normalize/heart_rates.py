"""Heart rates that a runner can have."""

import polars as pl

# What a chest strap or a watch can mean; outside of it the run is kept without a heart rate.
_LOWEST, _HIGHEST = 20, 250


def possible_heart_rate(heart_rate: pl.Expr) -> pl.Expr:
    """Return each heart rate that a runner can have, and null for the others.

    Args:
        heart_rate: beats a minute, Float64.
    """
    return pl.when(heart_rate.is_between(_LOWEST, _HIGHEST)).then(heart_rate)
