"""Lists in pages: an opaque cursor in the `Link` header, so that bodies stay plain lists."""

import base64
import json
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request, Response
from pydantic import TypeAdapter

from fitness_pipeline.api.problems import Unprocessable, responses

DEFAULT_LIMIT, MAX_LIMIT = 1000, 10_000
_AT_ONCE = 500

_LINK = {"schema": {"type": "string"}, "description": 'Where the next page is: `<URL>; rel="next"`.'}


Cursor = Annotated[
    str | None,
    Query(
        max_length=8000,
        pattern="^[A-Za-z0-9_=-]*$",
        description="From the `Link` header of the page before.",
    ),
]
"""Where a page begins, as a request says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What of a list is asked for.

    Attributes:
        limit: how many rows at most.
        after: the key of the last row of the page before; None for the first page.
    """

    limit: int
    after: Sequence[Any] | None

    def key(self, *kinds: type) -> tuple[Any, ...] | None:
        """Return `after` if it is one of this list; None for the first page.

        Args:
            kinds: the type of each part.

        Raises:
            Unprocessable: it is the cursor of another list.
        """
        if self.after is None:
            return None
        if list(map(type, self.after)) != list(kinds):
            raise foreign_cursor()
        return tuple(self.after)


def pages_of(default_limit: int) -> Callable[..., Awaitable[PageRequest]]:
    """Return the dependency of a list that has pages.

    Args:
        default_limit: how many rows a page has at most, if a request does not say.
    """

    async def page(
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")] = default_limit,
        cursor: Cursor = None,
    ) -> PageRequest:
        return page_request(limit, cursor)

    return page


def page_request(limit: int, cursor: str | None) -> PageRequest:
    """Return what of a list is asked for.

    Args:
        limit: how many rows at most.
        cursor: as it was sent; None for the first page.

    Raises:
        Unprocessable: it is no cursor.
    """
    return PageRequest(limit=limit, after=None if cursor is None else _decoded(cursor))


Page = Annotated[PageRequest, Depends(pages_of(DEFAULT_LIMIT))]


def link_to_next(request: Request, response: Response, key: Sequence[Any] | None) -> None:
    """Tell where the next page is.

    Args:
        request: for this page.
        response: to it.
        key: of the last row; None if there is no next page. Finite numbers, texts and None.
    """
    if key is not None:
        given = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        url = request.base_url.replace(
            path=quote(request.scope["path"]), query=urlencode([*given, ("cursor", _encoded(key))])
        )
        response.headers["Link"] = f'<{url}>; rel="next"'


def json_list(adapter: TypeAdapter[list[Any]], rows: Iterable[Any], link: Response) -> Response:
    """Return an answer with a list, checked once; what FastAPI would do takes twice as long.

    Args:
        adapter: of the route's response model.
        rows: with the attributes of that model.
        link: has the headers of the answer.
    """
    remaining = iter(rows)
    # Some at a time: where many objects come to live, the garbage collector looks at all there are, often.
    batches = iter(lambda: list(islice(remaining, _AT_ONCE)), [])
    parts = (adapter.dump_json(adapter.validate_python(batch, from_attributes=True)) for batch in batches)
    body = b"[%s]" % b",".join(part[1:-1] for part in parts)
    headers = {name: value for name, value in link.headers.items() if name != "content-length"}
    return Response(body, media_type="application/json", headers=headers)


def list_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what the route of a list may answer, for its documentation.

    Args:
        statuses: of errors; those that every route has need not be named.
    """
    return {200: {"headers": {"Link": _LINK}}, **responses(*statuses)}


def foreign_cursor() -> Unprocessable:
    """Return the error for a cursor that is of no use here."""
    return Unprocessable(
        ("query", "cursor"), "It is not the cursor of this list's `Link` header. Begin without one.", None
    )


def _encoded(key: Sequence[Any]) -> str:
    text = json.dumps(list(key), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise foreign_cursor() from None
    if not isinstance(key, list) or not all(map(_is_usable, key)):
        raise foreign_cursor()
    return key


def _is_usable(part: Any) -> bool:
    """Return whether Postgres can compare something with it."""
    match part:
        case str():
            return "\0" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
        case float():
            return math.isfinite(part)
        case int() | None:
            return not isinstance(part, bool)
        case _:
            return False
