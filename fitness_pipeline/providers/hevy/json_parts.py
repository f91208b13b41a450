"""Takes JSON apart without changing a byte of its parts, also where a strict reader gives up on all of it."""

import json
import re
from typing import Any

import msgspec

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
# More lenient than msgspec: it takes half a surrogate pair, NaN, and control characters.
_LENIENT = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\n\r]*")


def members(body: bytes) -> dict[str, bytes] | None:
    """Return the members of a JSON object, each value as it was sent; None when it is no object.

    Args:
        body: JSON.

    Raises:
        ValueError: it is no JSON, or is cut off.
    """
    try:
        return {name: bytes(value) for name, value in _MEMBERS.decode(body).items()}
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _scan(body, "{}")
        return dict(found) if found is not None else None


def elements(body: bytes) -> list[bytes] | None:
    """Return the elements of a JSON array, each as it was sent; None when it is no array.

    Args:
        body: JSON.

    Raises:
        ValueError: it is no JSON, or is cut off.
    """
    try:
        return [bytes(element) for element in _ELEMENTS.decode(body)]
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, RecursionError):
        found = _scan(body, "[]")
        return [element for _, element in found] if found is not None else None


def plain_value(part: bytes | None) -> Any:
    """Return what a part says, as Python has it; None when it is missing or cannot be read.

    Args:
        part: such as a value of `members`.
    """
    try:
        return _LENIENT.decode(part.decode("utf-8", "replace")) if part is not None else None
    except (ValueError, RecursionError):
        return None


def _scan(body: bytes, brackets: str) -> list[tuple[str, bytes]] | None:
    """Return the keys (of an object) and the bytes of the values; None when it begins with other brackets.

    Raises:
        ValueError: it is no JSON, or is cut off.
    """
    text = body.decode("latin-1")  # a character a byte, so that positions are the same
    try:
        _LENIENT.decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    at = _skip_space(text, 0)
    if text[at] != brackets[0]:
        return None
    parts: list[tuple[str, bytes]] = []
    at = _skip_space(text, at + 1)
    while text[at] != brackets[1]:
        key = ""
        if brackets == "{}":
            key, at = _LENIENT.raw_decode(text, at)
            at = _skip_space(text, _skip_space(text, at) + 1)  # the colon
        _, end = _LENIENT.raw_decode(text, at)
        parts.append((key, body[at:end]))
        at = _skip_space(text, end)
        if text[at] == ",":
            at = _skip_space(text, at + 1)
    return parts


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
