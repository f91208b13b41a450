"""Cursors: what comes back is what went out, and nothing else is one."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from fitness_pipeline.api.paging import PageRequest, link_to_next, page_request
from fitness_pipeline.api.problems import Unprocessable

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KEYS = st.lists(st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT)


def cursor_of(text: str | bytes) -> str:
    return base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).decode()


def asked(path: str = "/runs", query: bytes = b"") -> Request:
    headers = [(b"host", b"example.org")]
    return Request(
        {"type": "http", "path": path, "query_string": query, "headers": headers, "scheme": "https"}
    )


@given(KEYS)
def test_a_key_goes_out_and_comes_back(key: list[Any]) -> None:
    response = Response()
    link_to_next(asked(), response, key)
    cursor = (
        response.headers["Link"]
        .removeprefix("<https://example.org/runs?cursor=")
        .removesuffix('>; rel="next"')
    )
    assert page_request(limit=1, cursor=cursor) == PageRequest(limit=1, after=key)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "💥",
        cursor_of("{}"),
        cursor_of("[[1]]"),
        cursor_of("[true]"),
        cursor_of("[NaN]"),
        cursor_of("[1e999]"),
        cursor_of('["\\u0000"]'),
        cursor_of('["\\ud800"]'),
        cursor_of(b"\xff"),
        cursor_of("[" * 5000),
        cursor_of("[" + "9" * 5000 + "]"),
    ],
    ids=range(13),
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Unprocessable):
        page_request(limit=1, cursor=cursor)


def test_a_key_of_another_shape_is_refused() -> None:
    assert PageRequest(limit=1, after=["a", 1]).key(str, int) == ("a", 1)
    assert PageRequest(limit=1, after=None).key(str, int) is None
    for after in ([], ["a"], [1, "a"], ["a", 1, None], ["a", None]):
        with pytest.raises(Unprocessable):
            PageRequest(limit=1, after=after).key(str, int)


def test_the_next_page_is_asked_the_same_things() -> None:
    response = Response()
    link_to_next(asked("/runs/ü?>\r\n/history", b"a=1&cursor=old&a=%C3%BC&a=\xff"), response, [1])
    assert response.headers["Link"] == (
        '<https://example.org/runs/%C3%BC%3F%3E%0D%0A/history?a=1&a=%C3%BC&a=%C3%BF&cursor=WzFd>; rel="next"'
    )


def test_the_last_page_links_nowhere() -> None:
    response = Response()
    link_to_next(asked(), response, None)
    assert "Link" not in response.headers
