"""Batches: many calls in one request, done in another order, each with an answer of its own."""

import json
from collections import Counter

import pytest

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.grants import SCOPE_ROOT
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline_tests.sandbox.google_calendar.callers import (
    BATCH,
    LIST,
    Caller,
    batch_body,
    body_of,
    call,
    inserts,
    parts_of,
    path_of,
    reason_of,
)


def test_each_call_has_its_own_answer(caller: Caller, calendar: Calendar) -> None:
    live, gone = caller.made(body_of("live00001")), caller.made(body_of("gone00001"))
    caller.delete("gone00001")
    calls = [
        call("POST", f"{LIST}?alt=json", body_of("made00001", summary="Läufe\u2028🏃")),
        call("POST", LIST, body_of("live00001")),
        call("PATCH", path_of("live00001"), {"summary": "Late"}, **{"If-Match": gone["etag"]}),
        call("PATCH", path_of("live00001"), {"summary": "New"}, **{"If-Match": live["etag"]}),
        call("DELETE", path_of("gone00001")),
        call("GET", path_of("never0001")),
        call("PUT", path_of("gone00001"), body_of(status="confirmed")),
        call("GET", path_of("made00001"), Accept="application/json"),
    ]
    assert caller.statuses(calls[:6]) == {1: 200, 2: 409, 3: 412, 4: 200, 5: 410, 6: 404}
    assert caller.statuses(calls[6:]) == {1: 200, 2: 200}
    assert {row["id"]: row["summary"] for row in calendar.live()} == {
        "live00001": "New",
        "gone00001": "Run",
        "made00001": "Läufe\u2028🏃",
    }


def test_a_part_is_a_reply_of_its_own(caller: Caller, calendar: Calendar) -> None:
    caller.made(body_of("gone00001"))
    calls = [*inserts("run12345"), call("DELETE", path_of("gone00001"))]
    parts = {part.content_id: part for part in caller.parts(calls)}
    assert parts.keys() == {"<response-call 1>", "<response-call 2>"}
    made, deleted = parts["<response-call 1>"], parts["<response-call 2>"]
    row = calendar.find("run12345")
    assert row is not None
    assert json.loads(made.body) == row
    assert made.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "ETag": row["etag"],
        "Content-Length": str(len(made.body)),
    }
    assert (deleted.status, deleted.body, deleted.headers["Content-Length"]) == (204, b"", "0")


def test_calls_are_done_in_another_order_than_the_given_one(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    orders = []
    for seed in range(3):
        sandbox.seed = seed
        sandbox.log.clear()
        parts = caller.parts([call("GET", path_of(f"run{number:05}")) for number in range(20)])
        done = [entry.number for entry in sandbox.log.inner_calls]
        assert [part.content_id for part in parts] == [f"<response-call {number}>" for number in done]
        orders.append(done)
    assert all(sorted(order) == list(range(1, 21)) != order for order in orders)
    assert orders[0] != orders[1]


def test_even_two_calls_change_their_places(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    for _ in range(8):
        sandbox.log.clear()
        caller.statuses([call("GET", path_of("run00001")), call("GET", path_of("run00002"))])
        assert [entry.number for entry in sandbox.log.inner_calls] == [2, 1]


def test_the_log_counts_requests_and_the_calls_within_them_apart(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    caller.made(body_of("run12345"))
    caller.statuses([*inserts("run00001", "run12345"), call("GET", path_of("run12345"))])
    log = sandbox.log
    assert [(entry.number, entry.path, entry.batch) for entry in log.requests] == [
        (1, LIST, None),
        (2, BATCH, None),
    ]
    told = {(entry.number, entry.method, entry.path, entry.status, entry.batch) for entry in log.inner_calls}
    assert told == {
        (1, "POST", LIST, 200, 2),
        (2, "POST", LIST, 409, 2),
        (3, "GET", path_of("run12345"), 200, 2),
    }
    assert all(entry.is_authorized for entry in log.inner_calls)
    assert (log.count(), log.count(LIST), log.count(inner=True), log.count(LIST, inner=True)) == (2, 1, 3, 2)
    log.clear()
    assert (log.requests, log.inner_calls) == ([], [])


def test_a_call_may_have_a_token_of_its_own(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    token = caller.http.headers.pop("Authorization")
    reader = sandbox.world.oauth.connect((f"{SCOPE_ROOT}calendar.events.readonly",))
    caller.use(caller.refresh(reader).json()["access_token"])
    insert = call("POST", LIST, body_of("run12345"))
    assert caller.statuses([insert, insert.replace("\n", f"\nauthorization: {token}\n", 1)]) == {
        1: 403,
        2: 200,
    }
    del caller.http.headers["Authorization"]
    assert caller.statuses([insert, call("GET", path_of("run12345"), Authorization=token)]) == {
        1: 401,
        2: 200,
    }


def test_only_the_api_is_served_within_a_batch(caller: Caller) -> None:
    calls = [call("GET", "/o/oauth2/v2/auth"), call("POST", "/token"), call("POST", BATCH), call("GET", "/")]
    assert Counter(caller.statuses(calls).values()) == {404: 4}


def test_a_folded_content_id_comes_back_in_one_line(caller: Caller) -> None:
    body = batch_body(inserts("run12345")).replace(b"<call 1>", b"<" + b"x" * 70 + b" +\r\n 1>")
    reply = caller.http.post(
        BATCH, content=body, headers={"Content-Type": 'multipart/mixed; boundary="edge"'}
    )
    assert [part.content_id for part in parts_of(reply)] == [f"<response-{'x' * 70} + 1>"]


def test_a_thousand_calls_are_done_and_one_more_is_refused(caller: Caller, calendar: Calendar) -> None:
    calls = [call("GET", path_of("run00001"))] * 999 + inserts("run12345")
    assert Counter(caller.statuses(calls).values()) == {404: 999, 200: 1}
    assert reason_of(caller.batch([*calls, *inserts("run67890")])) == (400, "badRequest")
    assert [row["id"] for row in calendar.live()] == ["run12345"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b"{}"),
        ("multipart/mixed", batch_body(inserts("run12345"))),
        ("multipart/mixed; boundary=other", batch_body(inserts("run12345"))),
        ("multipart/mixed; boundary=edge", b""),
        ("multipart/mixed; boundary=edge", b"--edge\r\n\r\nnonsense\r\n--edge--"),
        ("multipart/mixed; boundary=edge", b"--edge--"),
    ],
)
def test_what_is_no_batch_is_refused(
    sandbox: GoogleCalendarSandbox, caller: Caller, kind: str, content: bytes
) -> None:
    reply = caller.http.post(BATCH, content=content, headers={"Content-Type": kind})
    assert reason_of(reply) == (400, "badRequest")
    assert sandbox.log.inner_calls == []
