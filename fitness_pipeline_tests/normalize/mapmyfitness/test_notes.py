"""The shoe is found in a note, however the export of the day wrote it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.normalize.mapmyfitness.notes import find_shoes


def shoe(note: str) -> str | None:
    found: str | None = find_shoes(pl.Series([note])).item()
    return found


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Shoes: Karhu Fusion 3.5", "Karhu Fusion 3.5"),
        ("shoes:Brooks Ghost 15", "Brooks Ghost 15"),
        ("SHOES:   Brooks Ghost 15  ", "Brooks Ghost 15"),
        ("windy\nShoes: Brooks Ghost 15\nthen coffee", "Brooks Ghost 15"),
        ("windy\r\nShoes: Brooks Ghost 15\r\nthen coffee", "Brooks Ghost 15"),
        ("windy. Shoes: Brooks Ghost 15", "Brooks Ghost 15"),
        ("Shoes:\nShoes: Brooks Ghost 15", "Brooks Ghost 15"),
        ("Shoes: Ghost 15\nShoes: Ghost 16", "Ghost 15"),
        ('Shoes: Anna\'s, size 40: "new"', 'Anna\'s, size 40: "new"'),
        ("Shoes: ミズノ 👟", "ミズノ 👟"),
    ],
)
def test_a_plain_note_names_the_shoe(note: str, expected: str) -> None:
    assert shoe(note) == expected


@pytest.mark.parametrize("note", ["Shoes: {}", "windy\nShoes: {} \nthen coffee", r"b'Shoes: {}\n'"])
def test_a_text_that_goes_on_and_on_is_no_shoe(note: str) -> None:
    assert shoe(note.format("é" * 200)) == "é" * 200
    assert shoe(note.format("é" * 201)) is None


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (r"b'Shoes: Asics Nimbus 22'", "Asics Nimbus 22"),
        (r"b'Tired\nShoes: Asics Nimbus 22\n'", "Asics Nimbus 22"),
        (r"b'Tired\r\nShoes: Asics Nimbus 22\r\nbut happy'", "Asics Nimbus 22"),
        (r'''b"Couldn't sleep\nShoes: Asics Nimbus 22"''', "Asics Nimbus 22"),
        (repr(b"\"Couldn't\" sleep\nShoes: Anna's shoe"), "Anna's shoe"),
        (r"b'Shoes: Nimbus \\ 22'", "Nimbus \\ 22"),
        (r"b'Shoes: Nimbus \\x41'", r"Nimbus \x41"),
        (r"b'Shoes: Br\xc3\xbccke \xf0\x9f\x91\x9f'", "Brücke 👟"),
        (r"b'\xf0\x9f\x91\x9fShoes: Nimbus'", "Nimbus"),
        (r"b'Shoes: Nimbus\t22'", "Nimbus 22"),
    ],
)
def test_a_note_from_an_older_export_names_the_same_shoe(note: str, expected: str) -> None:
    assert shoe(note) == expected


@pytest.mark.parametrize(
    "note",
    [
        "",
        "b''",
        'b""',
        "b'",
        "Easy, legs heavy",
        r"b'Easy\n'",
        "Shoes:",
        "Shoes:  \nlegs heavy",
        r"b'Shoes:\nlegs heavy'",
        r"b'Shoes: \x07'",
        "Shoes: \u00a0",
        "Snowshoes: two hours",
        "Horse-shoe: none",
        "Shoes Karhu",
    ],
)
def test_a_note_may_name_no_shoe(note: str) -> None:
    assert shoe(note) is None


def test_bytes_that_are_no_text_stay_as_they_are_written() -> None:
    assert shoe(r"b'Shoes: Nimbus \xff'") == r"Nimbus \xff"


def test_bytes_that_are_no_text_elsewhere_do_not_harm_the_name() -> None:
    assert shoe(r"b'\xff\nShoes: Br\xc3\xbccke'") == "Brücke"


def test_a_plain_note_keeps_its_backslashes() -> None:
    assert shoe(r"Shoes: N\x41 \new") == r"N\x41 \new"


def test_a_name_has_no_control_characters() -> None:
    assert shoe("Shoes: Nim\x07bus\x1b[1m") == "Nim bus [1m"


def test_a_column_of_notes_keeps_its_order() -> None:
    notes = ["Shoes: A", "", r"b'Shoes: B\n'", "nothing", "Shoes: A", r"b'Shoes: \xc3\x84'"]
    assert find_shoes(pl.Series(notes)).to_list() == ["A", None, "B", None, "A", "Ä"]


def test_no_notes_are_no_shoes() -> None:
    assert find_shoes(pl.Series([], dtype=pl.String)).to_list() == []


@given(st.text().filter(lambda text: "\0" not in text), st.text().filter(lambda text: "\0" not in text))
@settings(deadline=None)
def test_both_ways_to_write_a_note_name_the_same_shoe(before: str, name: str) -> None:
    note = f"{before}\nShoes: {name}\nafter"
    assert shoe(repr(note.encode())) == shoe(note)


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1))
@settings(deadline=None)
def test_any_name_is_found(name: str) -> None:
    assert shoe(f"Shoes: {name}") == name
