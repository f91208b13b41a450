"""Faults on order: whatever may go wrong with Google goes wrong when a test says so, within batches too."""

import json
import threading

import httpx
import pytest

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch, MissingPart, about
from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Hold, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline_tests.sandbox.google_calendar.callers import (
    BATCH,
    LIST,
    Caller,
    body_of,
    call,
    inserts,
    path_of,
    reason_of,
)

IDS = ("run00001", "run00002", "run00003", "run00004", "run00005")

ERRORS = [
    (errors.invalid("Invalid value"), 400, "invalid"),
    (errors.required("Missing end time."), 400, "required"),
    (errors.time_range_empty(), 400, "timeRangeEmpty"),
    (errors.invalid_credentials(), 401, "authError"),
    (errors.user_rate_limited(), 403, "userRateLimitExceeded"),
    (errors.rate_limited(), 403, "rateLimitExceeded"),
    (errors.quota_exceeded(), 403, "quotaExceeded"),
    (errors.insufficient_permissions(), 403, "insufficientPermissions"),
    (errors.required_access_level(), 403, "requiredAccessLevel"),
    (errors.forbidden(), 403, "forbidden"),
    (errors.not_found(), 404, "notFound"),
    (errors.duplicate(), 409, "duplicate"),
    (errors.deleted(), 410, "deleted"),
    (errors.full_sync_required(), 410, "fullSyncRequired"),
    (errors.condition_not_met(), 412, "conditionNotMet"),
    (errors.rate_limited(429), 429, "rateLimitExceeded"),
    (errors.backend_error(), 500, "backendError"),
    (errors.backend_error(503), 503, "backendError"),
]


def live_ids(calendar: Calendar) -> list[str]:
    return sorted(row["id"] for row in calendar.live())


@pytest.mark.parametrize(("reply", "status", "reason"), ERRORS, ids=lambda value: str(value)[:30])
def test_every_error_of_google_can_be_ordered(
    sandbox: GoogleCalendarSandbox, caller: Caller, reply: Reply, status: int, reason: str
) -> None:
    sandbox.faults.order(Answer(reply))
    sandbox.faults.order(Answer(reply), inner=True, at=2)
    assert reason_of(caller.get(LIST)) == (status, reason)
    parts = {part.content_id: part for part in caller.parts(inserts(*IDS))}
    struck = parts.pop("<response-call 2>")
    assert (struck.status, struck.body) == (status, reply.body)
    assert {part.status for part in parts.values()} == {200}


