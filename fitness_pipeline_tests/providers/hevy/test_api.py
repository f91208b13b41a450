"""Asking Hevy's API over a real socket: what comes, what is tried again, and what is told to nobody."""

import gzip
import json
import logging
import socket
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import (
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.pace import Pace
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Delay, Fault, Hold, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply, redirect
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, NOW, TEMPLATES

DAY = timedelta(days=1)
PASSING: dict[str, Fault] = {
    "an outage": Answer(errors.outage()),
    "an outage that says 200": Answer(errors.outage(200)),
    "an outage that says 404": Answer(errors.outage(404)),
    "an error of Hevy's": Answer(errors.server_error()),
    "too many requests": Answer(errors.rate_limited()),
    "a request that took too long": Answer(Reply(408)),
    "a reset": Reset(),
    "a reset after the work": Reset(moment="after"),
    "an answer that is cut off": Truncation(),
    "JSON that is cut off": Truncation(is_noticed=False),
    "nothing at all": Truncation(0.0, is_noticed=False),
    "an answer that cannot be unpacked": Answer(Reply(200, b"{}", (("Content-Encoding", "gzip"),))),
}
FINAL: dict[str, tuple[Fault, type[ProviderError]]] = {
    "401": (Answer(errors.unauthorized()), PermissionRefused),
    "403": (Answer(errors.forbidden()), PermissionRefused),
    "400": (Answer(errors.invalid_page_size()), UnexpectedReply),
    "a redirect": (Answer(redirect("https://hevy.com/")), UnexpectedReply),
    "429 for an hour": (Answer(errors.rate_limited(3601)), OutOfQuota),
    "no object": (Answer(json_reply([])), UnexpectedReply),
    "no list": (Answer(json_reply({"page": 1, "page_count": 1})), UnexpectedReply),
    "a list that is none": (
        Answer(json_reply({"page": 1, "page_count": 1, "workouts": {}})),
        UnexpectedReply,
    ),
    "no number of pages": (Answer(json_reply({"page": 1, "workouts": []})), UnexpectedReply),
    "another page": (Answer(json_reply({"page": 2, "page_count": 3, "workouts": []})), UnexpectedReply),
}

Opens = Callable[..., HevyApi]


@pytest.fixture
def clock() -> SettableClock:
    """The time, for Hevy and for us."""
    return SettableClock(NOW)


@pytest.fixture
def sandbox(clock: SettableClock) -> Iterator[HevySandbox]:
    """A Hevy without workouts."""
    with HevySandbox(clock=clock) as serving:
        yield serving


@pytest.fixture
def slept() -> list[float]:
    """The seconds between attempts, which nobody truly waits; nor does the clock move meanwhile."""
    return []


@pytest.fixture
def opened(sandbox: HevySandbox, clock: SettableClock, slept: list[float]) -> Iterator[Opens]:
    """Opens clients whose requests need not be apart."""
    apis: list[HevyApi] = []

    def open_api(**options: Any) -> HevyApi:
        settings = {
            "url": sandbox.url,
            "key": SecretStr(sandbox.world.api_key),
            "pace": Unhurried(),
            **options,
        }
        api = HevyApi(clock=clock, sleep=slept.append, **settings)
        apis.append(api.__enter__())
        return api

    yield open_api
    for api in apis:
        api.__exit__(None, None, None)


@pytest.fixture
def api(opened: Opens) -> HevyApi:
    """A client."""
    return opened()


class Unhurried(Pace):
    """Lets every request go at once."""

    def wait(self, clock: Callable[[], datetime], sleep: Callable[[float], object]) -> None:
        """Do nothing."""


def fill(sandbox: HevySandbox, clock: SettableClock, count: int) -> list[str]:
    """Log a session a day, the last one now; return their ids, newest first."""
    clock.advance(-count * DAY)
    ids = []
    for _ in range(count):
        clock.advance(DAY)
        ids.append(sandbox.world.workouts.add(Session(start=clock())))
    return ids[::-1]


def listed(api: HevyApi, page: int = 1) -> list[str]:
    found = api.list_workouts(page)
    assert found is not None
    return [row.id for row in found.rows]


def test_a_page_has_ten_workouts_as_they_were_sent(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock
) -> None:
    ids = fill(sandbox, clock, 12)
    page = api.list_workouts(1)
    assert page is not None
    assert (page.page_count, [row.id for row in page.rows]) == (2, ids[:10])
    assert [row.payload for row in page.rows] == list(sandbox.world.workouts.bodies())[:10]
    assert page.rows[0].updated_at == NOW
    assert listed(api, 2) == ids[10:]
    assert api.calls == sandbox.log.count() == 2


def test_past_the_last_page_there_is_none(api: HevyApi, sandbox: HevySandbox, clock: SettableClock) -> None:
    fill(sandbox, clock, 10)
    assert api.list_workouts(2) is None
    assert api.events(NOW - DAY, 2) is None
    assert api.list_templates(2) is None
    assert api.calls == 3


@pytest.mark.parametrize("is_missing", [True, False])
def test_an_account_without_anything_has_a_first_page_all_the_same(
    api: HevyApi, sandbox: HevySandbox, is_missing: bool
) -> None:
    sandbox.world.is_empty_page_missing = is_missing
    page, events = api.list_workouts(1), api.events(NOW, 1)
    assert page is not None
    assert events is not None
    assert (page.rows, page.page_count, events.events, events.page_count) == ([], 0, [], 0)
    assert api.count() == 0


def test_a_404_instead_of_the_first_page_is_not_taken_for_an_empty_one(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock
) -> None:
    fill(sandbox, clock, 3)
    sandbox.faults.order(Answer(errors.not_found()), path=LIST)
    with pytest.raises(UnexpectedReply, match="no page 1, but also that there are 3 workouts"):
        api.list_workouts(1)
    sandbox.faults.order(Answer(errors.not_found()), path=EVENTS)
    with pytest.raises(UnexpectedReply, match="something happened since"):
        api.events(NOW - DAY, 1)
    sandbox.faults.order(Answer(errors.not_found()), path=EVENTS, times=2)
    with pytest.raises(UnexpectedReply, match="3 workouts"):
        api.events(NOW - DAY, 1)


def test_where_there_is_no_api_at_all_the_address_is_said_to_be_wrong(
    api: HevyApi, sandbox: HevySandbox
) -> None:
    sandbox.faults.order(Answer(errors.not_found()), times=None)
    for ask in (
        lambda: api.list_workouts(1),
        lambda: api.events(NOW, 1),
        api.count,
        lambda: api.list_templates(1),
    ):
        with pytest.raises(UnexpectedReply, match="no Hevy API at HEVY_API_URL"):
            ask()


def test_events_are_asked_for_since_a_second_in_utc(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock
) -> None:
    (workout_id,) = fill(sandbox, clock, 1)
    sandbox.world.workouts.delete(workout_id)
    zone = datetime.fromisoformat("2026-03-10T16:07:29.999999+02:00")
    page = api.events(zone, 1)
    assert page is not None
    deleted, updated = page.events
    assert (deleted.workout_id, deleted.at, deleted.row) == (workout_id, NOW, None)
    assert updated.row is not None
    assert (updated.workout_id, updated.at, updated.row.id) == (workout_id, NOW, workout_id)
    assert sandbox.log.requests[0].query == {"since": "2026-03-10T14:07:29Z", "page": "1", "pageSize": "10"}


def test_a_workout_comes_by_itself(api: HevyApi, sandbox: HevySandbox, clock: SettableClock) -> None:
    (workout_id,) = fill(sandbox, clock, 1)
    row = api.find_workout(workout_id)
    assert row is not None
    assert row.payload == sandbox.world.workouts.body(workout_id)
    assert api.find_workout("another") is None


@pytest.mark.parametrize("wrap", [lambda row: {"workout": row}, lambda row: {"workout": [row]}])
def test_a_workout_that_is_wrapped_is_unwrapped(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock, wrap: Callable[[Any], Any]
) -> None:
    (workout_id,) = fill(sandbox, clock, 1)
    body = sandbox.world.workouts.find(workout_id)
    sandbox.faults.order(Answer(json_reply(wrap(body))))
    row = api.find_workout(workout_id)
    assert row is not None
    assert json.loads(row.payload) == body


@pytest.mark.parametrize(
    "answer", [{"id": "another"}, [], {"workout": []}, {"workout": None}, {"error": "?"}]
)
def test_another_answer_than_the_workout_is_not_taken_for_it(
    api: HevyApi, sandbox: HevySandbox, answer: Any
) -> None:
    sandbox.faults.order(Answer(json_reply(answer)))
    with pytest.raises(UnexpectedReply, match="not the workout that was asked for"):
        api.find_workout("b459cba5")
    assert api.calls == 1


def test_templates_come_a_hundred_at_once_or_by_themselves(api: HevyApi, sandbox: HevySandbox) -> None:
    for number in range(101):
        sandbox.world.templates.put({"id": f"{number:08X}", "title": "Squat"})
    first, second = api.list_templates(1), api.list_templates(2)
    assert first is not None
    assert second is not None
    assert (len(first.rows), first.page_count, len(second.rows)) == (100, 2, 1)
    row = api.find_template("00000064")
    assert row == second.rows[0]
    assert api.find_template("404") is None


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../count", "a/b", "a?x=1", "a#", "a b", "a\n", "ü", "x" * 101]
)
def test_what_is_no_id_asks_for_nothing_else(api: HevyApi, id: str) -> None:
    assert api.find_workout(id) is None
    assert api.find_template(id) is None
    assert api.calls == 0


