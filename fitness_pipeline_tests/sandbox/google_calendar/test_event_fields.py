"""What an event may say: times, texts, reminders, extended properties."""

from typing import Any

import pytest

from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline_tests.sandbox.google_calendar.callers import Caller, Row, body_of, path_of, reason_of


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"dateTime": "2026-03-08T01:30:00-06:00"}, ("2026-03-08T01:30:00-06:00", "America/Chicago")),
        ({"dateTime": "2026-03-08T08:30:00Z"}, ("2026-03-08T03:30:00-05:00", "America/Chicago")),
        ({"dateTime": "2026-03-08T08:30:00.987+02:00"}, ("2026-03-08T00:30:00-06:00", "America/Chicago")),
        (
            {"dateTime": "2026-03-08T08:30:00", "timeZone": "Europe/Zurich"},
            ("2026-03-08T01:30:00-06:00", "Europe/Zurich"),
        ),
        (
            {"dateTime": "2026-03-08T08:30:00Z", "timeZone": "Europe/Zurich"},
            ("2026-03-08T03:30:00-05:00", "Europe/Zurich"),
        ),
    ],
)
def test_a_time_is_told_in_the_calendar_s_zone(caller: Caller, sent: Row, told: tuple[str, str]) -> None:
    row = caller.made(body_of(start=sent))
    assert row["start"] == {"dateTime": told[0], "timeZone": told[1]}


def test_a_zone_without_an_offset_is_told_with_a_z(world: GoogleCalendarWorld, caller: Caller) -> None:
    world.add_calendar("utc@example.com", zone="UTC")
    row = caller.http.post("/calendar/v3/calendars/utc%40example.com/events", json=body_of()).json()
    assert row["start"] == {"dateTime": "2026-03-09T12:00:00Z", "timeZone": "UTC"}


def test_days_are_told_as_days(caller: Caller) -> None:
    row = caller.made(body_of("run12345", start={"date": "2026-03-09"}, end={"date": "2026-03-10"}))
    assert (row["start"], row["end"]) == ({"date": "2026-03-09"}, {"date": "2026-03-10"})
    at = {"dateTime": "2026-03-09T12:00:00Z", "date": None}
    assert "date" not in caller.patch("run12345", start=at, end=at).json()["start"]
    only_date = {"date": "2026-03-09"}
    assert reason_of(caller.patch("run12345", start=only_date, end=only_date)) == (400, "invalid")


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({"start": None}, "required"),
        ({"end": None}, "required"),
        ({"start": {}}, "required"),
        ({"start": {"dateTime": "2026-03-09T12:00:00"}}, "required"),
        ({"start": "2026-03-09"}, "invalid"),
        ({"start": {"dateTime": "2026-03-09 12:00:00Z"}}, "invalid"),
        ({"start": {"dateTime": "2026-02-30T12:00:00Z"}}, "invalid"),
        ({"start": {"dateTime": "2026-03-09"}}, "invalid"),
        ({"start": {"dateTime": 1_773_000_000}}, "invalid"),
        ({"start": {"date": "2026-W10-1"}}, "invalid"),
        ({"start": {"date": "2026-02-30"}}, "invalid"),
        ({"start": {"date": "2026-03-09"}}, "invalid"),
        ({"start": {"date": "2026-03-09", "dateTime": "2026-03-09T12:00:00Z"}}, "invalid"),
        ({"start": {"dateTime": "2026-03-09T12:00:00Z", "timeZone": "Mars/Olympus"}}, "invalid"),
        ({"end": {"dateTime": "2026-03-09T12:30:00Z", "timeZone": "America"}}, "invalid"),
        ({"end": {"dateTime": "2026-03-09T12:30:00Z", "timeZone": "../zone"}}, "invalid"),
        ({"end": {"dateTime": "2026-03-09T11:59:59Z"}}, "timeRangeEmpty"),
        ({"end": {"dateTime": "2026-03-09T13:00:00+02:00"}}, "timeRangeEmpty"),
        ({"start": {"date": "2026-03-10"}, "end": {"date": "2026-03-09"}}, "timeRangeEmpty"),
    ],
)
def test_a_time_that_cannot_be_is_refused(caller: Caller, times: Row, reason: str) -> None:
    caller.made(body_of("run12345"))
    assert reason_of(caller.insert(body_of() | times)) == (400, reason)
    assert reason_of(caller.update("run12345", body_of() | times)) == (400, reason)


def test_an_event_may_take_no_time(caller: Caller) -> None:
    at = {"dateTime": "2026-03-09T12:00:00Z"}
    assert caller.insert(body_of(start=at, end=at)).status_code == 200


