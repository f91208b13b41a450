"""The world: what the runner does by hand, calendars that are shared or not, and a file that keeps it all."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.google_calendar.callers import (
    LIST,
    NOW,
    Caller,
    body_of,
    call,
    inserts,
    path_of,
    reason_of,
)

CLUB = "/calendar/v3/calendars/club%40example.com/events"


def test_the_runner_edits_an_event_by_hand(caller: Caller, calendar: Calendar) -> None:
    made = caller.made(body_of("run12345", description="Easy"))
    calendar.edit_as_the_runner("run12345", description="Felt great", reminders={"useDefault": False})
    row = caller.get(path_of("run12345")).json()
    assert (row["description"], row["summary"]) == ("Felt great", "Run")
    assert reason_of(caller.patch("run12345", made["etag"], summary="Ours")) == (412, "conditionNotMet")
    assert calendar.live() == [row]


def test_the_runner_deletes_an_event_and_takes_it_back(caller: Caller, calendar: Calendar) -> None:
    etag = caller.made(body_of("run12345"))["etag"]
    calendar.delete_as_the_runner("run12345")
    assert calendar.live() == []
    left = caller.get(path_of("run12345")).json()
    assert (left["status"], left["etag"] == etag) == ("cancelled", False)
    assert calendar.restore_as_the_runner("run12345")["status"] == "confirmed"
    assert caller.ids() == ["run12345"]


def test_the_runner_has_events_of_their_own(caller: Caller, calendar: Calendar) -> None:
    day = {"start": {"date": "2026-03-09"}, "end": {"date": "2026-03-10"}}
    row = calendar.add_as_the_runner(summary="Dentist", **day)
    assert caller.get(path_of(row["id"])).json() == row


def test_a_purged_event_was_never_there_and_its_id_is_free(caller: Caller, calendar: Calendar) -> None:
    first = caller.made(body_of("run12345"))
    calendar.delete_as_the_runner("run12345")
    calendar.purge("run12345")
    assert calendar.find("run12345") is None
    assert reason_of(caller.get(path_of("run12345"))) == (404, "notFound")
    assert reason_of(caller.delete("run12345")) == (404, "notFound")
    assert caller.made(body_of("run12345"))["etag"] != first["etag"]


@pytest.mark.parametrize(
    "act",
    [
        lambda calendar: calendar.edit_as_the_runner("gone00001", summary="a"),
        lambda calendar: calendar.edit_as_the_runner("never0001", summary="a"),
        lambda calendar: calendar.delete_as_the_runner("gone00001"),
        lambda calendar: calendar.restore_as_the_runner("live00001"),
        lambda calendar: calendar.purge("live00001"),
        lambda calendar: calendar.purge("never0001"),
    ],
    ids=["edit gone", "edit never", "delete gone", "restore live", "purge live", "purge never"],
)
def test_the_runner_cannot_do_the_impossible(calendar: Calendar, act: Callable[[Calendar], object]) -> None:
    for event_id in ("live00001", "gone00001"):
        calendar.insert(body_of(event_id))
    calendar.delete("gone00001")
    before = calendar.all()
    with pytest.raises(KeyError):
        act(calendar)
    assert calendar.all() == before


def test_the_primary_calendar_has_two_names(caller: Caller, world: GoogleCalendarWorld) -> None:
    row = caller.made(body_of("run12345"))
    by_address = caller.get(path_of("run12345").replace("primary", "runner%40example.com"))
    assert by_address.json() == row
    assert world.calendar("runner@example.com") is world.calendar("primary") is world.calendar()


def test_each_calendar_has_events_of_its_own(caller: Caller, world: GoogleCalendarWorld) -> None:
    club = world.add_calendar("club@example.com", summary="Club", zone="Europe/Zurich")
    caller.made(body_of("run12345"))
    assert reason_of(caller.get(f"{CLUB}/run12345")) == (404, "notFound")
    row = caller.http.post(CLUB, json=body_of("run12345")).json()
    assert row["organizer"] == {"email": "club@example.com", "displayName": "Club", "self": True}
    assert row["creator"] == {"email": "runner@example.com"}
    assert row["start"] == {"dateTime": "2026-03-09T13:00:00+01:00", "timeZone": "Europe/Zurich"}
    assert club.live() == [row]
    page = caller.get(CLUB).json()
    assert (page["summary"], page["timeZone"], page["defaultReminders"]) == ("Club", "Europe/Zurich", [])
    assert world.calendars() == [world.calendar(), club]


def test_an_unknown_calendar_is_not_found(caller: Caller) -> None:
    assert reason_of(caller.get(CLUB)) == (404, "notFound")
    assert reason_of(caller.http.post(CLUB, json=body_of())) == (404, "notFound")
    assert caller.statuses([call("POST", CLUB, body_of()), *inserts("run12345")]) == {1: 404, 2: 200}


def test_a_calendar_that_is_not_shared_any_more_is_not_found_until_it_is_again(
    caller: Caller, calendar: Calendar
) -> None:
    row = caller.made(body_of("run12345"))
    calendar.is_shared = False
    assert reason_of(caller.get(LIST)) == (404, "notFound")
    assert reason_of(caller.patch("run12345", summary="Ours")) == (404, "notFound")
    calendar.is_shared = True
    assert caller.get(path_of("run12345")).json() == row


def test_a_calendar_may_be_removed(caller: Caller, world: GoogleCalendarWorld) -> None:
    world.add_calendar("club@example.com")
    assert caller.get(CLUB).status_code == 200
    world.remove("club@example.com")
    assert caller.get(CLUB).status_code == 404
    with pytest.raises(KeyError):
        world.calendar("club@example.com")


def test_a_calendar_may_be_only_for_reading(
    caller: Caller, world: GoogleCalendarWorld, calendar: Calendar
) -> None:
    caller.made(body_of("run12345"))
    calendar.role = "reader"
    refused = (403, "requiredAccessLevel")
    assert reason_of(caller.insert(body_of())) == refused
    assert reason_of(caller.patch("run12345", summary="Ours")) == refused
    assert reason_of(caller.update("run12345", body_of())) == refused
    assert reason_of(caller.delete("run12345")) == refused
    assert (caller.page()["accessRole"], caller.get(path_of("run12345")).status_code) == ("reader", 200)
    world.add_calendar("club@example.com", role="reader")
    assert reason_of(caller.http.post(CLUB, json=body_of())) == refused


def test_many_change_a_calendar_at_once(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    def work(number: int) -> None:
        with Caller(sandbox) as other:
            other.http.headers = caller.http.headers
            ids = [f"run{number}{day:03}" for day in range(20)]
            other.statuses(inserts(*ids))
            for event_id in ids[:5]:
                calendar.delete_as_the_runner(event_id)
            other.patch(ids[-1], summary="Last")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(calendar.live()), len(calendar.all())) == (90, 120)
    assert len({event.revision for event in calendar.all()}) == 120


def test_a_kept_world_is_found_again_by_another_one(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "made" / "calendar.json"
    world = GoogleCalendarWorld.kept_in(path, zone="Europe/Zurich", clock=clock)
    with GoogleCalendarSandbox(world, clock=clock) as sandbox, Caller(sandbox) as caller:
        refresh_token = caller.connect()
        caller.statuses(inserts("run00001", "run00002", "run00003"))
        world.add_calendar("club@example.com", role="reader").is_shared = False
        world.calendar().delete_as_the_runner("run00002")
        sync_token = caller.page()["nextSyncToken"]
    again = GoogleCalendarWorld.kept_in(path, clock=clock)
    assert again.calendar().all() == world.calendar().all()
    assert again.calendar().home == world.calendar().home
    assert (again.calendar("club@example.com").role, again.calendar("club@example.com").is_shared) == (
        "reader",
        False,
    )
    with GoogleCalendarSandbox(again, clock=clock) as sandbox, Caller(sandbox) as caller:
        assert caller.refresh(refresh_token).status_code == 400
        caller.connect()
        row = caller.patch("run00001", summary="Changed").json()
        assert row["etag"] > max(event.row["etag"] for event in world.calendar().all())
        assert [row["id"] for row in caller.page(syncToken=sync_token)["items"]] == ["run00001"]


def test_a_change_is_kept_before_its_answer_goes_out(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "calendar.json"

    def kept() -> list[str]:
        calendar = GoogleCalendarWorld.kept_in(path, clock=clock).calendar()
        return [row["description"] if "description" in row else row["id"] for row in calendar.live()]

    world = GoogleCalendarWorld.kept_in(path, clock=clock)
    assert not path.exists()
    with GoogleCalendarSandbox(world, clock=clock) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        caller.made(body_of("run00001"))
        assert kept() == ["run00001"]
        caller.statuses(inserts("run00002", "run00003"))
        assert sorted(kept()) == ["run00001", "run00002", "run00003"]
        caller.delete("run00001")
        caller.patch("run00002", description="Patched")
        caller.update("run00003", body_of(description="Updated"))
        assert sorted(kept()) == ["Patched", "Updated"]
        world.calendar().edit_as_the_runner("run00002", description="Edited")
        world.calendar().delete_as_the_runner("run00003")
        assert kept() == ["Edited"]
        world.calendar().purge("run00003")
        world.calendar().restore_as_the_runner("run00001")
        assert sorted(kept()) == ["Edited", "run00001"]
        assert caller.http.get(LIST).status_code == 200
    assert [file.name for file in tmp_path.iterdir()] == ["calendar.json"]


def test_what_is_read_is_not_written(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "calendar.json"
    world = GoogleCalendarWorld.kept_in(path, clock=clock)
    with GoogleCalendarSandbox(world, clock=clock) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        caller.ids()
        assert caller.get(path_of("run12345")).status_code == 404
    assert not path.exists()


def test_a_kept_world_has_no_tokens_in_its_file(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "calendar.json"
    world = GoogleCalendarWorld.kept_in(path, clock=clock)
    with GoogleCalendarSandbox(world, clock=clock) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        caller.made(body_of("run12345"))
    text = path.read_text()
    assert "run12345" in text
    assert not [secret for secret in world.oauth.secrets() if secret in text]


@pytest.mark.parametrize("content", ["", "[]", '{"format": "another"}', "nonsense"])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calendar.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"calendar\.json has no calendars of the stand-in"):
        GoogleCalendarWorld.kept_in(path)
    assert path.read_text() == content


def test_equal_worlds_have_equal_events() -> None:
    def rows() -> str:
        calendar = GoogleCalendarWorld(clock=lambda: NOW).calendar()
        return json.dumps([calendar.insert(body_of()), calendar.insert(body_of("run12345"))])

    assert rows() == rows()