@pytest.mark.parametrize(
    "count", [{}, {"workout_count": None}, {"workout_count": "3"}, {"workout_count": -1}, [], 3]
)
def test_a_count_that_is_none_is_not_taken_for_zero(api: HevyApi, sandbox: HevySandbox, count: Any) -> None:
    sandbox.faults.order(Answer(json_reply(count)))
    with pytest.raises(UnexpectedReply, match="count of workouts is no number"):
        api.count()


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock, slept: list[float], fault: Fault
) -> None:
    ids = fill(sandbox, clock, 3)
    sandbox.faults.order(fault, times=4)
    assert listed(api) == ids
    assert api.calls == sandbox.log.count() == 5
    assert len(slept) == 4
    assert all(1 << n <= seconds <= (1 << n) + 1 for n, seconds in enumerate(slept))


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_given_up_after_five_attempts(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock, fault: Fault
) -> None:
    fill(sandbox, clock, 3)
    sandbox.faults.order(fault, times=None)
    with pytest.raises(ProviderUnavailable, match="Try again later"):
        api.list_workouts(1)
    assert api.calls == sandbox.log.count() == 5


@pytest.mark.parametrize(("fault", "error"), FINAL.values(), ids=FINAL)
def test_what_does_not_get_better_is_not_tried_again(
    api: HevyApi, sandbox: HevySandbox, slept: list[float], fault: Fault, error: type[ProviderError]
) -> None:
    sandbox.faults.order(fault, times=None)
    with pytest.raises(error):
        api.list_workouts(1)
    assert api.calls == sandbox.log.count() == 1
    assert slept == []


