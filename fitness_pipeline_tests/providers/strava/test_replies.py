"""What each reply of the API is called, and what a person is told to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from fitness_pipeline.providers.strava.rate_limits import Wait
from fitness_pipeline.providers.strava.replies import (
    ApiReply,
    nothing_there,
    out_of_quota,
    read_api_reply,
    unavailable,
)
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline_tests.moments import NOW

QUARTER_PAST = NOW.replace(minute=15, second=0)
MIDNIGHT = datetime(2026, 3, 11, tzinfo=UTC)


def judged(reply: Reply, *, used: tuple[int, int] | None = None, sent_at: datetime = NOW) -> bytes | None:
    """Judge what the stand-in would send, with so many requests read of 100 and 1000."""
    limits = None
    if used is not None:
        read = RateLimit(quarter_limit=100, day_limit=1000, quarter_used=used[0], day_used=used[1])
        limits = RateLimits(overall=None, read=read, observed_at=sent_at)
    return read_api_reply(ApiReply(status=reply.status, body=reply.body, sent_at=sent_at, rate_limits=limits))


def test_a_good_reply_is_handed_over_whole() -> None:
    assert judged(json_reply({"id": 1})) == b'{"id":1}'


@pytest.mark.parametrize(
    "reply", [errors.not_found(), errors.record_not_found("Activity"), Reply(404, b"\n")]
)
def test_what_strava_does_not_have_is_no_error(reply: Reply) -> None:
    assert judged(reply) is None


@pytest.mark.parametrize(
    "reply",
    [
        *(errors.outage(status) for status in (401, 403, 404, 418, 500, 502, 503, 522, 599)),
        errors.server_error(),
        Reply(500),
        Reply(408),
        Reply(404, b"404 page not found"),
        Reply(400, b'{"message":"Bad Req'),
        Reply(403, b"[]"),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:15]!r}",
)
def test_an_outage_passes_whatever_its_status(reply: Reply) -> None:
    """Above all, a 404 that is not Strava's own never tells that an activity is gone."""
    with pytest.raises(ProviderUnavailable, match=f"HTTP {reply.status}.* Try again later"):
        judged(reply)


@pytest.mark.parametrize("shape", ["fault", "plain"])
@pytest.mark.parametrize(
    ("used", "resets_at", "is_daily"),
    [
        ((101, 500), QUARTER_PAST, False),
        ((5, 1001), MIDNIGHT, True),
        ((101, 1001), MIDNIGHT, True),
        ((5, 500), QUARTER_PAST, False),
        (None, QUARTER_PAST, False),
    ],
    ids=["the quarter hour", "the day", "both", "neither", "no headers"],
)
def test_too_many_requests_say_when_to_go_on(
    shape: errors.RateLimitShape, used: tuple[int, int] | None, resets_at: datetime, is_daily: bool
) -> None:
    with pytest.raises(OutOfQuota, match=r"used up until .*UTC\. Go on then\.") as raised:
        judged(errors.rate_limited(shape=shape), used=used)
    assert (raised.value.resets_at, raised.value.is_daily) == (resets_at, is_daily)


def test_too_many_requests_in_html_are_too_many_requests() -> None:
    with pytest.raises(OutOfQuota):
        judged(errors.outage(429))


def test_a_request_of_the_last_quarter_hour_tells_of_that_one() -> None:
    sent_at = QUARTER_PAST - timedelta(seconds=1)
    with pytest.raises(OutOfQuota) as raised:
        judged(errors.rate_limited(), used=(101, 500), sent_at=sent_at)
    assert raised.value.resets_at == QUARTER_PAST


@pytest.mark.parametrize(
    ("wait", "is_reserve", "message"),
    [
        (
            Wait(QUARTER_PAST, is_daily=False),
            False,
            "limit for this quarter of an hour is used up until 14:15 UTC.",
        ),
        (
            Wait(MIDNIGHT, is_daily=True),
            True,
            "for this day is kept for new activities until 2026-03-11 00:00 UTC.",
        ),
    ],
)
def test_the_message_says_which_limit_and_until_when(wait: Wait, is_reserve: bool, message: str) -> None:
    assert str(out_of_quota(wait, is_reserve=is_reserve)).endswith(f"{message} Go on then.")


@pytest.mark.parametrize("reply", [errors.unauthorized(), errors.invalid_access_token(), Reply(401)])
def test_a_fresh_token_that_is_refused_needs_a_person(reply: Reply) -> None:
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        judged(reply)


def test_a_scope_that_was_not_granted_is_named() -> None:
    with pytest.raises(PermissionRefused, match=r"\(activity:read\).*fitness-pipeline auth strava"):
        judged(errors.missing_scope("activity:read"))


def test_an_application_that_is_switched_off_is_named() -> None:
    with pytest.raises(ApplicationInactive, match=r"https://www\.strava\.com/settings/api"):
        judged(errors.application_inactive())


@pytest.mark.parametrize("reply", [errors.fault(403, "Forbidden", "Athlete", "access", "denied"), Reply(403)])
def test_any_other_403_is_about_permission(reply: Reply) -> None:
    with pytest.raises(PermissionRefused, match="fitness-pipeline auth strava"):
        judged(reply)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_token_is_not_taken_to_another_address(status: int) -> None:
    with pytest.raises(UnexpectedReply, match="STRAVA_API_URL"):
        judged(replace(errors.outage(), status=status))


@pytest.mark.parametrize(
    "reply", [Reply(204), Reply(400), Reply(418), json_reply({"message": "Bad Request"}, 400)]
)
def test_anything_else_is_not_understood(reply: Reply) -> None:
    with pytest.raises(UnexpectedReply, match=f"HTTP {reply.status}, which .*STRAVA_API_URL"):
        judged(reply)


def test_what_strava_says_is_wrong_is_repeated_where_it_is_plain() -> None:
    with pytest.raises(UnexpectedReply, match=r"HTTP 400 \(Application after future\).*clock"):
        judged(errors.bad_request("Application", "after", "future"))
    with pytest.raises(UnexpectedReply, match=r"HTTP 400 \(invalid\)"):
        judged(errors.bad_request("0123456789abcdef0123456789abcdef01234567", "<b>", "invalid"))


def test_no_api_at_all_is_said_to_be_so() -> None:
    assert isinstance(nothing_there(), UnexpectedReply)
    assert "STRAVA_API_URL" in str(nothing_there())
    assert "STRAVA_API_URL" in str(unavailable("it cannot be reached"))


def test_a_reply_does_not_show_what_is_in_it() -> None:
    assert "secret" not in repr(ApiReply(status=200, body=b"secret", sent_at=NOW))


@given(st.integers(100, 599), st.binary(max_size=30) | st.sampled_from([b"{}", b'{"errors":[{}]}']))
def test_every_reply_has_one_name(status: int, body: bytes) -> None:
    reply = ApiReply(status=status, body=body, sent_at=NOW)
    try:
        outcome: object = read_api_reply(reply)
    except ProviderError as error:
        outcome = error
    if status == 200:
        assert outcome == body
    elif outcome is None:
        assert status == 404
    else:
        assert str(outcome).endswith(".")
        assert isinstance(outcome, OutOfQuota) == (status == 429)
