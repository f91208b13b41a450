"""The generated athlete: plausible, full of quirks, and the same every day."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.sandbox.strava.athlete import Athlete, compose_athlete, generated_world
from fitness_pipeline.sandbox.strava.rows import Row
from fitness_pipeline_tests.sandbox.strava.field_rules import broken_rules

TODAY = date(2026, 9, 1)


@cache
def the_athlete() -> Athlete:
    return compose_athlete(today=TODAY)


def rows(**wanted: Any) -> list[Row]:
    """Return the athlete's activities whose fields have the given values."""
    return [
        row
        for row in the_athlete().activities
        if all(row.get(name, "absent") == value for name, value in wanted.items())
    ]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), today=st.dates(date(2017, 1, 1), date(2033, 1, 1)))
def test_every_row_keeps_the_field_rules(seed: int, today: date) -> None:
    athlete = compose_athlete(today=today, seed=seed)
    broken = {
        row["id"]: rules for row in athlete.activities if "visibility" in row if (rules := broken_rules(row))
    }
    assert broken == {}
    assert len({row["id"] for row in athlete.activities}) == len(athlete.activities)


def test_equal_arguments_give_equal_rows_and_another_seed_gives_others() -> None:
    assert compose_athlete(today=TODAY) == the_athlete()
    assert compose_athlete(today=TODAY, seed=8) != the_athlete()


def test_another_day_adds_activities_and_changes_none() -> None:
    later = compose_athlete(today=TODAY + timedelta(days=40)).activities
    assert later[: len(the_athlete().activities)] == the_athlete().activities
    assert len(later) > len(the_athlete().activities)


def test_nothing_has_happened_yet_that_is_still_to_come() -> None:
    newest = max(row["start_date"] for row in the_athlete().activities)
    assert "2026-08-20" < newest < "2026-09-01"


def test_ten_years_hold_about_fifteen_hundred_activities() -> None:
    assert 1400 <= len(the_athlete().activities) <= 1700
    years = Counter(row["start_date"][:4] for row in the_athlete().activities)
    assert all(90 < years[str(year)] < 220 for year in range(2017, 2026))


@pytest.mark.parametrize(
    ("sport_type", "at_least"),
    [
        ("Run", 700),
        ("TrailRun", 30),
        ("VirtualRun", 4),
        ("Ride", 80),
        ("GravelRide", 8),
        ("Swim", 60),
        ("WeightTraining", 60),
        ("Walk", 10),
        ("Padel", 5),
        ("Floorball", 2),
    ],
)
def test_many_sports_are_done_and_one_that_nobody_knows(sport_type: str, at_least: int) -> None:
    assert len(rows(sport_type=sport_type)) >= at_least


def test_runs_are_slower_in_summer_and_faster_after_years() -> None:
    def pace(year_from: int, year_to: int, months: set[int]) -> float:
        speeds = [
            row["average_speed"]
            for row in rows(sport_type="Run", workout_type=0)
            if year_from <= int(row["start_date"][:4]) <= year_to and int(row["start_date"][5:7]) in months
        ]
        return float(1000 * len(speeds) / sum(speeds))

    assert pace(2017, 2025, {7, 8}) > pace(2017, 2025, {4, 5, 10})
    assert pace(2017, 2018, {4, 5, 10}) > pace(2024, 2025, {4, 5, 10}) + 10


def test_shoes_follow_each_other() -> None:
    worn: dict[str, list[str]] = {}
    for row in sorted(rows(sport_type="Run"), key=lambda row: row["start_date"]):
        if row.get("gear_id"):
            worn.setdefault(row["gear_id"], []).append(row["start_date"])
    assert len(worn) >= 8
    first_days = [days[0] for days in worn.values()]
    assert first_days == sorted(first_days)
    retired = [gear for gear in the_athlete().gear if gear.is_retired and gear.id in worn]
    assert len(retired) >= 3
    assert all(max(worn[gear.id]) < "2026-01-01" for gear in retired)


