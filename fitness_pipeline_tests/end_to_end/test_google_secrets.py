"""Whatever goes wrong with a sync of the calendar, nothing printed, logged or stored tells a secret."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.providers.google_calendar.service import calendar_service
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.oauth_errors import invalid_grant
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Reset, Scene, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.google_access import GoogleAccess
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.calendar_sync import BATCH, TOKEN, CalendarSyncer, connect_google, serving
from fitness_pipeline_tests.cli.conftest import Run, run
from fitness_pipeline_tests.end_to_end.leaks import looked_at_closely, what_is_stored

__all__ = ["run"]


@dataclass(frozen=True, slots=True)
class Repetition(Fault):
    """A refusal that repeats all that it knows."""

    def strike(self, scene: Scene, reply: Reply | None) -> Reply:
        """Refuse."""
        return errors.invalid(f"Bad Request of {', '.join(sorted(scene.world.oauth.secrets()))}.")


FAULTS: dict[str, Fault] = {
    "a 500": Answer(errors.backend_error()),
    "an outage": Answer(errors.outage()),
    "a 429": Answer(errors.rate_limited(429)),
    "a 403 for many calls": Answer(errors.rate_limited()),
    "a 403 for the quota": Answer(errors.quota_exceeded()),
    "a 401": Answer(errors.invalid_credentials()),
    "a missing scope": Answer(errors.insufficient_permissions()),
    "a 404": Answer(errors.not_found()),
    "a dead refresh token": Answer(invalid_grant("Token has been expired or revoked.")),
    "a refusal that repeats everything": Repetition(),
    "a reset": Reset(),
    "a reset when the work is done": Reset(moment="after"),
    "half an answer": Truncation(),
    "half an answer that seems whole": Truncation(is_noticed=False, kept=0.9),
}


@pytest.fixture
def clock() -> SettableClock:
    """The time, which is that of this machine for commands."""
    return SettableClock(datetime.now(UTC))


@pytest.fixture
def sandbox(
    environment: pytest.MonkeyPatch, data_dir: Path, connection: AnyConnection, clock: SettableClock
) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name, and runs for it."""
    runs = (new_run(f"strava_{days}", datetime_utc=clock() - timedelta(days=days)) for days in range(1, 4))
    create_runs(connection, *runs)
    with serving(clock, environment) as serving_one:
        yield serving_one


def test_what_failing_commands_leave_behind_tells_no_secret(
    run: Run,
    sandbox: GoogleCalendarSandbox,
    connection: AnyConnection,
    data_dir: Path,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    world, faults = sandbox.world, sandbox.faults
    said: list[str] = []

    def follow(url: str) -> bool:
        with caplog.at_level(logging.ERROR):  # the browser's own log is not ours
            httpx.get(url, follow_redirects=True)
        return True

    def command(expected: str, *words: str) -> None:
        ended = run(*words)
        said.extend((ended.out, ended.err))
        assert expected in " ".join((ended.out + ended.err).split())
        faults.clear()

    environment.setattr("webbrowser.open", follow)
    faults.order(Truncation(is_noticed=False), path=TOKEN)
    command("Google gave no token", "auth", "google")
    command("Google Calendar is connected", "auth", "google")
    faults.order(Repetition(), inner=True, at=1)
    faults.order(Truncation(is_noticed=False, kept=0.9), path=BATCH, skip=1)
    command("Google refused 1 events", "sync", "calendar")
    world.oauth.kill_access_tokens()
    faults.order(Answer(errors.backend_error()), path=TOKEN)
    command("it answered HTTP 500", "calendar", "resync", "strava_1", "strava_2", "strava_3")
    world.calendar().role = "reader"
    command("does not let you write to the calendar", "sync", "calendar")
    world.calendar().role = "owner"
    faults.order(Repetition(), path=BATCH)
    command("Google refused 3 events", "calendar", "resync", "strava_1", "strava_2", "strava_3")
    faults.order(Answer(errors.quota_exceeded()), path=BATCH)
    command("its quota is used up", "calendar", "resync", "strava_1")
    world.oauth.kill_access_tokens()
    world.oauth.kill_refresh_token()
    connection.execute("update normalized.calendar set paused_until = null")
    command("no longer accepts the stored refresh token", "sync", "calendar")
    said.append(run("status").out)

    found = {"what is printed": "\n".join(said), "what is logged": caplog.text}
    found |= what_is_stored(data_dir, connection.info.dsn)
    key = load_settings().token_key_file
    # What is searched does hold what it must: otherwise nothing would be proved.
    searched = (
        (f"the file {key.name}", ""),
        ("what is printed", "Not done."),
        ("what is logged", TOKEN),
        ("table public.oauth_credentials", world.oauth.client.id),
        ("table normalized.calendar_events", "Bad Request of"),
        ("table public.synced_runs", "Bad Request of"),
        ("Dagster's table public.event_logs", "STEP_FAILURE"),
        ("Dagster's table public.event_logs", "its quota is used up"),
        ("Dagster's table public.snapshots", "calendar_events"),
    )
    assert [(where, word) for where, word in searched if word not in found[where]] == []
    assert leaks(found, sandbox) == []
    del found[f"the file {key.name}"]
    assert [where for where, text in found.items() if key.read_text().strip() in text] == []


def test_no_error_tells_a_secret_however_closely_it_is_looked_at(
    sandbox: GoogleCalendarSandbox,
    connection: AnyConnection,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sync = CalendarSyncer(sandbox, clock)
    found: dict[str, str] = {}
    for path in (TOKEN, BATCH):
        for name, fault in FAULTS.items():
            connect_google(sandbox, clock())
            connection.execute("update normalized.calendar_events set unfinished = 'insert', retry_at = null")
            sandbox.faults.order(fault, path=path, times=None)
            try:
                found[f"the work with {name} of {path}"] = repr(sync())
            except ProviderError as error:
                # What is sent to get a token is in variables; what is sent with one is not.
                told = looked_at_closely(error, with_variables=path == BATCH)
                found[f"{name} of {path}"] = told
            sandbox.faults.clear()
            clock.advance(timedelta(days=1))
    found["what is told"] = "\n".join(sync.told)
    found["what is logged"] = caplog.text
    access = GoogleAccess(load_settings())
    credentials = access.credentials()
    service = calendar_service(load_settings().google_api_url, credentials)
    found["what is in use"] = repr((access, credentials, service, load_settings()))
    assert "settings = Settings(" in found[f"a missing scope of {BATCH}"]
    assert leaks(found, sandbox) == []


def leaks(found: dict[str, str], sandbox: GoogleCalendarSandbox) -> list[str]:
    """Where a secret of Google's is told."""
    secrets = sandbox.world.oauth.secrets()
    assert len(secrets) > 3
    return [where for where, text in found.items() if any(secret in text for secret in secrets)]
