"""Lists: pages, their limits, their end, their order."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.sandbox.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy.limits import CallLimit
from fitness_pipeline.sandbox.hevy.paging import Page, page_reply
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.replies import Refusal, encode
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.hevy.callers import COUNT, EVENTS, LIST, TEMPLATES, Caller, fill
from fitness_pipeline_tests.sandbox.hevy.field_rules import broken_page_rules


def template(number: int) -> dict[str, object]:
    return {
        "id": f"{number:08X}",
        "title": f"Exercise {number}",
        "type": "weight_reps",
        "primary_muscle_group": "chest",
        "secondary_muscle_groups": [],
        "is_custom": False,
    }


def test_without_parameters_the_newest_five_come_newest_first(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    ids = fill(world, clock, 12)
    page = caller.json(LIST)
    assert [row["id"] for row in page["workouts"]] == ids[::-1][:5]
    assert (page["page"], page["page_count"]) == (1, 3)
    assert broken_page_rules(page, "workouts", number=1, size=5) == []


def test_a_session_that_is_logged_late_comes_first(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    ids = fill(world, clock, 3)
    clock.advance(timedelta(hours=1))
    late = world.workouts.add(Session(start=NOW - timedelta(days=60)))
    assert caller.page() == [late, *ids[::-1]]


@pytest.mark.parametrize(("path", "largest"), [(LIST, 10), (EVENTS, 10), (TEMPLATES, 100)])
def test_a_page_that_is_too_large_is_refused(
    world: HevyWorld, caller: Caller, clock: SettableClock, path: str, largest: int
) -> None:
    fill(world, clock, 1)
    world.templates.put(template(1))
    assert caller.get(path, pageSize=largest).status_code == 200
    reply = caller.get(path, pageSize=largest + 1)
    assert (reply.status_code, reply.json()) == (400, {"error": "Invalid page size"})


@pytest.mark.parametrize("path", [LIST, EVENTS, TEMPLATES])
@pytest.mark.parametrize("parameters", [{"page": 0}, {"page": "x"}, {"pageSize": 0}, {"pageSize": "many"}])
def test_pages_that_make_no_sense_are_refused(
    caller: Caller, path: str, parameters: dict[str, object]
) -> None:
    assert caller.get(path, **parameters).status_code == 400


def test_names_that_other_apis_have_count_for_nothing(
    world: HevyWorld, caller: Caller, clock: SettableClock
) -> None:
    ids = fill(world, clock, 7)
    assert caller.page(per_page=2, since=NOW.isoformat(), page_size=3) == ids[::-1][:5]


@pytest.mark.parametrize("path", [LIST, EVENTS, TEMPLATES])
def test_past_the_last_page_there_is_nothing_to_be_found(
    world: HevyWorld, caller: Caller, clock: SettableClock, path: str
) -> None:
    fill(world, clock, 5)
    for number in range(5):
        world.templates.put(template(number))
    assert caller.json(path)["page_count"] == 1
    for number in (2, 1000):
        reply = caller.get(path, page=number)
        assert (reply.status_code, reply.json()) == (404, {"error": "Page not found"})


@pytest.mark.parametrize(
    ("path", "name"), [(LIST, "workouts"), (EVENTS, "events"), (TEMPLATES, "exercise_templates")]
)
def test_a_list_of_nothing_has_an_empty_page_or_none(
    world: HevyWorld, caller: Caller, path: str, name: str
) -> None:
    assert caller.json(path) == {"page": 1, "page_count": 0, name: []}
    world.is_empty_page_missing = True
    assert caller.get(path).status_code == 404
    assert caller.json(COUNT) == {"workout_count": 0}


def test_all_templates_come_page_by_page(world: HevyWorld, caller: Caller) -> None:
    rows = [template(number) for number in range(230)]
    for row in rows:
        world.templates.put(row)
    page = caller.json(TEMPLATES, page=3, pageSize=100)
    assert broken_page_rules(page, "exercise_templates", number=3, size=100) == []
    assert caller.pages(TEMPLATES, pageSize=100) == rows


@given(rows=st.integers(0, 40), size=st.integers(1, 12))
def test_pages_sum_up_and_then_end(rows: int, size: int) -> None:
    bodies = [encode({"id": number}) for number in range(rows)]
    count = -(-rows // size)
    pages = [
        json.loads(page_reply("rows", bodies, Page(number, size), is_empty_page_missing=True).body)
        for number in range(1, count + 1)
    ]
    assert [row["id"] for page in pages for row in page["rows"]] == list(range(rows))
    assert [(page["page"], page["page_count"]) for page in pages] == [
        (number, count) for number in range(1, count + 1)
    ]
    with pytest.raises(Refusal, match="404"):
        page_reply("rows", bodies, Page(count + 1, size), is_empty_page_missing=True)


def test_fifty_thousand_workouts_are_listed_in_full() -> None:
    clock = SettableClock(NOW)
    one = HevyWorld(clock=clock)
    row = one.workouts.find(one.workouts.add(Session(start=NOW)))
    assert row is not None
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(50_000)]
    world = HevyWorld(row | {"id": workout_id} for workout_id in ids)
    api = HevyApi(world, CallLimit(clock))
    key = world.api_key
    query = {"pageSize": "10"}
    bodies = [
        api.answer(Request(0, "GET", LIST, query | {"page": str(number)}, {}, key)).body
        for number in range(1, 5001)
    ]
    assert sum(body.count(b'"exercises"') for body in bodies) == 50_000
    assert api.answer(Request(0, "GET", LIST, query | {"page": "5001"}, {}, key)).status == 404
