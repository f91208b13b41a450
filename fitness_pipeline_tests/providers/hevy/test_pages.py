"""Pages: what is on one, and what is none."""

import json
from typing import Any

import pytest

from fitness_pipeline.errors import ProviderUnavailable, UnexpectedReply
from fitness_pipeline.providers.hevy.pages import read_count, read_listed, read_one

OLD = {"id": "a", "updated_at": "2026-01-01T00:00:00Z"}
NEW = {"id": "a", "updated_at": "2026-01-02T00:00:00Z"}


def page(*rows: Any, **fields: Any) -> bytes:
    return json.dumps({"page": 1, "page_count": 1, "workouts": rows, **fields}).encode()


def test_a_page_has_its_rows_and_tells_how_many_pages_there_are() -> None:
    found = read_listed(page(OLD, {"id": "b"}, 7, page_count=3), "workouts", 1)
    assert found.page_count == 3
    assert [row.id for row in found.rows] == ["a", "b"]
    assert [row.payload for row in found.unusable] == [b"7"]
    assert len(found.payloads) == 3


@pytest.mark.parametrize("rows", [(OLD, NEW), (NEW, OLD)])
def test_of_a_row_that_repeats_the_newest_state_counts(rows: tuple[Any, Any]) -> None:
    (row,) = read_listed(page(*rows), "workouts", 1).rows
    assert json.loads(row.payload) == NEW


def test_a_page_need_not_tell_its_own_number() -> None:
    body = b'{"page_count": 2.0, "workouts": []}'
    assert read_listed(body, "workouts", 7).page_count == 2


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"[]", "no list of workouts"),
        (b'{"error": "Internal"}', "no list of workouts"),
        (page(workouts=None), "no list of workouts"),
        (page(page_count=None), "how many pages of workouts"),
        (page(page_count=-1), "how many pages of workouts"),
        (page(page_count=1.5), "how many pages of workouts"),
        (page(page_count=True), "how many pages of workouts"),
        (page(page_count="3"), "how many pages of workouts"),
        (page(page=2), "another page than number 1"),
        (page(page="one"), "another page than number 1"),
    ],
)
def test_what_is_no_page_is_never_an_empty_one(body: bytes, what: str) -> None:
    with pytest.raises(UnexpectedReply, match=what):
        read_listed(body, "workouts", 1)


@pytest.mark.parametrize("size", [0, 1, 10, 40])
def test_a_body_that_is_cut_off_passes(size: int) -> None:
    body = page(OLD)[:size]
    for read in (
        lambda: read_listed(body, "workouts", 1),
        lambda: read_one(body, "workout", "a"),
        lambda: read_count(body),
    ):
        with pytest.raises(ProviderUnavailable, match="cut off or is no JSON"):
            read()


@pytest.mark.parametrize("wanted", ["79D0BB3A", "79d0bb3a"])
def test_ids_are_the_same_in_small_letters(wanted: str) -> None:
    assert read_one(b'{"id": "79D0BB3A"}', "exercise_template", wanted).id == "79D0BB3A"


def test_a_workout_that_has_a_field_called_workout_is_not_unwrapped() -> None:
    body = b'{"id": "a", "workout": {"id": "b"}}'
    assert read_one(body, "workout", "a").payload == body


def test_a_count_is_a_number() -> None:
    assert read_count(b'{"workout_count": 42}') == 42
