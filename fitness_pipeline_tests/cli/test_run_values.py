"""Values as people read them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.cli.run_values import readable_values

NUMBERS = st.none() | st.floats(min_value=0, max_value=1e6) | st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("field", "values", "written"),
    [
        ("distance", [3, 3.1, 26.21875], ["3.00 mi", "3.10 mi", "26.22 mi"]),
        ("distance", [3.101, 3.104], ["3.101 mi", "3.104 mi"]),
        ("duration", [1800, 3723, 59.0], ["0:30:00", "1:02:03", "0:00:59"]),
        ("duration", [1800, 1800.5], ["0:30:00.0", "0:30:00.5"]),
        ("duration", [59.9996, 60.5], ["0:01:00.0", "0:01:00.5"]),
        ("avg_heart_rate", [140.2, None, 151], ["140 bpm", "none", "151 bpm"]),
        ("type", ["Outdoor Run", "Treadmill Run"], ["Outdoor Run", "Treadmill Run"]),
        ("shoe_id", ["a", None, "gone"], ["Ghost 15", "none", "gone"]),
        ("datetime_utc", ["2025-05-06T12:30:07+00:00"], ["2025-05-06 12:30:07 UTC"]),
    ],
)
def test_a_value_is_written_as_people_read_it(field: str, values: list[Any], written: list[str]) -> None:
    assert readable_values(field, values, {"a": "Ghost 15"}) == written


@pytest.mark.parametrize("field", ["distance", "duration", "avg_heart_rate"])
@given(values=st.lists(NUMBERS, min_size=1, max_size=3))
def test_values_that_differ_look_different(field: str, values: list[float | None]) -> None:
    written = readable_values(field, values, {})
    assert len(set(written)) == len(set(values))


@given(seconds=st.floats(min_value=0, max_value=1e6))
def test_a_duration_has_less_than_sixty_seconds_and_minutes(seconds: float) -> None:
    (written,) = readable_values("duration", [seconds], {})
    hours, minutes, rest = written.split(":")
    assert (int(minutes) < 60, int(rest) < 60) == (True, True)
    assert math.isclose(int(hours) * 3600 + int(minutes) * 60 + int(rest), seconds, abs_tol=0.5)
