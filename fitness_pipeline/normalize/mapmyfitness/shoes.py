"""Shoes: from the spelling in a note to the name the runner chose, and its id."""

from collections.abc import Mapping

import polars as pl

from fitness_pipeline.identity import shoe_id
from fitness_pipeline.normalize.mapmyfitness.distinct import map_distinct
from fitness_pipeline.normalize.mapmyfitness.notes import find_shoes


def with_shoes(rows: pl.DataFrame, aliases: Mapping[str, str]) -> pl.DataFrame:
    """Add the shoe that each row's notes name.

    Args:
        rows: at least `notes` (strings without nulls).
        aliases: `identity.shoe_id` of a spelling to the chosen name; applied once, not followed further.

    Returns:
        The rows with `shoe_name` and `shoe_id` (String, null where no shoe is named).
    """
    distinct = rows["notes"].unique()
    spellings = find_shoes(distinct)
    names = map_distinct(spellings, lambda spelling: aliases.get(shoe_id(spelling), spelling), pl.String())
    ids = map_distinct(names, shoe_id, pl.String())
    positions = pl.int_range(distinct.len(), dtype=pl.UInt32, eager=True)
    positions = rows["notes"].replace_strict(distinct, positions, default=None, return_dtype=pl.UInt32)
    return rows.with_columns(
        names.gather(positions).alias("shoe_name"), ids.gather(positions).alias("shoe_id")
    )