def test_a_patch_that_moves_the_start_beyond_the_end_is_refused(caller: Caller) -> None:
    caller.made(body_of("run12345"))
    reply = caller.patch("run12345", start={"dateTime": "2026-03-09T14:00:00Z"})
    assert reason_of(reply) == (400, "timeRangeEmpty")
    assert reply.json()["error"]["errors"][0]["domain"] == "calendar"


@pytest.mark.parametrize(
    "field",
    [
        {"summary": 5},
        {"description": ["a"]},
        {"colorId": "12"},
        {"colorId": 5},
        {"transparency": "clear"},
        {"visibility": "hidden"},
        {"status": "done"},
        {"sequence": "1"},
        {"source": {"url": "strava://activities/1"}},
        {"source": "https://www.strava.com"},
        {"reminders": []},
        {"reminders": "none"},
        {"reminders": {"overrides": "popup"}},
        {"reminders": {"overrides": [{"method": "sms", "minutes": 5}]}},
        {"reminders": {"overrides": [{"method": "popup", "minutes": -1}]}},
        {"reminders": {"overrides": [{"method": "popup", "minutes": 40_321}]}},
        {"reminders": {"overrides": [{"method": "popup", "minutes": 5}] * 6}},
        {"extendedProperties": {"private": {"number": 5}}},
        {"extendedProperties": {"shared": ["a"]}},
        {"extendedProperties": "a"},
    ],
    ids=str,
)
def test_a_value_that_cannot_be_is_refused(caller: Caller, field: Row) -> None:
    assert reason_of(caller.insert(body_of(**field))) == (400, "invalid")
    made = caller.made(body_of("run12345", reminders={"useDefault": False}))
    assert reason_of(caller.patch("run12345", **field)) == (400, "invalid")
    assert caller.get(path_of("run12345")).json() == made


def test_what_is_empty_or_usual_is_not_told(caller: Caller) -> None:
    usual: Row = {"description": "", "location": "", "transparency": "opaque", "visibility": "default"}
    row = caller.made(body_of("run12345", extendedProperties={"private": {}}, **usual))
    assert row.keys() & {*usual, "extendedProperties"} == set()
    caller.patch("run12345", description="Easy")
    assert "description" not in caller.patch("run12345", description="").json()


def test_no_reminders_are_told_without_a_list(caller: Caller) -> None:
    row = caller.made(body_of(reminders={"useDefault": False, "overrides": []}))
    assert row["reminders"] == {"useDefault": False}


def test_default_reminders_take_the_place_of_own_ones_but_do_not_come_with_them(caller: Caller) -> None:
    own = [{"method": "popup", "minutes": 5}]
    both = caller.insert(body_of(reminders={"useDefault": True, "overrides": own}))
    assert reason_of(both) == (400, "cannotUseDefaultRemindersAndSpecifyOverride")
    caller.made(body_of("run12345", reminders={"overrides": own}))
    assert caller.patch("run12345", reminders={"useDefault": True}).json()["reminders"] == {
        "useDefault": True
    }


def test_a_long_key_is_silently_dropped_and_a_long_value_silently_cut(caller: Caller) -> None:
    sent = {"k" * 44: "v" * 1024, "k" * 45: "dropped", "long": "v" * 1025}
    row = caller.made(body_of(extendedProperties={"private": sent, "shared": sent}))
    kept = {"k" * 44: "v" * 1024, "long": "v" * 1024}
    assert row["extendedProperties"] == {"private": kept, "shared": kept}


def test_too_many_properties_are_refused(caller: Caller) -> None:
    properties = {f"key{number}": "v" for number in range(300)}
    caller.made(body_of("run12345", extendedProperties={"private": properties}))
    one_more: Row = {"extendedProperties": {"shared": {"one": "more"}}}
    assert reason_of(caller.patch("run12345", **one_more)) == (400, "invalid")


def test_too_much_in_properties_is_refused(caller: Caller) -> None:
    def properties(last: int) -> Row:
        full = {f"k{number:02}": "v" * 1021 for number in range(31)}
        return {"extendedProperties": {"private": full | {"k31": "v" * last}}}

    assert caller.insert(body_of(**properties(1021))).status_code == 200
    assert reason_of(caller.insert(body_of(**properties(1022)))) == (400, "invalid")


@pytest.mark.parametrize(
    "field", [{"recurrence": ["RRULE:FREQ=DAILY"]}, {"attendees": [{"email": "a@example.com"}]}], ids=str
)
def test_what_the_stand_in_does_not_have_is_not_passed_over(
    world: GoogleCalendarWorld, field: dict[str, Any]
) -> None:
    def insert() -> int:
        with GoogleCalendarSandbox(world) as sandbox, Caller(sandbox) as caller:
            caller.connect()
            return caller.insert(body_of(**field)).status_code

    with pytest.raises(RuntimeError, match="The stand-in has no events with"):
        insert()
