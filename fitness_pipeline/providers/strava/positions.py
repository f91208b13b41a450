"""Where a listing of activities goes on: pure arithmetic over the pages that came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

PER_PAGE = 200
"""The most that Strava gives at once (its documentation of the list)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What to ask for next.

    Attributes:
        after: epoch seconds; activities that start later count.
        before: epoch seconds; activities that start earlier count.
        page: of that window, from 1.
    """

    after: int
    before: int
    page: int = 1


def next_position(
    asked: Position, starts: Sequence[int], *, size: int, has_seams: bool, per_page: int = PER_PAGE
) -> Position:
    """Return where to go on after a page that was not empty; the empty page is the end.

    Numbered pages lose an activity when one on an earlier page vanishes: everything moves up, and the first
    of the next page is skipped. So a full page moves the bound of the window to its last activity instead.
    What vanishes or appears on the other side of it does not matter then.

    Strava gives the newest first when both bounds are given (recorded replies); nothing here depends on it.
    A page in the other order moves the other bound, and one in no order at all, or of a single second, is
    followed by the next page of the same window. So is a page that is not full: it need not be the last one.

    Args:
        asked: what was asked for.
        starts: epoch seconds at which the activities of the page start, in its order.
        size: how many the page holds, those without a usable start included.
        has_seams: whether the window begins beyond the last activity. If not, the next page repeats that
            one, so that others which start in the same second are never missed; this takes one more
            request for every 199 pages.
        per_page: how many a full page holds.
    """
    next_page = replace(asked, page=asked.page + 1)
    if size < per_page or not starts or starts[0] == starts[-1]:
        return next_page
    overlap = 0 if has_seams else 1
    if all(first >= second for first, second in pairwise(starts)):
        moved = Position(after=asked.after, before=starts[-1] + overlap)
    elif all(first <= second for first, second in pairwise(starts)):
        moved = Position(after=starts[-1] - overlap, before=asked.before)
    else:
        return next_page
    is_narrower = moved.before < asked.before or moved.after > asked.after
    return moved if is_narrower else next_page
