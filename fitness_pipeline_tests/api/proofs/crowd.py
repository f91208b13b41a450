"""Many clients at once, each of whom asks again as soon as it has an answer."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Ask = Callable[[int, int], tuple[str, str, object]]
"""Returns method, path and body (None for none) for the number of a client and the number of its request."""


@dataclass
class Answers:
    """What a crowd was answered.

    Attributes:
        statuses: how often each came; 0 for no answer at all.
        others: those that were not 2xx, with their bodies, the first few of them.
        seconds: how long each took.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    others: list[tuple[int, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, status: int, body: str, seconds: float) -> None:
        """Count an answer.

        Args:
            status: of it; 0 for none.
            body: of it.
            seconds: from the question to its end.
        """
        self.statuses[status] += 1
        self.seconds.append(seconds)
        if not 200 <= status < 300 and len(self.others) < 20:
            self.others.append((status, body[:300]))


def ask_at_once(
    url: str, token: str, clients: int, ask: Ask, *, goes_on: Callable[[int], bool], answers: Answers
) -> None:
    """Have many clients ask at once, each on a connection of its own that is kept.

    Args:
        url: where the API answers.
        token: that all of them send.
        clients: how many.
        ask: what each of them asks.
        goes_on: whether a client asks once more, by how many answers it has.
        answers: where each one is counted as it comes.
    """

    async def crowd() -> None:
        await asyncio.gather(
            *(_client(url, token, number, ask, goes_on, answers) for number in range(clients))
        )

    asyncio.run(crowd())


async def _client(
    url: str, token: str, number: int, ask: Ask, goes_on: Callable[[int], bool], answers: Answers
) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**24)
    turn = 0
    try:
        while goes_on(turn):
            method, path, body = ask(number, turn)
            started = time.perf_counter()
            status, text = await _exchange(reader, writer, token, method, path, body)
            answers.add(status, text, time.perf_counter() - started)
            if status == 0:
                return
            turn += 1
    finally:
        writer.close()


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    token: str,
    method: str,
    path: str,
    body: object,
) -> tuple[int, str]:
    content = b"" if body is None else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    try:
        writer.write(head.encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answer.partition("content-length:")[2].partition("\r\n")[0])
        text = (await reader.readexactly(length)).decode()
    except (ConnectionError, asyncio.IncompleteReadError) as error:
        return 0, repr(error)
    return int(answer.split()[1]), text
