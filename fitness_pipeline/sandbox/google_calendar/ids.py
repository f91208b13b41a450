"""Ids of events: which a client may choose, and those that the server makes."""

import hashlib
import re
from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.replies import Refusal

_ID = re.compile(r"[0-9a-v]{5,1024}")  # Calendar API description
_DIGITS = "0123456789abcdefghijklmnopqrstuv"


def chosen_id(sent: Any) -> str:
    """Return the id that a client chose.

    Raises:
        Refusal: it is outside the rules.
    """
    if not isinstance(sent, str) or _ID.fullmatch(sent) is None:
        raise Refusal(errors.invalid_id())
    return sent


def made_id(seed: str) -> str:
    """Return an id as the server makes them: 26 characters; equal seeds give equal ones."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:17])
    return "".join(_DIGITS[number >> 5 * place & 31] for place in range(26))
