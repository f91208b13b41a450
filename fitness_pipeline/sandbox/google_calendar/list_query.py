"""What a list asks for, and the tokens with which it goes on."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.times import parse_instant
from fitness_pipeline.sandbox.serving.replies import Refusal, encode

Values = Mapping[str, Sequence[str]]

# Calendar API description.
DEFAULT_PAGE, LARGEST_PAGE = 250, 2500
NOT_WITH_SYNC_TOKEN = (
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list asks for.

    Attributes:
        size: of a page.
        order: `startTime`, `updated`, or empty for the order in which events were made.
        time_min: events end after it.
        time_max: events start before it.
        properties: kind (`private` or `shared`), name and value, which all must be so.
        is_for_sync: whether a sync token can come with the last page.
        sync_token: what the client has seen: see `decode`.
        page_token: where the last page ended: see `decode`.
        fingerprint: of what must stay the same from page to page.
    """

    size: int
    order: str
    shows_deleted: bool
    time_min: datetime | None
    time_max: datetime | None
    updated_min: datetime | None
    i_cal_uid: str | None
    text: str | None
    properties: tuple[tuple[str, str, str], ...]
    is_for_sync: bool
    sync_token: dict[str, Any] | None
    page_token: dict[str, Any] | None
    fingerprint: str


def parse_query(values: Values) -> ListQuery:
    """Read a query.

    Raises:
        Refusal: it cannot be.
    """
    last = {name: texts[-1] for name, texts in values.items()}
    sync_token = decode(last["syncToken"], "sync") if "syncToken" in last else None
    if sync_token is not None:
        is_hiding = "showDeleted" in last and not _truth(last, "showDeleted")
        if is_hiding or any(name in last for name in NOT_WITH_SYNC_TOKEN):
            raise Refusal(errors.invalid("Sync token cannot be used together with other restrictions."))
    order = last.get("orderBy", "")
    if order not in ("", "startTime", "updated"):
        raise Refusal(errors.invalid("Invalid value for: orderBy"))
    if order == "startTime" and not _truth(last, "singleEvents"):
        raise Refusal(
            errors.error(400, "badRequest", "The requested ordering is not available for this query.")
        )
    time_min, time_max = _time(last, "timeMin"), _time(last, "timeMax")
    if time_min is not None and time_max is not None and time_min >= time_max:
        raise Refusal(errors.time_range_empty())
    fingerprint = _fingerprint(values)
    page_token = decode(last["pageToken"], "page") if "pageToken" in last else None
    if page_token is not None and page_token.get("query") != fingerprint:
        raise Refusal(errors.invalid("Invalid page token value."))  # a guess
    return ListQuery(
        _size(last),
        order,
        _truth(last, "showDeleted"),
        time_min,
        time_max,
        _time(last, "updatedMin"),
        last.get("iCalUID"),
        last.get("q"),
        _properties(values),
        not any(name in last for name in NOT_WITH_SYNC_TOKEN),
        sync_token,
        page_token,
        fingerprint,
    )


def encode_token(kind: str, **content: Any) -> str:
    """Return a token that means nothing to a client."""
    return base64.urlsafe_b64encode(encode({"kind": kind} | content)).decode().rstrip("=")


def decode(token: str, kind: str) -> dict[str, Any]:
    """Return what a token says.

    Raises:
        Refusal: it is none.
    """
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        content = None
    if not isinstance(content, dict) or content.get("kind") != kind:
        raise Refusal(errors.invalid(f"Invalid {kind} token value."))
    return content


def _fingerprint(values: Values) -> str:
    asked = {name: list(texts) for name, texts in values.items() if name not in ("pageToken", "maxResults")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _size(last: Mapping[str, str]) -> int:
    text = last.get("maxResults", str(DEFAULT_PAGE))
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(errors.invalid("Invalid value for: maxResults"))
    return min(int(text), LARGEST_PAGE)  # that a larger one is no error is a guess


def _truth(last: Mapping[str, str], name: str) -> bool:
    text = last.get(name, "false").lower()
    if text not in ("true", "false"):
        raise Refusal(errors.invalid(f"Invalid value for: {name}"))
    return text == "true"


def _time(last: Mapping[str, str], name: str) -> datetime | None:
    if name not in last:
        return None
    instant = parse_instant(last[name])
    if instant is None:  # a time without an offset too (Calendar API description; the body is a guess)
        raise Refusal(errors.error(400, "badRequest", "Bad Request"))
    return instant


def _properties(values: Values) -> tuple[tuple[str, str, str], ...]:
    wanted = []
    for kind in ("private", "shared"):
        for text in values.get(f"{kind}ExtendedProperty", ()):
            name, separator, value = text.partition("=")
            if not separator:
                raise Refusal(errors.invalid(f"Invalid value for: {kind}ExtendedProperty"))
            wanted.append((kind, name, value))
    return tuple(wanted)
