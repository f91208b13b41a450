"""What may go wrong with a request to Strava, and for how long."""

from datetime import timedelta

from fitness_pipeline.sandbox.serving.faults import Answer, Change, DuplicateRow, Reset, Truncation
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline_tests.faults.strava_lives import Life
from fitness_pipeline_tests.faults.troubles import Trouble, for_long, once, silence

_QUARTER_HOUR, _DAY = timedelta(minutes=15), timedelta(days=1)


def _used_up(shape: errors.RateLimitShape, *, is_daily: bool) -> Trouble[Life]:
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


def _switched_off() -> Trouble[Life]:
    def switch(life: Life, *, is_on: bool) -> None:
        life.world.is_application_active = is_on

    def begin(life: Life, number: int) -> None:
        life.sandbox.faults.order(Change(lambda _: switch(life, is_on=False)), at=number)

    return Trouble(begin=begin, end=lambda life: switch(life, is_on=True))


TROUBLES: dict[str, Trouble[Life]] = {
    "a reset": once(Reset()),
    "a reset when the work is done": once(Reset(moment="after")),
    "resets": for_long(Reset()),
    "half an answer": once(Truncation()),
    "answers that end too early": for_long(Truncation(is_noticed=False)),
    "answers of nothing": for_long(Truncation(kept=0, is_noticed=False)),
    "a 500": once(Answer(errors.server_error())),
    "an outage": for_long(Answer(errors.outage())),
    "a silence": silence(),
    "the limit of the quarter hour": _used_up("fault", is_daily=False),
    "the limit of the day": _used_up("plain", is_daily=True),
    "a 429 that tells nothing": once(Answer(errors.rate_limited()), ends_the_sync=True),
    "a token that is taken back": once(Change(lambda world: world.oauth.kill_access_tokens())),
    "a 401": once(Answer(errors.unauthorized()), ends_the_sync=True),
    "a scope that is not granted": once(Answer(errors.missing_scope("activity:read")), ends_the_sync=True),
    "an application that is switched off": _switched_off(),
    "a 403": once(Answer(errors.fault(403, "Forbidden", "Activity", "", "forbidden")), ends_the_sync=True),
    "a 404": once(Answer(errors.not_found()), ends_the_sync=True),
    "a row that comes twice": once(DuplicateRow()),
    "a last row that comes twice": once(DuplicateRow(position=-1)),
}
