"""A number is read when it is well-formed, and is nothing otherwise."""

import math
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.normalize.mapmyfitness.numbers import parse_numbers

# Slow and plain, for comparison.
PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
WITH_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


def parse(text: str) -> float | None:
    value: float | None = parse_numbers(pl.Series([text])).item()
    return value


def parsed_slowly(text: str) -> float | None:
    stripped = text.strip(" ")
    if not (PLAIN.fullmatch(stripped) or WITH_THOUSANDS.fullmatch(stripped)):
        return None
    number = float(stripped.replace(",", ""))
    return number + 0.0 if math.isfinite(number) else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.08999", 3.08999),
        ("2036", 2036.0),
        ("0", 0.0),
        ("1,582", 1582.0),
        ("12,345,678.9", 12345678.9),
        (" 5.2 ", 5.2),
        ("1e-05", 0.00001),
        ("-3.1", -3.1),
    ],
)
def test_numbers_as_exports_write_them(text: str, expected: float) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "6,4",
        "1,2345",
        "12,34",
        "1,234,56",
        ",123",
        "1,23.4",
        "5.2.1",
        "abc",
        "NaN",
        "inf",
        "-Infinity",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "text", ["1e999", "0x10", "1_000", "٣", "½", "5 km", "--5", "1'582", "#DIV/0!", "1e", "."]
)
def test_what_only_looks_like_a_number(text: str) -> None:
    assert parse(text) is None


def test_minus_zero_is_zero() -> None:
    number = parse("-0.0")
    assert number == 0
    assert math.copysign(1, number) == 1


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_every_number_is_read_to_its_last_bit(number: float) -> None:
    assert parse(repr(number)) == number


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=999))
@settings(deadline=None)
def test_commas_between_thousands_do_not_matter(whole: int, decimals: int) -> None:
    assert parse(f"{whole:,}.{decimals:03}") == float(f"{whole}.{decimals:03}")


@given(st.lists(st.text(alphabet="0123456789.,+-eE ", max_size=10)))
@settings(deadline=None, max_examples=300)
def test_a_column_is_read_as_its_cells_are(texts: list[str]) -> None:
    parsed = parse_numbers(pl.Series(texts, dtype=pl.String))
    assert parsed.to_list() == [parsed_slowly(text) for text in texts]
