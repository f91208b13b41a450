"""The feed of events: whoever applies it, oldest first, knows what there is now."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.sandbox.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy.limits import CallLimit
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.hevy.callers import EVENTS, LIST, Caller, fill
from fitness_pipeline_tests.sandbox.hevy.field_rules import broken_page_rules

HOUR = timedelta(hours=1)


def test_a_new_workout_is_an_update(world: HevyWorld, caller: Caller, clock: SettableClock) -> None:
    workout_id = world.workouts.add(Session(start=NOW - HOUR))
    page = caller.json(EVENTS)
    assert page["events"] == [{"type": "updated", "workout": world.workouts.find(workout_id)}]
    assert broken_page_rules(page, "events", number=1, size=5) == []


def test_events_come_newest_first(world: HevyWorld, caller: Caller, clock: SettableClock) -> None:
    first, second, third = fill(world, clock, 3)
    clock.advance(HOUR)
    world.workouts.edit(first, title="Another")
    clock.advance(HOUR)
    world.workouts.delete(second)
    assert caller.told() == [
        ("deleted", second),
        ("updated", first),
        ("updated", third),
        ("updated", second),
        ("updated", first),
    ]


def test_an_earlier_event_has_the_workout_as_it_was_then(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    (workout_id,) = fill(world, clock, 1)
    before = world.workouts.find(workout_id)
    world.workouts.edit(workout_id, title="Another")
    assert [event["workout"] for event in caller.pages(EVENTS)] == [world.workouts.find(workout_id), before]


def test_a_later_event_may_take_the_place_of_the_earlier_ones(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    first, second = fill(world, clock, 2)
    world.workouts.edit(second, title="Another")
    world.workouts.edit(first, title="Another")
    row = world.workouts.delete(first)
    world.workouts.keeps_former_events = False
    assert caller.told() == [("deleted", first), ("updated", second)]
    world.workouts.put(row)
    assert caller.told() == [("updated", first), ("updated", second)]


def test_a_deletion_tells_when_or_does_not(world: HevyWorld, caller: Caller, clock: SettableClock) -> None:
    first, second = fill(world, clock, 2)
    world.workouts.delete(first, tells_when=False)
    world.workouts.delete(second)
    assert caller.json(EVENTS)["events"][:2] == [
        {"type": "deleted", "id": second, "deleted_at": "2026-03-10T14:07:30.000Z"},
        {"type": "deleted", "id": first},
    ]
    assert broken_page_rules(caller.json(EVENTS), "events", number=1, size=5) == []


@pytest.mark.parametrize(
    "write",
    [
        datetime.isoformat,
        lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda at: at.astimezone(timezone(timedelta(hours=-6))).isoformat(timespec="milliseconds"),
        lambda at: at.replace(tzinfo=None).isoformat(),
    ],
)
def test_events_since_a_time_include_those_of_that_time(
    world: HevyWorld, caller: Caller, clock: SettableClock, write: Callable[[datetime], str]
) -> None:
    _, second, third = fill(world, clock, 3)
    assert caller.told(since=write(NOW - timedelta(days=1))) == [("updated", third), ("updated", second)]
    assert caller.told(since=write(NOW + timedelta(seconds=1))) == []


def test_events_that_are_forgotten_leave_the_workouts_as_they_are(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    first, second, third = fill(world, clock, 3)
    world.workouts.forget_events(NOW - timedelta(days=1))
    assert caller.told() == [("updated", third), ("updated", second)]
    assert set(world.workouts.ids()) == {first, second, third}
    world.workouts.forget_events(clock() + timedelta(seconds=1))
    assert caller.told() == []
    assert world.workouts.add(Session(start=NOW)) not in {first, second, third}


@pytest.mark.parametrize("since", ["2026-03-10T14:07:30+00:00", "yesterday"])
def test_a_since_that_cannot_be_read_is_an_error_of_the_server(caller: Caller, since: str) -> None:
    # As it is: with a + that nobody encoded.
    assert caller.http.get(f"{EVENTS}?since={since}").status_code == 500


def test_what_was_there_from_the_beginning_is_an_event_of_its_own_time() -> None:
    clock = SettableClock(NOW)
    early = HevyWorld(clock=clock)
    ids = fill(early, clock, 3)
    clock.advance(timedelta(days=30))
    deleted = ("00000000-0000-4000-8000-000000000000", NOW - timedelta(hours=30))
    world = HevyWorld(early.workouts.rows(), deletions=[deleted], clock=clock)
    told = [json.loads(body) for body in world.workouts.events(NOW - timedelta(days=1.5))]
    assert [event["workout"]["id"] if "workout" in event else event["id"] for event in told] == [
        ids[2],
        ids[1],
        deleted[0],
    ]


operations = st.lists(
    st.tuples(st.sampled_from(["add", "edit", "delete", "put back"]), st.integers(0, 5), st.integers(0, 90)),
    max_size=25,
)


@given(before=operations, after=operations, keeps_former_events=st.booleans(), size=st.integers(1, 10))
def test_events_applied_to_an_old_copy_give_the_new_state(
    before: list[tuple[str, int, int]],
    after: list[tuple[str, int, int]],
    keeps_former_events: bool,
    size: int,
) -> None:
    clock = SettableClock(NOW)
    world = HevyWorld(clock=clock)
    world.workouts.keeps_former_events = keeps_former_events
    gone: list[dict[str, Any]] = []
    live(world, clock, gone, before)
    copy = {row["id"]: row for row in world.workouts.rows()}
    copied_at = clock()
    live(world, clock, gone, after)
    events = read(HevyApi(world, CallLimit(clock)), world.api_key, copied_at, size)
    for event in reversed(events):
        if event["type"] == "deleted":
            copy.pop(event["id"], None)
        else:
            copy[event["workout"]["id"]] = event["workout"]
    assert copy == {row["id"]: row for row in world.workouts.rows()}
    if not keeps_former_events:
        ids = [event["workout"]["id"] if "workout" in event else event["id"] for event in events]
        assert len(ids) == len(set(ids))


def live(
    world: HevyWorld, clock: SettableClock, gone: list[dict[str, Any]], happened: list[tuple[str, int, int]]
) -> None:
    """Have things happen, one after the other; what was deleted is gone, until it is put back."""
    for what, which, seconds in happened:
        clock.advance(timedelta(seconds=seconds))
        ids = world.workouts.ids()
        if what == "add":
            world.workouts.add(Session(start=clock() - HOUR))
        elif what == "edit" and ids:
            world.workouts.edit(ids[which % len(ids)], title=f"{which} at {clock()}")
        elif what == "delete" and ids:
            gone.append(world.workouts.delete(ids[which % len(ids)], tells_when=seconds % 2 == 0))
        elif what == "put back" and gone:
            world.workouts.put(gone.pop(which % len(gone)))


def read(api: HevyApi, key: str, since: datetime, size: int) -> list[dict[str, Any]]:
    """Return all events since a time."""
    events: list[dict[str, Any]] = []
    number = 1
    while True:
        query = {"since": since.isoformat(), "page": str(number), "pageSize": str(size)}
        reply = api.answer(Request(number, "GET", EVENTS, query, {}, key))
        assert reply.status in (200, 404)
        page = json.loads(reply.body).get("events")
        if not page:
            return events
        events += page
        number += 1


def test_an_id_is_never_used_again(world: HevyWorld, clock: SettableClock) -> None:
    first = world.workouts.add(Session(start=NOW))
    world.workouts.delete(first)
    again = HevyWorld(world.workouts.rows(), deletions=[(first, NOW)], clock=clock)
    second = again.workouts.add(Session(start=NOW))
    assert second != first
    assert str(UUID(second)) == second


def test_an_event_that_arrives_between_two_pages_shifts_the_second(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    ids = fill(world, clock, 4)
    assert caller.json(EVENTS, pageSize=2)["events"][1]["workout"]["id"] == ids[2]
    world.workouts.add(Session(start=NOW))
    assert caller.json(EVENTS, pageSize=2, page=2)["events"][0]["workout"]["id"] == ids[2]


def test_the_default_of_since_is_the_beginning_of_time(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    clock.now = datetime(1970, 1, 2, tzinfo=UTC)
    workout_id = world.workouts.add(Session(start=clock()))
    assert caller.told() == caller.told(since="1970-01-01T00:00:00Z") == [("updated", workout_id)]
    assert caller.page() == [workout_id]
    assert caller.get(LIST, page=2).status_code == 404
