"""What an event says of a run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.calendar.event_content import EventContent, content_of
from fitness_pipeline_tests.calendar.samples import calendar_run, event_rules

NO_TIME = {"date": None, "dateTime": None, "timeZone": None}
SPRING_FORWARD = datetime(2026, 3, 8, 8, tzinfo=UTC)  # in Chicago, when it was 2:00 and became 3:00


def content(*, rules: dict[str, Any] | None = None, **values: Any) -> EventContent:
    return content_of(calendar_run(**values), event_rules(**(rules or {})))


def of_mapmyfitness(*, rules: dict[str, Any] | None = None, **values: Any) -> EventContent:
    """A run of the 9th of March, known by its day: it starts at noon in Chicago."""
    usual = {"id": "mmf_1", "source": "MapMyFitness", "datetime_utc": datetime(2026, 3, 9, 17, tzinfo=UTC)}
    return content(rules=rules, **{**usual, **values})


def moment(text: str, zone: str = "America/Chicago") -> dict[str, str | None]:
    return {**NO_TIME, "dateTime": text, "timeZone": zone}


def day(text: str) -> dict[str, str | None]:
    return {**NO_TIME, "date": text}


def test_the_title_says_how_far_and_what() -> None:
    assert content(distance=5.2).summary == "5.2 mi Outdoor Run"


def test_the_description_says_pace_duration_heart_rate_shoe_and_run_id() -> None:
    assert content().description.split("\n") == [
        "Pace 9:00 /mi",
        "Duration 45:00",
        "Heart rate 151 bpm",
        "Shoe Brooks Ghost 15",
        "Run strava_1",
    ]


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ({"avg_heart_rate": None}, "Heart rate 151 bpm"),
        ({"shoe": None}, "Shoe Brooks Ghost 15"),
        ({"distance": 0.0}, "Pace 9:00 /mi"),
    ],
    ids=["heart rate", "shoe", "pace"],
)
def test_what_a_run_does_not_have_leaves_its_line_out(missing: dict[str, Any], line: str) -> None:
    whole = content().description.split("\n")
    assert content(**missing).description.split("\n") == [other for other in whole if other != line]


def test_start_and_end_are_instants_with_the_zone_of_the_runner() -> None:
    told = content(rules={"time_zone": "Europe/Berlin"})
    assert told.start == moment("2026-03-09T13:57:49Z", "Europe/Berlin")
    assert told.end == moment("2026-03-09T14:42:49Z", "Europe/Berlin")


def test_a_run_through_the_night_in_which_clocks_change_is_as_long_as_it_was() -> None:
    told = content(datetime_utc=SPRING_FORWARD - timedelta(minutes=30), duration=3600.0)
    assert told.start == moment("2026-03-08T07:30:00Z")
    assert told.end == moment("2026-03-08T08:30:00Z")


def test_an_instant_that_comes_in_another_zone_is_the_same_instant() -> None:
    at = datetime.fromisoformat("2026-03-09T08:57:49.730-05:00")
    assert content(datetime_utc=at).start == moment("2026-03-09T13:57:49Z")


@pytest.mark.parametrize(
    ("seconds", "end"),
    [
        (0.0, "2026-03-09T13:58:49Z"),
        (59.0, "2026-03-09T13:58:49Z"),
        (60.5, "2026-03-09T13:58:49Z"),
        (62.0, "2026-03-09T13:58:51Z"),
        (1e12, "2026-04-09T13:57:49Z"),
    ],
)
def test_an_event_is_never_shorter_than_a_minute_nor_longer_than_a_month(seconds: float, end: str) -> None:
    assert content(duration=seconds).end == moment(end)


def test_a_run_known_only_by_its_day_takes_all_of_it() -> None:
    told = of_mapmyfitness()
    assert (told.start, told.end) == (day("2026-03-09"), day("2026-03-10"))


@pytest.mark.parametrize(
    ("zone", "at", "days"),
    [
        ("America/Chicago", "2026-03-08T17:00Z", ("2026-03-08", "2026-03-09")),
        ("America/Chicago", "2026-11-01T18:00Z", ("2026-11-01", "2026-11-02")),
        ("America/Chicago", "2025-12-31T18:00Z", ("2025-12-31", "2026-01-01")),
        ("Pacific/Kiritimati", "2026-03-08T22:00Z", ("2026-03-09", "2026-03-10")),
        ("Pacific/Pago_Pago", "2026-03-09T23:00Z", ("2026-03-09", "2026-03-10")),
    ],
    ids=["spring", "autumn", "New Year's Eve", "far east", "far west"],
)
def test_the_day_is_that_of_the_runner_whatever_the_clocks_do(
    zone: str, at: str, days: tuple[str, str]
) -> None:
    told = of_mapmyfitness(datetime_utc=datetime.fromisoformat(at), rules={"day_zone": zone})
    assert (told.start, told.end) == (day(days[0]), day(days[1]))


def test_the_day_of_a_file_that_came_with_a_zone_is_that_of_the_zone() -> None:
    told = of_mapmyfitness(datetime_utc=datetime(2026, 3, 9, 11, tzinfo=UTC), day_zone="Europe/Berlin")
    assert (told.start, told.end) == (day("2026-03-09"), day("2026-03-10"))


def test_a_start_that_the_runner_told_is_shown() -> None:
    told = of_mapmyfitness(datetime_utc=datetime(2026, 3, 9, 12, 30, tzinfo=UTC))
    assert told.start == moment("2026-03-09T12:30:00Z")


def test_a_day_is_shown_as_its_noon_where_days_are_not_wanted() -> None:
    assert of_mapmyfitness(rules={"is_day_for_day": False}).start == moment("2026-03-09T17:00:00Z")


def test_a_run_that_strava_knows_to_begin_at_noon_is_no_day() -> None:
    assert content(datetime_utc=datetime(2026, 3, 9, 17, tzinfo=UTC)).start == moment("2026-03-09T17:00:00Z")


def test_the_body_says_for_programs_which_run_and_which_version_it_tells_of() -> None:
    told = content(version=7)
    assert told.body() == {
        "summary": told.summary,
        "description": told.description,
        "start": told.start,
        "end": told.end,
        "extendedProperties": {
            "private": {
                "fitness_run_id": "strava_1",
                "fitness_run_version": "7",
                "fitness_content_hash": told.hash,
            }
        },
    }


@given(st.text(max_size=200), st.integers(1, 2**31 - 1))
def test_google_keeps_the_private_properties_whole(shoe: str, version: int) -> None:
    told = content(id="strava_99999999999999999", shoe=shoe, version=version)
    for key, value in told.body()["extendedProperties"]["private"].items():
        assert len(key) <= 44
        assert 0 < len(value) <= 1024


def test_the_whole_description_may_be_another() -> None:
    told = content()
    assert told.body("mine") == {**told.body(), "description": "mine"}


@pytest.mark.parametrize(
    "values",
    [
        {"distance": 5.2},
        {"duration": 2701.0},
        {"type": "Treadmill Run"},
        {"avg_heart_rate": 152.0},
        {"avg_heart_rate": None},
        {"shoe": "Brooks Ghost 16"},
        {"datetime_utc": datetime(2026, 3, 9, 13, 57, 50, tzinfo=UTC)},
        {"version": 2},
        {"rules": {"time_zone": "Europe/Berlin"}},
        {"rules": {"title": "{type}"}},
        {"rules": {"description": "{run_id}"}},
    ],
    ids=repr,
)
def test_the_hash_tells_of_each_difference(values: dict[str, Any]) -> None:
    assert content(**values).hash != content().hash


def test_equal_content_has_an_equal_hash() -> None:
    assert content(avg_heart_rate=151.4).hash == content(avg_heart_rate=151.3).hash == content().hash


def test_a_title_is_one_line_without_gaps() -> None:
    title = " {distance}\n{shoe}\n  {type}  in {duration}"
    assert content(rules={"title": title}, shoe=None).summary == "5.0 Outdoor Run in 45:00"


def test_an_event_without_any_title_is_called_after_what_was_done() -> None:
    assert content(rules={"title": "{heart_rate}"}, avg_heart_rate=None).summary == "Outdoor Run"
