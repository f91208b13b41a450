"""Whatever goes wrong with a sync of Strava, nothing that is printed, logged or stored tells a secret."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.errors import ProviderError
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Reset, Truncation
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline.steps.strava_session import open_strava_api
from fitness_pipeline_tests.cli.conftest import Run, run
from fitness_pipeline_tests.end_to_end.leaks import looked_at_closely, what_is_stored
from fitness_pipeline_tests.faults.strava_lives import HastySyncer, connect
from fitness_pipeline_tests.strava import LIST

__all__ = ["run"]

TOKEN, GEAR = "/oauth/token", "/api/v3/gear/*"
FAULTS: dict[str, Fault] = {
    "a 500": Answer(errors.server_error()),
    "an outage": Answer(errors.outage()),
    "a 429": Answer(errors.rate_limited()),
    "another 429": Answer(errors.rate_limited(shape="plain")),
    "a 401": Answer(errors.unauthorized()),
    "a missing scope": Answer(errors.missing_scope("activity:read_all")),
    "a 403": Answer(errors.application_inactive()),
    "a 404": Answer(errors.not_found()),
    "a dead refresh token": Answer(errors.bad_request("RefreshToken", "refresh_token", "invalid")),
    "a reset": Reset(),
    "a reset when the work is done": Reset(moment="after"),
    "half an answer": Truncation(),
    "half an answer that seems whole": Truncation(is_noticed=False, kept=0.9),
}


@pytest.fixture
def sandbox(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[StravaSandbox]:
    """A Strava that the settings name."""
    with StravaSandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        serving.world.gear.put(Gear(id="g1", brand="Brooks", model="Ghost 15"))
        now = datetime.now(UTC)
        for days in range(1, 4):
            serving.world.activities.add(Outing(start=now - timedelta(days=days), gear_id="g1"))
        yield serving


def test_what_failing_commands_leave_behind_tells_no_secret(
    run: Run,
    sandbox: StravaSandbox,
    database_url: str,
    data_dir: Path,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    world, faults = sandbox.world, sandbox.faults
    said: list[str] = []

    def sync(expected: str, *words: str) -> None:
        ended = run("sync", "strava", *words)
        said.extend((ended.out, ended.err))
        assert expected in ended.out + ended.err
        faults.clear()

    # The answer with the new refresh token is cut off, and the old one is dead.
    faults.order(Truncation(is_noticed=False), path=TOKEN)
    sync("does not accept the refresh token in STRAVA_REFRESH_TOKEN")
    environment.setenv("STRAVA_REFRESH_TOKEN", world.oauth.connect())
    faults.order(Answer(errors.server_error()), path=LIST)
    faults.order(Truncation(), path=LIST, skip=2)
    faults.order(Reset(), path=GEAR)
    sync("requests to Strava")
    faults.order(Answer(errors.unauthorized()), path=LIST)
    sync("refuses even an access token that is fresh")
    faults.order(Answer(errors.missing_scope("activity:read_all")), path=LIST)
    sync("You did not grant", "--full")
    world.is_application_active = False
    sync("has switched your application off", "--dry-run")
    world.is_application_active = True
    faults.order(Reset(), times=None)
    sync("does not answer properly", "--full")
    world.oauth.kill_access_tokens()
    faults.order(Answer(errors.bad_request("Application", "client_secret", "invalid")), path=TOKEN)
    sync("does not accept the application's id or secret")
    world.oauth.kill_refresh_token()
    sync("no longer accepts the stored refresh token")
    said.append(run("status").out)
    connect(world)
    sandbox.limits.use(quarter_hour=100, day=1000)
    sync("limit for this day is used up")

    found = {"what is printed": "\n".join(said), "what is logged": caplog.text}
    found |= what_is_stored(data_dir, database_url)
    key = load_settings().token_key_file
    assert f"the file {key.name}" in found
    # What is searched does hold what it must: otherwise nothing would be proved.
    searched = (
        ("what is printed", "Not done."),
        ("what is logged", "httpcore"),
        ("what is logged", TOKEN),
        ("table public.oauth_credentials", str(world.oauth.client.id)),
        ("table raw.strava_activities", "Garmin"),
        ("Dagster's table public.event_logs", "STEP_FAILURE"),
        ("Dagster's table public.event_logs", "does not answer properly"),
        ("Dagster's table public.runs", "full_sync"),
        ("Dagster's table public.snapshots", "raw__strava_activities"),
    )
    assert [(where, word) for where, word in searched if word not in found[where]] == []
    assert leaks(found, sandbox) == []
    del found[f"the file {key.name}"]
    assert [where for where, text in found.items() if key.read_text().strip() in text] == []


def test_no_error_tells_a_secret_however_closely_it_is_looked_at(
    sandbox: StravaSandbox, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock = SettableClock(datetime.now(UTC))
    sync = HastySyncer(sandbox, clock)
    found: dict[str, str] = {}
    for path in (TOKEN, LIST):
        for name, fault in FAULTS.items():
            environment.setenv("STRAVA_REFRESH_TOKEN", sandbox.world.oauth.connect())
            with suppress(ProviderError):
                connect(sandbox.world)
            clock.advance(timedelta(hours=12))
            sandbox.faults.order(fault, path=path, times=None)
            with pytest.raises(ProviderError) as raised:
                sync.read(is_full=True)
            sandbox.faults.clear()
            # What is sent to get a token is in variables; what is sent with one is not.
            found[f"{name} of {path}"] = looked_at_closely(raised.value, with_variables=path == LIST)
    found["what is logged"] = caplog.text
    with open_strava_api(load_settings(), is_live=True, clock=clock) as api:
        found["what is in use"] = repr((StravaAccess(load_settings()), api, vars(api), load_settings()))
    assert "settings = Settings(" in found[f"a 500 of {LIST}"]
    assert leaks(found, sandbox) == []


def leaks(found: dict[str, str], sandbox: StravaSandbox) -> list[str]:
    """Where a secret of Strava's is told."""
    secrets = sandbox.world.oauth.secrets()
    assert len(secrets) > 5
    return [where for where, text in found.items() if any(secret in text for secret in secrets)]
