"""What may go wrong with a request to any provider, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Delay, Fault
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline.sandbox.serving.stand_in import StandIn

LONGER_THAN_A_TEST = 600.0
SHORT_PATIENCE = 0.1


class Troubled(Protocol):
    """What has to be at hand to begin trouble, and to end it."""

    @property
    def sandbox(self) -> StandIn[Any]: ...

    @property
    def clock(self) -> SettableClock: ...

    def be_patient(self, seconds: float | None) -> None:
        """Wait for an answer for so many seconds; None is as usual."""


AnyLife = TypeVar("AnyLife", bound=Troubled)


@dataclass(frozen=True, kw_only=True)
class Trouble(Generic[AnyLife]):
    """Something that goes wrong.

    Attributes:
        begin: has it happen from some request of a life on.
        passes_after: when a sync may be tried again.
        end: ends what does not end by itself.
        ends_the_sync: whether a request for a page that it strikes is in vain, however often it is repeated.
    """

    begin: Callable[[AnyLife, int], object]
    passes_after: timedelta = timedelta()
    end: Callable[[AnyLife], object] = lambda _: None
    ends_the_sync: bool = True

    def is_over(self, life: AnyLife) -> None:
        """End it, and wait."""
        self.end(life)
        life.sandbox.faults.clear()
        life.be_patient(None)
        life.clock.advance(self.passes_after)


def once(fault: Fault, *, ends_the_sync: bool = False, passes_after: timedelta = timedelta()) -> Trouble[Any]:
    """Return what strikes one request."""

    def begin(life: Troubled, number: int) -> None:
        life.sandbox.faults.order(fault, at=number)

    return Trouble(begin=begin, ends_the_sync=ends_the_sync, passes_after=passes_after)


def for_long(fault: Fault) -> Trouble[Any]:
    """Return what strikes a request and all that come after it."""

    def begin(life: Troubled, number: int) -> None:
        def is_later(request: Request) -> bool:
            return request.number >= number

        life.sandbox.faults.order(fault, when=is_later, times=None)

    return Trouble(begin=begin)


def silence() -> Trouble[Any]:
    """Return an answer that does not come while anybody waits for it."""

    def begin(life: Troubled, number: int) -> None:
        life.be_patient(SHORT_PATIENCE)
        life.sandbox.faults.order(Delay(LONGER_THAN_A_TEST), at=number)

    return Trouble(begin=begin, ends_the_sync=False)
