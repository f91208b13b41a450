"""Lists: pages, filters, orders, and what changed since."""

from datetime import timedelta
from typing import Any

import pytest

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.google_calendar.callers import LIST, Caller, Row, body_of, reason_of


def fill(calendar: Calendar, count: int, **fields: Any) -> list[str]:
    """Make events, one a day from March 1; return their ids."""
    ids = [f"run{day:05}" for day in range(1, count + 1)]
    for day, event_id in enumerate(ids):
        calendar.insert(body_of(event_id, day=day % 28 + 1, **fields))
    return ids


def test_a_page_tells_of_its_calendar(caller: Caller, calendar: Calendar) -> None:
    (event_id,) = fill(calendar, 1)
    page = caller.page()
    assert page | {"etag": "", "nextSyncToken": ""} == {
        "kind": "calendar#events",
        "etag": "",
        "summary": "runner@example.com",
        "updated": "2026-03-10T14:07:30.250Z",
        "timeZone": "America/Chicago",
        "accessRole": "owner",
        "defaultReminders": [{"method": "popup", "minutes": 30}],
        "nextSyncToken": "",
        "items": [calendar.find(event_id)],
    }


def test_a_page_has_250_events_or_as_many_as_are_asked_for(caller: Caller, calendar: Calendar) -> None:
    ids = fill(calendar, 260)
    assert [len(page["items"]) for page in caller.pages()] == [250, 10]
    assert [len(page["items"]) for page in caller.pages(maxResults=100)] == [100, 100, 60]
    assert [len(page["items"]) for page in caller.pages(maxResults=5000)] == [260]
    assert caller.ids(maxResults=100) == ids


def test_only_the_last_page_has_a_sync_token(caller: Caller, calendar: Calendar) -> None:
    fill(calendar, 3)
    pages = caller.pages(maxResults=2)
    assert [("nextPageToken" in page, "nextSyncToken" in page) for page in pages] == [
        (True, False),
        (False, True),
    ]


def test_pages_may_be_short_or_empty_while_others_follow(
    caller: Caller, world: GoogleCalendarWorld, calendar: Calendar
) -> None:
    ids = fill(calendar, 7)
    for event_id in ids[2:5]:
        calendar.delete(event_id)
    world.events_a_page = 2
    assert [len(page["items"]) for page in caller.pages()] == [2, 0, 1, 1]
    assert caller.ids() == ids[:2] + ids[5:]


def test_an_event_that_vanishes_between_two_pages_hides_no_other_one(
    caller: Caller, calendar: Calendar
) -> None:
    ids = fill(calendar, 4)
    first = caller.page(maxResults=2)
    calendar.delete_as_the_runner(ids[0])
    second = caller.page(maxResults=2, pageToken=first["nextPageToken"])
    assert [row["id"] for row in first["items"] + second["items"]] == ids


def test_deleted_events_are_listed_when_they_are_asked_for(caller: Caller, calendar: Calendar) -> None:
    ids = fill(calendar, 3)
    calendar.delete(ids[1])
    assert caller.ids() == [ids[0], ids[2]]
    rows = caller.page(showDeleted="true")["items"]
    assert rows == [calendar.find(event_id) for event_id in ids]
    assert rows[1]["status"] == "cancelled"


def test_events_are_found_by_all_of_some_private_properties(caller: Caller, calendar: Calendar) -> None:
    for event_id, private in (
        ("run00001", {"a": "1", "b": "x=y"}),
        ("run00002", {"a": "1"}),
        ("run00003", {}),
    ):
        properties = {"private": private, "shared": {"a": "1"}}
        calendar.insert(body_of(event_id, extendedProperties=properties))
    assert caller.ids(privateExtendedProperty="a=1") == ["run00001", "run00002"]
    assert caller.ids(privateExtendedProperty=["a=1", "b=x=y"]) == ["run00001"]
    assert caller.ids(privateExtendedProperty="a=2") == []
    assert len(caller.ids(sharedExtendedProperty="a=1")) == 3
    calendar.delete("run00001")
    assert caller.ids(privateExtendedProperty="a=1") == ["run00002"]
    assert caller.ids(privateExtendedProperty="a=1", showDeleted="true") == ["run00001", "run00002"]
    assert reason_of(caller.get(LIST, privateExtendedProperty="a")) == (400, "invalid")


