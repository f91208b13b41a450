"""Headers about time."""

from datetime import UTC, datetime, timedelta

import pytest

from fitness_pipeline.providers.hevy.headers import read_clock_lead, read_retry_after

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 10 Mar 2026 14:01:30 GMT", 90.0),
        ("Tue, 10 Mar 2026 15:01:30 +0100", 90.0),
        ("Tue, 10 Mar 2026 13:00:00 GMT", 0.0),
        ("9" * 400, 999999999999.0),
        ("", None),
        ("1.5", None),
        ("-1", None),
        ("²", None),
        ("Tue, 99 Mar 2026 14:01:30 GMT", None),
    ],
)
def test_a_wait_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert read_retry_after({"Retry-After": text}, NOW) == seconds


def test_without_the_header_there_is_no_wait() -> None:
    assert read_retry_after({}, NOW) is None


@pytest.mark.parametrize(
    ("date", "lead"),
    [
        ("Tue, 10 Mar 2026 13:59:00 GMT", timedelta()),
        ("Tue, 10 Mar 2026 13:58:59 GMT", timedelta(seconds=61)),
        ("Wed, 11 Mar 2026 14:00:00 GMT", timedelta()),
        ("now", timedelta()),
        ("", timedelta()),
    ],
)
def test_a_clock_is_ahead_when_hevys_shows_less(date: str, lead: timedelta) -> None:
    assert read_clock_lead({"Date": date}, NOW) == lead
