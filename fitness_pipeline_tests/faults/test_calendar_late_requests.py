"""What Google works on long after nobody waits for it any more does no harm."""

from collections.abc import Callable

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history
from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.world import PRIMARY
from fitness_pipeline.sandbox.serving.faults import Answer, Change
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import BATCH, run
from fitness_pipeline_tests.faults.calendar_fixtures import BeginWithCalendar
from fitness_pipeline_tests.faults.calendar_late import LateRequest
from fitness_pipeline_tests.faults.calendar_lives import Life
from fitness_pipeline_tests.faults.calendar_model import METRIC_TITLE, Look
from fitness_pipeline_tests.faults.calendar_stories import ADA, GONE, OTHER, QUIET, SHOWN
from fitness_pipeline_tests.faults.calendar_troubles import LATEST_WORK

NEW, NEW_TOO = "strava_9", "strava_8"


def create(life: Life, run_id: str) -> None:
    create_runs(life.connection, run(int(run_id.removeprefix("strava_")), datetime_utc=life.clock()))


def edit(life: Life, run_id: str) -> None:
    update_run_with_history(run_id, {"distance": 6.2}, ADA, conn=life.connection)


def edit_again(life: Life, run_id: str) -> None:
    update_run_with_history(run_id, {"distance": 7.3}, ADA, conn=life.connection)


def delete(life: Life, run_id: str) -> None:
    soft_delete_run(run_id, ADA, conn=life.connection)


def restore(life: Life, run_id: str) -> None:
    restore_run_version(run_id, 1, ADA, conn=life.connection)


def remove(life: Life, run_id: str) -> None:
    decline_event(run_id, PRIMARY, conn=life.connection)


def resync(life: Life, run_id: str) -> None:
    want_event_again(run_id, PRIMARY, conn=life.connection)


def sync(life: Life, run_id: str) -> None:
    life.sync()


Step = Callable[[Life, str], None]
# What the request is to do: the run that it is about, and what happened to that.
REQUESTS: dict[str, tuple[str, Step]] = {
    "insert": (NEW, create),
    "patch": (SHOWN, edit),
    "delete": (SHOWN, delete),
    "delete because it is not wanted": (SHOWN, remove),
    "revive": (GONE, restore),
}
# What happens until Google does it, before or after the next sync; and whether the run is to be shown then.
WHEN_SHOWN: dict[str, tuple[tuple[Step, ...], bool]] = {
    "nothing": ((), True),
    "an edit": ((edit_again,), True),
    "a deletion": ((delete,), False),
    "a deletion and a restoration": ((delete, restore), True),
    "a deletion that is synced and a restoration": ((delete, sync, restore), True),
    "a removal": ((remove,), False),
    "a removal and a resync": ((remove, resync), True),
    "a removal that is synced and a resync": ((remove, sync, resync), True),
    "a resync": ((resync,), True),
}
WHEN_DELETED: dict[str, tuple[tuple[Step, ...], bool]] = {
    "nothing": ((), False),
    "a restoration": ((restore,), True),
    "a restoration that is synced, and a deletion": ((restore, sync, delete), False),
    "a restoration and a deletion": ((restore, delete), False),
}
WHEN_REMOVED: dict[str, tuple[tuple[Step, ...], bool]] = {
    "nothing": ((), False),
    "a resync": ((resync,), True),
    "a resync that is synced, and a deletion": ((resync, sync, delete), False),
}
CASES = [
    (request, meanwhile, *stories[meanwhile])
    for request in REQUESTS
    for stories in [
        WHEN_DELETED if request == "delete" else WHEN_REMOVED if "not wanted" in request else WHEN_SHOWN
    ]
    for meanwhile in stories
]


