"""Sentences on what is wrong with a value, for the person who owns it."""

import polars as pl

_LONGEST_QUOTE = 60


class FaultyValue:
    """A value that a sentence is about.

    Attributes:
        is_empty: whether there is none.
    """

    def __init__(self, title: str, column: str, *, when_empty: str = "is empty") -> None:
        """Begin.

        Args:
            title: what it is called.
            column: where its text is; null is as good as no text.
            when_empty: what to say where there is none.
        """
        text = pl.col(column).fill_null("").str.replace_all(r"\s+", " ").str.strip_chars()
        is_long = text.str.len_chars() > _LONGEST_QUOTE
        shortened = pl.when(is_long).then(text.str.head(_LONGEST_QUOTE) + "…").otherwise(text)
        self.is_empty = text == ""
        self._when_empty = when_empty
        self._subject = (
            pl.when(self.is_empty).then(pl.lit(title)).otherwise(pl.format(title + ' "{}"', shortened))
        )

    def says(self, fault: str, expected: pl.Expr) -> pl.Expr:
        """Return a sentence such as `Distance "-3" is negative; expected miles such as 3.1`.

        Args:
            fault: such as `is negative`.
            expected: such as `expected miles such as 3.1`.
        """
        return pl.format("{} {}; {}", self._subject, pl.lit(fault), expected)

    def is_missing(self, expected: pl.Expr) -> pl.Expr:
        """Return the sentence for where there is no value.

        Args:
            expected: as for `says`.
        """
        return self.says(self._when_empty, expected)

    def number_fault(self, parsed: pl.Expr, expected: pl.Expr) -> pl.Expr:
        """Return what keeps a value from being a number that is 0 or greater; null where nothing does.

        Args:
            parsed: the number, null where the text is none.
            expected: such as `expected miles such as 3.1`.
        """
        return (
            pl.when(self.is_empty)
            .then(self.is_missing(expected))
            .when(parsed.is_null())
            .then(self.says("is not a number", expected))
            .when(parsed < 0)
            .then(self.says("is negative", expected))
        )
