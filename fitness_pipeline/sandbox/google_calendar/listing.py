"""Pages of a calendar's events."""

from typing import Any

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.events import Event
from fitness_pipeline.sandbox.google_calendar.list_query import ListQuery, encode_token
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.google_calendar.times import instant_of, rfc3339
from fitness_pipeline.sandbox.serving.replies import Refusal

Key = tuple[float, int]

_DEFAULT_REMINDERS = [{"method": "popup", "minutes": 30}]


def compose_page(calendar: Calendar, query: ListQuery, revision: int, looked_at: int | None) -> Row:
    """Return a page.

    A page begins after the last event of the one before it, so that no event is missed for one that vanishes
    in between. Google says only that the order is a stable one.

    Args:
        calendar: whose events.
        query: what is asked for.
        revision: of the last change in the world.
        looked_at: how many events are looked at for a page; None for as many as it needs.

    Raises:
        Refusal: the sync token is too old.
    """
    since = _since(calendar, query)
    begun = revision if query.page_token is None else int(query.page_token["begun"])
    after = None if query.page_token is None else tuple(query.page_token["after"])
    keyed = sorted((_key(event, query, calendar.home.zone), event) for event in calendar.all())
    rest = [(key, event) for key, event in keyed if after is None or key > after]
    items: list[Row] = []
    reached: Key | None = None
    for count, (key, event) in enumerate(rest):
        if len(items) == query.size or count == looked_at:
            break
        reached = key
        if _is_listed(event, query, since, calendar.home.zone):
            items.append(_told(event, query))
    is_last = reached is None or reached == rest[-1][0]
    if not is_last:
        token = encode_token("page", query=query.fingerprint, begun=begun, after=reached)
        return _page(calendar, items, {"nextPageToken": token})
    if not query.is_for_sync:
        return _page(calendar, items, {})
    token = encode_token("sync", calendar=calendar.id, revision=begun, era=calendar.sync_era)
    return _page(calendar, items, {"nextSyncToken": token})


def _since(calendar: Calendar, query: ListQuery) -> int | None:
    """Return up to which revision the client has seen everything."""
    token = query.sync_token
    if token is None:
        return None
    if token["calendar"] != calendar.id:
        raise Refusal(errors.invalid("Invalid sync token value."))
    if token["era"] != calendar.sync_era or token["revision"] < calendar.forgotten:
        raise Refusal(errors.full_sync_required())
    return int(token["revision"])


def _key(event: Event, query: ListQuery, zone: str) -> Key:
    if query.order == "startTime":
        return instant_of(event.row["start"], zone).timestamp(), event.number
    is_by_change = query.order == "updated" or query.sync_token is not None
    return float(event.revision if is_by_change else event.number), event.number


def _is_listed(event: Event, query: ListQuery, since: int | None, zone: str) -> bool:
    row = event.row
    if since is not None and event.revision <= since:
        return False
    if query.updated_min is not None and row["updated"] < rfc3339(query.updated_min):
        return False
    is_told_of_deleted = query.shows_deleted or since is not None or query.updated_min is not None
    if event.is_cancelled and not is_told_of_deleted:
        return False
    if query.time_min is not None and instant_of(row["end"], zone) <= query.time_min:
        return False
    if query.time_max is not None and instant_of(row["start"], zone) >= query.time_max:
        return False
    if query.i_cal_uid not in (None, row["iCalUID"]):
        return False
    texts = " ".join(row.get(name, "") for name in ("summary", "description", "location"))
    if query.text is not None and not all(term in texts.lower() for term in query.text.lower().split()):
        return False
    properties: dict[str, Any] = row.get("extendedProperties", {})
    return all(properties.get(kind, {}).get(name) == value for kind, name, value in query.properties)


def _told(event: Event, query: ListQuery) -> Row:
    """Return an event as a list tells it: little of a deleted one, unless those were asked for."""
    if not event.is_cancelled or query.shows_deleted:
        return event.row
    return {name: event.row[name] for name in ("kind", "etag", "id", "status")}


def _page(calendar: Calendar, items: list[Row], token: Row) -> Row:
    events = calendar.all()
    newest = max((event.revision for event in events), default=0)
    return {
        "kind": "calendar#events",
        "etag": f'"p{newest}"',
        "summary": calendar.home.summary,
        "updated": max((event.row["updated"] for event in events), default="1970-01-01T00:00:00.000Z"),
        "timeZone": calendar.home.zone,
        "accessRole": calendar.role,
        "defaultReminders": _DEFAULT_REMINDERS if calendar.home.is_primary else [],
        **token,
        "items": items,
    }
