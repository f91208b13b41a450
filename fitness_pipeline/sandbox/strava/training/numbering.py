"""Which id an activity got, by the day of its upload."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

# About what ids were at the beginning of these years; ids of 2025 are seen in recorded replies.
_MILESTONES = (
    (2009, 1_000),
    (2012, 3_000_000),
    (2014, 100_000_000),
    (2016, 460_000_000),
    (2018, 1_340_000_000),
    (2020, 2_970_000_000),
    (2022, 6_460_000_000),
    (2024, 10_500_000_000),
    (2026, 16_900_000_000),
    (2046, 80_900_000_000),
)


def number(uploads: Iterable[datetime]) -> Iterator[int]:
    """Yield an id for each upload.

    Args:
        uploads: in their order; each id is greater than the one before.
    """
    last = 0
    for uploaded_at in uploads:
        last = max(last + 1, _about(uploaded_at))
        yield last


def _about(at: datetime) -> int:
    for (year, first_id), (next_year, next_id) in pairwise(_MILESTONES):
        if at.year < next_year or next_year == _MILESTONES[-1][0]:
            begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(next_year, 1, 1, tzinfo=UTC)
            return max(1, int(first_id + (next_id - first_id) * ((at - begin) / (end - begin))))
    raise AssertionError("the last pair of milestones takes every year that is left")
