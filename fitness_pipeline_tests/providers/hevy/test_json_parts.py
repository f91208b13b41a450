"""JSON is taken apart byte by byte, strict or not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.providers.hevy.json_parts import elements, members, plain_value

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
indents = st.sampled_from([None, 0, 2])


def written(value: Any, indent: int | None) -> bytes:
    return json.dumps(value, indent=indent).encode()


@given(st.dictionaries(st.text(max_size=3), values, max_size=5), indents)
def test_an_object_has_its_members_as_they_were_written(value: dict[str, Any], indent: int | None) -> None:
    body = b" " + written(value, indent) + b"\r\n"
    parts = members(body)
    assert parts is not None
    assert {name: repr(json.loads(part)) for name, part in parts.items()} == {
        name: repr(part) for name, part in value.items()
    }
    assert all(part in body for part in parts.values())


@given(st.lists(values, max_size=5), indents)
def test_an_array_has_its_elements_as_they_were_written(value: list[Any], indent: int | None) -> None:
    body = written(value, indent)
    parts = elements(body)
    assert parts is not None
    assert [repr(json.loads(part)) for part in parts] == [repr(part) for part in value]
    assert all(part in body for part in parts)


@pytest.mark.parametrize("value", [r'"\ud83d"', "NaN", '"\x01"', '"\x00"', "[-Infinity]"])
def test_what_a_strict_reader_refuses_keeps_no_neighbour_from_being_read(value: str) -> None:
    assert elements(f'[1, {value} ,"\u00fc"]'.encode()) == [b"1", value.encode(), '"\u00fc"'.encode()]
    assert members(f'{{"a" : {value}, "b":{{"c": 2}} }}'.encode()) == {"a": value.encode(), "b": b'{"c": 2}'}


@pytest.mark.parametrize("body", [b"", b"<html>", b"nul", b'{"a": 1', b'{"a": NaN', b'{"a": "\\ud83d"'])
def test_an_object_that_is_cut_off_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        members(body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"nul", b"[1", b"[1, NaN", b'["\\ud83d"'])
def test_an_array_that_is_cut_off_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        elements(body)


def test_what_is_nested_too_deep_is_an_error() -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        members(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@pytest.mark.parametrize("body", [b"null", b"3", b'"{}"', b"NaN"])
def test_what_is_neither_is_none(body: bytes) -> None:
    assert members(body) is None
    assert elements(body) is None


@pytest.mark.parametrize(("wrong", "right"), [(members, b"[NaN]"), (elements, b'{"a": NaN}')])
def test_one_is_not_the_other(wrong: Any, right: bytes) -> None:
    assert wrong(right) is None


@pytest.mark.parametrize(
    ("part", "value"),
    [(None, None), (b"{", None), (b'"a"', "a"), (b" 7 ", 7), (b'"\xff"', "\ufffd"), (b"9" * 5000, None)],
)
def test_a_plain_value_is_what_python_has_for_it(part: bytes | None, value: Any) -> None:
    assert plain_value(part) == value
