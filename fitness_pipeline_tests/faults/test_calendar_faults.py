"""Whatever goes wrong with whichever request of a sync of the calendar, it comes right in the end."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from fitness_pipeline.errors import FitnessPipelineError
from fitness_pipeline.providers.google_calendar import oauth
from fitness_pipeline.providers.google_calendar.service import calendar_service
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline_tests.calendar_sync import BATCH, TOKEN
from fitness_pipeline_tests.faults.calendar_fixtures import BeginWithCalendar
from fitness_pipeline_tests.faults.calendar_lives import Life
from fitness_pipeline_tests.faults.calendar_stories import FEW
from fitness_pipeline_tests.faults.calendar_troubles import CALL_TROUBLES, REQUEST_TROUBLES
from fitness_pipeline_tests.faults.troubles import SHORT_PATIENCE

REQUESTS = [TOKEN, BATCH, BATCH, BATCH]
CALLS = [["DELETE", "GET", "PATCH", "PATCH", "PATCH", "POST"], ["GET", "GET", "PATCH"], ["PATCH"]]
# What Google says of an event is believed: who looks at it or deletes it may be told that it is not there.
BELIEVED = {"a 404": ("GET", "DELETE"), "a 410": ("GET", "DELETE")}
# No failure is waited out for longer, and no syncs more are needed then.
LONG, SYNCS = timedelta(days=1), 4


def test_a_story_makes_the_requests_that_are_struck_below(begin_with_calendar: BeginWithCalendar) -> None:
    with begin_with_calendar(FEW) as life:
        work = life.sync()
        assert (work.created, work.updated, work.deleted, work.declined) == (2, 2, 1, 1)
        log = life.sandbox.log
        assert [request.path for request in log.requests] == REQUESTS
        numbers = [number for number, path in enumerate(REQUESTS, 1) if path == BATCH]
        assert [
            sorted(call.method for call in log.inner_calls if call.batch == number) for number in numbers
        ] == CALLS
        recover(life)


@pytest.mark.parametrize("name", REQUEST_TROUBLES)
def test_trouble_with_any_request_passes(
    begin_with_calendar: BeginWithCalendar, environment: pytest.MonkeyPatch, name: str
) -> None:
    trouble = REQUEST_TROUBLES[name]
    for number in range(1, len(REQUESTS) + 1):

        def is_struck(request: Request, number: int = number) -> bool:
            return request.number >= number

        with begin_with_calendar(FEW) as life, environment.context() as patience:
            if trouble.is_silent:
                assert calendar_service.__kwdefaults__ is not None
                patience.setitem(calendar_service.__kwdefaults__, "timeout_seconds", SHORT_PATIENCE)
                patience.setattr(oauth, "_PATIENCE_SECONDS", SHORT_PATIENCE)
            times = None if trouble.is_lasting else 1
            life.sandbox.faults.order(trouble.fault, when=is_struck, times=times)
            attempt(life)
            assert life.sandbox.log.count() >= number
            recover(life)


@pytest.mark.parametrize("name", CALL_TROUBLES)
def test_trouble_with_any_call_about_any_event_passes(
    begin_with_calendar: BeginWithCalendar, name: str
) -> None:
    for number in range(1, len(CALLS) + 1):
        with begin_with_calendar(FEW) as life:
            is_struck = is_nth_about_its_event(number, but=BELIEVED.get(name, ()))
            life.sandbox.faults.order(CALL_TROUBLES[name], inner=True, when=is_struck, times=None)
            attempt(life)
            recover(life)


def is_nth_about_its_event(number: int, but: tuple[str, ...]) -> Callable[[Request], bool]:
    """A condition that is met by the call of that number about each event, but for some methods."""
    numbers: Counter[str] = Counter()

    def is_it(request: Request) -> bool:
        is_insert = request.path.endswith("/events")
        event_id = json.loads(request.incoming.body)["id"] if is_insert else request.path
        numbers[event_id.rpartition("/")[2]] += 1
        return numbers[event_id.rpartition("/")[2]] == number and request.method not in but

    return is_it


def attempt(life: Life) -> None:
    """Sync, in vain or not; who says that all is done has done it."""
    try:
        work = life.sync()
    except FitnessPipelineError:
        return
    if not work.failed:
        life.assert_it_shows(FEW.wanted, FEW.look)


def recover(life: Life) -> None:
    """Without trouble, sync until there is nothing left to do."""
    life.sandbox.faults.clear()
    for _ in range(SYNCS):
        life.clock.advance(LONG)
        life.sandbox.log.clear()
        life.sync()
        if not life.sandbox.log.requests:
            break
    assert life.sandbox.log.requests == []
    life.assert_it_shows(FEW.wanted, FEW.look)
