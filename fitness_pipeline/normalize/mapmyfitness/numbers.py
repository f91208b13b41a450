"""Numbers as an export writes them: dot decimals, perhaps with commas between thousands."""

import polars as pl

# "1,582" and "12,345.6" are numbers; "1,2345" and "6,4" are not, whatever they were meant to be.
_WITH_THOUSANDS = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?$"


def parse_numbers(texts: pl.Series) -> pl.Series:
    """Read numbers.

    Args:
        texts: strings without nulls, such as `3.08999`, `2036` or `1,582` (MapMyFitness export, as seen in
            public files).

    Returns:
        Float64 of the same length and name: the number, null where the text is none or is not finite.
    """
    stripped = texts.str.strip_chars()
    numbers = stripped.cast(pl.Float64, strict=False)
    if stripped.str.contains(",", literal=True).any():
        joined = stripped.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
        numbers = joined.zip_with(stripped.str.contains(_WITH_THOUSANDS), numbers)
    # Adding zero turns -0.0 into 0.0.
    return (numbers + 0.0).set(~numbers.is_finite(), None)
