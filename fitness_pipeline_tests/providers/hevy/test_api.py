"""Asking Hevy's API over a real socket: what comes is handed over as it came."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fitness_pipeline.errors import UnexpectedReply
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, TEMPLATES
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.providers.hevy.asking import DAY, fill, listed


def test_a_page_has_ten_workouts_as_they_were_sent(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock
) -> None:
    ids = fill(sandbox, clock, 12)
    page = api.list_workouts(1)
    assert page is not None
    assert (page.page_count, [row.id for row in page.rows]) == (2, ids[:10])
    assert [row.payload for row in page.rows] == list(sandbox.world.workouts.bodies())[:10]
    assert page.rows[0].updated_at == NOW
    assert listed(api, 2) == ids[10:]
    assert api.calls == sandbox.log.count() == 2


def test_past_the_last_page_there_is_none(api: HevyApi, sandbox: HevySandbox, clock: SettableClock) -> None:
    fill(sandbox, clock, 10)
    assert api.list_workouts(2) is None
    assert api.events(NOW - DAY, 2) is None
    assert api.list_templates(2) is None
    assert api.calls == 3


@pytest.mark.parametrize("is_missing", [True, False])
def test_an_account_without_anything_has_a_first_page_all_the_same(
    api: HevyApi, sandbox: HevySandbox, is_missing: bool
) -> None:
    sandbox.world.is_empty_page_missing = is_missing
    page, events = api.list_workouts(1), api.events(NOW, 1)
    assert page is not None
    assert events is not None
    assert (page.rows, page.page_count, events.events, events.page_count) == ([], 0, [], 0)
    assert api.count() == 0


def test_a_404_instead_of_the_first_page_is_not_taken_for_an_empty_one(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock
) -> None:
    fill(sandbox, clock, 3)
    sandbox.faults.order(Answer(errors.not_found()), path=LIST)
    with pytest.raises(UnexpectedReply, match="no page 1, but also that there are 3 workouts"):
        api.list_workouts(1)
    sandbox.faults.order(Answer(errors.not_found()), path=EVENTS)
    with pytest.raises(UnexpectedReply, match="something happened since"):
        api.events(NOW - DAY, 1)
    sandbox.faults.order(Answer(errors.not_found()), path=EVENTS, times=2)
    with pytest.raises(UnexpectedReply, match="3 workouts"):
        api.events(NOW - DAY, 1)


def test_events_are_asked_for_since_a_second_in_utc(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock
) -> None:
    (workout_id,) = fill(sandbox, clock, 1)
    sandbox.world.workouts.delete(workout_id)
    zone = datetime.fromisoformat("2026-03-10T16:07:29.999999+02:00")
    page = api.events(zone, 1)
    assert page is not None
    deleted, updated = page.events
    assert (deleted.workout_id, deleted.at, deleted.row) == (workout_id, NOW, None)
    assert updated.row is not None
    assert (updated.workout_id, updated.at, updated.row.id) == (workout_id, NOW, workout_id)
    assert sandbox.log.requests[0].query == {"since": "2026-03-10T14:07:29Z", "page": "1", "pageSize": "10"}


def test_a_workout_comes_by_itself(api: HevyApi, sandbox: HevySandbox, clock: SettableClock) -> None:
    (workout_id,) = fill(sandbox, clock, 1)
    row = api.find_workout(workout_id)
    assert row is not None
    assert row.payload == sandbox.world.workouts.body(workout_id)
    assert api.find_workout("another") is None


@pytest.mark.parametrize("wrap", [lambda row: {"workout": row}, lambda row: {"workout": [row]}])
def test_a_workout_that_is_wrapped_is_unwrapped(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock, wrap: Callable[[Any], Any]
) -> None:
    (workout_id,) = fill(sandbox, clock, 1)
    body = sandbox.world.workouts.find(workout_id)
    sandbox.faults.order(Answer(json_reply(wrap(body))))
    row = api.find_workout(workout_id)
    assert row is not None
    assert json.loads(row.payload) == body


@pytest.mark.parametrize(
    "answer", [{"id": "another"}, [], {"workout": []}, {"workout": None}, {"error": "?"}]
)
def test_another_answer_than_the_workout_is_not_taken_for_it(
    api: HevyApi, sandbox: HevySandbox, answer: Any
) -> None:
    sandbox.faults.order(Answer(json_reply(answer)))
    with pytest.raises(UnexpectedReply, match="not the workout that was asked for"):
        api.find_workout("b459cba5")
    assert api.calls == 1


def test_templates_come_a_hundred_at_once_or_by_themselves(api: HevyApi, sandbox: HevySandbox) -> None:
    for number in range(101):
        sandbox.world.templates.put({"id": f"{number:08X}", "title": "Squat"})
    first, second = api.list_templates(1), api.list_templates(2)
    assert first is not None
    assert second is not None
    assert (len(first.rows), first.page_count, len(second.rows)) == (100, 2, 1)
    row = api.find_template("00000064")
    assert row == second.rows[0]
    assert api.find_template("404") is None


@pytest.mark.parametrize(
    "id", ["", ".", "..", "../count", "a/b", "a?x=1", "a#", "a b", "a\n", "ü", "x" * 101]
)
def test_what_is_no_id_asks_for_nothing_else(api: HevyApi, id: str) -> None:
    assert api.find_workout(id) is None
    assert api.find_template(id) is None
    assert api.calls == 0


@pytest.mark.parametrize(
    "count", [{}, {"workout_count": None}, {"workout_count": "3"}, {"workout_count": -1}, [], 3]
)
def test_a_count_that_is_none_is_not_taken_for_zero(api: HevyApi, sandbox: HevySandbox, count: Any) -> None:
    sandbox.faults.order(Answer(json_reply(count)))
    with pytest.raises(UnexpectedReply, match="count of workouts is no number"):
        api.count()


def test_a_page_that_is_compressed_is_unpacked(api: HevyApi, sandbox: HevySandbox) -> None:
    body = gzip.compress(b'{"workout_count":42}')
    sandbox.faults.order(Answer(Reply(200, body, (("Content-Encoding", "gzip"),))))
    assert api.count() == 42


def test_all_that_hevy_has_is_asked_for_at_the_known_paths(api: HevyApi, sandbox: HevySandbox) -> None:
    api.list_workouts(1)
    api.count()
    api.events(datetime(1970, 1, 1, tzinfo=UTC), 1)
    api.list_templates(1)
    paths = [request.path for request in sandbox.log.requests]
    assert paths == [LIST, COUNT, EVENTS, TEMPLATES]
