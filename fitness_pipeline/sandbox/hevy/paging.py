"""Pages: which part of a list a request gets, and in which envelope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.serving.replies import Refusal, Reply, raw_json_reply

DEFAULT_SIZE = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is asked for.

    Attributes:
        number: from 1.
        size: how many rows it has at most.
    """

    number: int = 1
    size: int = DEFAULT_SIZE

    def count(self, rows: int) -> int:
        """Return how many pages so many rows make; none for none."""
        return -(-rows // self.size)


def parse_page(query: Mapping[str, str], largest: int) -> Page:
    """Return which page a query asks for.

    Args:
        query: `page` and `pageSize` count; other names, such as `per_page`, do not.
        largest: the greatest size.

    Raises:
        Refusal: the size is greater (Hevy API description), or something makes no sense (a guess).
    """
    number, size = _integer(query, "page", 1), _integer(query, "pageSize", DEFAULT_SIZE)
    if size is None or not 1 <= size <= largest:
        raise Refusal(errors.invalid_page_size())
    if number is None or number < 1:
        raise Refusal(errors.invalid_page())
    return Page(number, size)


def page_reply(name: str, rows: Sequence[bytes], page: Page, *, is_empty_page_missing: bool) -> Reply:
    """Return a page.

    Args:
        name: of the field that holds the rows.
        rows: all of them, each as JSON.
        page: which of them.
        is_empty_page_missing: whether a list of nothing has no first page either.

    Raises:
        Refusal: the page is past the end (reported by several clients).
    """
    count = page.count(len(rows))
    is_empty_list = not rows and page.number == 1 and not is_empty_page_missing
    if page.number > count and not is_empty_list:
        raise Refusal(errors.page_not_found())
    skipped = (page.number - 1) * page.size
    body = b",".join(rows[skipped : skipped + page.size])
    return raw_json_reply(
        b'{"page":%d,"page_count":%d,"%s":[%s]}' % (page.number, count, name.encode(), body)
    )


def _integer(query: Mapping[str, str], name: str, default: int) -> int | None:
    try:
        return int(query.get(name) or default)
    except ValueError:
        return None
