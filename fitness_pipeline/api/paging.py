"""Lists in pages: an opaque cursor in the `Link` header, so that bodies stay plain lists."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from fitness_pipeline.api.problems import Unprocessable

DEFAULT_LIMIT, MAX_LIMIT = 1000, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What of a list is asked for.

    Attributes:
        limit: how many rows at most.
        after: the key of the last row of the page before; None for the first page.
    """

    limit: int
    after: Sequence[Any] | None


def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=2000, description="From the `Link` header of the page before.")
    ] = None,
) -> PageRequest:
    return PageRequest(limit=limit, after=None if cursor is None else _decoded(cursor))


Page = Annotated[PageRequest, Depends(_page)]


def link_to_next(request: Request, response: Response, key: Sequence[Any] | None) -> None:
    """Tell where the next page is.

    Args:
        request: for this page.
        response: to it.
        key: of the last row; None if there is no next page. Numbers, texts and None.
    """
    if key is not None:
        url = request.url.include_query_params(cursor=_encoded(key))
        response.headers["Link"] = f'<{url}>; rel="next"'


def _encoded(key: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    if not isinstance(key, list) or not all(isinstance(part, str | int | float | None) for part in key):
        raise Unprocessable(
            ("query", "cursor"), "It is not the cursor of a `Link` header. Begin without one.", cursor
        )
    return key
