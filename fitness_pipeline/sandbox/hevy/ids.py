"""Ids like Hevy's, which follow from what they are of."""

import hashlib
from uuid import UUID


def built_in_id(title: str) -> str:
    """Return the id of one of Hevy's own exercises: eight hexadecimal digits."""
    return _digest(f"exercise {title}").hex()[:8].upper()


def uuid_of(what: str) -> str:
    """Return a uuid: the id of a workout, a routine or an exercise of the lifter's own."""
    return str(UUID(bytes=_digest(what)[:16], version=4))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
