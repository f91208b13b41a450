"""Goes through the pages of a list to its true end."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from fitness_pipeline.providers.hevy.pages import Page, no_such_page
from fitness_pipeline.providers.hevy.replies import unexpected

# Pages in a row that bring nothing which was not seen already: so many workouts, ten times as much, would
# have to be added while a list is read.
_MOST_REPEATED_PAGES = 20

AnyPage = TypeVar("AnyPage", bound=Page)


def walk(ask: Callable[[int], AnyPage | None], *, first: int = 1) -> Iterator[tuple[int, AnyPage]]:
    """Go through a list, page by page; nothing is asked before it is wanted.

    The last page is the one that says so. Hevy answers 404 past it (several clients saw that), which happens
    when a list became shorter meanwhile; but a 404 is the end only if the first page confirms that there
    are not so many pages.

    Args:
        ask: returns the page of a number, or None when Hevy has no such page (never for the first one).
        first: the number to begin with; more than 1 to go on somewhere.

    Yields:
        Numbers and pages.

    Raises:
        UnexpectedReply: the list has a hole, or no end.
        ProviderError: what `ask` raises.
    """
    number, repeated = first, 0
    seen: set[int] = set()
    while True:
        page = ask(number)
        if page is None:
            page = _ask_again(ask, number)
        if page is None:
            return
        news = {hash(payload) for payload in page.payloads} - seen
        repeated = 0 if news else repeated + 1
        if repeated > _MOST_REPEATED_PAGES:
            raise unexpected("it gives the same again and again instead of an end")
        seen |= news
        yield number, page
        if number >= page.page_count:
            return
        number += 1


def _ask_again(ask: Callable[[int], AnyPage | None], number: int) -> AnyPage | None:
    """Return a page that was said to be missing, or None when it truly is past the end."""
    front = ask(1)
    page_count = front.page_count if front is not None else 0
    if page_count < number:
        return None
    page = ask(number)
    if page is None:
        raise no_such_page(number, f"there are {page_count} pages")
    return page
