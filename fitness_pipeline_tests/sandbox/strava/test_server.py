"""The server: loopback only, many at once, gone without a trace."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest

from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller, fill


def test_it_answers_on_loopback_only(sandbox: StravaSandbox) -> None:
    assert sandbox.url.startswith("http://127.0.0.1:")
    port = int(sandbox.url.rsplit(":", 1)[1])
    listening = [
        connection.laddr
        for connection in psutil.Process().net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
    ]
    assert [address.ip for address in listening] == ["127.0.0.1"]


def test_the_environment_points_a_client_at_it(sandbox: StravaSandbox) -> None:
    environment = sandbox.environment()
    assert environment == sandbox.environment()
    assert list(environment) == [
        "STRAVA_API_URL",
        "STRAVA_TOKEN_URL",
        "STRAVA_AUTHORIZE_URL",
        "STRAVA_CLIENT_ID",
        "STRAVA_CLIENT_SECRET",
        "STRAVA_REFRESH_TOKEN",
    ]
    form = {
        "client_id": environment["STRAVA_CLIENT_ID"],
        "client_secret": environment["STRAVA_CLIENT_SECRET"],
        "refresh_token": environment["STRAVA_REFRESH_TOKEN"],
        "grant_type": "refresh_token",
    }
    tokens = httpx.post(environment["STRAVA_TOKEN_URL"], data=form, timeout=10).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    reply = httpx.get(f"{environment['STRAVA_API_URL']}/athlete/activities", headers=headers, timeout=10)
    assert reply.json() == []


def test_many_clients_are_served_at_once(sandbox: StravaSandbox, caller: Caller) -> None:
    ids = fill(sandbox.world, 30)
    headers = dict(caller.http.headers)

    def read(_: int) -> list[int]:
        with httpx.Client(base_url=sandbox.url, headers=headers, timeout=10) as client:
            return [row["id"] for _ in range(5) for row in client.get(LIST).json()]

    with ThreadPoolExecutor(16) as pool:
        assert all(got == ids[::-1] * 5 for got in pool.map(read, range(16)))
    assert sandbox.log.count(LIST) == 80
    assert [entry.number for entry in sandbox.log.requests] == list(range(1, 81))


def test_only_one_of_many_refreshes_at_once_wins_the_rotation(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.world.oauth.kill_access_tokens()
    dying = caller.refresh_token

    def refresh(_: int) -> int:
        with Caller(sandbox) as other:
            return other.refresh(dying).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(refresh, range(8))) == [200] + [400] * 7


def test_the_log_tells_what_came_without_secrets(sandbox: StravaSandbox, caller: Caller) -> None:
    caller.get(LIST, page=2, access_token="ignored")  # noqa: S106 - not a real one
    caller.refresh(caller.refresh_token)
    caller.http.headers.pop("Authorization")
    caller.get("/api/v3/gear/g1")
    told = [
        (entry.number, entry.method, entry.path, entry.query, entry.grant_type, entry.is_authorized)
        for entry in sandbox.log.requests
    ]
    assert told == [
        (1, "GET", LIST, {"page": "2"}, None, True),
        (2, "POST", "/oauth/token", {}, "refresh_token", True),
        (3, "GET", "/api/v3/gear/g1", {}, None, False),
    ]
    assert (sandbox.log.count(), sandbox.log.count("/api/*"), sandbox.log.count(method="POST")) == (3, 2, 1)
    sandbox.log.clear()
    caller.get(LIST)
    assert [entry.number for entry in sandbox.log.requests] == [1]


def test_replies_are_dated_by_the_stand_in_s_own_clock(caller: Caller) -> None:
    assert caller.get(LIST).headers["Date"] == NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/api/v3/clubs/1"), ("PUT", "/api/v3/athlete"), ("POST", "/oauth/revoke")],
)
def test_what_the_stand_in_does_not_have_is_not_found(caller: Caller, method: str, path: str) -> None:
    assert caller.http.request(method, path).status_code == 404


def test_the_paths_of_the_api_description_work_for_tokens_too(caller: Caller, world: StravaWorld) -> None:
    client = world.oauth.client
    form = {
        "client_id": str(client.id),
        "client_secret": client.secret,
        "grant_type": "refresh_token",
        "refresh_token": caller.refresh_token,
    }
    assert caller.http.post("/api/v3/oauth/token", data=form).status_code == 200


def test_an_old_client_gets_a_plain_body_and_the_end(sandbox: StravaSandbox) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /api/v3/athlete HTTP/1.0\r\n\r\n")
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    assert b"401 Unauthorized" in head
    assert b"chunked" not in head
    assert body.startswith(b'{"message":"Authorization Error"')


def test_when_it_ends_its_threads_and_its_port_are_free(world: StravaWorld) -> None:
    before = threading.active_count()
    with StravaSandbox(world) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        assert caller.get(LIST).status_code == 200
        url = sandbox.url
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, timeout=10)


def test_it_has_no_address_before_it_is_started() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = StravaSandbox().url
