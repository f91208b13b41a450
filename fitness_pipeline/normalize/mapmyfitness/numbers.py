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
    numbers = texts.cast(pl.Float64, strict=False)
    unusual = numbers.is_null() & (texts != "")
    if unusual.any():
        numbers = numbers.scatter(unusual.arg_true(), _parse_unusual(texts.filter(unusual)))
    # Minus zero equals zero, but is not written like it.
    return numbers.set(~numbers.is_finite(), None).set(numbers == 0, 0.0)


def _parse_unusual(texts: pl.Series) -> pl.Series:
    """Read numbers with spaces around them or commas between thousands."""
    stripped = texts.str.strip_chars()
    joined = stripped.str.replace_all(",", "", literal=True)
    is_number = ~stripped.str.contains(",", literal=True) | stripped.str.contains(_WITH_THOUSANDS)
    return joined.set(~is_number, None).cast(pl.Float64, strict=False)