def test_some_runs_are_without_gear_and_some_name_gear_that_was_deleted() -> None:
    known = {gear.id for gear in the_athlete().gear}
    assert len(rows(sport_type="Run", gear_id=None)) > 30
    assert sum(row.get("gear_id") not in (known | {None}) for row in rows(sport_type="Run")) > 30


def test_a_treadmill_run_is_a_run_on_a_machine_without_points() -> None:
    indoors = rows(sport_type="Run", trainer=True)
    assert len(indoors) > 40
    assert {str(row["start_latlng"]) for row in indoors} == {"[]", "None"}


def test_private_manual_and_unmeasured_activities_are_among_them() -> None:
    assert len(rows(visibility="only_me", sport_type="Run")) > 15
    assert len(rows(visibility="followers_only", sport_type="Run")) > 15
    assert len(rows(manual=True, sport_type="Run")) > 8
    assert len(rows(has_heartrate=False, sport_type="Run")) > 50


def test_the_workout_type_of_runs_may_be_null_and_other_sports_have_none() -> None:
    kinds = Counter(row["workout_type"] for row in rows(sport_type="Run") if "workout_type" in row)
    assert all(kinds[kind] > 5 for kind in (None, 0, 1, 2, 3))
    assert not any("workout_type" in row for row in rows(sport_type="Swim"))


def test_whole_numbers_and_fractions_are_mixed_within_a_field() -> None:
    gains = {type(row["total_elevation_gain"]) for row in rows(sport_type="Run")}
    assert gains == {int, float}


def test_a_few_old_rows_lack_fields() -> None:
    assert [row["manual"] for row in the_athlete().activities if "gear_id" not in row] == [True, True]
    assert any("gear_id" not in row for row in rows(sport_type="Run"))


def test_some_zones_are_abroad_and_some_are_wrong_guesses() -> None:
    zones = Counter(row["timezone"] for row in the_athlete().activities)
    assert {"(GMT-05:00) EST", "(GMT-05:00) America/Atikokan", "(GMT+05:30) Asia/Kolkata"} < zones.keys()
    assert {"(GMT+01:00) Europe/Berlin", "(GMT+12:00) Pacific/Auckland"} < zones.keys()
    # The offset is true where the zone is not.
    assert any(row["utc_offset"] == -14400 for row in rows(timezone="(GMT-05:00) EST"))


def test_one_run_starts_in_the_hour_that_comes_twice_and_one_ends_after_the_missing_hour() -> None:
    (twice,) = rows(name="The hour that comes twice")
    start = datetime.fromisoformat(twice["start_date"])
    hour_before = (start - timedelta(hours=1)).astimezone(ZoneInfo("America/New_York"))
    assert hour_before.strftime("%H:%M") == twice["start_date_local"][11:16]
    (missing,) = rows(name="The hour that is missing")
    end = datetime.fromisoformat(missing["start_date"]) + timedelta(seconds=missing["elapsed_time"])
    local_end = end.astimezone(ZoneInfo("America/New_York"))
    assert (missing["start_date_local"][11:13], local_end.hour) == ("01", 3)
    (midnight,) = rows(name="Into the new year")
    assert midnight["start_date"][:4] != midnight["start_date_local"][:4]


def test_some_activities_were_uploaded_days_after_younger_ones() -> None:
    by_start = sorted(the_athlete().activities, key=lambda row: row["start_date"])
    assert 8 < sum(older["id"] > younger["id"] for older, younger in pairwise(by_start)) < 60


def test_ids_have_eleven_digits_now_and_had_fewer_once() -> None:
    ids = [row["id"] for row in the_athlete().activities]
    assert ids == sorted(ids)
    assert (len(str(ids[0])), len(str(ids[-1]))) == (9, 11)


def test_the_generated_world_serves_the_athlete() -> None:
    world = generated_world(today=TODAY)
    assert len(world.activities) == len(the_athlete().activities)
    assert world.gear.all() == the_athlete().gear
    (road, bike) = [gear for gear in world.gear.all() if gear.is_primary][::-1]
    assert (road.is_bike, bike.is_bike) == (False, True)


def test_an_athlete_who_has_not_begun_has_nothing() -> None:
    assert compose_athlete(today=date(2016, 9, 1)).activities == []
