"""Which requests a sync makes, and in which order."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.serving.faults import Change
from fitness_pipeline_tests.calendar_sync import BATCH, CalendarSyncer, add_runs, event_id
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.sync_calendar.asking import batches, quiet


@pytest.mark.parametrize(("size", "expected"), [(50, 1), (4, 2), (2, 4), (7, 1)])
def test_changes_cost_a_batch_for_as_many_as_fit_and_no_reads(
    sync: CalendarSyncer,
    connection: AnyConnection,
    environment: pytest.MonkeyPatch,
    size: int,
    expected: int,
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", str(size))
    ids = add_runs(connection, 7)
    assert sync().requests == expected
    assert [method for batch in batches(sync) for method in batch] == ["POST"] * 7

    sync.sandbox.log.clear()
    for run_id in ids[:6]:
        edit(connection, run_id)
    delete(connection, ids[6])
    work = sync()
    assert (work.requests, work.plan.sentence) == (expected, "0 create, 6 update, 1 delete")
    assert sorted(method for batch in batches(sync) for method in batch) == ["DELETE", *["PATCH"] * 6]
    assert quiet(sync)


def test_newest_runs_come_first(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    ids = add_runs(connection, 4)
    shown: list[set[str]] = []
    sync.sandbox.faults.order(
        Change(lambda _: shown.append({run_id for run_id, _ in sync.shown()}), moment="after"),
        path=BATCH,
        times=None,
    )
    sync()
    assert shown == [set(ids[:2]), set(ids)]


def test_an_event_that_the_runner_changed_costs_two_more_batches(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 3)
    sync()
    sync.calendar.edit_as_the_runner(event_id(connection, "strava_1"), location="Lakefront Trail")
    for number in (1, 2, 3):
        edit(connection, f"strava_{number}")
    sync.sandbox.log.clear()
    sync()
    assert batches(sync) == [["PATCH"] * 3, ["GET"], ["PATCH"]]
