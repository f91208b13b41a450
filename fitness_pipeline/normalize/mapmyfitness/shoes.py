"""Shoes: from the spelling in a note to the name the runner chose, and its id."""

from collections.abc import Mapping

import polars as pl

from fitness_pipeline.identity import shoe_id
from fitness_pipeline.normalize.mapmyfitness.notes import find_shoes


def with_shoes(rows: pl.DataFrame, aliases: Mapping[str, str]) -> pl.DataFrame:
    """Add the shoe that each row's notes name.

    Args:
        rows: at least `notes` (strings without nulls).
        aliases: `identity.shoe_id` of a spelling to the chosen name; applied once, not followed further.

    Returns:
        The rows with `shoe_name` and `shoe_id` (String, null where no shoe is named).
    """
    spellings = find_shoes(rows["notes"])
    distinct = spellings.drop_nulls().unique()
    names = [aliases.get(shoe_id(spelling), spelling) for spelling in distinct]
    ids = [shoe_id(name) for name in names]
    return rows.with_columns(
        _replaced(spellings, distinct, names).alias("shoe_name"), _replaced(spellings, distinct, ids).alias("shoe_id")
    )


def _replaced(texts: pl.Series, old: pl.Series, new: list[str]) -> pl.Series:
    return texts.replace_strict(old, pl.Series(new, dtype=pl.String), default=None, return_dtype=pl.String)
