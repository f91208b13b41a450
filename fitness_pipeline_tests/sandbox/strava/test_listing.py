"""The list of activities: order, windows, pages, permissions."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.sandbox.strava.listing import Window, select
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller, fill


def test_without_parameters_the_newest_thirty_come_newest_first(world: StravaWorld, caller: Caller) -> None:
    ids = fill(world, 40)
    assert caller.page() == ids[::-1][:30]


def test_with_after_alone_the_oldest_come_first(world: StravaWorld, caller: Caller) -> None:
    ids = fill(world, 5)
    assert caller.page(after=0) == ids


def test_with_before_the_newest_come_first_with_after_or_without(world: StravaWorld, caller: Caller) -> None:
    ids = fill(world, 5)
    later = int(NOW.timestamp()) + 10**6
    assert caller.page(before=later) == caller.page(before=later, after=0) == ids[::-1]


def test_both_bounds_are_exclusive(world: StravaWorld, caller: Caller) -> None:
    start = datetime(2026, 1, 5, 6, tzinfo=UTC)
    activity_id = world.activities.add(Outing(start=start))
    at = int(start.timestamp())
    assert caller.page(after=at) == []
    assert caller.page(before=at) == []
    assert caller.page(after=at - 1) == caller.page(before=at + 1) == [activity_id]
    assert caller.page(after=at - 1, before=at + 1) == [activity_id]
    assert caller.page(after=at + 1, before=at - 1) == []


def test_pages_hold_at_most_two_hundred_and_end_with_an_empty_one(world: StravaWorld, caller: Caller) -> None:
    ids = fill(world, 450, apart=timedelta(hours=7))
    assert caller.pages(per_page=200) == ids[::-1]
    assert caller.pages(per_page=150) == ids[::-1]
    assert caller.page(page=4, per_page=150) == []


def test_activities_that_start_together_keep_their_order(world: StravaWorld, caller: Caller) -> None:
    ids = [world.activities.add(Outing(start=NOW - timedelta(days=3))) for _ in range(6)]
    assert caller.pages(per_page=4) == ids[::-1]
    assert caller.pages(per_page=4, after=0) == ids


@pytest.mark.parametrize("after", [int(NOW.timestamp()) + 60, int(NOW.timestamp()) * 1000 - 10**9])
def test_an_after_in_the_future_or_in_milliseconds_is_refused(caller: Caller, after: int) -> None:
    reply = caller.get(LIST, after=after)
    assert reply.status_code == 400
    assert reply.json() == {
        "message": "Bad Request",
        "errors": [{"resource": "Application", "field": "after", "code": "future"}],
    }


@pytest.mark.parametrize(
    "parameters", [{"per_page": 201}, {"per_page": 0}, {"page": 0}, {"after": "x"}, {"before": "1.5"}]
)
def test_parameters_that_make_no_sense_are_refused(caller: Caller, parameters: dict[str, str]) -> None:
    assert caller.get(LIST, **parameters).status_code == 400


def test_private_activities_are_silently_left_out_without_their_scope(
    world: StravaWorld, caller: Caller
) -> None:
    first, second, third = fill(world, 3)
    world.activities.make_private(second)
    assert caller.page() == [third, second, first]
    caller.connect(["read", "activity:read"])
    assert caller.page() == [third, first]
    assert caller.get(f"/api/v3/activities/{second}").status_code == 404
    assert caller.get(f"/api/v3/activities/{first}").status_code == 200


def test_without_a_scope_for_activities_the_answer_is_401(world: StravaWorld, caller: Caller) -> None:
    (activity_id,) = fill(world, 1)
    caller.connect(["read", "profile:read_all"])
    for path in (LIST, f"/api/v3/activities/{activity_id}"):
        reply = caller.get(path)
        assert reply.status_code == 401
        assert reply.json()["errors"] == [
            {"resource": "AccessToken", "field": "activity:read_permission", "code": "missing"}
        ]


def test_ten_thousand_activities_are_listed_in_time(sandbox: StravaSandbox, caller: Caller) -> None:
    ids = fill(sandbox.world, 10_000, apart=timedelta(hours=8))
    seconds = []
    for _ in range(3):  # another program may use the machine meanwhile
        sandbox.limits.use(quarter_hour=0, day=0)
        began = time.perf_counter()
        assert caller.pages(per_page=200, before=int(NOW.timestamp())) == ids[::-1]
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 1
    assert sandbox.log.count(LIST) == 3 * 51


bounds = st.one_of(st.none(), st.integers(-2, 32))


@given(st.lists(st.integers(0, 30)), bounds, bounds, st.integers(1, 7))
def test_pages_together_are_the_window(
    starts: list[int], after: int | None, before: int | None, per_page: int
) -> None:
    starts.sort()
    expected = [
        at
        for at, start in enumerate(starts)
        if (after is None or start > after) and (before is None or start < before)
    ]
    if after is None or before is not None:
        expected.reverse()
    pages = [list(select(starts, Window(after, before, page, per_page))) for page in range(1, 40)]
    assert [at for page in pages for at in page] == expected
    assert all(len(page) == per_page for page in pages[: len(expected) // per_page])
