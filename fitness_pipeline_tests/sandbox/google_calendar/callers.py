"""A client of the stand-in, as plain as can be."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from fitness_pipeline.sandbox.google_calendar.grants import EVENTS
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox

NOW = datetime(2026, 3, 10, 14, 7, 30, 250_000, tzinfo=UTC)
LIST = "/calendar/v3/calendars/primary/events"
BATCH = "/batch/calendar/v3"

Row = dict[str, Any]


def path_of(event_id: str) -> str:
    """Return where an event of the primary calendar is."""
    return f"{LIST}/{event_id}"


def body_of(event_id: str | None = None, *, day: int = 9, **fields: Any) -> Row:
    """Return what a client sends for a run of an hour in March."""
    chosen = {} if event_id is None else {"id": event_id}
    span = {
        edge: {"dateTime": f"2026-03-{day:02}T{hour}:00:00Z"} for edge, hour in (("start", 12), ("end", 13))
    }
    return {**chosen, "summary": "Run", **span, **fields}


def reason_of(reply: httpx.Response) -> tuple[int, str]:
    """Return the status and the reason of an error."""
    error = reply.json()["error"]
    assert error["code"] == reply.status_code
    (item,) = error["errors"]
    assert item["message"] == error["message"]
    return reply.status_code, item["reason"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the answer to a batch."""

    content_id: str
    status: int
    headers: dict[str, str]
    body: bytes


class Caller:
    """Sends requests to one stand-in."""

    def __init__(self, sandbox: GoogleCalendarSandbox) -> None:
        """Know where it is; there is no token yet."""
        self._sandbox = sandbox
        self.http = httpx.Client(base_url=sandbox.url, timeout=10)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.http.close()

    def connect(self, scopes: Iterable[str] = (EVENTS,)) -> str:
        """Get an access token, and send it from now on; return the refresh token."""
        refresh_token = self._sandbox.world.oauth.connect(scopes)
        self.use(self.refresh(refresh_token).json()["access_token"])
        self._sandbox.log.clear()
        return refresh_token

    def use(self, access_token: str) -> None:
        """Send an access token from now on."""
        self.http.headers["Authorization"] = f"Bearer {access_token}"

    def token(self, grant_type: str, **parameters: str) -> httpx.Response:
        """Ask for a token, as the application."""
        client = self._sandbox.world.oauth.client
        form = {"client_id": client.id, "client_secret": client.secret, "grant_type": grant_type}
        return self.http.post("/token", data=form | parameters)

    def refresh(self, refresh_token: str) -> httpx.Response:
        """Ask for another access token."""
        return self.token("refresh_token", refresh_token=refresh_token)

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Send a GET; a parameter with a list of values is repeated."""
        return self.http.get(path, params=parameters)

    def insert(self, body: Row) -> httpx.Response:
        """Make an event."""
        return self.http.post(LIST, json=body)

    def patch(self, event_id: str, if_match: str | None = None, **changes: Any) -> httpx.Response:
        """Merge changes into an event."""
        return self.http.patch(path_of(event_id), json=changes, headers=_if_match(if_match))

    def update(self, event_id: str, body: Row, if_match: str | None = None) -> httpx.Response:
        """Put a body in the place of an event."""
        return self.http.put(path_of(event_id), json=body, headers=_if_match(if_match))

    def delete(self, event_id: str, if_match: str | None = None) -> httpx.Response:
        """Delete an event."""
        return self.http.delete(path_of(event_id), headers=_if_match(if_match))

    def made(self, body: Row) -> Row:
        """Make an event; return it as it was answered."""
        reply = self.insert(body)
        assert reply.status_code == 200, reply.text
        row: Row = reply.json()
        return row

    def page(self, **parameters: Any) -> Row:
        """Return a page of the list."""
        reply = self.get(LIST, **parameters)
        assert reply.status_code == 200, reply.text
        page: Row = reply.json()
        return page

    def pages(self, **parameters: Any) -> list[Row]:
        """Return all pages of the list."""
        pages = [self.page(**parameters)]
        while "nextPageToken" in pages[-1]:
            pages.append(self.page(pageToken=pages[-1]["nextPageToken"], **parameters))
        return pages

    def ids(self, **parameters: Any) -> list[str]:
        """Return the ids on all pages of the list."""
        return [row["id"] for page in self.pages(**parameters) for row in page["items"]]

    def batch(self, calls: Sequence[str], **headers: str) -> httpx.Response:
        """Send calls in one request; the first has the content id `<call 1>`."""
        kind = {"Content-Type": "multipart/mixed; boundary=edge"}
        return self.http.post(BATCH, content=batch_body(calls), headers=kind | headers)

    def parts(self, calls: Sequence[str]) -> list[Part]:
        """Send calls in one request; return the parts of the answer as they came."""
        reply = self.batch(calls)
        assert reply.status_code == 200, reply.text
        return parts_of(reply)

    def statuses(self, calls: Sequence[str]) -> dict[int, int]:
        """Send calls in one request; return the status of each by its position."""
        return {int(re.sub(r"\D", "", part.content_id)): part.status for part in self.parts(calls)}


def call(method: str, path: str, body: Row | None = None, **headers: str) -> str:
    """Return a call as it stands in a batch."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    if body is not None:
        lines.append("Content-Type: application/json")
    return "\n".join([*lines, "", json.dumps(body) if body is not None else ""])


def inserts(*event_ids: str) -> list[str]:
    """Return calls that make events."""
    return [call("POST", LIST, body_of(event_id)) for event_id in event_ids]


def batch_body(calls: Sequence[str]) -> bytes:
    """Return a multipart body."""
    parts = [
        f"--edge\r\nContent-Type: application/http\r\nContent-ID: <call {number}>\r\n\r\n{one}\r\n"
        for number, one in enumerate(calls, 1)
    ]
    return ("".join(parts) + "--edge--\r\n").encode()


def parts_of(reply: httpx.Response) -> list[Part]:
    """Take the answer to a batch apart."""
    kind, _, boundary = reply.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/mixed"
    first, *parts, last = reply.content.split(f"--{boundary}".encode())
    assert (first, last) == (b"", b"--\r\n")
    return [_part(part) for part in parts]


def _part(part: bytes) -> Part:
    about, head, body = part.removeprefix(b"\r\n").removesuffix(b"\r\n").split(b"\r\n\r\n", 2)
    first, *lines = head.decode().split("\r\n")
    named = _headers(about.decode().split("\r\n"))
    assert named["Content-Type"] == "application/http"
    return Part(named["Content-ID"], int(first.split()[1]), _headers(lines), body)


def _headers(lines: list[str]) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in lines)


def _if_match(if_match: str | None) -> dict[str, str]:
    return {} if if_match is None else {"If-Match": if_match}