def test_a_window_holds_what_ends_after_its_begin_and_starts_before_its_end(
    caller: Caller, calendar: Calendar
) -> None:
    ids = fill(calendar, 4)  # from 12 to 13 o'clock
    assert caller.ids(timeMin="2026-03-02T12:59:59Z") == ids[1:]
    assert caller.ids(timeMin="2026-03-02T13:00:00Z") == ids[2:]
    assert caller.ids(timeMax="2026-03-03T12:00:00Z") == ids[:2]
    assert caller.ids(timeMax="2026-03-03T13:00:01+01:00") == ids[:3]
    assert caller.ids(timeMin="2026-03-02T00:00:00Z", timeMax="2026-03-04T00:00:00Z") == ids[1:3]


def test_a_day_begins_in_the_calendar_s_zone(caller: Caller, calendar: Calendar) -> None:
    calendar.insert(body_of("rest00001", start={"date": "2026-03-09"}, end={"date": "2026-03-10"}))
    assert caller.ids(timeMax="2026-03-09T05:00:00Z") == []
    assert caller.ids(timeMax="2026-03-09T05:00:01Z") == ["rest00001"]
    assert caller.ids(timeMin="2026-03-10T05:00:00Z") == []


def test_events_come_by_start_or_by_change_when_asked(
    caller: Caller, calendar: Calendar, clock: SettableClock
) -> None:
    for number, day in enumerate((5, 3, 4), 1):
        calendar.insert(body_of(f"run0000{number}", day=day))
        clock.advance(timedelta(minutes=1))
    calendar.edit_as_the_runner("run00001", summary="Changed")
    by_start = ["run00002", "run00003", "run00001"]
    assert caller.ids(orderBy="startTime", singleEvents="true", maxResults=2) == by_start
    assert caller.ids(orderBy="updated", maxResults=2) == ["run00002", "run00003", "run00001"]
    assert caller.ids() == ["run00001", "run00002", "run00003"]
    assert reason_of(caller.get(LIST, orderBy="startTime")) == (400, "badRequest")


def test_events_are_found_by_words_by_uid_and_by_change(
    caller: Caller, calendar: Calendar, clock: SettableClock
) -> None:
    calendar.insert(body_of("run00001", description="Easy miles"))
    clock.advance(timedelta(minutes=1))
    calendar.insert(body_of("run00002", location="Easy Street"))
    assert caller.ids(q="easy") == ["run00001", "run00002"]
    assert caller.ids(q="easy RUN miles") == ["run00001"]
    assert caller.ids(iCalUID="run00002@google.com") == ["run00002"]
    since = "2026-03-10T14:08:00Z"
    assert caller.ids(updatedMin=since) == ["run00002"]
    calendar.delete("run00001")
    assert caller.ids(updatedMin=since) == ["run00001", "run00002"]


def test_a_sync_token_brings_what_changed_since(caller: Caller, calendar: Calendar) -> None:
    ids = fill(calendar, 4)
    token = caller.page()["nextSyncToken"]
    assert caller.page(syncToken=token)["items"] == []
    calendar.edit_as_the_runner(ids[2], summary="Changed")
    calendar.delete_as_the_runner(ids[0])
    added = calendar.add_as_the_runner(**body_of(summary="Dentist"))
    pages = caller.pages(syncToken=token, maxResults=1)
    rows = [row for page in pages for row in page["items"]]
    assert [row["id"] for row in rows] == [ids[2], ids[0], added["id"]]
    assert rows[1].keys() == {"kind", "etag", "id", "status"}
    assert caller.page(syncToken=pages[-1]["nextSyncToken"])["items"] == []
    with_details = caller.page(syncToken=token, showDeleted="true")["items"]
    assert with_details[1] == calendar.find(ids[0])


def test_what_changes_between_two_pages_is_told_with_the_next_sync_token(
    caller: Caller, calendar: Calendar
) -> None:
    ids = fill(calendar, 3)
    first = caller.page(maxResults=2)
    calendar.edit_as_the_runner(ids[0], summary="Changed")
    token = caller.page(maxResults=2, pageToken=first["nextPageToken"])["nextSyncToken"]
    assert [row["id"] for row in caller.page(syncToken=token)["items"]] == [ids[0]]


