"""The server: where it is, what it does not have, gone without a trace."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Delay
from fitness_pipeline_tests.sandbox.google_calendar.callers import (
    BATCH,
    LIST,
    NOW,
    Caller,
    body_of,
    inserts,
    path_of,
    reason_of,
)


def test_the_environment_points_a_client_at_it(sandbox: GoogleCalendarSandbox) -> None:
    client = sandbox.world.oauth.client
    assert sandbox.environment() == {
        "GOOGLE_API_URL": sandbox.url,
        "GOOGLE_TOKEN_URL": f"{sandbox.url}/token",
        "GOOGLE_AUTHORIZE_URL": f"{sandbox.url}/o/oauth2/v2/auth",
        "GOOGLE_CLIENT_ID": client.id,
        "GOOGLE_CLIENT_SECRET": client.secret,
        "GOOGLE_CALENDAR_ID": "primary",
    }
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert sandbox.world.oauth.refresh_token is None


def test_it_serves_an_empty_primary_calendar_by_default() -> None:
    with GoogleCalendarSandbox() as sandbox, Caller(sandbox) as caller:
        caller.connect()
        assert caller.ids() == []


def test_the_log_tells_what_came_without_the_token(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    token = caller.http.headers["Authorization"].removeprefix("Bearer ")
    caller.get(LIST, maxResults=2, access_token=token)
    del caller.http.headers["Authorization"]
    caller.get(path_of("run12345"))
    told = [
        (entry.number, entry.method, entry.path, entry.query, entry.is_authorized, entry.status)
        for entry in sandbox.log.requests
    ]
    assert told == [
        (1, "GET", LIST, {"maxResults": "2"}, True, 200),
        (2, "GET", path_of("run12345"), {}, False, 401),
    ]
    assert token not in repr(sandbox.log.requests)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/calendar/v3/users/me/calendarList"),
        ("GET", "/calendar/v3/calendars/primary"),
        ("GET", f"{LIST}/"),
        ("PUT", LIST),
        ("PATCH", LIST),
        ("DELETE", LIST),
        ("POST", f"{LIST}/import"),
        ("POST", f"{LIST}/run12345/move"),
        ("GET", BATCH),
        ("GET", "/token"),
        ("POST", "/o/oauth2/v2/auth"),
    ],
)
def test_what_the_stand_in_does_not_have_is_not_found(caller: Caller, method: str, path: str) -> None:
    assert reason_of(caller.http.request(method, path)) == (404, "notFound")


def test_replies_are_dated_by_the_stand_in_s_own_clock(caller: Caller) -> None:
    reply = caller.get(LIST)
    assert reply.headers["Date"] == NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Cache-Control"].startswith("no-cache")


def test_a_delay_waits_with_the_sleeper_it_is_given(world: GoogleCalendarWorld) -> None:
    slept: list[float] = []
    with GoogleCalendarSandbox(world, sleep=slept.append) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        sandbox.faults.order(Delay(30), inner=True, times=2)
        assert set(caller.statuses(inserts("run00001", "run00002", "run00003")).values()) == {200}
    assert slept == [30, 30]


def test_many_clients_are_served_at_once(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    def insert(number: int) -> list[int]:
        with Caller(sandbox) as other:
            other.http.headers = caller.http.headers
            same = other.insert(body_of("same12345")).status_code
            return [same, other.insert(body_of(f"run{number:05}")).status_code]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(insert, range(16)))
    assert sorted(same for same, _ in statuses) == [200] + [409] * 15
    assert {own for _, own in statuses} == {200}
    assert len(caller.ids()) == 17


def test_when_it_ends_its_threads_are_gone(world: GoogleCalendarWorld, clock: SettableClock) -> None:
    before = threading.active_count()
    with GoogleCalendarSandbox(world, clock=clock) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        assert caller.get(LIST).status_code == 200
    assert threading.active_count() == before
