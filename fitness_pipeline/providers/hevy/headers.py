"""What the headers of a reply say about time: how long to wait, and what Hevy's clock shows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Less is the way of a reply, and that the header has whole seconds.
_TOLERATED_LEAD = timedelta(minutes=1)


def read_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds the server asks to be left alone, or None when it says nothing of it.

    Nobody has seen Hevy send it; HTTP has two forms of it, seconds and a date (RFC 9110).

    Args:
        headers: of a reply.
        now: by the clock of this machine, for the second form.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    at = _read_date(text)
    return max(0.0, (at - now).total_seconds()) if at is not None else None


def read_clock_lead(headers: Mapping[str, str], sent_at: datetime) -> timedelta:
    """Return how far the clock of this machine is ahead of Hevy's; zero when it is not, or nobody can tell.

    Args:
        headers: of a reply.
        sent_at: when the request went out, by the clock of this machine.
    """
    at = _read_date(headers.get("Date", ""))
    lead = sent_at - at if at is not None else timedelta()
    return lead if lead > _TOLERATED_LEAD else timedelta()


def _read_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
