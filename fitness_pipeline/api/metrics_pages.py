"""Parts of what is listed by day, by week or by shoe: such a list is whole unless a part is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response

from fitness_pipeline.api.paging import MAX_LIMIT, Cursor, PageRequest, link_to_next, page_request

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a list is asked for.

    Attributes:
        request: for it.
        response: where the next part is linked to.
        page: None for all of it.
    """

    request: Request
    response: Response
    page: PageRequest | None

    def of(self, rows: Sequence[Row], place: Callable[[Row], tuple[Any, ...]]) -> list[Row]:
        """Return the rows that are asked for.

        Args:
            rows: all of them.
            place: where a row stands: texts and finite numbers of which no two rows have the same.

        Raises:
            Unprocessable: the cursor is one of another list.
        """
        if self.page is None or not rows:
            return list(rows)
        after = self.page.key(*map(type, place(rows[0])))
        found = sorted((row for row in rows if after is None or place(row) > after), key=place)
        part = found[: self.page.limit]
        link_to_next(self.request, self.response, place(part[-1]) if len(found) > len(part) else None)
        return part


async def _part(
    request: Request,
    response: Response,
    limit: Annotated[
        int | None, Query(ge=1, le=MAX_LIMIT, description="How many at most; without it, all of them.")
    ] = None,
    cursor: Cursor = None,
) -> Part:
    is_whole = limit is None and cursor is None
    page = None if is_whole else page_request(MAX_LIMIT if limit is None else limit, cursor)
    return Part(request=request, response=response, page=page)


AskedPart = Annotated[Part, Depends(_part)]
"""What of a list is asked for: all of it where nothing is said."""
