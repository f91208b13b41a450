"""A row has the key of its workout, or one that it has in every export."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.identity import mmf_fallback_run_id, mmf_run_id
from fitness_pipeline.normalize.mapmyfitness.dates import parse_date
from fitness_pipeline_tests.normalize.mapmyfitness.rows import row, with_keys

PIECES = st.sampled_from(
    [
        "http://",
        "www.mapmyrun.com",
        "/workout/",
        "/workout/",
        "/workouts/",
        "77",
        "0",
        "/",
        "?a=",
        "é",
        "x",
        "१",
        " ",
    ]
)
LINKS = st.lists(PIECES, max_size=7).map("".join)


def keys(*rows: dict[str, str | None]) -> list[str]:
    return with_keys(*rows)["workout_key"].to_list()


def test_the_link_gives_the_key() -> None:
    assert keys(row(link="https://www.mapmyfitness.com/workout/8622076198/?x=1")) == ["mmf_8622076198"]


def test_a_row_without_a_link_gets_a_key_from_what_stays_the_same() -> None:
    without = row(link="", workout_date="Aug. 2, 2024", activity_type="Run", workout_time="2,700")
    expected = mmf_fallback_run_id(date(2024, 8, 2), "Run", 2700.0)
    assert keys(without) == [expected]
    other_export = {
        **without,
        "distance": "8.04672",
        "unit": "km",
        "notes": "edited",
        "workout_time": "2700.0",
    }
    assert keys(other_export) == [expected]


def test_a_row_that_cannot_be_read_has_a_key_too() -> None:
    unreadable = row(link="gone", workout_date="yesterday", workout_time="long")
    assert keys(unreadable) == [mmf_fallback_run_id("yesterday", "Run", "long")]


def test_two_runs_of_a_day_without_links_keep_apart() -> None:
    morning, evening = keys(row(link="", workout_time="1500"), row(link="", workout_time="1501"))
    assert morning != evening


def test_no_rows_have_no_keys() -> None:
    assert keys() == []


@given(st.lists(LINKS))
@settings(deadline=None, max_examples=500)
def test_links_are_read_as_one_by_one(links: list[str]) -> None:
    fallback = mmf_fallback_run_id(date(2024, 8, 2), "Run", 2700.0)
    assert keys(*(row(link=link) for link in links)) == [mmf_run_id(link) or fallback for link in links]


@pytest.mark.parametrize(
    "link", ["é/workout/55", "/workout/x/workout/7", "/workout/12/workout/13", "/workout//workout/1"]
)
def test_the_first_workout_in_a_link_counts(link: str) -> None:
    assert keys(row(link=link)) == [mmf_run_id(link)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Aug. 2, 2024", "2024-08-02", "", "Feb. 30, 2024"]) | st.text(max_size=5),
            st.text(max_size=5),
            st.integers(min_value=0, max_value=10**6),
        )
    )
)
@settings(deadline=None)
def test_fallback_keys_are_made_as_one_by_one(facts: list[tuple[str, str, int]]) -> None:
    rows = [
        row(link="", workout_date=day, activity_type=kind, workout_time=f"{time:,}")
        for day, kind, time in facts
    ]
    assert keys(*rows) == [
        mmf_fallback_run_id(parse_date(day) or day, kind, float(time)) for day, kind, time in facts
    ]
