"""Partial replies: only the fields that a client asks for, as in `items(id,etag),nextPageToken`."""

import json
import re
from dataclasses import replace
from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.replies import Refusal, Reply, encode

# Names and what is wanted below them; nothing below a name means all of it.
Mask = dict[str, "Mask"]

_TOKEN = re.compile(r"\w+|[*/(),]")


def masked(reply: Reply, fields: str) -> Reply:
    """Return a reply with nothing but some fields.

    Args:
        reply: has JSON.
        fields: names, separated by commas; `a/b` and `a(b,c)` go below a name. That there are such fields is
            not checked.

    Raises:
        Refusal: the fields cannot be read.
    """
    words = _TOKEN.findall(fields)
    mask = _mask(words) if "".join(words) == fields else None
    if not mask or words:
        message = f"Invalid field selection {fields}"
        raise Refusal(errors.error(400, "invalidParameter", message, at=("parameter", "fields")))
    return replace(reply, body=encode(_only(json.loads(reply.body), mask)))


def _mask(words: list[str]) -> Mask | None:
    """Take names off some words, up to a closing bracket; None when they cannot be read."""
    mask: Mask = {}
    while words and words[0] not in "/(),":
        wanted = mask.setdefault(words.pop(0), {})
        while words[:1] == ["/"] and len(words) > 1 and words[1] not in "/(),":
            wanted = wanted.setdefault(words[1], {})
            del words[:2]
        if words[:1] == ["("]:
            del words[0]
            below = _mask(words)
            if not below or words[:1] != [")"]:
                return None
            del words[0]
            wanted.update(below)
        if words[:1] != [","]:
            return mask
        del words[0]
    return None


def _only(value: Any, mask: Mask) -> Any:
    if not mask:
        return value
    if isinstance(value, list):
        return [_only(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _only(one, mask.get(name, mask.get("*", {})))
        for name, one in value.items()
        if name in mask or "*" in mask
    }
