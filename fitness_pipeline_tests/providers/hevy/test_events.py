"""The feed: what is on a page, and what is true of each workout in the end."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.providers.hevy.events import Event, last_of_each, newest_time, read_events
from fitness_pipeline.providers.hevy.rows import Row

START = datetime(2026, 4, 1, tzinfo=UTC)


def at(minutes: int | None) -> datetime | None:
    return START + timedelta(minutes=minutes) if minutes is not None else None


def updated(workout_id: str, minutes: int | None) -> Event:
    row = Row(workout_id, at(minutes), b"%d" % (minutes or -1))
    return Event(workout_id=workout_id, at=at(minutes), row=row)


def deleted(workout_id: str, minutes: int | None) -> Event:
    return Event(workout_id=workout_id, at=at(minutes), row=None)


def read(*events: Any) -> Any:
    return read_events(json.dumps({"page": 1, "page_count": 1, "events": events}).encode(), 1)


def test_a_page_has_updates_and_deletions() -> None:
    workout = {"id": "a", "updated_at": "2026-04-01T00:05:00.000Z"}
    page = read({"type": "updated", "workout": workout}, {"type": "deleted", "id": "b"})
    update, deletion = page.events
    assert (update.workout_id, update.at) == ("a", at(5))
    assert json.loads(update.row.payload) == workout
    assert deletion == deleted("b", None)
    assert (page.unusable, len(page.payloads)) == ([], 2)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (7, "It is no event: no JSON object."),
        ({}, "It is an event of a kind that this version does not know."),
        ({"type": "merged", "id": "a"}, "It is an event of a kind that this version does not know."),
        ({"type": "deleted"}, "It does not tell which workout was deleted."),
        ({"type": "deleted", "id": {"id": "a"}}, "It does not tell which workout was deleted."),
        ({"type": "updated"}, "Its workout cannot be used. It is no JSON object: None."),
        ({"type": "updated", "workout": {}}, "Its workout cannot be used. Its id is none of Hevy's: None."),
    ],
)
def test_an_event_that_cannot_be_understood_says_why(event: Any, reason: str) -> None:
    page = read(event, {"type": "deleted", "id": "b"})
    assert [row.reason for row in page.unusable] == [reason]
    assert page.events == [deleted("b", None)]


@pytest.mark.parametrize(
    ("events", "last", "unsure"),
    [
        ([], [], set()),
        ([updated("a", 2), updated("a", 1)], [updated("a", 2)], set()),
        ([deleted("a", 2), updated("a", 1)], [deleted("a", 2)], set()),
        ([updated("a", 3), deleted("a", 2), updated("a", 1)], [updated("a", 3)], set()),
        ([updated("b", 3), deleted("a", 2)], [deleted("a", 2), updated("b", 3)], set()),
        # Equal and missing times: the feed's order counts.
        ([deleted("a", 2), updated("a", 2)], [deleted("a", 2)], set()),
        ([updated("a", 2), deleted("a", 2)], [updated("a", 2)], set()),
        ([deleted("a", None), updated("a", 2)], [deleted("a", None)], set()),
        ([updated("a", 2), deleted("a", None)], [updated("a", 2)], set()),
        ([updated("a", None), deleted("a", None)], [updated("a", None)], set()),
        # An order that contradicts the times.
        ([updated("a", 1), deleted("a", 2)], [deleted("a", 2)], {"a"}),
        ([deleted("a", 1), updated("a", 2)], [updated("a", 2)], {"a"}),
        ([updated("a", 1), updated("a", 2)], [updated("a", 2)], set()),
        (
            [updated("a", None), updated("b", 1), updated("a", 2)],
            [updated("b", 1), updated("a", 2)],
            {"a"},
        ),
        # What repeats is no news, also where it does not tell its time.
        (
            [updated("b", 2), updated("a", None), deleted("a", None), updated("b", 2)],
            [updated("a", None), updated("b", 2)],
            set(),
        ),
    ],
)
def test_what_happened_last_counts(events: list[Event], last: list[Event], unsure: set[str]) -> None:
    assert last_of_each(events) == (last, unsure)


histories = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 3), st.booleans()), max_size=20
)


@given(histories, st.data())
def test_it_is_what_applying_all_of_them_one_by_one_comes_to(
    history: list[tuple[str, bool, int, bool]], data: st.DataObject
) -> None:
    """Also when some do not tell their time, and when pages shift and repeat what was on the one before."""
    events: list[Event] = []
    minutes = 0
    state: dict[str, Event] = {}
    for workout_id, is_deletion, later, tells_when in history:
        minutes += later
        when = minutes if tells_when else None
        event = deleted(workout_id, when) if is_deletion else updated(workout_id, when)
        state[workout_id] = event
        events.insert(0, event)
    if events:
        cut = data.draw(st.integers(0, len(events)))
        shift = data.draw(st.integers(0, cut))
        events = events[:cut] + events[cut - shift :]
    last, unsure = last_of_each(events)
    assert unsure == set()
    assert {event.workout_id: event for event in last} == state


def test_the_newest_time_is_that_of_the_latest_event_that_tells() -> None:
    assert newest_time([]) is None
    assert newest_time([deleted("a", None)]) is None
    assert newest_time([deleted("a", None), updated("b", 1), deleted("c", 3), updated("d", 2)]) == at(3)
