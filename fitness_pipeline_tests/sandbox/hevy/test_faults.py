"""Faults on order: whatever may go wrong with Hevy goes wrong when a test says so."""

import json
from collections import Counter

import httpx
import pytest

from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Delay, DuplicateRow, Reset, Truncation
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.hevy.callers import COUNT, EVENTS, LIST, Caller, fill


def test_every_error_of_hevy_can_be_ordered(sandbox: HevySandbox, caller: Caller) -> None:
    replies = {
        errors.invalid_page_size(): 400,
        errors.invalid_page(): 400,
        errors.unauthorized(): 401,
        errors.forbidden(): 403,
        errors.page_not_found(): 404,
        errors.workout_not_found(): 404,
        errors.template_not_found(): 404,
        errors.not_found(): 404,
        errors.rate_limited(): 429,
        errors.server_error(): 500,
        errors.outage(): 502,
        errors.outage(522): 522,
    }
    for reply, status in replies.items():
        sandbox.faults.order(Answer(reply))
        got = caller.get(LIST)
        assert (got.status_code, got.content) == (status, reply.body)
    assert caller.get(LIST).status_code == 200


@pytest.mark.parametrize("retry_after", [30, "Tue, 10 Mar 2026 14:08:00 GMT"])
def test_a_429_tells_when_to_come_again_or_does_not(
    sandbox: HevySandbox, caller: Caller, retry_after: int | str
) -> None:
    sandbox.faults.order(Answer(errors.rate_limited(retry_after)))
    sandbox.faults.order(Answer(errors.rate_limited()), at=2)
    assert caller.get(LIST).headers["Retry-After"] == str(retry_after)
    assert "Retry-After" not in caller.get(LIST).headers


def test_an_outage_is_a_page_in_html_even_with_a_200(sandbox: HevySandbox, caller: Caller) -> None:
    sandbox.faults.order(Answer(errors.outage(200)), path=EVENTS)
    assert caller.get(LIST).headers["Content-Type"].startswith("application/json")
    reply = caller.get(EVENTS)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<html>" in reply.text


@pytest.mark.parametrize("path", [LIST, EVENTS])
def test_a_row_is_twice_on_its_page_which_says_nothing_of_it(
    sandbox: HevySandbox, caller: Caller, clock: SettableClock, path: str
) -> None:
    fill(sandbox.world, clock, 3)
    page = caller.json(path)
    (name,) = page.keys() - {"page", "page_count"}
    sandbox.faults.order(DuplicateRow(1))
    twice = caller.json(path)
    assert twice == page | {name: [page[name][0], page[name][1], page[name][1], page[name][2]]}


def test_what_is_no_page_has_no_row_that_could_be_twice(
    sandbox: HevySandbox, caller: Caller, clock: SettableClock
) -> None:
    (workout_id,) = fill(sandbox.world, clock, 1)
    sandbox.faults.order(DuplicateRow(), times=None)
    assert caller.json(f"{LIST}/{workout_id}") == sandbox.world.workouts.find(workout_id)
    assert caller.json(COUNT) == {"workout_count": 1}
    assert caller.get(LIST, page=2).json() == {"error": "Page not found"}


def test_a_page_shifts_when_the_world_changes_between_two_pages(
    sandbox: HevySandbox, caller: Caller, clock: SettableClock
) -> None:
    ids = fill(sandbox.world, clock, 4)

    def add(world: HevyWorld) -> None:
        world.workouts.add(Session(start=NOW))

    sandbox.faults.order(Change(add, moment="after"), at=1)
    assert Counter(row["id"] for row in caller.pages(LIST, pageSize=2))[ids[2]] == 2
    sandbox.log.clear()
    sandbox.faults.order(Change(lambda world: world.workouts.delete(ids[0])), at=2)
    seen = [row["id"] for row in caller.pages(LIST, pageSize=2)]
    assert (len(seen), ids[0] in seen) == (4, False)


def test_connections_are_reset_and_bodies_are_cut(sandbox: HevySandbox, caller: Caller) -> None:
    sandbox.faults.order(Reset(), at=1)
    sandbox.faults.order(Truncation(), at=2)
    sandbox.faults.order(Truncation(is_noticed=False), at=3)
    with pytest.raises(httpx.ReadError):
        caller.get(LIST)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.get(LIST)
    with pytest.raises(json.JSONDecodeError):
        caller.get(LIST).json()
    assert caller.get(LIST).status_code == 200
    assert [entry.status for entry in sandbox.log.requests] == [None, 200, 200, 200]


def test_a_delay_waits_with_the_sleeper_it_is_given(world: HevyWorld) -> None:
    slept: list[float] = []
    with HevySandbox(world, sleep=slept.append) as sandbox, Caller(sandbox) as caller:
        sandbox.faults.order(Delay(30))
        assert caller.get(LIST).status_code == 200
    assert slept == [30]


def test_a_change_that_fails_is_not_hidden(world: HevyWorld) -> None:
    def serve_a_change_that_fails() -> int:
        with HevySandbox(world) as sandbox, Caller(sandbox) as caller:
            sandbox.faults.order(Change(lambda world: world.workouts.delete("nothing")))
            return caller.get(LIST).status_code

    with pytest.raises(RuntimeError, match="KeyError"):
        serve_a_change_that_fails()
