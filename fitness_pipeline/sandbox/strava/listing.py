"""Which activities a request for a page gets, and in which order."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fitness_pipeline.sandbox.serving.replies import Refusal
from fitness_pipeline.sandbox.strava.errors import bad_request

DEFAULT_PER_PAGE, MAX_PER_PAGE = 30, 200


@dataclass(frozen=True, slots=True)
class Window:
    """What a page is taken from.

    Attributes:
        after: epoch seconds; activities that start later count.
        before: epoch seconds; activities that start earlier count.
        page: from 1.
        per_page: at most 200.
    """

    after: int | None = None
    before: int | None = None
    page: int = 1
    per_page: int = DEFAULT_PER_PAGE

    @property
    def is_oldest_first(self) -> bool:
        """Whether `after` stands alone, which turns the order round (reported by two clients)."""
        return self.after is not None and self.before is None


def parse_window(query: Mapping[str, str], now: datetime) -> Window:
    """Return what a query asks for.

    Args:
        query: its parameters.
        now: no `after` may be later.

    Raises:
        Refusal: a parameter cannot be what it is given for. Milliseconds end here too: they are in a far
            future (reported by clients). The other bodies are guesses.
    """
    after, before = _integer(query, "after"), _integer(query, "before")
    page, per_page = _integer(query, "page"), _integer(query, "per_page")
    if after is not None and after > now.timestamp():
        raise Refusal(bad_request("Application", "after", "future"))
    if page is not None and page < 1:
        raise Refusal(bad_request("Application", "page", "invalid"))
    if per_page is not None and not 1 <= per_page <= MAX_PER_PAGE:
        raise Refusal(bad_request("Application", "per page", "limit exceeded"))
    return Window(after, before, page or 1, per_page or DEFAULT_PER_PAGE)


def select(starts: Sequence[int], window: Window) -> range:
    """Return the positions of a page's activities, in the order of the page.

    Args:
        starts: epoch seconds, ascending.
        window: bounds are exclusive, which the documentation leaves open.
    """
    first = 0 if window.after is None else bisect_right(starts, window.after)
    end = len(starts) if window.before is None else bisect_left(starts, window.before)
    positions = range(first, max(first, end))
    if not window.is_oldest_first:
        positions = positions[::-1]
    skipped = (window.page - 1) * window.per_page
    return positions[skipped : skipped + window.per_page]


def _integer(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refusal(bad_request("Application", name, "invalid")) from None
