"""Faults on order: whatever may go wrong with Strava goes wrong when a test says so."""

import json
import threading
from collections import Counter
from datetime import timedelta

import httpx
import pytest

from fitness_pipeline.sandbox.serving.faults import (
    Answer,
    Change,
    Delay,
    DuplicateRow,
    Fault,
    Hold,
    Reset,
    Truncation,
)
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller, fill


def test_a_fault_strikes_the_request_with_its_number(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.faults.order(Answer(errors.server_error()), at=3)
    assert [caller.get(LIST).status_code for _ in range(4)] == [200, 200, 500, 200]
    assert [entry.status for entry in sandbox.log.requests] == [200, 200, 500, 200]


def test_a_fault_strikes_requests_of_a_kind(sandbox: StravaSandbox, caller: Caller) -> None:
    fault = Answer(errors.outage())
    sandbox.faults.order(fault, path=LIST, when=lambda request: request.query.get("page") == "2", times=2)
    sandbox.faults.order(fault, path="/oauth/*", skip=1, times=None)
    assert [caller.get(LIST, page=page).status_code for page in (1, 2, 2, 2)] == [200, 503, 503, 200]
    assert [caller.refresh(caller.refresh_token).status_code for _ in range(3)] == [200, 503, 503]
    sandbox.faults.clear()
    assert caller.refresh(caller.refresh_token).status_code == 200


def test_an_outage_is_a_page_in_html_without_limits(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.faults.order(Answer(errors.outage()))
    reply = caller.get(LIST)
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<html>" in reply.text
    assert "X-RateLimit-Usage" not in reply.headers


def test_an_answer_after_the_work_leaves_the_work_done(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.world.oauth.kill_access_tokens()
    sandbox.faults.order(Answer(errors.server_error(), moment="after"))
    assert caller.refresh(caller.refresh_token).status_code == 500
    assert caller.refresh(caller.refresh_token).status_code == 400


def test_an_inactive_application_is_refused_while_tokens_are_still_refreshed(
    sandbox: StravaSandbox, caller: Caller
) -> None:
    sandbox.world.is_application_active = False
    reply = caller.get(LIST)
    assert (reply.status_code, reply.json()["errors"]) == (
        403,
        [{"resource": "Application", "field": "Status", "code": "Inactive"}],
    )
    assert caller.refresh(caller.refresh_token).status_code == 200


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_connection_is_reset_before_or_after_the_work(
    sandbox: StravaSandbox, caller: Caller, moment: str
) -> None:
    sandbox.world.oauth.kill_access_tokens()
    sandbox.faults.order(Reset(moment="after" if moment == "after" else "before"))
    with pytest.raises(httpx.ReadError):
        caller.refresh(caller.refresh_token)
    assert sandbox.log.requests[0].status is None
    expected = 400 if moment == "after" else 200  # the token was rotated, and nobody knows the new one
    assert caller.refresh(caller.refresh_token).status_code == expected


def test_a_body_is_cut_off_so_that_http_notices(sandbox: StravaSandbox, caller: Caller) -> None:
    fill(sandbox.world, 3)
    sandbox.faults.order(Truncation())
    with pytest.raises(httpx.RemoteProtocolError):
        caller.get(LIST)
    assert len(caller.page()) == 3


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_body_is_cut_off_so_that_only_json_notices(
    sandbox: StravaSandbox, caller: Caller, kept: float
) -> None:
    fill(sandbox.world, 3)
    sandbox.faults.order(Truncation(kept, is_noticed=False))
    reply = caller.get(LIST)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_a_row_is_twice_on_its_page(sandbox: StravaSandbox, caller: Caller) -> None:
    ids = fill(sandbox.world, 3)
    sandbox.faults.order(DuplicateRow(1))
    assert Counter(caller.page()) == Counter([*ids, ids[1]])
    sandbox.faults.order(DuplicateRow())
    assert caller.page(page=2) == []


def test_a_page_shifts_when_an_activity_is_added_between_two_pages(
    sandbox: StravaSandbox, caller: Caller
) -> None:
    ids = fill(sandbox.world, 4)
    add = Change(lambda world: world.activities.add(Outing(start=NOW)), moment="after")
    sandbox.faults.order(add, at=1)
    assert caller.pages(per_page=2) == [ids[3], ids[2], ids[2], ids[1], ids[0]]


def test_a_page_shifts_when_an_activity_vanishes_between_two_pages(
    sandbox: StravaSandbox, caller: Caller
) -> None:
    ids = fill(sandbox.world, 4)
    delete = Change(lambda world: world.activities.delete(ids[3]))
    sandbox.faults.order(delete, at=2)
    assert caller.pages(per_page=2) == [ids[3], ids[2], ids[0]]


def test_several_faults_strike_one_request(sandbox: StravaSandbox, caller: Caller) -> None:
    ids = fill(sandbox.world, 2)
    for change in (Change(lambda world: world.activities.delete(ids[0])), DuplicateRow()):
        sandbox.faults.order(change, at=1)
    assert caller.page() == [ids[1], ids[1]]


def test_a_delay_waits_with_the_sleeper_it_is_given(world: StravaWorld) -> None:
    slept: list[float] = []
    with StravaSandbox(world, sleep=slept.append) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        sandbox.faults.order(Delay(30))
        assert caller.get(LIST).status_code == 200
    assert slept == [30]


def test_a_request_is_held_until_it_is_let_go(sandbox: StravaSandbox, caller: Caller) -> None:
    hold, statuses = Hold(), list[int]()
    sandbox.faults.order(hold)
    waiting = threading.Thread(target=lambda: statuses.append(caller.get(LIST).status_code))
    waiting.start()
    assert hold.arrived.wait(10)
    assert statuses == []
    hold.release()
    waiting.join()
    assert statuses == [200]


def test_a_client_runs_out_of_patience_after_the_work_was_done(
    sandbox: StravaSandbox, caller: Caller
) -> None:
    sandbox.world.oauth.kill_access_tokens()
    hold = Hold(moment="after")
    sandbox.faults.order(hold)
    caller.http.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        caller.refresh(caller.refresh_token)
    hold.release()
    caller.http.timeout = httpx.Timeout(10)
    assert caller.refresh(caller.refresh_token).status_code == 400


@pytest.mark.parametrize("fault", [Hold(), Delay(3600)])
def test_the_end_does_not_wait_for_what_is_held(world: StravaWorld, fault: Fault) -> None:
    with StravaSandbox(world) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        sandbox.faults.order(fault)
        caller.http.timeout = httpx.Timeout(0.05)
        with pytest.raises(httpx.ReadTimeout):
            caller.get(LIST)


def test_real_rate_limits_are_a_fault_too(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.limits.use(quarter_hour=100, day=100)
    assert caller.get(LIST).status_code == 429
    sandbox.faults.order(Answer(errors.rate_limited(shape="plain")))
    assert caller.get(LIST).json()["errors"] == "Rate Limit Exceeded"


def test_every_error_of_strava_can_be_ordered(sandbox: StravaSandbox, caller: Caller) -> None:
    replies = {
        errors.unauthorized(): 401,
        errors.invalid_access_token(): 401,
        errors.missing_scope("activity:read"): 401,
        errors.application_inactive(): 403,
        errors.not_found(): 404,
        errors.record_not_found("Activity"): 404,
        errors.rate_limited(): 429,
        errors.server_error(): 500,
        errors.outage(502): 502,
        errors.outage(522): 522,
    }
    for reply, status in replies.items():
        sandbox.faults.order(Answer(reply))
        got = caller.get(LIST)
        assert (got.status_code, got.content) == (status, reply.body)


def test_a_change_that_fails_is_not_hidden(world: StravaWorld) -> None:
    def serve_a_change_that_fails() -> int:
        with StravaSandbox(world, clock=lambda: NOW + timedelta(days=1)) as sandbox:
            sandbox.faults.order(Change(lambda world: world.activities.delete(1)))
            return httpx.get(sandbox.api_url + "/athlete", timeout=10).status_code

    with pytest.raises(RuntimeError, match="KeyError"):
        serve_a_change_that_fails()
