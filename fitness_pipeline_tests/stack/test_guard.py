"""An application behind the guard hears of nothing that is refused."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from fitness_pipeline.stack.guard import Guard
from fitness_pipeline.stack.own_requests import OTHER_HOST, OTHER_PAGE, Refusal

HTTP: dict[str, Any] = {"type": "http", "method": "POST", "scheme": "http", "path": "/x", "query_string": b""}
WEBSOCKET: dict[str, Any] = {"type": "websocket", "scheme": "ws", "path": "/x", "query_string": b""}


def ask(scope: Scope) -> tuple[bool, list[Message]]:
    """Send something to a guarded application; return whether it heard of it, and what was answered."""
    heard: list[Scope] = []
    answers: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(scope)

    async def receive() -> Message:
        raise AssertionError("Nothing of a refused request is read.")

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(Guard(app, "127.0.0.1")(scope, receive, send))
    return heard == [scope], answers


@pytest.mark.parametrize("scope", [HTTP, WEBSOCKET])
def test_what_may_be_carried_out_is_handed_on(scope: dict[str, Any]) -> None:
    assert ask({**scope, "headers": [(b"host", b"127.0.0.1:3000")]}) == (True, [])


def test_the_servers_start_and_end_are_handed_on() -> None:
    assert ask({"type": "lifespan"}) == (True, [])


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ([(b"host", b"evil.example")], OTHER_HOST),
        ([(b"host", b"127.0.0.1"), (b"origin", b"http://evil.example")], OTHER_PAGE),
    ],
)
def test_what_is_refused_is_answered_with_a_sentence(
    headers: list[tuple[bytes, bytes]], refusal: Refusal
) -> None:
    is_heard, (start, body) = ask({**HTTP, "headers": headers})
    assert not is_heard
    assert (start["type"], start["status"]) == ("http.response.start", refusal.status)
    assert body["body"].decode() == f"{refusal.sentence}\n"


def test_a_websocket_that_is_refused_is_closed_before_it_is_open() -> None:
    answer = ask({**WEBSOCKET, "headers": [(b"host", b"evil.example")]})
    assert answer == (False, [{"type": "websocket.close", "code": 1008}])
