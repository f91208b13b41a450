"""Rows: what the parts of a row say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.sandbox.strava import places
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.places import zone_label
from fitness_pipeline.sandbox.strava.polyline import encode
from fitness_pipeline.sandbox.strava.rows import compose_row
from fitness_pipeline.sandbox.strava.sports import legacy_type
from fitness_pipeline.sandbox.strava.training.numbering import number
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.field_rules import broken_rules

somewhere = st.sampled_from(
    [places.CHICAGO, places.ATLANTA, places.BERLIN, places.BANGALORE, places.AUCKLAND, places.ANGUILLA]
)
outings = st.builds(
    Outing,
    start=st.integers(1_260_000_000, 2_060_000_000).map(lambda epoch: datetime.fromtimestamp(epoch, UTC)),
    sport_type=st.sampled_from(["Run", "TrailRun", "VirtualRun", "Ride", "Swim", "Yoga", "WeightTraining"]),
    distance_metres=st.floats(5000, 8000),
    elapsed_seconds=st.integers(1800, 2400),
    moving_seconds=st.one_of(st.none(), st.integers(1700, 1800)),
    place=somewhere,
    recorder=st.sampled_from(["garmin", "phone", "zwift", None]),
    is_trainer=st.booleans(),
    visibility=st.sampled_from(["everyone", "followers_only", "only_me"]),
    gear_id=st.sampled_from([None, "g12", "b3"]),
    average_heartrate=st.one_of(st.none(), st.floats(80, 180)),
)


@given(outings, st.integers(1, 10**11))
def test_a_row_keeps_the_field_rules(outing: Outing, activity_id: int) -> None:
    assert broken_rules(compose_row(outing, activity_id)) == []


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("America/Chicago", "(GMT-06:00) America/Chicago"),
        ("EST", "(GMT-05:00) EST"),
        ("Asia/Kolkata", "(GMT+05:30) Asia/Kolkata"),
        ("Europe/Berlin", "(GMT+01:00) Europe/Berlin"),
        ("Pacific/Auckland", "(GMT+12:00) Pacific/Auckland"),
        ("America/St_Johns", "(GMT-03:30) America/St_Johns"),
    ],
)
def test_a_zone_is_labelled_with_its_standard_offset(zone: str, label: str) -> None:
    assert zone_label(zone) == label


@pytest.mark.parametrize(
    ("sport_type", "older"),
    [
        ("Run", "Run"),
        ("TrailRun", "Run"),
        ("VirtualRun", "VirtualRun"),
        ("GravelRide", "Ride"),
        ("Padel", "Workout"),
        ("Floorball", "Workout"),
    ],
)
def test_the_type_is_that_from_before_there_were_sport_types(sport_type: str, older: str) -> None:
    assert legacy_type(sport_type) == older


def test_a_route_is_encoded_as_google_does() -> None:
    # The example of Google's own description of the format.
    assert encode([(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


@pytest.mark.parametrize(
    ("hour", "name"),
    [(2, "Night"), (7, "Morning"), (12, "Lunch"), (15, "Afternoon"), (19, "Evening"), (22, "Night")],
)
def test_an_activity_without_a_name_is_called_after_the_time_of_day(hour: int, name: str) -> None:
    start = datetime(2026, 1, 5, hour, tzinfo=UTC) + timedelta(hours=6)
    assert compose_row(Outing(start=start), 1)["name"] == f"{name} Run"


def test_ids_grow_even_when_uploads_come_together() -> None:
    ids = list(number([NOW] * 5))
    assert ids == sorted(set(ids))
    assert list(number([datetime(1999, 1, 1, tzinfo=UTC)])) == [1]
    assert next(number([datetime(2060, 1, 1, tzinfo=UTC)])) > 10**11
