"""The server: its key, its log, what it does not have."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.hevy.callers import COUNT, EVENTS, LIST, TEMPLATES, Caller, fill


def test_the_environment_points_a_client_at_it(sandbox: HevySandbox) -> None:
    environment = sandbox.environment()
    assert list(environment) == ["HEVY_API_URL", "HEVY_API_KEY"]
    headers = {"api-key": environment["HEVY_API_KEY"]}
    reply = httpx.get(f"{environment['HEVY_API_URL']}/v1/workouts/count", headers=headers, timeout=10)
    assert reply.json() == {"workout_count": 0}


@pytest.mark.parametrize(
    "path", [LIST, COUNT, EVENTS, TEMPLATES, "/v1/user/info", f"{LIST}/1", "/v1/routines"]
)
@pytest.mark.parametrize("key", [None, "", "00000000-0000-4000-8000-000000000000"])
def test_nothing_is_told_without_the_right_key(caller: Caller, path: str, key: str | None) -> None:
    del caller.http.headers["api-key"]
    if key is not None:
        caller.http.headers["api-key"] = key
    reply = caller.get(path)
    assert (reply.status_code, reply.json()) == (401, {"error": "Unauthorized"})


def test_a_key_that_is_replaced_is_wrong_from_then_on(world: HevyWorld, caller: Caller) -> None:
    assert caller.get(COUNT).status_code == 200
    world.api_key = "another"
    assert caller.get(COUNT).status_code == 401
    caller.http.headers["API-KEY"] = "another"
    assert caller.get(COUNT).status_code == 200


def test_the_key_counts_in_its_header_only(world: HevyWorld, caller: Caller) -> None:
    key = caller.http.headers.pop("api-key")
    assert caller.get(COUNT, **{"api-key": key}).status_code == 401
    assert caller.http.get(COUNT, headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_the_log_tells_what_came_without_the_key(sandbox: HevySandbox, caller: Caller) -> None:
    key = sandbox.world.api_key
    caller.get(LIST, page=2, **{"api-key": key})
    caller.http.headers["api-key"] = "wrong"
    caller.get(COUNT)
    told = [
        (entry.number, entry.method, entry.path, entry.query, entry.is_authorized, entry.status)
        for entry in sandbox.log.requests
    ]
    assert told == [(1, "GET", LIST, {"page": "2"}, True, 404), (2, "GET", COUNT, {}, False, 401)]
    assert key not in repr(sandbox.log.requests)
    assert "wrong" not in repr(sandbox.log.requests)


def test_the_user_is_told_in_an_envelope(caller: Caller) -> None:
    assert caller.json("/v1/user/info").keys() == {"data"}
    assert caller.json("/v1/user/info")["data"].keys() == {"id", "name", "url"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/v1/routines"), ("POST", LIST), ("PUT", f"{LIST}/1"), ("GET", "/workouts")],
)
def test_what_the_stand_in_does_not_have_is_not_found(caller: Caller, method: str, path: str) -> None:
    assert caller.http.request(method, path).status_code == 404


def test_replies_are_dated_by_the_stand_in_s_own_clock(caller: Caller) -> None:
    reply = caller.get(COUNT)
    assert reply.headers["Date"] == NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


def test_many_clients_are_served_while_the_world_changes(
    sandbox: HevySandbox, world: HevyWorld, clock: SettableClock
) -> None:
    ids = fill(world, clock, 30)

    def read(number: int) -> int:
        world.workouts.edit(ids[number], title=f"Edit {number}")
        with Caller(sandbox) as caller:
            return len({row["id"] for row in caller.pages(LIST, pageSize=10)})

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(16))) == [30] * 16
    assert sandbox.log.count(LIST) == 16 * 4


def test_when_it_ends_its_threads_are_gone(world: HevyWorld) -> None:
    before = threading.active_count()
    with HevySandbox(world) as sandbox, Caller(sandbox) as caller:
        assert caller.get(COUNT).status_code == 200
    assert threading.active_count() == before
