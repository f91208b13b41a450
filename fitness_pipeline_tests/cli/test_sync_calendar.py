"""`fitness-pipeline sync calendar`, over a stand-in on a real socket."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.cli.sync_calendar import CalendarSummary, calendar_remark, print_calendar_sync
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, connected, known_events, run, synced_runs
from fitness_pipeline_tests.cli.conftest import Run


@pytest.fixture
def google(
    environment: pytest.MonkeyPatch, data_dir: Path, database_url: str, connection: AnyConnection
) -> Iterator[CalendarSyncer]:
    """A connected Google Calendar of the present, as commands read the machine's clock; and three runs."""
    now = datetime.now(UTC)
    create_runs(connection, *(run(number, datetime_utc=now - timedelta(days=number)) for number in (1, 2, 3)))
    with connected(environment, at=now) as syncer:
        yield syncer


def test_a_sync_tells_what_it_will_do_what_it_did_and_that_nothing_has_changed(
    run: Run, google: CalendarSyncer, connection: AnyConnection
) -> None:
    preview = run("sync", "calendar", "--dry-run")
    assert preview.code == 0
    assert preview.out == ("Nothing was changed. A sync would do this now: 3 create, 0 update, 0 delete.\n")
    assert (google.sandbox.log.count(), known_events(connection)) == (0, [])

    first = run("sync", "calendar")
    assert first.code == 0
    assert first.out.splitlines() == [
        "events created  updated  deleted",
        "             3        0        0",
        "1 request to Google.",
    ]
    assert len(google.shown()) == 3

    again = json.loads(run("sync", "calendar", "--json").out)
    assert (again["plan"], again["requests"], again["failures"]) == ("0 create, 0 update, 0 delete", 0, [])


def test_a_refused_event_is_told_and_named_by_status(
    run: Run, google: CalendarSyncer, connection: AnyConnection
) -> None:
    google.sandbox.faults.order(Answer(errors.invalid("Bad thing.")), inner=True, at=2)
    told = run("sync", "calendar")
    assert told.code == 0
    assert "Google refused 1 events: `fitness-pipeline --env test status` tells why." in " ".join(
        told.out.split()
    )
    assert sorted(status for status, _, _ in synced_runs(connection).values()) == [
        "failed",
        "synced",
        "synced",
    ]
    status = " ".join(run("status").out.split())
    assert "Google refused 1 events, such as: Google answered 400 invalid: Bad thing." in status
    assert json.loads(run("status", "--json").out)["calendar"]["failed"] == 1


def test_what_keeps_a_sync_from_being_done_is_told_with_the_next_step(
    run: Run, google: CalendarSyncer
) -> None:
    google.calendar.role = "reader"
    ended = run("sync", "calendar")
    assert ended.code == 2
    assert "Set GOOGLE_CALENDAR_ID to a calendar of yours" in " ".join(ended.err.split())


def test_without_a_connection_it_says_how_to_connect(run: Run, data_dir: Path, database_url: str) -> None:
    for words in (["sync", "calendar"], ["sync", "calendar", "--dry-run"]):
        ended = run(*words)
        assert ended.code == 2
        assert "Google Calendar is not connected" in ended.err
        assert "fitness-pipeline --env test auth google" in " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (CalendarSummary(is_dry_run=False, plan="0 create, 0 update, 0 delete"), "Nothing has changed."),
        (
            CalendarSummary(is_dry_run=False, plan="1 update", deleted_by_the_runner=2),
            "2 events were deleted in Google Calendar. They stay so; `fitness-pipeline calendar resync RUN`",
        ),
        (CalendarSummary(is_dry_run=False, plan=None, failures=["No [quota]."]), "Not done. No [quota]."),
        (CalendarSummary(is_dry_run=False, plan=None, failed_checks=["So."]), "Look at this. So."),
    ],
)
def test_a_summary_says_what_matters(
    capfd: pytest.CaptureFixture[str], summary: CalendarSummary, told: str
) -> None:
    print_calendar_sync(summary)
    printed = capfd.readouterr()
    assert told in " ".join(f"{printed.out} {printed.err}".split())


def test_a_sync_of_runs_tells_what_it_did_to_the_calendar_besides() -> None:
    did = {"created": 2, "updated": 0, "deleted": 1}
    assert calendar_remark({"calendar_events": did}) == "Events on the calendar: 2 created, 1 deleted."
    assert calendar_remark({"calendar_events": dict.fromkeys(did, 0)}) is None
    assert calendar_remark({"runs": {"created": 2}}) is None
