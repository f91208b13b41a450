"""Shoes: from the gear that an activity names to the name the runner chose, and its id."""

from collections.abc import Mapping

import polars as pl

from fitness_pipeline.identity import shoe_id
from fitness_pipeline.normalize.shoe_names import LONGEST_SHOE_NAME


def with_shoes(rows: pl.DataFrame, gear_names: Mapping[str, str], aliases: Mapping[str, str]) -> pl.DataFrame:
    """Add the shoe of each row's gear.

    Args:
        rows: at least `gear_id` (String, null where there is none).
        gear_names: gear id to its name. Ids of shoes begin with a g, those of bikes with a b (Strava API);
            bikes are left out, and so is gear with a name longer than `LONGEST_SHOE_NAME`.
        aliases: `identity.shoe_id` of a spelling to the chosen name; applied once, not followed further.

    Returns:
        The rows with `shoe_name` and `shoe_id` (String, null where the gear has no known name).
    """
    names = {
        gear_id: aliases.get(shoe_id(name), name)
        for gear_id, told in gear_names.items()
        if gear_id.startswith("g") and 0 < len(name := told.strip()) <= LONGEST_SHOE_NAME
    }
    ids = {gear_id: shoe_id(name) for gear_id, name in names.items()}
    return rows.with_columns(_looked_up(names).alias("shoe_name"), _looked_up(ids).alias("shoe_id"))


def _looked_up(by_gear: Mapping[str, str]) -> pl.Expr:
    return pl.col("gear_id").replace_strict(
        list(by_gear), list(by_gear.values()), default=None, return_dtype=pl.String
    )