def test_a_sync_token_expires(caller: Caller, calendar: Calendar) -> None:
    (event_id,) = fill(calendar, 1)
    before = caller.page()["nextSyncToken"]
    calendar.delete_as_the_runner(event_id)
    after = caller.page()["nextSyncToken"]
    calendar.purge(event_id)
    assert reason_of(caller.get(LIST, syncToken=before)) == (410, "fullSyncRequired")
    assert caller.get(LIST, syncToken=after).status_code == 200
    calendar.expire_sync_tokens()
    assert reason_of(caller.get(LIST, syncToken=after)) == (410, "fullSyncRequired")
    assert caller.page(syncToken=caller.page()["nextSyncToken"])["items"] == []


@pytest.mark.parametrize(
    "restriction",
    [
        {"privateExtendedProperty": "a=1"},
        {"sharedExtendedProperty": "a=1"},
        {"timeMin": "2026-03-02T00:00:00Z"},
        {"timeMax": "2026-03-02T00:00:00Z"},
        {"updatedMin": "2026-03-02T00:00:00Z"},
        {"orderBy": "updated"},
        {"q": "run"},
        {"iCalUID": "run@google.com"},
    ],
    ids=lambda restriction: next(iter(restriction)),
)
def test_a_restricted_list_neither_has_a_sync_token_nor_takes_one(caller: Caller, restriction: Row) -> None:
    token = caller.page()["nextSyncToken"]
    assert "nextSyncToken" not in caller.page(**restriction)
    assert reason_of(caller.get(LIST, syncToken=token, **restriction)) == (400, "invalid")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"maxResults": 0}, "invalid"),
        ({"maxResults": "many"}, "invalid"),
        ({"showDeleted": "perhaps"}, "invalid"),
        ({"orderBy": "summary"}, "invalid"),
        ({"timeMin": "2026-03-02T00:00:00"}, "badRequest"),
        ({"timeMax": "2026-03-02"}, "badRequest"),
        ({"timeMin": "2026-03-02T00:00:00Z", "timeMax": "2026-03-02T01:00:00+01:00"}, "timeRangeEmpty"),
        ({"pageToken": "CAE"}, "invalid"),
        ({"syncToken": "CAE="}, "invalid"),
    ],
    ids=str,
)
def test_a_query_that_cannot_be_is_refused(caller: Caller, query: Row, reason: str) -> None:
    assert reason_of(caller.get(LIST, **query)) == (400, reason)


def test_tokens_belong_to_what_they_came_from(
    caller: Caller, world: GoogleCalendarWorld, calendar: Calendar
) -> None:
    fill(calendar, 2)
    token = caller.page(maxResults=1)["nextPageToken"]
    assert reason_of(caller.get(LIST, pageToken=token, showDeleted="true")) == (400, "invalid")
    assert reason_of(caller.get(LIST, syncToken=token)) == (400, "invalid")
    sync_token = caller.page()["nextSyncToken"]
    assert reason_of(caller.get(LIST, syncToken=sync_token, showDeleted="false")) == (400, "invalid")
    world.add_calendar("club@example.com")
    other = caller.get("/calendar/v3/calendars/club%40example.com/events", syncToken=sync_token)
    assert reason_of(other) == (400, "invalid")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("kind", {"kind": "calendar#events"}),
        ("items/id", {"items": [{"id": "run00001"}]}),
        ("items(id,start/timeZone),timeZone", None),
        ("items(id,start(timeZone)),timeZone", None),
        ("items/*/timeZone", {"items": [{"start": {"timeZone": "America/Chicago"}}]}),
        ("unheardOf", {}),
    ],
)
def test_a_client_gets_the_fields_that_it_asks_for(
    caller: Caller, calendar: Calendar, fields: str, told: Row | None
) -> None:
    fill(calendar, 1)
    item = {"id": "run00001", "start": {"timeZone": "America/Chicago"}}
    page = caller.page(fields=fields)
    if fields == "items/*/timeZone":
        page["items"][0] = {"start": page["items"][0]["start"]}
    assert page == (told if told is not None else {"items": [item], "timeZone": "America/Chicago"})


@pytest.mark.parametrize(
    "fields", ["", "items(id", "items)", "a,,b", "a,", "items()", "a b", "/id", "items/"]
)
def test_fields_that_cannot_be_read_are_refused(caller: Caller, fields: str) -> None:
    assert reason_of(caller.get(LIST, fields=fields)) == (400, "invalidParameter")
