"""Faults on order: which requests they strike."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from fitness_pipeline.sandbox.serving.faults import Fault, Hold
from fitness_pipeline.sandbox.serving.request import Request


@dataclass(slots=True)
class _Order:
    fault: Fault
    strikes: Callable[[Request], bool]
    skip: int
    left: int | None


class Faults:
    """The faults that are ordered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[_Order] = []
        self._holds: list[Hold] = []

    def order(
        self,
        fault: Fault,
        *,
        at: int | None = None,
        path: str = "*",
        when: Callable[[Request], bool] | None = None,
        skip: int = 0,
        times: int | None = 1,
        inner: bool = False,
    ) -> None:
        """Order a fault; several may strike one request, in the order in which they were ordered.

        Args:
            fault: what goes wrong.
            at: the request's number: 1 for the first one since the log was cleared, or 1 for the first one
                within its batch, as they were sent. None for any.
            path: a pattern with `*`, such as `/api/v3/gear/*`.
            when: what else must be true of the request.
            skip: how many such requests are spared first.
            times: how many are struck then; None for all.
            inner: whether it strikes requests that come within others, instead of those that come by
                themselves.
        """

        def strikes(request: Request) -> bool:
            return (
                inner == (request.batch is not None)
                and at in (None, request.number)
                and fnmatchcase(request.path, path)
                and (when is None or when(request))
            )

        with self._lock:
            self._orders.append(_Order(fault, strikes, skip, times))
            if isinstance(fault, Hold):
                self._holds.append(fault)

    def take(self, request: Request) -> list[Fault]:
        """Return the faults that strike a request, and count it."""
        with self._lock:
            return [order.fault for order in self._orders if _is_struck(order, request)]

    def clear(self) -> None:
        """Cancel all orders, and let go what is held."""
        with self._lock:
            self._orders.clear()
            for hold in self._holds:
                hold.release()
            self._holds.clear()


def _is_struck(order: _Order, request: Request) -> bool:
    if order.left == 0 or not order.strikes(request):
        return False
    if order.skip:
        order.skip -= 1
        return False
    if order.left is not None:
        order.left -= 1
    return True
