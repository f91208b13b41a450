"""What is read of a workout or a template; anything but the id may be missing."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fitness_pipeline.providers.hevy.rows import Row, UnusableRow, read_instant, read_row

AT = datetime(2026, 4, 1, 20, 46, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-04-01T20:46:12Z", AT),
        ("2026-04-01T20:46:12.345Z", AT.replace(microsecond=345000)),
        ("2026-04-01T22:46:12+02:00", AT),
        ("2026-04-01T20:46:12.123456789+00:00", AT.replace(microsecond=123456)),
        ("2026-04-01 20:46:12", AT),
        (" 2026-04-01T20:46:12+0000 ", AT),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (1775076372, None),
        (None, None),
        ({}, None),
    ],
)
def test_times_are_read_however_they_are_written(text: Any, instant: datetime | None) -> None:
    assert read_instant(json.dumps(text).encode()) == instant


def test_a_row_is_its_id_its_time_and_its_bytes() -> None:
    payload = b'{ "id": "79D0BB3A", "updated_at": "2026-04-01T20:46:12Z", "new": [1] }'
    row = read_row(payload)
    assert row == Row("79D0BB3A", AT, payload)
    assert isinstance(row, Row)
    assert row.sha256 == hashlib.sha256(payload).digest()


def test_a_row_needs_nothing_but_an_id() -> None:
    assert read_row(b'{"id":"a"}') == Row("a", None, b'{"id":"a"}')


def test_a_text_that_no_strict_reader_takes_is_no_harm() -> None:
    payload = b'{"title":"\\ud83d","id":"a"}'
    assert read_row(payload) == Row("a", None, payload)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"[1]", "It is no JSON object: [1]."),
        (b"null", "It is no JSON object: None."),
        (b"{}", "Its id is none of Hevy's: None."),
        (b'{"id": 7}', "Its id is none of Hevy's: 7."),
        (b'{"id": ""}', "Its id is none of Hevy's: ''."),
        (b'{"id": "a/b"}', "Its id is none of Hevy's: 'a/b'."),
        (b'{"id": "%s"}' % (b"x" * 200), f"Its id is none of Hevy's: '{'x' * 59}...."),
    ],
)
def test_a_row_without_a_usable_id_says_so(payload: bytes, reason: str) -> None:
    assert read_row(payload) == UnusableRow(payload, reason)
