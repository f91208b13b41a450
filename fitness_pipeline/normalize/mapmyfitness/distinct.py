"""Rules for single values, applied to columns: columns repeat themselves, so each value is judged once."""

from collections.abc import Callable
from typing import Any

import polars as pl


def map_distinct(values: pl.Series, rule: Callable[[Any], Any], dtype: pl.DataType) -> pl.Series:
    """Apply a rule to each distinct value once.

    Args:
        values: any column.
        rule: takes a value and returns another, or None.
        dtype: of what the rule returns.

    Returns:
        A column of the same length and name; null stays null.
    """
    distinct = values.unique()
    results = pl.Series([None if value is None else rule(value) for value in distinct], dtype=dtype)
    return values.replace_strict(distinct, results, default=None, return_dtype=dtype)
