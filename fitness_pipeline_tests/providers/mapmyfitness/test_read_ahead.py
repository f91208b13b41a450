"""Reading ahead changes when things are made, not what is handed over."""

import threading
from collections.abc import Iterator

import pytest

from fitness_pipeline.providers.mapmyfitness.read_ahead import read_ahead


def test_all_items_arrive_in_their_order() -> None:
    assert list(read_ahead(iter(range(100)))) == list(range(100))


def test_nothing_is_nothing() -> None:
    nothing: tuple[int, ...] = ()
    assert list(read_ahead(iter(nothing))) == []


def test_a_failure_arrives_after_the_items_before_it() -> None:
    def two_then_trouble() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("the disk is gone")

    items = read_ahead(two_then_trouble())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(OSError, match="the disk is gone"):
        next(items)


def test_the_next_item_is_made_while_the_last_one_is_used() -> None:
    second_was_made = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        second_was_made.set()
        yield 2

    for item in read_ahead(items()):
        if item == 1:
            assert second_was_made.wait(timeout=60)


def test_a_reader_that_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    for _ in read_ahead(iter(range(100))):
        break
    assert threading.active_count() == before
