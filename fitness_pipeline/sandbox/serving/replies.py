"""A reply before it goes out: what it says, and how much of it will arrive."""

import json
from dataclasses import dataclass
from typing import Any, Literal

Headers = tuple[tuple[str, str], ...]
Ending = Literal["whole", "cut", "reset"]

_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the stand-in answers.

    Attributes:
        status: the HTTP status.
        body: may be empty.
        headers: as they are written on the wire, names in the provider's own case.
        ending: `cut` closes the connection after `sent_bytes` of the body; `reset` sends nothing and
            resets the connection.
        sent_bytes: how much of the body goes out when it is cut.
    """

    status: int
    body: bytes = b""
    headers: Headers = ()
    ending: Ending = "whole"
    sent_bytes: int = 0


class Refusal(Exception):
    """A request that is answered with an error.

    Attributes:
        reply: the answer.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"HTTP {reply.status}")
        self.reply = reply


class Interruption(Exception):
    """A request within another one, which ends the other one at once.

    Attributes:
        reply: the answer to the other one.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"HTTP {reply.status}")
        self.reply = reply


def json_reply(value: Any, status: int = 200) -> Reply:
    """Return a reply with a JSON body."""
    return raw_json_reply(encode(value), status)


def raw_json_reply(body: bytes, status: int = 200) -> Reply:
    """Return a reply whose body is JSON already."""
    return Reply(status, body, (("Content-Type", _JSON),))


def redirect(url: str) -> Reply:
    """Return a reply that sends a browser elsewhere."""
    return Reply(302, headers=(("Location", url),))


def encode(value: Any) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
