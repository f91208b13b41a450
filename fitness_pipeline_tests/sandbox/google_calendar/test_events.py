"""Making, reading, changing and deleting events."""

from datetime import timedelta

import pytest

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.google_calendar.callers import Caller, Row, body_of, path_of, reason_of


def test_an_event_is_told_as_google_tells_it(caller: Caller) -> None:
    sent = body_of(
        "run12345",
        description="Easy",
        location="Lakefront",
        colorId="5",
        transparency="transparent",
        source={"title": "Strava", "url": "https://www.strava.com/activities/1"},
        extendedProperties={"private": {"run": "strava_1"}},
    )
    reply = caller.insert(sent)
    assert reply.status_code == 200
    row = reply.json()
    assert row == {
        "kind": "calendar#event",
        "etag": row["etag"],
        "id": "run12345",
        "status": "confirmed",
        "htmlLink": row["htmlLink"],
        "created": "2026-03-10T14:07:30.000Z",
        "updated": "2026-03-10T14:07:30.250Z",
        "summary": "Run",
        "description": "Easy",
        "location": "Lakefront",
        "colorId": "5",
        "creator": {"email": "runner@example.com", "self": True},
        "organizer": {"email": "runner@example.com", "self": True},
        "start": {"dateTime": "2026-03-09T07:00:00-05:00", "timeZone": "America/Chicago"},
        "end": {"dateTime": "2026-03-09T08:00:00-05:00", "timeZone": "America/Chicago"},
        "transparency": "transparent",
        "iCalUID": "run12345@google.com",
        "sequence": 0,
        "extendedProperties": {"private": {"run": "strava_1"}},
        "reminders": {"useDefault": True},
        "source": {"url": "https://www.strava.com/activities/1", "title": "Strava"},
        "eventType": "default",
    }
    assert list(row)[:5] == ["kind", "etag", "id", "status", "htmlLink"]
    assert row["htmlLink"].startswith("https://www.google.com/calendar/event?eid=")
    assert row["etag"].strip('"').isdecimal()
    assert reply.headers["ETag"] == row["etag"]
    assert caller.get(path_of("run12345")).json() == row


@pytest.mark.parametrize("event_id", ["0123456789abcdefghijklmnopqrstuv", "a" * 5, "9" * 1024])
def test_a_client_may_choose_an_id(caller: Caller, event_id: str) -> None:
    assert caller.made(body_of(event_id))["id"] == event_id


@pytest.mark.parametrize(
    "event_id",
    ["hevy1", "workout", "strava_1", "RUN12345", "run1", "1" * 1025, "run-12345", "", 12345678, "läufe"],
)
def test_an_id_outside_the_rules_is_refused(caller: Caller, event_id: object) -> None:
    reply = caller.insert(body_of() | {"id": event_id})
    assert reason_of(reply) == (400, "invalid")
    assert reply.json()["error"]["message"] == "Invalid resource id value."


def test_the_server_makes_an_id_where_none_is_chosen(caller: Caller) -> None:
    ids = {caller.made(body_of())["id"] for _ in range(3)} | {caller.made(body_of() | {"id": None})["id"]}
    assert len(ids) == 4
    assert {len(event_id) for event_id in ids} == {26}


def test_an_id_is_taken_by_a_live_event_and_by_a_deleted_one(caller: Caller) -> None:
    row = caller.made(body_of("run12345"))
    assert reason_of(caller.insert(body_of("run12345", summary="Another"))) == (409, "duplicate")
    assert caller.get(path_of("run12345")).json() == row
    caller.delete("run12345")
    assert reason_of(caller.insert(body_of("run12345"))) == (409, "duplicate")


def test_a_deleted_event_can_be_read_and_not_deleted_again(caller: Caller) -> None:
    row = caller.made(body_of("run12345", description="Easy"))
    deleted = caller.delete("run12345")
    assert (deleted.status_code, deleted.content) == (204, b"")
    left = caller.get(path_of("run12345")).json()
    assert (left["status"], left["description"]) == ("cancelled", "Easy")
    assert left["etag"] != row["etag"]
    assert reason_of(caller.delete("run12345")) == (410, "deleted")
    assert reason_of(caller.delete("run12345", row["etag"])) == (410, "deleted")


