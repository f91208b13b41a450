"""Workouts and exercise templates as they came: the id, when it was changed, and the bytes."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fitness_pipeline.providers.hevy.json_parts import members, plain_value

# Workouts have UUIDs; templates have those, or eight hexadecimal digits. It becomes a part of an address.
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A workout or a template.

    Attributes:
        updated_at: in UTC; None where it is missing, or is no time.
        payload: its bytes as sent.
    """

    id: str
    updated_at: datetime | None
    payload: bytes = field(repr=False)

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.payload).digest()


@dataclass(frozen=True, slots=True)
class UnusableRow:
    """A row that tells not enough to be stored.

    Attributes:
        payload: its bytes as sent.
        reason: a sentence.
    """

    payload: bytes = field(repr=False)
    reason: str


def read_row(payload: bytes) -> Row | UnusableRow:
    """Return a row, of which anything but the id may be missing (Hevy's API names nothing as required).

    Args:
        payload: JSON.
    """
    try:
        values = members(payload)
    except ValueError:
        values = None
    if values is None:
        return UnusableRow(payload, f"It is no JSON object: {_shown(plain_value(payload))}.")
    found = read_id(values.get("id"))
    if found is None:
        return UnusableRow(payload, f"Its id is none of Hevy's: {_shown(plain_value(values.get('id')))}.")
    return Row(found, read_instant(values.get("updated_at")), payload)


def read_id(part: bytes | None) -> str | None:
    """Return an id, or None when it is none that Hevy gives.

    Args:
        part: JSON, or None when it is missing.
    """
    value = plain_value(part)
    return value if isinstance(value, str) and is_id(value) else None


def is_id(value: str) -> bool:
    """Return whether Hevy can be asked for something of this id.

    Args:
        value: a text.
    """
    return _ID.fullmatch(value) is not None


def read_instant(part: bytes | None) -> datetime | None:
    """Return an instant in UTC, or None when it is missing or is no time.

    Hevy writes ISO 8601 with Z or with an offset, with or without fractions of a second (its API description,
    and recorded replies). What has no offset is taken for UTC.

    Args:
        part: JSON, or None when it is missing.
    """
    value = plain_value(part)
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value.strip())
        return instant.astimezone(UTC) if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
