"""A body that is too large is refused, told by its length or not."""

from collections.abc import Iterator

import httpx
import pytest

from fitness_pipeline.api.body_limits import MEBIBYTE


def chunks(size: int) -> Iterator[bytes]:
    """A body whose length nobody is told."""
    while size > 0:
        yield b" " * min(size, 65536)
        size -= 65536


@pytest.mark.parametrize("is_told", [True, False], ids=["with its length", "in chunks"])
def test_a_body_of_more_than_a_mebibyte_is_refused(editor: httpx.Client, is_told: bool) -> None:
    size = MEBIBYTE + 1
    refused = editor.patch(
        "/shoes/nobodys",
        content=b" " * size if is_told else chunks(size),
        headers={"Content-Type": "application/json"},
    )
    assert refused.status_code == 413
    assert refused.json() == {"detail": "At most 1 MiB are taken here. Send less."}


@pytest.mark.parametrize("is_told", [True, False], ids=["with its length", "in chunks"])
def test_a_body_of_a_mebibyte_is_read(editor: httpx.Client, is_told: bool) -> None:
    text = b"{}" + b" " * (MEBIBYTE - 2)
    content: bytes | list[bytes] = text if is_told else [text[:100], text[100:]]
    answer = editor.patch("/shoes/nobodys", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 404