@pytest.mark.parametrize("landing", ["after the look", "after the sync"])
@pytest.mark.parametrize(
    ("request_", "meanwhile", "steps", "is_shown"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES]
)
def test_a_late_request_does_no_harm(
    begin_with_calendar: BeginWithCalendar,
    request_: str,
    meanwhile: str,
    steps: tuple[Step, ...],
    is_shown: bool,
    landing: str,
) -> None:
    run_id, happens = REQUESTS[request_]
    with begin_with_calendar(QUIET) as life:
        late = LateRequest(life)
        happens(life, run_id)
        assert late.send()
        for step in steps:
            step(life, run_id)
        if landing == "after the look":
            life.sandbox.faults.order(Change(lambda _: late.be_worked_on()), path=BATCH, skip=1)
        life.sync()
        life.sandbox.faults.clear()
        late.be_worked_on()
        life.clock.advance(LATEST_WORK)
        life.sync()
        wanted = {*QUIET.wanted, run_id} if is_shown else {*QUIET.wanted} - {run_id}
        life.assert_it_shows(wanted, QUIET.look)
        life.clock.advance(LATEST_WORK)
        life.assert_nothing_is_left_to_do()


def test_a_late_patch_for_settings_that_are_as_before_again_is_taken_back(
    begin_with_calendar: BeginWithCalendar, environment: pytest.MonkeyPatch
) -> None:
    with begin_with_calendar(QUIET) as life:
        late = LateRequest(life)
        environment.setenv("CALENDAR_TITLE", METRIC_TITLE)
        assert late.send()
        environment.delenv("CALENDAR_TITLE")
        life.sync()
        late.be_worked_on()
        assert [shown.summary for shown in life.shown()] == ["Outdoor Run", "Outdoor Run"]
        life.clock.advance(LATEST_WORK)
        life.sync()
        life.assert_it_shows(QUIET.wanted, QUIET.look)
        life.assert_nothing_is_left_to_do()


def test_a_late_insert_into_a_calendar_that_was_left_behind_is_taken_back(
    begin_with_calendar: BeginWithCalendar, environment: pytest.MonkeyPatch
) -> None:
    with begin_with_calendar(QUIET) as life:
        late = LateRequest(life)
        create(life, NEW)
        assert late.send()
        environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
        life.sync()
        late.be_worked_on()
        life.clock.advance(LATEST_WORK)
        life.sync()
        life.assert_it_shows((*QUIET.wanted, NEW), Look(calendar=OTHER))
        life.assert_nothing_is_left_to_do()


def test_what_was_done_before_another_call_of_the_batch_was_refused_is_found(
    begin_with_calendar: BeginWithCalendar,
) -> None:
    with begin_with_calendar(QUIET) as life:
        for run_id in (NEW, NEW_TOO):
            create(life, run_id)
        # Google's client repeats what is refused for an expired token, and passes on what comes of that.
        life.sandbox.faults.order(Answer(errors.invalid_credentials()), inner=True)
        life.sandbox.faults.order(Answer(errors.rate_limited(429)), path=BATCH, skip=1, times=None)
        with pytest.raises(OutOfQuota):
            life.sync()
        assert len(life.shown()) == len(QUIET.wanted) + 1
        life.sandbox.faults.clear()
        for run_id in (NEW, NEW_TOO):
            delete(life, run_id)
        life.clock.advance(LATEST_WORK)
        life.sync()
        life.assert_it_shows(QUIET.wanted, QUIET.look)
        life.assert_nothing_is_left_to_do()


def test_two_requests_that_are_late_do_not_pass_for_a_deletion_by_the_runner(
    begin_with_calendar: BeginWithCalendar,
) -> None:
    with begin_with_calendar(QUIET) as life:
        deletion, patch = LateRequest(life), LateRequest(life)
        delete(life, SHOWN)
        assert deletion.send()
        restore(life, SHOWN)
        assert patch.send(skip=1)
        life.sandbox.faults.order(Change(lambda _: deletion.be_worked_on()), path=BATCH, skip=1)
        life.sync()
        patch.be_worked_on()
        life.clock.advance(LATEST_WORK)
        life.sync()
        life.assert_it_shows(QUIET.wanted, QUIET.look)
        life.assert_nothing_is_left_to_do()
