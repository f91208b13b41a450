"""Which part of the athlete's activities a sync lists: one rule for schedules, backfills and commands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.models import LATEST_START_AHEAD

ListingKind = Literal["full", "incremental", "window"]

# No activity is older; asking from here on is asking for all.
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What somebody wants to be read.

    Attributes:
        is_full: all there is.
        since: the first day (UTC), or None.
        until: the last day (UTC), or None.
        months: the bounds of the selected partitions, the second one exclusive; or None.
        is_incremental: what may be new, whatever partitions are given: they only say which months that is.
    """

    is_full: bool = False
    since: date | None = None
    until: date | None = None
    months: tuple[datetime, datetime] | None = None
    is_incremental: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """What is read.

    Attributes:
        kind: `window` is a part of the past, which says nothing about how far everything was read.
        after: activities that start at this instant or later are read.
        before: activities that start before this instant are read.
    """

    kind: ListingKind
    after: datetime
    before: datetime

    @property
    def moves_watermark(self) -> bool:
        """Whether all that is newer than before is in it."""
        return self.kind != "window"

    @property
    def is_live(self) -> bool:
        """Whether it may use the part of the rate limits that is reserved for the newest activities."""
        return self.kind == "incremental"


def plan_read(
    request: ReadRequest, *, last_synced_at: datetime | None, now: datetime, overlap: timedelta
) -> ReadPlan:
    """Return what to read.

    A full sync wins over everything, then days, then what may be new, then the months of a backfill. Without
    any of them, what may be new is read; before the first complete read, that is everything.

    Args:
        request: what is wanted.
        last_synced_at: the watermark, or None before the first complete read.
        now: the time.
        overlap: how far before the watermark to begin, for late uploads and recent edits: Strava filters
            by the start of an activity, not by its upload (its documentation of the list).

    Raises:
        InvalidValue: the days contradict each other, the selected months, or a full sync.
    """
    end = now + LATEST_START_AHEAD
    if request.is_full:
        if request.since is not None or request.until is not None:
            raise InvalidValue("A full sync reads everything. Leave out since and until, or the full sync.")
        return ReadPlan(kind="full", after=BEGINNING, before=end)
    if request.since is not None or request.until is not None:
        after = max(_midnight(request.since), BEGINNING) if request.since is not None else BEGINNING
        before = end
        if request.until is not None and request.until < end.date():
            before = _midnight(request.until) + timedelta(days=1)
        if after > now:
            raise InvalidValue(f"{request.since} is in the future. Give a day of the past.")
        if before <= after:
            raise InvalidValue(f"{request.until} is before {request.since}. Exchange since and until.")
        if request.months is not None and not (after <= request.months[0] and request.months[1] <= before):
            raise InvalidValue(
                "The selected months are not within these days, and would be marked as read all the same. "
                "Select no month, or leave out since and until."
            )
        return ReadPlan(kind="window", after=after, before=before)
    if request.is_incremental or request.months is None:
        # A watermark of the future was set by a clock that was wrong: nobody knows up to when all was read.
        if last_synced_at is None or last_synced_at > now:
            return ReadPlan(kind="full", after=BEGINNING, before=end)
        return ReadPlan(kind="incremental", after=last_synced_at - overlap, before=end)
    after, before = request.months
    return ReadPlan(kind="window", after=after, before=before)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
