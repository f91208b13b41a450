"""What is asked next of an event that is not as it is wanted."""

from typing import Any

import pytest

from fitness_pipeline.calendar.calls import Call, CallKind
from fitness_pipeline.calendar.known_event import KnownEvent, Unfinished
from fitness_pipeline.calendar.next_call import next_call
from fitness_pipeline_tests.calendar.samples import EVENT_ID, event_content, known_event, present_event

CONTENT = event_content(2)
WANTED: dict[str, Any] = {"wanted_hash": CONTENT.hash, "wanted_version": 2}
UNWANTED: dict[str, Any] = {"wanted_hash": None, "wanted_version": None}


def call_for(event: KnownEvent) -> Call:
    call = next_call(event, CONTENT)
    assert (call.calendar_id, call.event_id) == ("primary", EVENT_ID)
    return call


def test_what_was_never_there_is_inserted_under_its_id() -> None:
    call = call_for(known_event(**WANTED))
    assert (call.kind, call.etag) == ("insert", None)
    assert call.body == {"id": EVENT_ID, **CONTENT.body()}


def test_what_is_there_is_patched_with_our_fields_alone_unless_somebody_changed_it() -> None:
    call = call_for(present_event(**WANTED))
    assert (call.kind, call.etag) == ("patch", '"1"')
    assert call.body == CONTENT.body()
    assert call.body is not None
    assert set(call.body) == {"summary", "description", "start", "end", "extendedProperties"}


def test_what_is_not_wanted_any_more_is_deleted_unless_somebody_changed_it() -> None:
    call = call_for(present_event(**UNWANTED))
    assert (call.kind, call.etag, call.body) == ("delete", '"1"', None)


def test_what_was_deleted_is_revived_with_its_content() -> None:
    call = call_for(known_event(state="deleted", etag='"1"', **WANTED))
    assert (call.kind, call.etag) == ("revive", '"1"')
    assert call.body == {**CONTENT.body(), "status": "confirmed"}


def test_what_was_deleted_is_looked_at_before_it_is_revived() -> None:
    call = call_for(known_event(state="deleted", **WANTED))
    assert (call.kind, call.etag, call.body) == ("look", None, None)


@pytest.mark.parametrize("unfinished", ["insert", "patch", "revive", "delete"])
@pytest.mark.parametrize("wanted", [WANTED, UNWANTED], ids=["wanted", "unwanted"])
def test_after_a_request_without_an_answer_comes_a_look(
    unfinished: Unfinished, wanted: dict[str, Any]
) -> None:
    call = call_for(present_event(unfinished=unfinished, **wanted))
    assert (call.kind, call.etag, call.body) == ("look", None, None)


@pytest.mark.parametrize(("state", "kind"), [("present", "patch"), ("deleted", "revive")])
def test_what_the_runner_wrote_into_the_description_stays_there(state: str, kind: CallKind) -> None:
    former = event_content(1).description
    known = present_event(
        **WANTED,
        state=state,
        held_hash="of former" if state == "present" else None,
        runner_description=f"With Ada.\n{former}\nSo hot!",
    )
    call = call_for(known)
    assert call.kind == kind
    assert call.body is not None
    assert call.body["description"] == f"With Ada.\n{CONTENT.description}\nSo hot!"
