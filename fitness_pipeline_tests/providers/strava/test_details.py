"""Replies about one thing."""

import json
from datetime import UTC, datetime

import pytest

from fitness_pipeline.errors import ProviderUnavailable, UnexpectedReply
from fitness_pipeline.providers.strava.details import read_gear_object, read_start_date


def test_an_activity_tells_when_it_starts() -> None:
    body = json.dumps({"id": 1, "start_date": "2018-02-16T14:52:54Z", "name": "é"}).encode()
    assert read_start_date(body) == datetime(2018, 2, 16, 14, 52, 54, tzinfo=UTC)


@pytest.mark.parametrize("activity", [{}, {"start_date": None}, {"start_date": "2018-02-16"}])
def test_an_activity_that_does_not_tell_when_it_starts_is_not_guessed_about(activity: object) -> None:
    with pytest.raises(UnexpectedReply, match="when it starts"):
        read_start_date(json.dumps(activity).encode())


def test_gear_stays_as_it_was_sent() -> None:
    body = b'{ "id":"g1",  "name":"\xc3\xa9 \\u00e9","distance":966309 }\n'
    assert read_gear_object(body) == body


@pytest.mark.parametrize("read", [read_start_date, read_gear_object])
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"id":', b"<html></html>", b"[" * 100_000])
def test_what_is_no_whole_object_is_a_failure_that_passes(read: object, body: bytes) -> None:
    assert callable(read)
    with pytest.raises(ProviderUnavailable, match="cut off"):
        read(body)
