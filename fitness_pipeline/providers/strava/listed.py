"""A page of the list of activities, taken apart: which activities, when, and the bytes of each."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from fitness_pipeline.providers.strava.replies import CUT_OFF, unavailable


@dataclass(frozen=True, slots=True)
class UnusableRow:
    """A row that tells not enough to be stored as an activity.

    Attributes:
        payload: its bytes as sent.
        reason: a sentence.
        activity_id: where that much can be told. Strava has the activity, so it is not to be taken for
            deleted.
    """

    payload: bytes
    reason: str
    activity_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitiesPage:
    """The activities of a page, each once, in parallel lists; and the rows that are unusable.

    Attributes:
        start_dates: in UTC.
        payloads: the bytes of each row as sent.
        digests: SHA-256 of those bytes.
        athlete_ids: whose activities they are.
        size: how many rows the page has, usable or not, repeated or not.
    """

    activity_ids: list[int]
    start_dates: list[datetime]
    payloads: list[bytes]
    digests: list[bytes]
    athlete_ids: set[int]
    unusable: list[UnusableRow]
    size: int

    @property
    def is_empty(self) -> bool:
        """Whether it has no rows. That ends a list; a short page does not (Strava's page on pagination)."""
        return self.size == 0


_Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]  # a bigint
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class _Athlete(msgspec.Struct):
    id: _Id | None = None


class _Row(msgspec.Struct):
    """What is read of a row; everything else is skipped, which is what makes it fast."""

    id: _Id
    start_date: _Instant
    athlete: _Athlete | None = None


_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_ROWS = msgspec.json.Decoder(list[_Row])
# More lenient than msgspec: it takes half a surrogate pair, NaN, and control characters.
_LENIENT = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")
_SHOWN_CHARACTERS = 60


def read_activities_page(body: bytes) -> ActivitiesPage:
    """Return what is on a page; of a row that repeats on it, the last one.

    Args:
        body: of a good reply: a JSON array of activities.

    Raises:
        ProviderUnavailable: it is no array, or is cut off.
    """
    payloads = _split(body)
    rows: list[_Row | UnusableRow] = []
    try:
        for row in _ROWS.decode(body):
            row.start_date = row.start_date.astimezone(UTC)
            rows.append(row)
    except (msgspec.DecodeError, OverflowError, RecursionError):
        # One of them is not like the others: find out which and why.
        rows = [_read_row(payload) for payload in payloads]
    return _page(rows, payloads)


def read_instant(value: object) -> datetime | None:
    """Return an instant in UTC, or None when a value is none.

    Args:
        value: of a JSON field; `start_date` is written as 2018-02-16T14:52:54Z.
    """
    try:
        return msgspec.convert(value, _Instant).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _page(rows: list[_Row | UnusableRow], payloads: list[bytes]) -> ActivitiesPage:
    usable = {
        row.id: (row, payload) for row, payload in zip(rows, payloads, strict=True) if isinstance(row, _Row)
    }
    kept = [payload for _, payload in usable.values()]
    athletes = (row.athlete for row, _ in usable.values())
    return ActivitiesPage(
        activity_ids=list(usable),
        start_dates=[row.start_date for row, _ in usable.values()],
        payloads=kept,
        digests=[hashlib.sha256(payload).digest() for payload in kept],
        athlete_ids={athlete.id for athlete in athletes if athlete is not None and athlete.id is not None},
        unusable=[row for row in rows if isinstance(row, UnusableRow)],
        size=len(rows),
    )


def _read_row(payload: bytes) -> _Row | UnusableRow:
    """Read a row by itself, and say what is wrong with it."""
    try:
        values = _LENIENT.decode(payload.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return UnusableRow(payload, "It cannot be read.")
    if not isinstance(values, dict):
        return UnusableRow(payload, f"It is no activity: {_shown(values)}.")
    activity_id = _read_id(values.get("id"))
    if activity_id is None:
        return UnusableRow(payload, f"Its id is no positive whole number: {_shown(values.get('id'))}.")
    start_date = read_instant(values.get("start_date"))
    if start_date is None:
        reason = f"Its start_date is no instant: {_shown(values.get('start_date'))}."
        return UnusableRow(payload, reason, activity_id)
    athlete = values.get("athlete")
    athlete_id = _read_id(athlete.get("id")) if isinstance(athlete, dict) else None
    return _Row(activity_id, start_date, _Athlete(athlete_id))


def _read_id(value: object) -> int | None:
    try:
        return msgspec.convert(value, _Id)
    except msgspec.ValidationError:
        return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _split(body: bytes) -> list[bytes]:
    """Return the bytes of each element of an array."""
    try:
        return [bytes(element) for element in _ELEMENTS.decode(body)]
    except msgspec.ValidationError:
        raise unavailable("its list of activities is no list") from None
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return _split_leniently(body)
    except (ValueError, RecursionError):
        raise unavailable(CUT_OFF) from None


def _split_leniently(body: bytes) -> list[bytes]:
    """Return the same for an array with an element that makes msgspec give up on all of them.

    Raises:
        ValueError: it is no array, or is cut off.
    """
    text = body.decode("latin-1")  # a character a byte, so that positions are the same
    elements: list[bytes] = []
    before, at = "[", _skip_space(text, 0)
    while text.startswith(before, at):
        start = _skip_space(text, at + 1)
        _, end = _LENIENT.raw_decode(text, start)
        elements.append(body[start:end])
        before, at = ",", _skip_space(text, end)
    if not elements or not text.startswith("]", at) or _skip_space(text, at + 1) < len(text):
        raise ValueError("no array")
    return elements


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
