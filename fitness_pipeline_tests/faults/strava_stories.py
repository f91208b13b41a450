"""An athlete with more than 400 activities, and what happens between two syncs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs_history import soft_delete_run, update_run_with_history
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.rows import Row, compose_row
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW

ACTIVITIES = 405
EVERY = timedelta(hours=20)
GEAR = (
    Gear(id="b1", brand="Trek", model="FX 3"),
    Gear(id="g1", brand="Brooks", model="Ghost 15"),
    Gear(id="g2", brand="Saucony", model="Ride 14"),
)
DELETED_GEAR = "g404"
FIRST_ID = 16_500_000_000


def id_of(number: int) -> int:
    """The id of one of the first activities; 0 is the newest."""
    return FIRST_ID + 1009 * (ACTIVITIES - number)


@cache
def first_rows() -> list[Row]:
    """The activities before the first sync, newest first."""
    return [compose_row(_outing(number), id_of(number)) for number in range(ACTIVITIES)]


def first_world() -> StravaWorld:
    """A Strava with them."""
    return StravaWorld(first_rows(), GEAR)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A sync, and what happened since the one before.

    Attributes:
        wanted: what it is to read.
        is_first: whether nothing was synced before; otherwise the runner has edited since.
        later: how long after the beginning it is.
        happen: changes the world.
        requests: how many it makes if nothing goes wrong: for a token, pages, missing activities, gear.
        pages: the numbers of those for pages; the last one is empty.
        confirmations: the numbers of those for missing activities.
        gear: the numbers of those for gear.
    """

    wanted: dict[str, Any]
    is_first: bool = False
    later: timedelta
    happen: Callable[[StravaWorld], None]
    pages: range
    confirmations: range
    gear: range

    @property
    def requests(self) -> int:
        return self.gear.stop - 1


def edit_as_the_runner(connection: AnyConnection) -> None:
    """The runner edits and deletes after the first sync."""
    for number, updates in (
        (2, {"distance": 7.0}),
        (6, {"duration": 100.0}),
        (8, {"avg_heart_rate": 151.0}),
        (9, {"distance": 3.5, "shoe_id": None}),
    ):
        update_run_with_history(f"strava_{id_of(number)}", updates, "Ada", conn=connection)
    soft_delete_run(f"strava_{id_of(10)}", "Ada", conn=connection)


def live_on(world: StravaWorld) -> None:
    """A day in which everything changes that an incremental sync has to see."""
    activities = world.activities
    world.gear.put(Gear(id="g3", brand="Hoka", model="Mach 6"))
    activities.add(Outing(start=NOW + timedelta(hours=6), gear_id="g3", recorder=None))
    activities.add(Outing(start=NOW - timedelta(days=9, hours=1), gear_id="g2", recorder=None))
    activities.add(Outing(start=NOW + timedelta(hours=8), name="No text\x00for Postgres", recorder=None))
    activities.edit(id_of(1), distance_metres=9000.0)
    activities.edit(id_of(2), distance_metres=9999.9, elapsed_seconds=3333)
    activities.edit(id_of(3), gear_id="g2", name="In the other shoes")
    activities.edit(id_of(4), sport_type="Ride", gear_id="b1")
    activities.edit(id_of(7), sport_type="Run", gear_id="g1")
    activities.delete(id_of(5))
    activities.delete(id_of(6))
    activities.edit(id_of(8), average_heartrate=151.0)
    activities.edit(id_of(9), start=NOW - timedelta(days=300, hours=1))
    activities.edit(id_of(10), distance_metres=1000.0)
    activities.edit(id_of(12), distance_metres=-5.0)


def live_on_for_days(world: StravaWorld) -> None:
    """As that day, and what only a full sync finds: old edits and deletions, and changes of gear."""
    live_on(world)
    world.activities.edit(id_of(300), is_trainer=True)
    world.activities.delete(id_of(351))
    world.activities.add(Outing(start=NOW - timedelta(days=200, minutes=7), recorder=None))
    world.gear.rename("g1", brand="Brooks", model="Ghost 15", nickname="the old ones")
    world.gear.retire("g1")


FIRST = Story(
    wanted={},
    is_first=True,
    later=timedelta(),
    happen=lambda _: None,
    pages=range(2, 6),
    confirmations=range(6, 6),
    gear=range(6, 10),
)
FULL = Story(
    wanted={"is_full": True},
    later=timedelta(days=8),
    happen=live_on_for_days,
    pages=range(2, 6),
    confirmations=range(6, 9),
    gear=range(9, 14),
)
INCREMENTAL = Story(
    wanted={"is_incremental": True},
    later=timedelta(days=1),
    happen=live_on,
    pages=range(2, 4),
    # Of the one that moved, the row is asked for as well.
    confirmations=range(4, 8),
    gear=range(8, 9),
)


def _outing(number: int) -> Outing:
    # Not the newest one, so that the last day in the shoes that are retired is the same whatever is missing.
    is_ride = number % 7 == 0 and number > 0
    shoe = {0: "g1", 1: "g2"}.get(number % 3) if number != 20 else DELETED_GEAR
    return Outing(
        start=NOW - timedelta(hours=5) - number * EVERY,
        sport_type="Ride" if is_ride else "Run",
        distance_metres=5000.0 + number,
        elapsed_seconds=1500 + number,
        recorder="garmin" if number < 5 else None,
        is_trainer=number % 11 == 0,
        visibility="only_me" if number % 13 == 0 else "everyone",
        gear_id="b1" if is_ride else shoe,
        average_heartrate=140.0 + number % 20 if number % 2 else None,
    )
