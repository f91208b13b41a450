"""`fitness-pipeline calendar`, over a stand-in on a real socket."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection, record_needs_reauthorization
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, connected, known_events, run
from fitness_pipeline_tests.cli.conftest import Run

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=1000)


@pytest.fixture
def google(
    environment: pytest.MonkeyPatch, data_dir: Path, database_url: str, connection: AnyConnection
) -> Iterator[CalendarSyncer]:
    """A connected Google Calendar of the present that shows two runs, and not a third one of long ago."""
    create_runs(
        connection,
        run(1, datetime_utc=NOW - timedelta(days=1)),
        run(2, datetime_utc=NOW - timedelta(days=2)),
        run(3, datetime_utc=LONG_AGO),
    )
    with connected(environment, at=NOW) as syncer:
        syncer()
        yield syncer


def shown(google: CalendarSyncer) -> set[str]:
    return {run_id for run_id, _ in google.shown()}


def test_a_backfill_shows_older_runs_on_purpose(run: Run, google: CalendarSyncer) -> None:
    since = f"{LONG_AGO - timedelta(days=1):%Y-%m-%d}"  # where it was run it may still have been that day
    preview = run("calendar", "backfill", "--since", since, "--dry-run")
    assert "A sync would do this now: 1 create, 0 update, 0 delete." in " ".join(preview.out.split())
    assert shown(google) == {"strava_1", "strava_2"}
    assert run("calendar", "backfill", "--since", since).code == 0
    assert shown(google) == {"strava_1", "strava_2", "strava_3"}


def test_runs_are_taken_off_and_put_on_again(run: Run, google: CalendarSyncer) -> None:
    removed = run("calendar", "remove", "strava_1", "strava_1")
    assert removed.code == 0
    assert shown(google) == {"strava_2"}
    google.calendar.delete_as_the_runner(google.event("strava_2")["id"])
    told = json.loads(run("calendar", "resync", "strava_1", "strava_2", "strava_3", "--json").out)
    assert (told["created"], told["deleted_by_the_runner"], told["failures"]) == (3, 0, [])
    assert shown(google) == {"strava_1", "strava_2", "strava_3"}


@pytest.mark.parametrize("word", ["resync", "remove"])
def test_of_several_runs_one_that_there_is_not_stops_all(
    run: Run, google: CalendarSyncer, connection: AnyConnection, word: str
) -> None:
    before = known_events(connection)
    ended = run("calendar", word, "strava_1", "strava_9")
    assert ended.code == 2
    assert "There is no run 'strava_9'" in ended.err
    assert known_events(connection) == before


@pytest.mark.parametrize(
    "words",
    [("backfill", "--since", "2020-01-01"), ("resync", "strava_1"), ("remove", "strava_1"), ("disconnect",)],
    ids=lambda words: words[0],
)
def test_without_a_connection_it_says_how_to_connect(
    run: Run, data_dir: Path, database_url: str, words: tuple[str, ...]
) -> None:
    ended = run("calendar", *words)
    assert ended.code == 2
    assert "Google Calendar is not connected" in ended.err


def test_disconnecting_keeps_the_events_unless_it_is_told_otherwise(
    run: Run, google: CalendarSyncer, connection: AnyConnection
) -> None:
    ended = run("calendar", "disconnect")
    assert ended.code == 0
    assert "Google Calendar is disconnected." in ended.out
    assert "https://myaccount.google.com/connections" in ended.out
    assert find_connection("google", conn=connection) is None
    assert shown(google) == {"strava_1", "strava_2"}


def test_disconnecting_deletes_the_events_when_it_is_told_to(run: Run, google: CalendarSyncer) -> None:
    google.sandbox.faults.order(Answer(errors.forbidden()), inner=True, at=1)
    ended = run("calendar", "disconnect", "--remove-events")
    assert ended.code == 2
    assert "Google did not delete 1 events, so it is still connected." in " ".join(ended.err.split())
    ended = run("calendar", "disconnect", "--remove-events")
    assert ended.code == 0
    assert "1 events are deleted." in ended.out
    assert google.calendar.live() == []


def test_a_connection_that_is_dead_can_be_forgotten_but_not_used(
    run: Run, google: CalendarSyncer, connection: AnyConnection
) -> None:
    record_needs_reauthorization("google", "The token is dead.", conn=connection)
    ended = run("calendar", "disconnect", "--remove-events")
    assert (ended.code, find_connection("google", conn=connection) is None) == (2, False)
    assert "The token is dead." in ended.err
    assert run("calendar", "disconnect").code == 0
    assert find_connection("google", conn=connection) is None
