"""A listing sees every activity that is there all the time, whatever happens on the other pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.providers.strava.positions import PER_PAGE, Position, next_position

FIRST = Position(after=0, before=1000)
Row = tuple[int, int]
Order = Callable[[list[Row]], list[Row]]


def newest_first(rows: list[Row]) -> list[Row]:
    """What Strava does."""
    return sorted(rows, reverse=True)


def oldest_first(rows: list[Row]) -> list[Row]:
    """What Strava does when only one bound is given."""
    return sorted(rows)


def from_both_ends(rows: list[Row]) -> list[Row]:
    """What nobody does: the oldest, the newest, the second oldest, ..."""
    ordered = sorted(rows)
    return [ordered[number // 2 if number % 2 == 0 else -1 - number // 2] for number in range(len(ordered))]


# A few seconds only, so that many activities start in the same one.
rows_of_a_few_seconds = st.lists(st.integers(1, 12), max_size=40).map(
    lambda starts: [(start, number) for number, start in enumerate(starts)]
)


@dataclass
class Server:
    """Lists rows as Strava does; the bounds may count or not, which nobody knows."""

    rows: list[Row]
    order: Order = newest_first
    per_page: int = 3
    counts_bounds: bool = False
    calls: int = 0
    seen: set[int] = field(default_factory=set)

    def page(self, position: Position) -> list[Row]:
        self.calls += 1
        widened = 1 if self.counts_bounds else 0
        inside = [row for row in self.rows if position.after - widened < row[0] < position.before + widened]
        skipped = (position.page - 1) * self.per_page
        return self.order(inside)[skipped : skipped + self.per_page]

    def pages(self, *, has_seams: bool) -> Iterator[list[Row]]:
        """List everything, giving way to the caller after each page."""
        position = FIRST
        while rows := self.page(position):
            self.seen |= {number for _, number in rows}
            position = next_position(
                position,
                [start for start, _ in rows],
                size=len(rows),
                has_seams=has_seams,
                per_page=self.per_page,
            )
            assert self.calls < 200
            yield rows


@given(rows_of_a_few_seconds, st.sampled_from([newest_first, oldest_first]), st.booleans(), st.integers(2, 5))
def test_everything_is_listed_from_either_end(
    rows: list[Row], order: Order, counts_bounds: bool, per_page: int
) -> None:
    server = Server(rows, order, per_page, counts_bounds)
    for _ in server.pages(has_seams=False):
        pass
    assert server.seen == {number for _, number in rows}


@given(st.sets(st.integers(1, 999), max_size=40), st.booleans(), st.integers(3, 5))
def test_everything_is_listed_in_no_order_at_all(starts: set[int], has_seams: bool, per_page: int) -> None:
    rows = [(start, start) for start in starts]
    server = Server(rows, from_both_ends, per_page)
    for _ in server.pages(has_seams=has_seams):
        pass
    assert server.seen == starts


@given(rows_of_a_few_seconds, st.integers(2, 5))
def test_bounds_that_count_do_not_keep_a_listing_from_its_end(rows: list[Row], per_page: int) -> None:
    server = Server(rows, newest_first, per_page, counts_bounds=True)
    for _ in server.pages(has_seams=True):
        pass
    assert server.seen == {number for _, number in rows}


@given(rows_of_a_few_seconds, st.sampled_from([newest_first, oldest_first]), st.integers(2, 5), st.data())
def test_what_is_there_all_the_time_is_listed_though_others_vanish_and_appear(
    rows: list[Row], order: Order, per_page: int, data: st.DataObject
) -> None:
    # Not more in one second than a page holds but one: then numbered pages have to do, and these can shift.
    rows = [row for row in rows if sum(other[0] == row[0] for other in rows) < per_page]
    server, lasting = Server(rows, order, per_page), {number for _, number in rows}
    for page_number, page in enumerate(server.pages(has_seams=False)):
        if data.draw(st.booleans()):
            vanished = data.draw(st.sampled_from(page))
            server.rows = [row for row in server.rows if row != vanished]
            lasting.discard(vanished[1])
        elif data.draw(st.booleans()):
            start = data.draw(st.integers(20, 30))
            server.rows = [*server.rows, (start, 1000 + page_number)]
    assert lasting <= server.seen


@given(st.integers(0, 60), st.integers(2, 7))
def test_the_first_listing_takes_no_more_requests_than_pages_and_the_empty_one(
    activities: int, per_page: int
) -> None:
    server = Server([(start, start) for start in range(1, activities + 1)], per_page=per_page)
    for _ in server.pages(has_seams=True):
        pass
    assert len(server.seen) == activities
    assert server.calls == -(-activities // per_page) + 1


@pytest.mark.parametrize(("activities", "calls"), [(0, 1), (1, 2), (199, 2), (1132, 7), (2001, 12)])
def test_a_listing_that_repeats_the_last_activity_of_each_page_hardly_takes_more(
    activities: int, calls: int
) -> None:
    server = Server([(start, start) for start in range(1, activities + 1)], per_page=PER_PAGE)
    server.rows = [(start % 900 + 1, number) for start, number in server.rows]
    for _ in server.pages(has_seams=False):
        pass
    assert len(server.seen) == activities
    assert server.calls == calls


def test_a_page_of_a_single_second_is_followed_by_the_next_one_of_the_same_window() -> None:
    asked = Position(after=0, before=8)
    assert next_position(asked, [7, 7], size=2, has_seams=False, per_page=2) == Position(
        after=0, before=8, page=2
    )


def test_a_page_without_any_usable_start_is_followed_by_the_next_one() -> None:
    assert next_position(FIRST, [], size=PER_PAGE, has_seams=False).page == 2
