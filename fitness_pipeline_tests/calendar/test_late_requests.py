"""Which requests remain a doubt."""

from typing import Any

import pytest

from fitness_pipeline.calendar.calls import Answer, Call, CallKind
from fitness_pipeline.calendar.known_event import Unfinished
from fitness_pipeline.calendar.late_requests import doubt_after
from fitness_pipeline_tests.calendar.samples import event_content, known_event, refusal, seen

FORMER = event_content(1)
WRITES: list[Unfinished] = ["insert", "patch", "revive", "delete"]


def doubt(kind: CallKind, answer: Answer, **known: Any) -> Unfinished | None:
    call = Call(kind=kind, calendar_id="primary", event_id="event")
    return doubt_after(known_event(**known), call, answer)


@pytest.mark.parametrize("kind", WRITES)
def test_what_is_written_makes_void_what_was_asked_before(kind: Unfinished) -> None:
    assert doubt(kind, seen(FORMER), doubt="delete", unfinished=kind) is None


@pytest.mark.parametrize("status", [404, 410])
def test_an_event_that_is_gone_cannot_be_deleted_late(status: int) -> None:
    assert doubt("delete", refusal(status), doubt="delete", unfinished="delete") is None
    assert doubt("patch", refusal(status), doubt="delete", unfinished="patch") == "delete"


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refusal_may_be_that_of_a_repetition(kind: Unfinished, status: int) -> None:
    assert doubt(kind, refusal(status), unfinished=kind) == kind
    assert doubt(kind, refusal(status), unfinished=kind, doubt="delete") == "delete"


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("status", [0, 400, 409, 412, 500])
def test_other_answers_leave_former_doubts(kind: Unfinished, status: int) -> None:
    assert doubt(kind, refusal(status), unfinished=kind) is None
    assert doubt(kind, refusal(status), unfinished=kind, doubt="insert") == "insert"


@pytest.mark.parametrize(
    ("unfinished", "answer"),
    [
        ("insert", refusal(404)),
        ("patch", seen(FORMER, etag='"1"')),
        ("delete", seen(FORMER, etag='"1"')),
        ("revive", seen(FORMER, etag='"1"', status="cancelled")),
    ],
)
def test_what_is_not_done_when_it_is_looked_at_may_be_done_late(
    unfinished: Unfinished, answer: Answer
) -> None:
    assert doubt("look", answer, unfinished=unfinished, etag='"1"') == unfinished
    assert doubt("look", answer, unfinished=unfinished, etag='"1"', doubt="delete") == "delete"


@pytest.mark.parametrize(
    ("unfinished", "answer"),
    [
        ("insert", seen(FORMER)),
        ("patch", seen(FORMER)),
        ("patch", seen(FORMER, etag='"1"', status="cancelled")),
        ("delete", seen(FORMER, status="cancelled")),
        ("delete", seen(FORMER)),
        ("delete", refusal(404)),
        ("revive", seen(FORMER)),
        ("revive", seen(FORMER, status="cancelled")),
        ("revive", refusal(404)),
    ],
)
def test_what_is_done_or_void_when_it_is_looked_at_is_no_doubt(
    unfinished: Unfinished, answer: Answer
) -> None:
    assert doubt("look", answer, unfinished=unfinished, etag='"1"', doubt="delete") is None


def test_the_last_look_settles_it() -> None:
    assert doubt("look", refusal(404), doubt="insert") is None


@pytest.mark.parametrize("status", [0, 403, 500])
def test_a_look_that_comes_to_nothing_settles_nothing(status: int) -> None:
    assert doubt("look", refusal(status), doubt="patch", unfinished="delete") == "patch"