@pytest.mark.parametrize("told", ["7", "Tue, 10 Mar 2026 14:07:37 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_what_hevy_asks_to_wait_is_waited(
    api: HevyApi, sandbox: HevySandbox, slept: list[float], told: str, status: int
) -> None:
    sandbox.faults.order(Answer(Reply(status, headers=(("Retry-After", told),))), times=2)
    assert listed(api) == []
    assert slept == [7.0, 7.0]


@pytest.mark.parametrize("told", ["0", "-5", "soon", "", "Tue, 10 Mar 2020 14:07:37 GMT"])
def test_a_wait_that_is_none_leaves_the_usual_one(
    api: HevyApi, sandbox: HevySandbox, slept: list[float], told: str
) -> None:
    sandbox.faults.order(Answer(Reply(429, headers=(("Retry-After", told),))))
    assert listed(api) == []
    assert len(slept) == 1
    assert 1 <= slept[0] <= 2


@pytest.mark.parametrize(
    ("told", "until", "is_daily"),
    [
        ("121", NOW + timedelta(seconds=121), False),
        ("3600", NOW + timedelta(hours=1), False),
        ("3601", NOW + timedelta(seconds=3601), True),
        ("99999999999999999999", NOW + DAY, True),
        ("Fri, 01 Jan 2100 00:00:00 GMT", NOW + DAY, True),
    ],
)
def test_a_long_wait_ends_the_sync_and_says_until_when(
    api: HevyApi, sandbox: HevySandbox, told: str, until: datetime, is_daily: bool
) -> None:
    sandbox.faults.order(Answer(Reply(429, headers=(("Retry-After", told),))))
    with pytest.raises(OutOfQuota, match=f"until {until:%Y-%m-%d %H:%M} UTC") as raised:
        api.list_workouts(1)
    assert (raised.value.resets_at, raised.value.is_daily, api.calls) == (until, is_daily, 1)


@pytest.mark.parametrize("fault", [Hold(), Delay(3600)])
def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(
    opened: Opens, sandbox: HevySandbox, fault: Fault
) -> None:
    api = opened(timeout_seconds=0.2)
    sandbox.faults.order(fault)
    assert listed(api) == []
    assert api.calls == 2


def test_an_address_where_nobody_answers_is_said_to_be_so(opened: Opens) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        api = opened(url=f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(ProviderUnavailable, match=r"cannot be reached.*HEVY_API_URL"):
            api.count()


def test_a_slash_at_the_end_of_the_address_is_no_harm(opened: Opens, sandbox: HevySandbox) -> None:
    assert opened(url=f"{sandbox.url}/").count() == 0


def test_a_page_that_is_compressed_is_unpacked(api: HevyApi, sandbox: HevySandbox) -> None:
    body = gzip.compress(b'{"workout_count":42}')
    sandbox.faults.order(Answer(Reply(200, body, (("Content-Encoding", "gzip"),))))
    assert api.count() == 42


def test_no_key_follows_a_redirect(api: HevyApi, sandbox: HevySandbox) -> None:
    with HevySandbox() as elsewhere:
        sandbox.faults.order(Answer(redirect(f"{elsewhere.url}{COUNT}")))
        with pytest.raises(UnexpectedReply, match="HEVY_API_URL"):
            api.count()
        assert elsewhere.log.count() == 0


def test_a_key_with_spaces_around_it_works(opened: Opens, sandbox: HevySandbox) -> None:
    assert opened(key=SecretStr(f" {sandbox.world.api_key}\n")).count() == 0


@pytest.mark.parametrize("key", ["", " ", "5ecre7\n0f", "5ecre7ü", "5ecre7\x00"])
def test_what_cannot_be_a_key_is_not_sent(opened: Opens, key: str) -> None:
    with pytest.raises(PermissionRefused, match="HEVY_API_KEY is no key") as raised:
        opened(key=SecretStr(key))
    assert "5ecre7" not in "".join(traceback.format_exception(raised.value))


def test_a_key_that_was_revoked_is_said_to_be_wrong(api: HevyApi, sandbox: HevySandbox) -> None:
    sandbox.world.api_key = "another"
    with pytest.raises(PermissionRefused, match="Check HEVY_API_KEY"):
        api.count()
    assert api.calls == 1


@pytest.mark.parametrize(("ahead", "lead"), [(-DAY, 0), (timedelta(seconds=30), 0), (2 * DAY, 2 * 86400)])
def test_a_clock_that_is_ahead_is_noticed(sandbox: HevySandbox, ahead: timedelta, lead: float) -> None:
    mine = SettableClock(NOW + ahead)
    with HevyApi(sandbox.url, SecretStr(sandbox.world.api_key), clock=mine, sleep=lambda _: None) as api:
        api.count()
        assert api.clock_lead == timedelta(seconds=lead)


def test_requests_go_out_at_most_twice_a_second(sandbox: HevySandbox, clock: SettableClock) -> None:
    sent: list[datetime] = []

    def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    sandbox.faults.order(Answer(errors.server_error()), at=3)
    with HevyApi(sandbox.url, SecretStr(sandbox.world.api_key), clock=clock, sleep=sleep) as api:
        for _ in range(5):
            api.count()
            sent.append(clock())
    assert api.calls == 6
    assert sent[0] == NOW
    assert all(b - a >= timedelta(seconds=0.5) for a, b in pairwise(sent))


def test_no_failure_and_no_log_tells_the_key(
    opened: Opens, sandbox: HevySandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = sandbox.world.api_key
    api = opened(timeout_seconds=0.2)
    told = [repr((api, vars(api)))]
    final = [fault for fault, _ in FINAL.values()]
    echo = Answer(json_reply({"error": f"{key} is no good"}, 400))
    for fault in (*PASSING.values(), *final, Hold(), echo):
        sandbox.faults.order(fault, times=None)
        with pytest.raises(ProviderError) as raised:
            api.list_workouts(1)
        sandbox.faults.clear()
        told += [repr(raised.value), *traceback.format_exception(raised.value)]
        assert not [error for error in chain(raised.value) if isinstance(error, httpx.HTTPError)]
        frames = [frame for frame, _ in traceback.walk_tb(raised.tb)][1:]  # without this one
        told += [repr(frame.f_locals) for frame in frames]
    everything = "\n".join((*told, caplog.text)).replace(repr(echo.reply.body), "")
    assert "httpcore" in everything
    assert key not in everything


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and everything that it came of, shown or not."""
    yield error
    for origin in (error.__cause__, error.__context__):
        if origin is not None:
            yield from chain(origin)


def test_all_that_hevy_has_is_asked_for_at_the_known_paths(api: HevyApi, sandbox: HevySandbox) -> None:
    api.list_workouts(1)
    api.count()
    api.events(datetime(1970, 1, 1, tzinfo=UTC), 1)
    api.list_templates(1)
    paths = [request.path for request in sandbox.log.requests]
    assert paths == [LIST, COUNT, EVENTS, TEMPLATES]
