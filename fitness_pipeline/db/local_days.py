"""Days of a time zone as instants."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from fitness_pipeline.settings import time_zone as known_time_zone

_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def instants_of_days(first: date | None, last: date | None, time_zone: str) -> tuple[datetime, datetime]:
    """Return when some days begin, and when they are over.

    Args:
        first: the first day; None for no beginning.
        last: the last day, which is in it; None for no end.
        time_zone: the IANA zone whose days these are.

    Returns:
        An instant that is in it and one that is not any more, in UTC.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    zone = known_time_zone(time_zone)
    since = _EARLIEST if first is None else _midnight(first, zone)
    if last is None or last == date.max:
        return since, _LATEST
    return since, _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # at the ends of the calendar
        return _EARLIEST if day.year == 1 else _LATEST
