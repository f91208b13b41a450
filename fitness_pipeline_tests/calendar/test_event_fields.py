"""What templates can name, as text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.calendar.event_fields import event_fields
from fitness_pipeline.event_templates import FIELDS
from fitness_pipeline_tests.calendar.samples import calendar_run


def fields(**values: Any) -> dict[str, str | None]:
    return event_fields(calendar_run(**values))


def test_a_run_is_told_in_the_words_of_runners() -> None:
    assert fields(distance=5.2, duration=2727.0) == {
        "distance": "5.2",
        "distance_km": "8.4",
        "type": "Outdoor Run",
        "duration": "45:27",
        "pace": "8:44",
        "pace_km": "5:26",
        "heart_rate": "151",
        "shoe": "Brooks Ghost 15",
        "source": "Strava",
        "run_id": "strava_1",
    }


def test_there_is_a_text_for_each_field_that_templates_may_name() -> None:
    assert tuple(fields()) == FIELDS


def test_what_was_not_measured_has_no_text() -> None:
    told = fields(avg_heart_rate=None, shoe=None)
    assert (told["heart_rate"], told["shoe"]) == (None, None)


@pytest.mark.parametrize(
    ("distance", "duration"), [(0.0, 2700.0), (5.0, 0.0), (1e-320, 2700.0), (0.001, 900.0)]
)
def test_a_run_without_distance_or_time_has_no_pace(distance: float, duration: float) -> None:
    told = fields(distance=distance, duration=duration)
    assert (told["pace"], told["pace_km"]) == (None, None)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.4, "0:00"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (2700.0, "45:00"),
        (3599.6, "1:00:00"),
        (3723.0, "1:02:03"),
        (360000.0, "100:00:00"),
    ],
)
def test_a_duration_is_told_as_a_clock_does(seconds: float, told: str) -> None:
    assert fields(duration=seconds)["duration"] == told


@given(st.floats(0, 1e4, allow_nan=False), st.floats(0, 1e7, allow_nan=False))
def test_whatever_the_distance_and_the_time_there_is_a_text(distance: float, duration: float) -> None:
    told = fields(distance=distance, duration=duration)
    assert told["distance"] == f"{distance:.1f}"
    assert "inf" not in f"{told}"
    assert "nan" not in f"{told}"
