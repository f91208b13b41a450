"""Going through pages: to the true end, and to no other."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from fitness_pipeline.errors import UnexpectedReply
from fitness_pipeline.providers.hevy.walk import walk


@dataclass
class Leaf:
    """A page."""

    page_count: int
    payloads: list[bytes]


@dataclass
class Book:
    """A list of which tests change the length while it is read."""

    pages: int
    missing: set[int] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    happens: Callable[["Book", int], object] = lambda book, number: None

    def ask(self, number: int) -> Leaf | None:
        self.asked.append(number)
        self.happens(self, number)
        if number > max(self.pages, 1) or number in self.missing:
            return None
        return Leaf(self.pages, [b"%d" % number])


def test_a_list_is_read_to_its_last_page() -> None:
    book = Book(3)
    assert [number for number, _ in walk(book.ask)] == [1, 2, 3]
    assert book.asked == [1, 2, 3]


def test_a_list_of_nothing_is_one_call() -> None:
    book = Book(0)
    assert [page.page_count for _, page in walk(book.ask)] == [0]
    assert book.asked == [1]


def test_nothing_is_asked_before_it_is_wanted() -> None:
    book = Book(3)
    pages = walk(book.ask)
    next(pages)
    assert book.asked == [1]


def test_a_list_is_gone_on_with_anywhere() -> None:
    book = Book(5)
    assert [number for number, _ in walk(book.ask, first=4)] == [4, 5]


@pytest.mark.parametrize("first", [4, 9])
def test_past_the_end_the_first_page_confirms_that_it_is_the_end(first: int) -> None:
    book = Book(3)
    assert list(walk(book.ask, first=first)) == []
    assert book.asked == [first, 1]


def test_a_list_that_becomes_shorter_ends_earlier() -> None:
    book = Book(3, happens=lambda book, number: setattr(book, "pages", 2 if number == 3 else book.pages))
    assert [number for number, _ in walk(book.ask)] == [1, 2]


def test_a_list_that_becomes_longer_ends_later() -> None:
    book = Book(2, happens=lambda book, number: setattr(book, "pages", 3))
    assert [number for number, _ in walk(book.ask)] == [1, 2, 3]


def test_a_page_that_is_missing_for_a_moment_is_asked_for_again() -> None:
    def heal(book: Book, number: int) -> None:
        if book.asked.count(2) == 2:
            book.missing.clear()

    book = Book(3, missing={2}, happens=heal)
    assert [number for number, _ in walk(book.ask)] == [1, 2, 3]
    assert book.asked == [1, 2, 1, 2, 3]


def test_a_page_that_stays_missing_is_no_end() -> None:
    book = Book(3, missing={2})
    with pytest.raises(UnexpectedReply, match="no page 2, but also that there are 3 pages"):
        list(walk(book.ask))


def test_pages_that_repeat_for_ever_are_given_up() -> None:
    asked: list[int] = []

    def ask(number: int) -> Leaf:
        asked.append(number)
        return Leaf(number + 1, [b"1"])

    with pytest.raises(UnexpectedReply, match="again and again"):
        list(walk(ask))
    assert len(asked) == 22