def test_what_never_was_is_not_found(caller: Caller) -> None:
    missing = (404, "notFound")
    assert reason_of(caller.get(path_of("run12345"))) == missing
    assert reason_of(caller.patch("run12345", summary="Run")) == missing
    assert reason_of(caller.update("run12345", body_of())) == missing
    assert reason_of(caller.delete("run12345")) == missing


def test_a_patch_merges_objects_replaces_lists_and_removes_nulls(caller: Caller) -> None:
    reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]}
    properties = {"private": {"a": "1", "b": "2"}, "shared": {"c": "3"}}
    caller.made(body_of("run12345", description="Easy", reminders=reminders, extendedProperties=properties))
    row = caller.patch(
        "run12345",
        summary="Long run",
        description=None,
        reminders={"overrides": [{"method": "email", "minutes": 5}]},
        extendedProperties={"private": {"b": "two", "a": None}},
    ).json()
    assert (row["summary"], "description" in row) == ("Long run", False)
    assert row["reminders"] == {"useDefault": False, "overrides": [{"method": "email", "minutes": 5}]}
    assert row["extendedProperties"] == {"private": {"b": "two"}, "shared": {"c": "3"}}
    assert caller.get(path_of("run12345")).json() == row


def test_an_update_drops_what_it_does_not_say(caller: Caller) -> None:
    made = caller.made(
        body_of(
            "run12345",
            description="Easy",
            reminders={"useDefault": False},
            extendedProperties={"private": {"a": "1"}},
            transparency="transparent",
        )
    )
    row = caller.update("run12345", body_of(day=10, summary="Long run")).json()
    kept = ("kind", "id", "htmlLink", "created", "creator", "organizer", "iCalUID", "eventType")
    assert {name: row[name] for name in kept} == {name: made[name] for name in kept}
    assert row.keys() - made.keys() == set()
    assert made.keys() - row.keys() == {"description", "extendedProperties", "transparency"}
    assert (row["summary"], row["reminders"]) == ("Long run", {"useDefault": True})
    assert row["start"]["dateTime"] == "2026-03-10T07:00:00-05:00"
    assert reason_of(caller.update("run12345", {"summary": "No time"})) == (400, "required")


def test_every_change_has_another_etag(caller: Caller, clock: SettableClock, calendar: Calendar) -> None:
    etags = [caller.made(body_of("run12345"))["etag"]]
    etags += [caller.patch("run12345", summary=text).json()["etag"] for text in ("a", "b", "b")]
    etags.append(caller.update("run12345", body_of()).json()["etag"])
    clock.advance(timedelta(minutes=30))
    etags.append(calendar.edit_as_the_runner("run12345", summary="c")["etag"])
    caller.delete("run12345")
    etags.append(caller.get(path_of("run12345")).json()["etag"])
    assert len(set(etags)) == 7
    assert etags == sorted(etags)


def test_updated_tells_of_changes_but_not_of_reminders(caller: Caller, clock: SettableClock) -> None:
    made = caller.made(body_of("run12345"))
    clock.advance(timedelta(minutes=1))
    reminded = caller.patch("run12345", reminders={"useDefault": False}).json()
    assert (reminded["updated"], reminded["etag"] == made["etag"]) == (made["updated"], False)
    changed = caller.patch("run12345", summary="Long run", reminders={"useDefault": True}).json()
    assert (changed["updated"], changed["created"]) == ("2026-03-10T14:08:30.250Z", made["created"])


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_change_is_refused_unless_the_etag_is_the_current_one(caller: Caller, method: str) -> None:
    old = caller.made(body_of("run12345"))["etag"]
    current = caller.patch("run12345", summary="Changed").json()

    def change(etag: str) -> int:
        body = None if method == "DELETE" else body_of()
        request = caller.http.build_request(
            method, path_of("run12345"), json=body, headers={"If-Match": etag}
        )
        reply = caller.http.send(request)
        if reply.status_code >= 400:
            assert reason_of(reply) == (412, "conditionNotMet")
        return reply.status_code

    assert change(old) == change('"1"') == change(current["etag"].strip('"')) == 412
    assert caller.get(path_of("run12345")).json() == current
    assert change(current["etag"]) < 300