def test_an_outage_is_a_page_in_html(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    sandbox.faults.order(Answer(errors.outage()), path=BATCH)
    assert caller.get(LIST).status_code == 200
    reply = caller.batch(inserts(*IDS))
    assert (reply.status_code, "<html" in reply.text) == (502, True)
    assert sandbox.log.count(inner=True) == 0


def test_a_batch_fails_before_its_work(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    sandbox.faults.order(Answer(errors.backend_error(503)), path="/batch/*")
    assert reason_of(caller.batch(inserts(*IDS))) == (503, "backendError")
    assert live_ids(calendar) == []


def test_the_answer_to_a_batch_is_lost_after_its_work(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    sandbox.faults.order(Reset(moment="after"), path=BATCH)
    with pytest.raises(httpx.ReadError):
        caller.batch(inserts(*IDS))
    assert live_ids(calendar) == list(IDS)
    assert set(caller.statuses(inserts(*IDS)).values()) == {409}


def test_a_batch_breaks_off_after_some_of_its_calls(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    sandbox.faults.order(EndOfBatch(), inner=True, skip=3)
    with pytest.raises(httpx.ReadError):
        caller.batch(inserts(*IDS))
    done = [entry.number for entry in sandbox.log.inner_calls if entry.status == 200]
    assert len(done) == 3
    assert live_ids(calendar) == sorted(IDS[number - 1] for number in done)
    assert [entry.status for entry in sandbox.log.requests] == [None]


def test_a_batch_ends_with_an_error_at_a_certain_call(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    fault = EndOfBatch(errors.backend_error(), moment="after")
    sandbox.faults.order(fault, inner=True, when=about("run00002"))
    assert reason_of(caller.batch(inserts(*IDS))) == (500, "backendError")
    assert "run00002" in live_ids(calendar)
    assert len(live_ids(calendar)) == sandbox.log.count(inner=True)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_single_call_fails_before_or_after_its_work(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar, moment: str
) -> None:
    fault = Answer(errors.backend_error(), moment="after" if moment == "after" else "before")
    sandbox.faults.order(fault, inner=True, when=about("run00003"))
    assert caller.statuses(inserts(*IDS)) == {1: 200, 2: 200, 3: 500, 4: 200, 5: 200}
    assert ("run00003" in live_ids(calendar)) == (moment == "after")
    assert caller.statuses(inserts("run00003"))[1] == (409 if moment == "after" else 200)


def test_a_fault_is_about_an_event_whatever_is_done_with_it(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    sandbox.faults.order(Answer(errors.rate_limited()), inner=True, when=about("run00001"), times=None)
    sandbox.faults.order(Answer(errors.quota_exceeded()), when=about("run00002"), times=None)
    calls = [
        *inserts("run00001", "run00002", "run000011"),
        call("PATCH", path_of("run00001"), {}),
        call("GET", path_of("run00002")),
        call("DELETE", path_of("run00001")),
    ]
    statuses = caller.statuses(calls)
    assert {number for number, status in statuses.items() if status == 403} == {1, 4, 6}
    assert reason_of(caller.insert(body_of("run00002"))) == (403, "quotaExceeded")
    assert reason_of(caller.get(path_of("run00002"))) == (403, "quotaExceeded")
    assert caller.insert(body_of("run00001")).status_code == 200


@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_part_of_a_call_is_missing(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar, moment: str
) -> None:
    fault = MissingPart(moment="after" if moment == "after" else "before")
    sandbox.faults.order(fault, inner=True, at=4)
    assert caller.statuses(inserts(*IDS)) == {1: 200, 2: 200, 3: 200, 5: 200}
    assert ("run00004" in live_ids(calendar)) == (moment == "after")


def test_faults_of_requests_and_of_calls_within_them_do_not_mix(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    sandbox.faults.order(Answer(errors.rate_limited()), path=LIST)
    sandbox.faults.order(Answer(errors.quota_exceeded()), path=LIST, inner=True)
    assert sorted(caller.statuses(inserts("run00001", "run00002")).values()) == [200, 403]
    assert reason_of(caller.get(LIST)) == (403, "rateLimitExceeded")
    assert caller.get(LIST).status_code == 200


def test_calls_are_struck_as_they_are_done_when_some_are_spared(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    sandbox.faults.order(Answer(errors.backend_error()), inner=True, skip=1, times=2)
    caller.statuses(inserts(*IDS))
    assert [entry.status for entry in sandbox.log.inner_calls] == [200, 500, 500, 200, 200]


def test_the_runner_interferes_between_two_calls(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    etag = caller.made(body_of("run00001"))["etag"]
    edit = Change(lambda world: world.calendar().edit_as_the_runner("run00001", summary="Mine"))
    sandbox.faults.order(edit, inner=True, at=1)
    calls = [
        call("PATCH", path_of("run00001"), {"summary": "Ours"}, **{"If-Match": etag}),
        *inserts("run00002"),
    ]
    assert caller.statuses(calls) == {1: 412, 2: 200}
    assert [row["summary"] for row in calendar.live()] == ["Mine", "Run"]


def test_a_batch_is_held_in_the_midst_of_its_work(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    hold, statuses = Hold(), dict[int, int]()
    sandbox.faults.order(hold, inner=True, skip=2)
    waiting = threading.Thread(target=lambda: statuses.update(caller.statuses(inserts(*IDS))))
    waiting.start()
    assert hold.arrived.wait(10)
    assert len(calendar.live()) == 2
    hold.release()
    waiting.join()
    assert statuses == dict.fromkeys(range(1, 6), 200)


def test_bodies_are_cut_off(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    sandbox.faults.order(Truncation(), path=BATCH)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.batch(inserts(*IDS))
    for fault in (Truncation(), Truncation(is_noticed=False)):
        sandbox.faults.order(fault, inner=True)
        (part,) = caller.parts([call("GET", path_of("run00001"))])
        with pytest.raises(json.JSONDecodeError):
            json.loads(part.body)


def test_the_end_of_a_batch_ends_an_ordinary_request_too(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    sandbox.faults.order(EndOfBatch(errors.backend_error()))
    assert reason_of(caller.get(LIST)) == (500, "backendError")
    assert [entry.status for entry in sandbox.log.requests] == [500]


def test_an_answer_instead_of_a_change_leaves_the_change_undone_or_done(
    sandbox: GoogleCalendarSandbox, caller: Caller, calendar: Calendar
) -> None:
    sandbox.faults.order(Answer(errors.backend_error()), at=1)
    sandbox.faults.order(Answer(errors.backend_error(), moment="after"), at=2)
    assert caller.insert(body_of("run00001")).status_code == 500
    assert live_ids(calendar) == []
    assert caller.insert(body_of("run00001")).status_code == 500
    assert live_ids(calendar) == ["run00001"]
