"""What was sent, in a form that an answer can repeat."""

import math
from collections.abc import Mapping
from typing import Any

_DEPTH, _LENGTH = 8, 500


def echo(value: Any, depth: int = _DEPTH) -> Any:
    """Return a value as something that JSON can say, whatever it is.

    JSON knows no NaN, UTF-8 knows no half of a surrogate pair, and what is nested a thousand times is more
    than is safe to walk through.

    Args:
        value: what came with a request.
        depth: how deep to go; what lies deeper is left out.
    """
    match value:
        case bool() | int() | None:
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes():
            return echo(value[: 4 * _LENGTH].decode("utf-8", "backslashreplace"))
        case str():
            text = value.encode("utf-8", "backslashreplace").decode()
            return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}…"
        case Mapping() | list() | tuple() if depth == 0:
            return "…"
        case Mapping():
            return {str(echo(key)): echo(held, depth - 1) for key, held in value.items()}
        case list() | tuple():
            return [echo(held, depth - 1) for held in value]
        case _:
            return echo(str(value))
