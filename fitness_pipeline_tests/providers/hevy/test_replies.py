"""What a reply means that is none of the usual ones."""

from datetime import UTC, datetime

import pytest

from fitness_pipeline.errors import ProviderUnavailable, UnexpectedReply
from fitness_pipeline.providers.hevy.replies import ApiReply, TryAgain, read_api_reply, unexpected

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def reply(status: int, body: bytes = b"", retry_after_seconds: float | None = None) -> ApiReply:
    return ApiReply(status=status, body=body, received_at=NOW, retry_after_seconds=retry_after_seconds)


@pytest.mark.parametrize("body", [b"", b'{"error":"Page not found"}', b"Workout not found", b"{}"])
def test_a_404_of_hevys_is_nothing(body: bytes) -> None:
    assert read_api_reply(reply(404, body)) is None


@pytest.mark.parametrize("body", [b"<html>", b"\n <!DOCTYPE html>"])
def test_a_404_of_something_before_it_passes(body: bytes) -> None:
    with pytest.raises(ProviderUnavailable, match="HTTP 404 with a page that is not its API's"):
        read_api_reply(reply(404, body))


@pytest.mark.parametrize("status", [201, 204, 206, 400, 402, 405, 410, 422, 304, 308])
def test_a_status_that_hevy_is_not_known_for_is_not_understood(status: int) -> None:
    with pytest.raises(UnexpectedReply, match=f"HTTP {status}"):
        read_api_reply(reply(status, b'{"workouts":[]}'))


@pytest.mark.parametrize("told", [None, 0.0, 120.0])
def test_too_many_requests_carry_how_long_to_wait(told: float | None) -> None:
    with pytest.raises(TryAgain, match="too many requests") as raised:
        read_api_reply(reply(429, retry_after_seconds=told))
    assert raised.value.after_seconds == (told or 0.0)


def test_a_body_is_not_shown_with_its_reply() -> None:
    assert "secret" not in repr(reply(200, b"secret"))


def test_what_is_not_understood_ends_with_the_next_step() -> None:
    assert str(unexpected("it is odd")).endswith("A newer version of this program may understand it.")
