"""How much may still be asked of Strava: what its headers say, what is left, and how long to wait."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fitness_pipeline.models import RateLimit, RateLimits

QUARTER_HOUR = timedelta(minutes=15)
DAY = timedelta(days=1)

# What is left for the live sync: a tenth, but so many at least.
_RESERVED_SHARE = 10
_RESERVED_OF_QUARTER, _RESERVED_OF_DAY = 5, 20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Nine digits are more than any limit, and fit an integer of Postgres.
_TWO_NUMBERS = re.compile(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be asked for a while.

    Attributes:
        resets_at: until when.
        is_daily: whether it is the limit of the day that is used up.
    """

    resets_at: datetime
    is_daily: bool


@dataclass(frozen=True, slots=True)
class Remaining:
    """How many requests are left.

    Attributes:
        quarter_hour: until the next :00, :15, :30 or :45; never more than are left of the day.
        day: until midnight UTC.
    """

    quarter_hour: int
    day: int


@dataclass(frozen=True, slots=True)
class _Window:
    limit: int
    used: int
    resets_at: datetime
    is_daily: bool

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def reserve(self) -> int:
        least = _RESERVED_OF_DAY if self.is_daily else _RESERVED_OF_QUARTER
        return min(max(-(-self.limit // _RESERVED_SHARE), least), self.limit // 2)


def read_rate_limits(headers: Mapping[str, str], observed_at: datetime) -> RateLimits | None:
    """Return what the headers of a reply say, or None when they say nothing that can be understood.

    Every reply of the API has two pairs of them, for all requests and for those that only read; each value
    is a number for the quarter hour and one for the day (Strava's page on rate limits). On the wire the
    case is another than in the documentation (recorded replies). Usage includes the request itself.

    Args:
        headers: names in any case.
        observed_at: when the request was sent. Strava counts it when it comes, and may take long to answer:
            by then, another quarter of an hour may have begun.
    """
    values = {name.lower(): value for name, value in headers.items()}
    overall, read = _pair(values, "x-ratelimit"), _pair(values, "x-readratelimit")
    if overall is None and read is None:
        return None
    return RateLimits(overall=overall, read=read, observed_at=observed_at)


def find_wait(limits: RateLimits | None, now: datetime, *, is_live: bool) -> Wait | None:
    """Return how long nothing is to be asked, or None when a request may go out now.

    Args:
        limits: what Strava said last; None when it never did, which stops nobody.
        now: the time.
        is_live: whether it is the live sync that asks, which may use everything. Others leave it a tenth:
            at least 5 requests of a quarter hour and 20 of a day, but never more than half.
    """
    spent = [window for window in _windows(limits, now) if window.left <= (0 if is_live else window.reserve)]
    if not spent:
        return None
    longest = max(spent, key=lambda window: window.is_daily)
    return Wait(longest.resets_at, longest.is_daily)


def remaining(limits: RateLimits | None, now: datetime) -> Remaining | None:
    """Return how many requests are left, over both kinds of limits; None when Strava never said.

    Args:
        limits: what Strava said last.
        now: the time.
    """
    windows = list(_windows(limits, now))
    if not windows:
        return None
    day = min(window.left for window in windows if window.is_daily)
    return Remaining(quarter_hour=min(window.left for window in windows), day=day)


def next_quarter_hour(now: datetime) -> datetime:
    """Return when the next quarter of an hour begins, by the clock.

    Args:
        now: the time.
    """
    return _end(now, QUARTER_HOUR)


def _windows(limits: RateLimits | None, now: datetime) -> Iterator[_Window]:
    """Yield the windows that hold `now`; what was used in earlier ones no longer counts."""
    for limit in (limits.overall, limits.read) if limits else ():
        if limits is None or limit is None:
            continue
        is_same_quarter = _end(limits.observed_at, QUARTER_HOUR) == _end(now, QUARTER_HOUR)
        is_same_day = _end(limits.observed_at, DAY) == _end(now, DAY)
        quarter_used = limit.quarter_used if is_same_quarter else 0
        day_used = limit.day_used if is_same_day else 0
        yield _Window(limit.quarter_limit, quarter_used, _end(now, QUARTER_HOUR), is_daily=False)
        yield _Window(limit.day_limit, day_used, _end(now, DAY), is_daily=True)


def _end(at: datetime, length: timedelta) -> datetime:
    return _EPOCH + ((at - _EPOCH) // length + 1) * length


def _pair(values: Mapping[str, str], prefix: str) -> RateLimit | None:
    limit = _TWO_NUMBERS.fullmatch(values.get(f"{prefix}-limit", ""))
    usage = _TWO_NUMBERS.fullmatch(values.get(f"{prefix}-usage", ""))
    if limit is None or usage is None:
        return None
    return RateLimit(
        quarter_limit=int(limit[1]),
        day_limit=int(limit[2]),
        quarter_used=int(usage[1]),
        day_used=int(usage[2]),
    )
