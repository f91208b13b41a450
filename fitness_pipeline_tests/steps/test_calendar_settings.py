"""What the settings say of the calendar."""

from datetime import UTC, date, datetime

import pytest

from fitness_pipeline.event_templates import DESCRIPTION, TITLE
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.calendar_settings import beginning_of, event_rules, rules_digest
from fitness_pipeline_tests.calendar.samples import event_rules as rules

JANUARY = date(2026, 1, 1)


def digest(since: date = JANUARY) -> str:
    return rules_digest(load_settings(), since)


def test_without_settings_events_are_as_a_runner_expects(environment: pytest.MonkeyPatch) -> None:
    assert event_rules(load_settings()) == rules(title=TITLE, description=DESCRIPTION)


def test_events_are_shown_in_the_zone_of_the_runner_unless_another_one_is_set(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("MMF_TIMEZONE", "Europe/Berlin")
    told = event_rules(load_settings())
    assert (told.time_zone, told.day_zone) == ("Europe/Berlin", "Europe/Berlin")
    environment.setenv("CALENDAR_TIMEZONE", "Asia/Tokyo")
    told = event_rules(load_settings())
    assert (told.time_zone, told.day_zone) == ("Asia/Tokyo", "Europe/Berlin")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GOOGLE_CALENDAR_ID", "runs@group.calendar.google.com"),
        ("CALENDAR_TITLE", "{type}"),
        ("CALENDAR_DESCRIPTION", "{type}"),
        ("CALENDAR_TIMEZONE", "Asia/Tokyo"),
        ("MMF_TIMEZONE", "Asia/Tokyo"),
        ("CALENDAR_ALL_DAY", "no"),
    ],
)
def test_what_events_depend_on_changes_the_digest(
    environment: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    before = digest()
    environment.setenv(variable, value)
    assert digest() != before


def test_the_first_day_changes_the_digest(environment: pytest.MonkeyPatch) -> None:
    assert digest() != digest(date(2026, 1, 2))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CALENDAR_BATCH_SIZE", "7"), ("STRAVA_OVERLAP_DAYS", "3"), ("GOOGLE_CLIENT_ID", "another")],
)
def test_what_events_do_not_depend_on_leaves_the_digest(
    environment: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    before = digest()
    environment.setenv(variable, value)
    assert digest() == before


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("America/Chicago", datetime(2026, 3, 8, 6, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 7, 23, tzinfo=UTC)),
    ],
)
def test_a_day_begins_where_the_runner_is(
    environment: pytest.MonkeyPatch, zone: str, begins: datetime
) -> None:
    environment.setenv("CALENDAR_TIMEZONE", zone)
    assert beginning_of(date(2026, 3, 8), load_settings()) == begins
