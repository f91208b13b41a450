"""What may go wrong with a request to Strava, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from fitness_pipeline.sandbox.serving.faults import (
    Answer,
    Change,
    Delay,
    DuplicateRow,
    Fault,
    Reset,
    Truncation,
)
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline_tests.faults.lives import Life

_LONGER_THAN_A_TEST = 600.0
_SHORT_PATIENCE = 0.1
_QUARTER_HOUR, _DAY = timedelta(minutes=15), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that goes wrong.

    Attributes:
        begin: has it happen from some request of a life on.
        passes_after: when a sync may be tried again.
        end: ends what does not end by itself.
        ends_the_sync: whether a request for a page that it strikes is in vain, however often it is repeated.
    """

    begin: Callable[[Life, int], object]
    passes_after: timedelta = timedelta()
    end: Callable[[Life], object] = lambda _: None
    ends_the_sync: bool = True

    def is_over(self, life: Life) -> None:
        """End it, and wait."""
        self.end(life)
        life.sandbox.faults.clear()
        life.sync.waiting.pop("timeout_seconds", None)
        life.clock.advance(self.passes_after)


def _once(fault: Fault, *, ends_the_sync: bool = False) -> Trouble:
    return Trouble(
        begin=lambda life, number: life.sandbox.faults.order(fault, at=number), ends_the_sync=ends_the_sync
    )


def _for_long(fault: Fault) -> Trouble:
    def begin(life: Life, number: int) -> None:
        def is_later(request: Request) -> bool:
            return request.number >= number

        life.sandbox.faults.order(fault, when=is_later, times=None)

    return Trouble(begin=begin)


def _used_up(shape: errors.RateLimitShape, *, is_daily: bool) -> Trouble:
    """The limits are used up by others, and Strava's own headers say so."""

    def begin(life: Life, number: int) -> None:
        limits = life.sandbox.limits
        limits.shape = shape

        def use_up(_: object) -> None:
            limits.use(
                quarter_hour=limits.read.quarter_hour,
                day=limits.read.day if is_daily else limits.read.quarter_hour,
            )

        life.sandbox.faults.order(Change(use_up), at=number)

    return Trouble(begin=begin, passes_after=_DAY if is_daily else _QUARTER_HOUR)


def _switched_off() -> Trouble:
    def switch(life: Life, *, is_on: bool) -> None:
        life.world.is_application_active = is_on

    def begin(life: Life, number: int) -> None:
        life.sandbox.faults.order(Change(lambda _: switch(life, is_on=False)), at=number)

    return Trouble(begin=begin, end=lambda life: switch(life, is_on=True))


def _silence() -> Trouble:
    def begin(life: Life, number: int) -> None:
        life.sync.waiting["timeout_seconds"] = _SHORT_PATIENCE
        life.sandbox.faults.order(Delay(_LONGER_THAN_A_TEST), at=number)

    return Trouble(begin=begin, ends_the_sync=False)


TROUBLES = {
    "a reset": _once(Reset()),
    "a reset when the work is done": _once(Reset(moment="after")),
    "resets": _for_long(Reset()),
    "half an answer": _once(Truncation()),
    "answers that end too early": _for_long(Truncation(is_noticed=False)),
    "answers of nothing": _for_long(Truncation(kept=0, is_noticed=False)),
    "a 500": _once(Answer(errors.server_error())),
    "an outage": _for_long(Answer(errors.outage())),
    "a silence": _silence(),
    "the limit of the quarter hour": _used_up("fault", is_daily=False),
    "the limit of the day": _used_up("plain", is_daily=True),
    "a 429 that tells nothing": _once(Answer(errors.rate_limited()), ends_the_sync=True),
    "a token that is taken back": _once(Change(lambda world: world.oauth.kill_access_tokens())),
    "a 401": _once(Answer(errors.unauthorized()), ends_the_sync=True),
    "a scope that is not granted": _once(Answer(errors.missing_scope("activity:read")), ends_the_sync=True),
    "an application that is switched off": _switched_off(),
    "a 403": _once(Answer(errors.fault(403, "Forbidden", "Activity", "", "forbidden")), ends_the_sync=True),
    "a 404": _once(Answer(errors.not_found()), ends_the_sync=True),
    "a row that comes twice": _once(DuplicateRow()),
    "a last row that comes twice": _once(DuplicateRow(position=-1)),
}
