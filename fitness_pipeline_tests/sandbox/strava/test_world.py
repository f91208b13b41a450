"""Changes of the world, as a client sees them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.sandbox.strava.edits import Changes, edited
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.rows import compose_row
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller, fill
from fitness_pipeline_tests.sandbox.strava.field_rules import broken_rules

GHOST = Gear(id="g77", brand="Brooks", model="Ghost 15", nickname="blue", description="Nice.")


def listed(caller: Caller, activity_id: int) -> dict[str, Any]:
    (row,) = [row for row in caller.get(LIST).json() if row["id"] == activity_id]
    return dict(row)


def test_an_uploaded_outing_is_listed_with_all_fields(world: StravaWorld, caller: Caller) -> None:
    activity_id = world.activities.add(
        Outing(start=NOW - timedelta(days=1), average_heartrate=150.5, max_heartrate=171.0, gear_id="g77")
    )
    row = listed(caller, activity_id)
    assert broken_rules(row) == []
    assert (row["name"], row["distance"], row["elapsed_time"]) == ("Morning Run", 8046.7, 2700)
    assert (row["start_date"], row["start_date_local"]) == ("2026-03-09T14:07:30Z", "2026-03-09T09:07:30Z")


def test_a_late_upload_has_an_old_start_and_a_new_id(world: StravaWorld, caller: Caller) -> None:
    ids = fill(world, 3)
    late = world.activities.add(Outing(start=NOW - timedelta(days=60)))
    assert late > max(ids)
    assert caller.page() == [*ids[::-1], late]


def test_an_edit_is_seen_at_once_and_carries_what_depends_on_it(world: StravaWorld, caller: Caller) -> None:
    (activity_id,) = fill(world, 1)
    before = listed(caller, activity_id)
    world.activities.edit(activity_id, distance_metres=5000.0, elapsed_seconds=2000, sport_type="TrailRun")
    after = listed(caller, activity_id)
    assert broken_rules(after) == []
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"distance", "elapsed_time", "moving_time", "average_speed", "sport_type"}
    assert after["average_speed"] == 2.5
    assert caller.get(f"/api/v3/activities/{activity_id}").json()["distance"] == 5000.0


edits = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=5),
        "start": st.datetimes().map(lambda at: NOW.replace(year=2000 + at.year % 20, month=at.month)),
        "sport_type": st.sampled_from(["Run", "TrailRun", "Ride", "Curling"]),
        "distance_metres": st.floats(4000, 6000),
        "elapsed_seconds": st.integers(1800, 2400),
        "moving_seconds": st.integers(1700, 1800),
        "average_heartrate": st.one_of(st.none(), st.floats(90, 190)),
        "gear_id": st.sampled_from([None, "g1", "b2"]),
        "visibility": st.sampled_from(["everyone", "followers_only", "only_me"]),
    },
)


@given(edits, st.booleans())
def test_no_edit_breaks_the_field_rules(changes: Changes, was_measured: bool) -> None:
    heartrate = 140.0 if was_measured else None
    row = compose_row(Outing(start=NOW, average_heartrate=heartrate, elapsed_seconds=2000), 12345678901)
    kept = dict(row)
    after = edited(row, changes)
    assert [rule for rule in broken_rules(after) if "order" not in rule] == []
    assert row == kept


def test_a_private_activity_is_still_listed_for_who_may_see_it(world: StravaWorld, caller: Caller) -> None:
    (activity_id,) = fill(world, 1)
    world.activities.make_private(activity_id)
    assert (listed(caller, activity_id)["private"], listed(caller, activity_id)["visibility"]) == (
        True,
        "only_me",
    )
    world.activities.make_public(activity_id)
    assert listed(caller, activity_id)["private"] is False


def test_a_deleted_activity_is_a_404_without_a_body_and_can_come_back(
    world: StravaWorld, caller: Caller
) -> None:
    first, second = fill(world, 2)
    row = world.activities.delete(first)
    assert caller.page() == [second]
    gone = caller.get(f"/api/v3/activities/{first}")
    assert (gone.status_code, gone.content) == (404, b"")
    world.activities.put(row)
    assert caller.page() == [second, first]
    assert (first in world.activities, len(world.activities)) == (True, 2)


def test_an_id_is_never_used_again(world: StravaWorld) -> None:
    first = world.activities.add(Outing(start=NOW))
    world.activities.delete(first)
    assert world.activities.add(Outing(start=NOW)) > first


def test_a_hidden_start_is_a_second_after_midnight_in_both_fields(world: StravaWorld, caller: Caller) -> None:
    (activity_id,) = fill(world, 1)
    world.activities.hide_start(activity_id)
    row = listed(caller, activity_id)
    assert row["start_date"] == row["start_date_local"] == "2026-03-09T00:00:01Z"


def test_a_changed_activity_that_does_not_exist_is_an_error(world: StravaWorld) -> None:
    with pytest.raises(KeyError):
        world.activities.edit(1, name="Nothing")


def test_the_details_of_an_activity_add_to_its_row(world: StravaWorld, caller: Caller) -> None:
    world.gear.put(GHOST)
    activity_id = world.activities.add(
        Outing(start=NOW - timedelta(hours=3), gear_id="g77", distance_metres=5432.1)
    )
    detail = caller.get(f"/api/v3/activities/{activity_id}", include_all_efforts="true").json()
    row = listed(caller, activity_id)
    assert {name: detail[name] for name in row if name not in ("resource_state", "map")} == {
        name: value for name, value in row.items() if name not in ("resource_state", "map")
    }
    assert detail["resource_state"] == 3
    assert detail["gear"]["name"] == "Brooks Ghost 15 blue"
    assert [split["distance"] for split in detail["splits_metric"]] == [1000.0] * 5 + [432.1]
    assert caller.get("/api/v3/activities/abc").status_code == 404


def test_gear_has_the_fields_of_recorded_replies(world: StravaWorld, caller: Caller) -> None:
    world.gear.put(GHOST)
    world.gear.put(Gear(id="b5", brand="Trek", model="450"))
    for metres in (5000.4, 9000.0):
        world.activities.add(Outing(start=NOW, distance_metres=metres, gear_id="g77"))
    assert list(caller.get("/api/v3/gear/g77").json().items()) == [
        ("id", "g77"),
        ("primary", False),
        ("name", "Brooks Ghost 15 blue"),
        ("nickname", "blue"),
        ("resource_state", 3),
        ("retired", False),
        ("distance", 14000),
        ("converted_distance", 8.7),
        ("brand_name", "Brooks"),
        ("model_name", "Ghost 15"),
        ("description", "Nice."),
        ("notification_distance", 0),
    ]
    assert caller.get("/api/v3/gear/b5").json()["frame_type"] == 3


def test_gear_is_renamed_retired_and_deleted(world: StravaWorld, caller: Caller) -> None:
    world.gear.put(GHOST)
    world.gear.rename("g77", brand="Brooks", model="Ghost 15")
    world.gear.retire("g77")
    shown = caller.get("/api/v3/gear/g77").json()
    assert (shown["name"], shown["nickname"], shown["retired"]) == ("Brooks Ghost 15", "", True)
    world.gear.retire("g77", is_retired=False)
    assert world.gear.all() == [replace(GHOST, nickname="")]
    world.gear.delete("g77")
    assert caller.get("/api/v3/gear/g77").status_code == 404


def test_the_athlete_s_gear_is_shown_with_the_scope_for_it(world: StravaWorld, caller: Caller) -> None:
    world.gear.put(GHOST)
    assert [shoe["id"] for shoe in caller.get("/api/v3/athlete").json()["shoes"]] == ["g77"]
    caller.connect(["read"])
    shown = caller.get("/api/v3/athlete").json()
    assert (shown["resource_state"], "shoes" in shown) == (2, False)


def test_rows_that_were_handed_out_stay_as_they_were(world: StravaWorld) -> None:
    (activity_id,) = fill(world, 1)
    (row,) = world.activities.rows()
    world.activities.edit(activity_id, name="Another")
    assert row["name"] == "Morning Run"
    assert world.activities.find(activity_id) == row | {"name": "Another"}
