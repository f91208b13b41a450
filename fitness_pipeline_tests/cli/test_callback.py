"""The browser that comes back: one answer is taken, all else is refused."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from fitness_pipeline.cli.callback import CallbackListener
from fitness_pipeline.errors import AuthorizationRefused, ConfigurationError


@pytest.fixture
def listener() -> Iterator[CallbackListener]:
    """One that waits for the state `ours`."""
    with CallbackListener(
        is_ours=lambda query: query.get("state") == "ours", reply=lambda query: f"<{query.get('code')}>"
    ) as waiting:
        yield waiting


def test_the_answer_is_taken_and_the_browser_shows_a_page(listener: CallbackListener) -> None:
    reply = httpx.get(listener.url, params={"state": "ours", "code": "c&d", "scope": ""})
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert "&lt;c&amp;d&gt;" in reply.text
    assert listener.wait(5) == {"state": "ours", "code": "c&d", "scope": ""}


def test_an_answer_to_something_else_is_refused_and_waiting_goes_on(listener: CallbackListener) -> None:
    assert httpx.get(listener.url, params={"state": "theirs", "code": "evil"}).status_code == 400
    assert httpx.get(listener.url).status_code == 400
    assert httpx.get(listener.url.replace("callback", "favicon.ico")).status_code == 404
    assert httpx.post(listener.url, data={"state": "ours"}).status_code == 501
    assert httpx.get(listener.url, params={"state": "ours", "code": "good"}).status_code == 200
    assert listener.wait(5)["code"] == "good"


def test_an_answer_works_once(listener: CallbackListener) -> None:
    for expected in (200, 409):
        assert httpx.get(listener.url, params={"state": "ours", "code": "c"}).status_code == expected
    listener.wait(5)
    with pytest.raises(AuthorizationRefused):
        listener.wait(0)


def test_a_browser_that_connects_in_advance_keeps_nobody_waiting(listener: CallbackListener) -> None:
    port = httpx.URL(listener.url).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port)):
        assert httpx.get(listener.url, params={"state": "ours"}).status_code == 200


def test_no_answer_ends_the_waiting(listener: CallbackListener) -> None:
    with pytest.raises(AuthorizationRefused, match=r"no answer within 0\.01 seconds"):
        listener.wait(0.01)


def test_only_this_machine_is_listened_to(listener: CallbackListener) -> None:
    assert httpx.URL(listener.url).host == "127.0.0.1"


def test_a_port_that_is_taken_is_said_in_a_sentence(listener: CallbackListener) -> None:
    port = httpx.URL(listener.url).port
    assert port is not None
    with pytest.raises(ConfigurationError, match=rf"Port {port} cannot be used.*--port"):
        CallbackListener(is_ours=bool, reply=str, port=port)
