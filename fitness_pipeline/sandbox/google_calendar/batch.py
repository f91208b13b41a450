"""Batches: many calls in the parts of one multipart body, done in another order than the given one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from http.client import responses
from random import Random
from uuid import NAMESPACE_URL, uuid5

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.incoming import Incoming
from fitness_pipeline.sandbox.serving.replies import Refusal, Reply

BATCH = "/batch/calendar/v3"
MOST_CALLS = 1000  # guide to batches

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Call:
    """A call within a batch.

    Attributes:
        content_id: as it came, with its brackets; None when it came without one.
        incoming: the call itself, with the token of the whole batch if it has none of its own.
    """

    content_id: str | None
    incoming: Incoming


def split(batch: Incoming) -> list[Call]:
    """Return the calls of a batch, in the order in which they were sent.

    Raises:
        Refusal: it cannot be taken apart, or it has too many of them.
    """
    head = f"Content-Type: {batch.headers.get('content-type', '')}\r\n\r\n".encode("latin-1")
    message = message_from_bytes(head + batch.body)
    if message.get_content_type() != "multipart/mixed" or not message.is_multipart():
        raise Refusal(errors.bad_batch("Failed to parse batch request."))
    parts = [part for part in message.walk() if part is not message]
    if len(parts) > MOST_CALLS:
        raise Refusal(errors.bad_batch(f"The batch request has more than {MOST_CALLS} calls."))
    shared = {name: text for name, text in batch.headers.items() if name == "authorization"}
    calls = []
    for part in parts:
        content_id = part.get("Content-ID")
        if content_id is not None:
            content_id = _BLANKS.sub(" ", content_id).strip()  # long headers are folded
        calls.append(Call(content_id, _parse_call(_payload(part), shared)))
    return calls


def answer(calls: list[Call], do: Callable[[Incoming, int], Reply], seed: str) -> Reply:
    """Do the calls of a batch.

    Google says that it does them in any order; here it is never the given one, and the parts of the answer
    are in the order in which the calls were done. The answer is 200 whatever happened to a call; that this is
    so for a dead token of the whole batch, too, is a guess.

    Args:
        calls: in the order in which they were sent.
        do: does one; it gets its position, from 1. A reply with status 0 is left out of the answer.
        seed: of the order.
    """
    parts = []
    for position in _other_order(len(calls), seed):
        call = calls[position - 1]
        reply = do(call.incoming, position)
        if reply.status:
            parts.append(_part(call.content_id, reply))
    boundary = f"batch_{uuid5(NAMESPACE_URL, seed)}"
    delimiter = f"--{boundary}\r\n".encode()
    body = b"".join(delimiter + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return Reply(200, body, (("Content-Type", f"multipart/mixed; boundary={boundary}"),))


def _other_order(count: int, seed: str) -> list[int]:
    random = Random(seed)  # noqa: S311 - nothing secret
    given = list(range(1, count + 1))
    order = sorted(given, key=lambda _: random.random())
    return order if order != given else order[1:] + order[:1]


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _parse_call(payload: bytes, shared: dict[str, str]) -> Incoming:
    # The client ends lines with \n alone, as its library for mail does.
    head, *rest = _END_OF_HEAD.split(payload.lstrip(), maxsplit=1)
    first, *lines = head.decode("utf-8", "replace").split("\n")
    words = first.split()
    if len(words) != 3:
        raise Refusal(errors.bad_batch("Failed to parse batch request."))
    headers = dict(shared)
    for line in lines:
        name, _, text = line.partition(":")
        headers[name.strip().lower()] = text.strip()
    return Incoming(words[0], words[1], headers, rest[0] if rest else b"")


def _part(content_id: str | None, reply: Reply) -> bytes:
    body = reply.body[: reply.sent_bytes] if reply.ending == "cut" else reply.body
    about = ["Content-Type: application/http"]
    if content_id is not None:
        about.append(f"Content-ID: <response-{content_id.removeprefix('<')}")
    head = [
        f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unknown')}",
        *(f"{name}: {text}" for name, text in reply.headers),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*about, "", *head, "", ""]).encode() + body
