"""What was sent can be repeated in an answer, whatever it was."""

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.api.echoes import echo

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda held: st.lists(held) | st.dictionaries(st.text(), held),
)


@given(ANYTHING)
def test_an_echo_is_json_that_can_be_sent(value: Any) -> None:
    json.dumps(echo(value), ensure_ascii=False, allow_nan=False).encode()


def test_what_json_knows_is_repeated_as_it_is() -> None:
    value = {"a": [1, 2.5, None, True, "ü"], "b": {}}
    assert echo(value) == value


def test_what_json_does_not_know_becomes_a_text() -> None:
    assert echo([float("nan"), "\ud800", b"\xff", date(2026, 3, 1), ValueError("why")]) == [
        "nan",
        "\\ud800",
        "\\xff",
        "2026-03-01",
        "why",
    ]


def test_what_is_long_or_deep_is_cut_off() -> None:
    assert len(echo("x" * 10_000)) < 1000
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(json.dumps(echo(deep))) < 100
