"""Our part of a description is renewed; what the runner wrote stays."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.calendar.descriptions import our_part, runners_description, with_our_part

OLD = "Pace 9:00 /mi\nShoe A & B\nRun strava_1"
NEW = "Pace 8:30 /mi\nShoe <B>\nRun strava_1"

# What a runner may do to a description: write before it, after it, or at some place within.
Edit = tuple[float, bool]


def marked_up(text: str) -> str:
    """A text as it is after somebody saved it in Google's own editor."""
    return text.replace("\n", "<br>")


def escaped(text: str) -> str:
    """The same, where the editor has put marks of HTML for signs that mean something there."""
    return marked_up(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def test_what_is_just_ours_is_not_the_runners() -> None:
    assert runners_description(OLD, [NEW, OLD, None]) is None
    assert with_our_part(None, [OLD], NEW) == NEW


@pytest.mark.parametrize("held", ["", "My best!", f"{OLD}\nMy best!", marked_up(OLD)])
def test_what_differs_from_ours_is_the_runners(held: str) -> None:
    assert runners_description(held, [NEW, OLD, None]) == held


@pytest.mark.parametrize("around", ["{}\nMy best!", "My best!\n{}", "My\n\n{}\n\nbest!", " {} "])
@pytest.mark.parametrize("saved", [str, marked_up, escaped])
def test_ours_takes_the_place_of_ours(around: str, saved: Callable[[str], str]) -> None:
    assert with_our_part(saved(around.format(OLD)), [OLD], NEW) == saved(around.format(NEW))


@pytest.mark.parametrize(
    ("rewritten", "separator"),
    [
        ("Pace 9:00 /mi, downhill!\nShoe Ghost\nRun strava_1", "\n\n"),
        ("My best!", "\n\n"),
        ("Pace 9:00 /mi, downhill!<br>Shoe Ghost", "<br><br>"),
    ],
)
def test_ours_comes_first_where_the_runner_has_rewritten_it(rewritten: str, separator: str) -> None:
    new = marked_up(NEW) if "<br>" in rewritten else NEW
    assert with_our_part(rewritten, [OLD], NEW) == f"{new}{separator}{rewritten}"


@pytest.mark.parametrize("emptied", ["", " \n"])
def test_ours_comes_back_where_the_runner_has_emptied_all(emptied: str) -> None:
    assert with_our_part(emptied, [OLD], NEW) == NEW


def test_what_is_there_already_is_not_written_twice() -> None:
    assert with_our_part(f"{NEW}\nMy best!", [OLD], NEW) == f"{NEW}\nMy best!"


def test_a_part_without_any_line_takes_nothing_away() -> None:
    assert with_our_part("My best!", [""], "") == "My best!"
    assert with_our_part("My best!", [None], NEW) == f"{NEW}\n\nMy best!"
    assert with_our_part(f"My best!\n{OLD}", [OLD], "") == "My best!\n"


@pytest.mark.parametrize("saved", [str, marked_up, escaped])
def test_our_part_is_found_among_those_that_we_may_have_written(saved: Callable[[str], str]) -> None:
    held = saved(f"My best!\n{OLD}")
    assert our_part(held, [NEW, None, "", OLD]) == OLD
    assert our_part(held, [NEW]) is None


def test_the_longest_part_is_ours_where_others_are_within_it() -> None:
    assert our_part(f"My best!\n{OLD}", ["Pace 9:00 /mi", OLD, "Pace 9:00 /mi\nShoe A & B"]) == OLD


def renewals() -> st.SearchStrategy[list[tuple[list[Edit], bool, str]]]:
    """What happens to an event: the runner's edits, whether Google's editor saves them, our new part."""
    lines = st.sampled_from(["Pace 9:00 /mi", "Pace 8:30 /mi", "Heart rate 150 bpm", "Shoe A & B", "Run 1"])
    parts = st.lists(lines, max_size=4).map("\n".join)
    edits = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=3)
    return st.lists(st.tuples(edits, st.booleans(), parts), min_size=1, max_size=8)


@given(renewals())
def test_whatever_the_runner_writes_is_there_after_any_number_of_renewals(
    story: list[tuple[list[Edit], bool, str]],
) -> None:
    part = held = OLD
    notes: list[str] = []
    numbers = itertools.count()
    for edits, is_saved_in_the_editor, new in story:
        for place, is_line in edits:
            note = f"note {next(numbers)}."
            notes.append(note)
            at = round(place * len(held))
            # Nobody writes into the mark of a line's end.
            while held[:at].endswith(("<", "<b", "<br")) and at < len(held):
                at += 1
            written = f"\n{note}\n" if is_line else note
            held = held[:at] + written + held[at:]
        held = marked_up(held) if is_saved_in_the_editor else held
        notes = [note for note in notes if note in held]  # without those that the runner wrote into
        held = with_our_part(runners_description(held, [part]), [part], new)
        part = new
        assert [note for note in notes if note not in held] == []
        assert new in held or marked_up(new) in held


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 99)), min_size=1, max_size=8))
def test_ours_is_there_once_while_the_runner_writes_around_it(story: list[tuple[bool, bool, int]]) -> None:
    part = held = OLD
    for is_before, is_saved_in_the_editor, minutes in story:
        held = f"A note.\n{held}" if is_before else f"{held}\nA note."
        held = marked_up(held) if is_saved_in_the_editor else held
        new = f"Duration {minutes}:00\nShoe A & B\nRun strava_1"
        held = with_our_part(runners_description(held, [part]), [part], new)
        part = new
    assert held.count("Run strava_1") == 1
    assert held.count("A note.") == len(story)
