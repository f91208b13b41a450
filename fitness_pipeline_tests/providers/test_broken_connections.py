"""A sentence for every way in which no reply comes."""

import httpx
import pytest

from fitness_pipeline.providers.broken_connections import describe


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ReadTimeout("x"), "it did not answer in time"),
        (httpx.ConnectTimeout("x"), "it did not answer in time"),
        (httpx.ConnectError("x"), "it cannot be reached"),
        (httpx.ReadError("Bearer x"), "the connection broke (ReadError)"),
        (httpx.RemoteProtocolError("Bearer x"), "the connection broke (RemoteProtocolError)"),
        (httpx.DecodingError("Bearer x"), "the connection broke (DecodingError)"),
    ],
)
def test_what_went_wrong_is_said_in_words_of_ours(error: httpx.HTTPError, words: str) -> None:
    assert describe(error) == words
