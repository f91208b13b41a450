"""Preparing the next item while the caller is busy with the last one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def read_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items of an iterator that runs in a thread, at most one item ahead.

    Args:
        items: yields no None; worth a thread when it waits, or computes without the interpreter's lock.

    Yields:
        The same items in the same order. What the iterator raises is raised here, after its last item.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        upcoming = thread.submit(next, items, None)
        while (item := upcoming.result()) is not None:
            upcoming = thread.submit(next, items, None)
            yield item
