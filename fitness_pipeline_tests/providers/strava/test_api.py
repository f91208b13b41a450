"""Asking Strava's API over a real socket: what comes, what is tried again, and what a failure costs."""

import gzip
import json
import logging
import socket
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from fitness_pipeline.errors import (
    ApplicationInactive,
    NeedsReauthorization,
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.models import RateLimit, RateLimits
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.clock import SettableClock
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
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply, raw_json_reply, redirect
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.oauth import READING
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.providers.strava.askers import MIDNIGHT, NOW, QUARTER_PAST, GrantedTokens, Memory
from fitness_pipeline_tests.sandbox.strava.callers import LIST, fill

SHOE = Gear(id="g1", brand="Brooks", model="Ghost")
WINDOW = {"after": 0, "before": int(NOW.timestamp())}
PASSING: dict[str, Fault] = {
    "an outage": Answer(errors.outage()),
    "an outage that says 200": Answer(errors.outage(200)),
    "an outage that says 404": Answer(errors.outage(404)),
    "an error of Strava's": Answer(errors.server_error()),
    "a request that took too long": Answer(Reply(408)),
    "a reset": Reset(),
    "a reset after the work": Reset(moment="after"),
    "an answer that is cut off": Truncation(),
    "JSON that is cut off": Truncation(is_noticed=False),
    "nothing at all": Truncation(0.0, is_noticed=False),
    "an answer that cannot be unpacked": Answer(Reply(200, b"[]", (("Content-Encoding", "gzip"),))),
    "no list": Answer(json_reply({"message": "Hello"})),
}
FINAL: dict[str, tuple[Fault, type[ProviderError]]] = {
    "401": (Answer(errors.unauthorized()), NeedsReauthorization),
    "a scope": (Answer(errors.missing_scope("activity:read")), PermissionRefused),
    "inactive": (Answer(errors.application_inactive()), ApplicationInactive),
    "403": (Answer(Reply(403)), PermissionRefused),
    "404": (Answer(errors.not_found()), UnexpectedReply),
    "429": (Answer(errors.rate_limited()), OutOfQuota),
    "the other 429": (Answer(errors.rate_limited(shape="plain")), OutOfQuota),
    "400": (Answer(errors.bad_request("Application", "after", "future")), UnexpectedReply),
}

Opens = Callable[..., StravaApi]


@pytest.fixture
def clock() -> SettableClock:
    """The time, for Strava and for us."""
    return SettableClock(NOW)


@pytest.fixture
def sandbox(clock: SettableClock) -> Iterator[StravaSandbox]:
    """A Strava without activities."""
    with StravaSandbox(clock=clock) as serving:
        yield serving


@pytest.fixture
def tokens(sandbox: StravaSandbox) -> GrantedTokens:
    """Tokens for everything that can be read."""
    return GrantedTokens(sandbox)


@pytest.fixture
def slept() -> list[float]:
    """The seconds between attempts, which nobody truly waits."""
    return []


@pytest.fixture
def memory() -> Memory:
    """What is remembered of the limits."""
    return Memory()


@pytest.fixture
def opened(
    sandbox: StravaSandbox, tokens: GrantedTokens, memory: Memory, clock: SettableClock, slept: list[float]
) -> Iterator[Opens]:
    """Opens clients that share the tokens and the memory."""
    apis: list[StravaApi] = []

    def open_api(*, is_live: bool = True, **options: Any) -> StravaApi:
        settings = {"url": sandbox.api_url, "token": tokens, "quota": memory, **options}
        api = StravaApi(is_live=is_live, clock=clock, sleep=slept.append, **settings)
        apis.append(api.__enter__())
        return api

    yield open_api
    for api in apis:
        api.__exit__(None, None, None)


@pytest.fixture
def api(opened: Opens) -> StravaApi:
    """A client that may use everything."""
    return opened()


def listed(api: StravaApi, **window: int) -> list[int]:
    return api.list_activities(**{**WINDOW, "page": 1, **window}).activity_ids


def limits(quarter_used: int, day_used: int, at: datetime = NOW) -> RateLimits:
    read = RateLimit(quarter_limit=100, day_limit=1000, quarter_used=quarter_used, day_used=day_used)
    return RateLimits(overall=None, read=read, observed_at=at)


def test_a_page_is_asked_for_with_both_bounds(api: StravaApi, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 5)
    page = api.list_activities(after=10, before=WINDOW["before"], page=2, per_page=2)
    assert page.activity_ids == [ids[2], ids[1]]
    assert page.athlete_ids == {ATHLETE_ID}
    (request,) = sandbox.log.requests
    assert request.query == {"after": "10", "before": str(WINDOW["before"]), "page": "2", "per_page": "2"}


def test_a_page_has_200_activities_unless_said_otherwise(api: StravaApi, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 201, apart=timedelta(hours=1))
    assert listed(api) == ids[:0:-1]
    assert listed(api, page=2) == ids[:1]
    assert api.list_activities(**WINDOW, page=3).is_empty
    assert api.calls == sandbox.log.count() == 3


def test_a_row_that_repeats_is_one_activity(api: StravaApi, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 2)
    sandbox.faults.order(DuplicateRow())
    page = api.list_activities(**WINDOW, page=1)
    assert (page.activity_ids, page.size) == (ids[::-1], 3)


def test_an_activity_that_is_there_tells_when_it_starts(api: StravaApi, sandbox: StravaSandbox) -> None:
    (activity_id,) = fill(sandbox.world, 1)
    assert api.find_activity(activity_id) == NOW - timedelta(days=1)


@pytest.mark.parametrize("reply", [errors.not_found(), errors.record_not_found("Activity")])
def test_an_activity_that_is_gone_is_no_error(api: StravaApi, sandbox: StravaSandbox, reply: Reply) -> None:
    sandbox.faults.order(Answer(reply))
    assert api.find_activity(1) is None
    assert api.find_activity(2) is None
    assert api.calls == 2


def test_an_activity_that_only_its_owner_sees_is_not_there_without_the_scope(
    opened: Opens, sandbox: StravaSandbox
) -> None:
    (activity_id,) = fill(sandbox.world, 1)
    sandbox.world.activities.make_private(activity_id)
    everything = opened(token=GrantedTokens(sandbox))
    assert everything.find_activity(activity_id) is not None
    some = opened(token=GrantedTokens(sandbox, READING - {"activity:read_all"}))
    assert some.find_activity(activity_id) is None


def test_gear_comes_as_it_was_sent(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.world.gear.put(SHOE)
    body = api.read_gear("g1")
    assert body is not None
    assert json.loads(body) == sandbox.world.gear_detail(SHOE)


def test_gear_that_is_gone_is_no_error(api: StravaApi) -> None:
    assert api.read_gear("g404") is None
    assert api.calls == 1


@pytest.mark.parametrize(
    "gear_id", ["", ".", "..", "../athlete", "g1/..", "g1?x=1", "g1#", "g 1", "g1\n", "ü"]
)
def test_what_is_no_id_of_gear_asks_for_nothing_else(api: StravaApi, gear_id: str) -> None:
    assert api.read_gear(gear_id) is None
    assert api.calls == 0


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(
    api: StravaApi, sandbox: StravaSandbox, slept: list[float], fault: Fault
) -> None:
    ids = fill(sandbox.world, 3)
    sandbox.faults.order(fault, times=3)
    assert listed(api) == ids[::-1]
    assert api.calls == sandbox.log.count() == 4
    assert len(slept) == 3
    assert all(1 << n <= seconds <= (1 << n) + 1 for n, seconds in enumerate(slept))


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_given_up_after_four_attempts(
    api: StravaApi, sandbox: StravaSandbox, fault: Fault
) -> None:
    fill(sandbox.world, 3)
    sandbox.faults.order(fault, times=None)
    with pytest.raises(ProviderUnavailable, match="Try again later"):
        listed(api)
    assert api.calls == sandbox.log.count() == 4


def test_gear_that_is_cut_off_is_tried_again(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.world.gear.put(SHOE)
    for fault in (Truncation(), Truncation(is_noticed=False)):
        sandbox.faults.order(fault)
        assert api.read_gear("g1") is not None
    assert api.calls == 4


@pytest.mark.parametrize(("fault", "error"), FINAL.values(), ids=FINAL)
def test_what_does_not_get_better_is_not_tried_again(
    api: StravaApi, sandbox: StravaSandbox, slept: list[float], fault: Fault, error: type[ProviderError]
) -> None:
    sandbox.faults.order(fault, path=LIST, times=None)
    with pytest.raises(error):
        listed(api)
    assert api.calls == sandbox.log.count(LIST) == 1
    assert slept == []


@pytest.mark.parametrize("fault", [Hold(), Delay(3600)])
def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(
    opened: Opens, sandbox: StravaSandbox, fault: Fault
) -> None:
    ids = fill(sandbox.world, 1)
    api = opened(timeout_seconds=0.2)
    sandbox.faults.order(fault)
    assert listed(api) == ids
    assert api.calls == 2


def test_an_address_where_nobody_answers_is_said_to_be_so(opened: Opens) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        api = opened(url=f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(ProviderUnavailable, match=r"cannot be reached.*STRAVA_API_URL"):
            listed(api)


def test_a_slash_at_the_end_of_the_address_is_no_harm(opened: Opens, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 1)
    assert listed(opened(url=f"{sandbox.api_url}/")) == ids


def test_a_list_that_is_compressed_is_unpacked(api: StravaApi, sandbox: StravaSandbox) -> None:
    (activity_id,) = fill(sandbox.world, 1)
    body = gzip.compress(json.dumps(sandbox.world.activities.rows()).encode())
    sandbox.faults.order(Answer(Reply(200, body, (("Content-Encoding", "gzip"),))))
    assert listed(api) == [activity_id]


def test_no_token_follows_a_redirect(api: StravaApi, sandbox: StravaSandbox) -> None:
    with StravaSandbox() as elsewhere:
        sandbox.faults.order(Answer(redirect(f"{elsewhere.api_url}/athlete/activities")))
        with pytest.raises(UnexpectedReply, match="STRAVA_API_URL"):
            listed(api)
        assert elsewhere.log.count() == 0


def test_a_token_that_ended_before_its_time_is_replaced_in_the_middle(
    api: StravaApi, sandbox: StravaSandbox, tokens: GrantedTokens
) -> None:
    ids = fill(sandbox.world, 2)
    before = tokens()
    sandbox.faults.order(Change(lambda world: world.oauth.kill_access_tokens(), moment="before"), at=2)
    assert [listed(api, page=page, per_page=1) for page in (1, 2)] == [[ids[1]], [ids[0]]]
    assert tokens.rejected == [before]
    assert tokens() != before
    assert [entry.status for entry in sandbox.log.matching(LIST)] == [200, 401, 200]
    assert api.calls == 3


def test_a_token_that_strava_holds_for_good_is_not_sent_twice(
    api: StravaApi, sandbox: StravaSandbox, tokens: GrantedTokens
) -> None:
    sandbox.faults.order(Answer(errors.unauthorized()), path=LIST, times=None)
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        listed(api)
    assert (len(tokens.rejected), api.calls) == (1, 1)


def test_a_fresh_token_that_is_refused_too_needs_a_person(
    api: StravaApi, sandbox: StravaSandbox, tokens: GrantedTokens
) -> None:
    sandbox.world.oauth.kill_access_tokens()
    sandbox.faults.order(Answer(errors.unauthorized()), path=LIST, times=None)
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        listed(api)
    assert (len(tokens.rejected), api.calls) == (1, 2)


def test_an_athlete_who_took_everything_back_is_asked_to_connect_again(
    api: StravaApi, sandbox: StravaSandbox
) -> None:
    sandbox.world.oauth.revoke()
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        listed(api)


def test_a_missing_scope_is_named(opened: Opens, sandbox: StravaSandbox) -> None:
    api = opened(token=GrantedTokens(sandbox, {"read"}))
    with pytest.raises(PermissionRefused, match=r"activity:read"):
        listed(api)
    assert api.calls == 1


def test_an_application_that_is_switched_off_is_named(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.world.is_application_active = False
    with pytest.raises(ApplicationInactive):
        listed(api)


def test_what_every_reply_says_of_the_limits_is_remembered(
    api: StravaApi, sandbox: StravaSandbox, memory: Memory
) -> None:
    sandbox.limits.use(quarter_hour=10, day=20)
    listed(api)
    assert memory.limits == RateLimits(
        overall=RateLimit(quarter_limit=200, day_limit=2000, quarter_used=11, day_used=21),
        read=RateLimit(quarter_limit=100, day_limit=1000, quarter_used=11, day_used=21),
        observed_at=NOW,
    )
    api.find_activity(404)
    assert memory.limits.read == RateLimit(quarter_limit=100, day_limit=1000, quarter_used=12, day_used=22)


def test_a_reply_without_limits_leaves_what_is_remembered(
    api: StravaApi, sandbox: StravaSandbox, memory: Memory
) -> None:
    memory.limits = limits(1, 2)
    sandbox.faults.order(Answer(raw_json_reply(b"[]")))
    assert listed(api) == []
    assert memory.limits == limits(1, 2)


@pytest.mark.parametrize("shape", ["fault", "plain"])
@pytest.mark.parametrize(
    ("used", "resets_at", "is_daily"),
    [(Limit(100, 200), QUARTER_PAST, False), (Limit(20, 1000), MIDNIGHT, True)],
    ids=["the quarter hour", "the day"],
)
def test_too_many_requests_are_remembered_until_the_limits_begin_anew(
    opened: Opens,
    sandbox: StravaSandbox,
    tokens: GrantedTokens,
    clock: SettableClock,
    shape: errors.RateLimitShape,
    used: Limit,
    resets_at: datetime,
    is_daily: bool,
) -> None:
    """By another client too, which does not even ask."""
    sandbox.limits.shape = shape
    sandbox.limits.use(quarter_hour=used.quarter_hour, day=used.day)
    for api, asked in ((opened(), 1), (opened(), 0)):
        with pytest.raises(OutOfQuota) as raised:
            listed(api)
        assert (raised.value.resets_at, raised.value.is_daily) == (resets_at, is_daily)
        assert api.calls == asked
    clock.now = resets_at
    sandbox.world.oauth.kill_access_tokens()  # they may be too old by then
    assert listed(opened()) == []


def test_the_last_call_that_strava_allows_is_made_and_none_after_it(
    api: StravaApi, sandbox: StravaSandbox
) -> None:
    sandbox.limits.use(quarter_hour=98, day=98)
    listed(api)
    listed(api)
    with pytest.raises(OutOfQuota, match=r"used up until 14:15 UTC"):
        listed(api)
    assert sandbox.log.count() == 2


def test_others_leave_a_reserve_for_the_live_sync(opened: Opens, sandbox: StravaSandbox) -> None:
    backfill, live = opened(is_live=False), opened(is_live=True)
    sandbox.limits.use(quarter_hour=88, day=88)
    listed(backfill)
    listed(backfill)
    with pytest.raises(OutOfQuota, match=r"kept for new activities until 14:15 UTC"):
        listed(backfill)
    for _ in range(10):
        listed(live)
    with pytest.raises(OutOfQuota, match=r"used up until 14:15 UTC"):
        listed(live)
    assert sandbox.log.count() == 12
    assert all(entry.status == 200 for entry in sandbox.log.requests)


def test_calls_that_others_made_meanwhile_count(opened: Opens, memory: Memory) -> None:
    api = opened()
    listed(api)
    memory.limits = limits(100, 100)
    with pytest.raises(OutOfQuota):
        listed(api)


def test_attempts_that_fail_use_the_limits_too(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.limits.use(quarter_hour=98, day=98)
    sandbox.faults.order(Answer(errors.server_error(), moment="after"), times=None)
    with pytest.raises(OutOfQuota):
        listed(api)
    assert api.calls == 2


def test_an_answer_that_takes_until_the_next_quarter_hour_is_counted_where_it_was_asked(
    opened: Opens, sandbox: StravaSandbox, clock: SettableClock
) -> None:
    """Otherwise the new quarter hour would seem to be used up when it begins."""
    clock.now = QUARTER_PAST - timedelta(seconds=1)
    sandbox.limits.use(quarter_hour=99, day=99)

    def pass_by(_: object) -> None:
        clock.now = QUARTER_PAST + timedelta(seconds=1)

    sandbox.faults.order(Change(pass_by, moment="after"))
    listed(opened(is_live=True))
    assert listed(opened(is_live=False)) == []


def test_no_failure_and_no_log_tells_a_token(
    opened: Opens, sandbox: StravaSandbox, tokens: GrantedTokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fill(sandbox.world, 1)
    api = opened(timeout_seconds=0.2)
    told = [repr((api, vars(api), tokens()))]
    final = [fault for fault, _ in FINAL.values()]
    for fault in (*PASSING.values(), *final, Hold(), Answer(redirect(sandbox.url))):
        sandbox.faults.order(fault, path=LIST, times=None)
        with pytest.raises(ProviderError) as raised:
            listed(api)
        sandbox.faults.clear()
        told += [repr(raised.value), *traceback.format_exception(raised.value)]
        told += [repr(vars(error)) for error in chain(raised.value)]
        assert not [error for error in chain(raised.value) if isinstance(error, httpx.HTTPError)]
        frames = [frame for frame, _ in traceback.walk_tb(raised.tb)][1:]  # without this one
        told += [repr(frame.f_locals) for frame in frames]
    everything = "\n".join((*told, caplog.text))
    assert "httpcore" in everything
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and everything that it came of, shown or not."""
    yield error
    for origin in (error.__cause__, error.__context__):
        if origin is not None:
            yield from chain(origin)