def test_a_star_matches_every_etag(caller: Caller) -> None:
    caller.made(body_of("run12345"))
    assert caller.patch("run12345", "*", summary="Changed").status_code == 200
    assert caller.delete("run12345", "*").status_code == 204


def test_a_patch_of_a_deleted_event_leaves_it_deleted(caller: Caller, calendar: Calendar) -> None:
    caller.made(body_of("run12345"))
    caller.delete("run12345")
    reply = caller.patch("run12345", summary="Changed")
    assert (reply.status_code, reply.json()["status"], reply.json()["summary"]) == (
        200,
        "cancelled",
        "Changed",
    )
    assert calendar.live() == []


@pytest.mark.parametrize("status", ["confirmed", "tentative"])
def test_a_deleted_event_is_back_when_its_status_says_so(
    caller: Caller, calendar: Calendar, status: str
) -> None:
    caller.made(body_of("run12345", description="Easy"))
    caller.delete("run12345")
    assert caller.patch("run12345", status=status).json()["description"] == "Easy"
    assert [row["status"] for row in calendar.live()] == [status]
    caller.delete("run12345")
    assert caller.update("run12345", body_of(status=status)).json()["status"] == status
    assert len(calendar.live()) == 1


def test_an_update_without_a_status_brings_a_deleted_event_back(caller: Caller, calendar: Calendar) -> None:
    caller.made(body_of("run12345"))
    caller.delete("run12345")
    assert caller.update("run12345", body_of()).status_code == 200
    assert len(calendar.live()) == 1


def test_a_world_may_refuse_to_bring_deleted_events_back(
    caller: Caller, world: GoogleCalendarWorld, calendar: Calendar
) -> None:
    world.refuses_reviving = True
    caller.made(body_of("run12345"))
    assert caller.update("run12345", body_of(summary="Live")).status_code == 200
    caller.delete("run12345")
    left = calendar.find("run12345")
    assert reason_of(caller.update("run12345", body_of(status="confirmed"))) == (403, "forbidden")
    assert reason_of(caller.patch("run12345", status="confirmed")) == (403, "forbidden")
    assert calendar.find("run12345") == left
    assert caller.patch("run12345", summary="Still deleted").status_code == 200


def test_the_status_cancelled_deletes(caller: Caller, calendar: Calendar) -> None:
    for event_id in ("run12345", "run67890"):
        caller.made(body_of(event_id))
    caller.patch("run12345", status="cancelled")
    caller.update("run67890", body_of(status="cancelled"))
    assert calendar.live() == []
    assert reason_of(caller.insert(body_of(status="cancelled"))) == (400, "invalid")


def test_a_sequence_number_rises_with_the_time_and_never_falls(caller: Caller) -> None:
    caller.made(body_of("run12345"))
    assert caller.patch("run12345", summary="Long run").json()["sequence"] == 0
    assert caller.update("run12345", body_of(day=10)).json()["sequence"] == 1
    assert reason_of(caller.patch("run12345", sequence=0)) == (400, "invalid")
    assert caller.patch("run12345", sequence=4).json()["sequence"] == 4


def test_what_only_the_server_says_is_ignored_in_bodies(caller: Caller) -> None:
    made = caller.made(body_of("run12345"))
    lies: Row = {
        "kind": "k",
        "etag": '"1"',
        "htmlLink": "h",
        "created": "2000-01-01T00:00:00Z",
        "updated": "2000-01-01T00:00:00Z",
        "creator": {"email": "somebody@example.com"},
        "organizer": {"email": "somebody@example.com"},
        "iCalUID": "u",
        "id": "another1",
        "eventType": "birthday",
        "unheardOf": 1,
    }
    row = caller.patch("run12345", **lies).json()
    assert row == made | {"etag": row["etag"]}
    assert caller.update("run12345", body_of() | lies).json().keys() == made.keys()


@pytest.mark.parametrize("content", [b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(caller: Caller, content: bytes) -> None:
    caller.made(body_of("run12345"))
    reply = caller.http.patch(path_of("run12345"), content=content)
    assert reason_of(reply) == (400, "parseError")
