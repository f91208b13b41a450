"""Who is refused, before anything else is said."""

import httpx
import pytest

UNREADABLE = {"no JSON": b"{", "no UTF-8": b'{"notes": "\xff"}'}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/runs/mmf_1"),
        ("DELETE", "/runs/mmf_1"),
        ("POST", "/runs/mmf_1/undelete"),
        ("PATCH", "/shoes/cloud_5"),
    ],
)
def test_only_an_editor_learns_that_a_body_cannot_be_read(
    editor: httpx.Client, viewer: httpx.Client, stranger: httpx.Client, method: str, path: str, body: bytes
) -> None:
    answers = [
        asking.request(method, path, content=body, headers={"Content-Type": "application/json"})
        for asking in (stranger, viewer, editor)
    ]
    assert [answer.status_code for answer in answers[:2]] == [401, 403]
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    assert "`fitness-pipeline --env test token mint` makes one" in answers[0].json()["detail"]
    assert answers[2].status_code in (400, 422)
