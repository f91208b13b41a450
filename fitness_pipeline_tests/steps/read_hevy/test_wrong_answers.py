"""What is no proper answer fails the sync, and moves nothing."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import (
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, HevySyncer, calls, hevy_rows, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR, payloads, watermark, workouts_of

WRONG: dict[str, tuple[Fault, type[ProviderError]]] = {
    "401": (Answer(errors.unauthorized()), PermissionRefused),
    "403": (Answer(errors.forbidden()), PermissionRefused),
    "400": (Answer(errors.invalid_page_size()), UnexpectedReply),
    "404": (Answer(errors.not_found()), UnexpectedReply),
    "429": (Answer(errors.rate_limited()), ProviderUnavailable),
    "429 for an hour": (Answer(errors.rate_limited(3600)), OutOfQuota),
    "an outage": (Answer(errors.outage()), ProviderUnavailable),
    "an outage that says 404": (Answer(errors.outage(404)), ProviderUnavailable),
    "an outage that says 200": (Answer(errors.outage(200)), ProviderUnavailable),
    "an error that says 200": (Answer(json_reply({"error": "Internal Server Error"})), UnexpectedReply),
    "another list": (Answer(json_reply({"page": 1, "page_count": 1, "routines": []})), UnexpectedReply),
    "no list": (Answer(json_reply([])), UnexpectedReply),
    "null": (Answer(json_reply(None)), UnexpectedReply),
    "nothing": (Answer(Reply(200)), ProviderUnavailable),
    "cut off": (Truncation(is_noticed=False), ProviderUnavailable),
    "a reset": (Reset(), ProviderUnavailable),
}


def is_second_page(request: Request) -> bool:
    return request.query.get("page") == "2"


@pytest.mark.parametrize("path", [LIST, EVENTS, COUNT])
@pytest.mark.parametrize(("fault", "error"), WRONG.values(), ids=WRONG)
def test_what_is_no_proper_answer_fails_the_sync_and_moves_nothing(
    hevy: HevySandbox,
    sync: HevySyncer,
    clock: SettableClock,
    connection: AnyConnection,
    path: str,
    fault: Fault,
    error: type[ProviderError],
) -> None:
    sync.add(15)
    sync.read()
    clock.advance(DAY)
    sync.add(2, every=HOUR)
    hevy.world.workouts.delete(hevy.world.workouts.ids()[9])
    before = hevy_rows(connection)
    hevy.faults.order(fault, path=path, times=None)
    with pytest.raises(error) as raised:
        sync.read(is_full=path != EVENTS)
    assert "Try again later" in str(raised.value) or "HEVY_API" in str(raised.value) or error is OutOfQuota
    assert watermark(connection) == NOW - HOUR
    assert stored(connection, is_deleted=True) == set()
    if path != COUNT:
        assert hevy_rows(connection) == before
    hevy.faults.clear()
    sync.read(is_full=path != EVENTS)
    assert stored(connection) == set(hevy.world.workouts.ids())


@pytest.mark.parametrize("path", [LIST, EVENTS])
def test_a_page_that_is_missing_in_the_middle_is_not_the_end(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection, path: str
) -> None:
    ids = sync.add(35)
    if path == EVENTS:
        sync.read()
        clock.advance(DAY)
        for workout_id in ids:
            hevy.world.workouts.edit(workout_id, title="Edited")
    missing = Answer(errors.page_not_found())
    hevy.faults.order(missing, path=path, when=is_second_page, times=2)
    moved = watermark(connection)
    with pytest.raises(UnexpectedReply, match="no page 2, but also that there are 4 pages"):
        sync.read()
    assert watermark(connection) == moved
    hevy.faults.order(missing, path=path, when=is_second_page)
    sync.read()
    assert payloads(connection) == workouts_of(hevy.world)
    assert stored(connection, is_deleted=True) == set()


def test_pages_that_never_end_are_not_asked_for_ever(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(1)
    (row,) = hevy.world.workouts.rows()
    for number in range(1, 100):
        page = {"page": number, "page_count": number + 1, "workouts": [row]}
        hevy.faults.order(Answer(json_reply(page)), path=LIST, at=number)
    with pytest.raises(UnexpectedReply, match="again and again"):
        sync.read()
    assert len(calls(hevy)) < 30
