"""What a header may look like, and what is no header."""

import pytest

from fitness_pipeline.errors import NoUsableHeader, UnknownUnit
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_PAGE
from fitness_pipeline.providers.mapmyfitness.columns import CELL_COLUMNS
from fitness_pipeline.providers.mapmyfitness.header import understand_header
from fitness_pipeline_tests.providers.mapmyfitness.exports import HEADER

NEEDED = ["Workout Date", "Activity Type", "Distance (mi)", "Workout Time (seconds)", "Link"]


def renamed(old: str, new: str) -> list[str]:
    return [new if cell == old else cell for cell in HEADER]


def test_all_fifteen_columns_are_found_in_their_order() -> None:
    header = understand_header(HEADER, "a.csv")
    assert tuple(header.known) == CELL_COLUMNS
    assert list(header.known.values()) == list(range(15))
    assert not header.extra


def test_the_first_generation_gave_no_unit_for_the_fastest_pace_and_speed() -> None:
    old = [cell.split(" (")[0] if cell.startswith("Max") else cell for cell in HEADER]
    assert "Max Pace" in old
    assert understand_header(old, "a.csv").known == understand_header(HEADER, "a.csv").known


@pytest.mark.parametrize("unit", ["mi", "km"])
def test_the_header_says_the_unit(unit: str) -> None:
    header = [cell.replace("(mi", f"({unit}").replace("/mi)", f"/{unit})") for cell in HEADER]
    assert understand_header(header, "a.csv").unit == unit


def test_case_and_spaces_do_not_matter() -> None:
    header = [f"  {cell.upper().replace('(', ' ( ')} " for cell in HEADER]
    understood = understand_header(header, "a.csv")
    assert tuple(understood.known) == CELL_COLUMNS
    assert understood.unit == "mi"


def test_the_order_does_not_matter() -> None:
    header = understand_header(HEADER[::-1], "a.csv")
    assert header.known["link"] == 0
    assert header.known["date_submitted"] == 14


def test_columns_that_a_run_does_not_need_may_be_missing() -> None:
    assert set(understand_header(NEEDED, "a.csv").known) == {
        "workout_date",
        "activity_type",
        "distance",
        "workout_time",
        "link",
    }


@pytest.mark.parametrize("missing", NEEDED)
def test_a_column_that_every_run_needs_may_not(missing: str) -> None:
    with pytest.raises(NoUsableHeader) as refusal:
        understand_header([cell for cell in HEADER if cell != missing], "a.csv")
    assert f"not found: {missing}. Its first row is: Date Submitted," in str(refusal.value)
    assert EXPORT_PAGE in str(refusal.value)


@pytest.mark.parametrize("twice", ["Link", "Notes"])
def test_a_column_that_is_there_twice_is_ambiguous(twice: str) -> None:
    with pytest.raises(NoUsableHeader, match=f"two columns '{twice}'"):
        understand_header([*HEADER, twice], "a.csv")


def test_unknown_columns_are_remembered_each_under_a_name_of_its_own() -> None:
    header = understand_header([*HEADER, "Weather", "Weather", ""], "a.csv")
    assert header.extra == {"Weather": 15, "Weather (2)": 16, "": 17}


def test_a_time_in_minutes_is_not_taken_for_seconds() -> None:
    with pytest.raises(NoUsableHeader, match=r"not found: Workout Time \(seconds\)"):
        understand_header(renamed("Workout Time (seconds)", "Workout Time (minutes)"), "a.csv")


@pytest.mark.parametrize("distance", ["Distance (furlongs)", "Distance (m)", "Distance ()", "Distance"])
def test_an_unknown_unit_is_refused(distance: str) -> None:
    with pytest.raises(UnknownUnit) as refusal:
        understand_header(renamed("Distance (mi)", distance), "a.csv")
    assert "expected Distance (mi) or Distance (km)" in str(refusal.value)
    assert distance in str(refusal.value)


def test_one_column_in_another_unit_makes_all_of_them_doubtful() -> None:
    with pytest.raises(UnknownUnit, match=r"mixes units.*Distance \(mi\).*Avg Speed \(km/h\)"):
        understand_header(renamed("Avg Speed (mi/h)", "Avg Speed (km/h)"), "a.csv")


def test_an_unknown_unit_of_pace_is_refused_too() -> None:
    with pytest.raises(UnknownUnit, match=r"found 'Avg Pace \(min/yd\)'"):
        understand_header(renamed("Avg Pace (min/mi)", "Avg Pace (min/yd)"), "a.csv")


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_file_with_other_separators_is_told_so(separator: str, name: str) -> None:
    with pytest.raises(NoUsableHeader, match=f"separated by {name}, not commas"):
        understand_header([separator.join(HEADER)], "a.csv")


def test_a_very_long_first_row_is_quoted_in_part() -> None:
    with pytest.raises(NoUsableHeader) as refusal:
        understand_header(["x" * 10_000], "a.csv")
    assert len(str(refusal.value)) < 600


def test_a_first_row_of_far_too_many_cells_is_refused_without_looking_at_each() -> None:
    with pytest.raises(NoUsableHeader, match="its first row has 100000 cells; expected about 15"):
        understand_header([""] * 100_000, "a.csv")
