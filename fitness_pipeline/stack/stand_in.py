"""The demo's providers: stand-ins on this machine, with accounts that are connected while they last."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import SecretStr

from fitness_pipeline.db.provider_connections import remove_connection
from fitness_pipeline.providers.google_calendar.consent import new_verifier
from fitness_pipeline.providers.google_calendar.consent import read_consent as read_google_consent
from fitness_pipeline.providers.google_calendar.oauth import PROVIDER as GOOGLE
from fitness_pipeline.providers.google_calendar.oauth import consent_url as google_consent_url
from fitness_pipeline.providers.oauth import new_state
from fitness_pipeline.providers.strava.consent import read_consent
from fitness_pipeline.providers.strava.oauth import PROVIDER, StravaClient, consent_url
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.hevy import lifter
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.strava.athlete import generated_world
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import Settings, load_settings
from fitness_pipeline.steps.connect_google import connect_google
from fitness_pipeline.steps.connect_strava import connect_strava
from fitness_pipeline.steps.google_client import configured_client
from fitness_pipeline.token_keys import TokenKeys

# Hevy is asked twice a second at most, for ten workouts each time; the demo is not to take minutes.
_HEVY_SINCE = date(2026, 6, 1)


@contextmanager
def stand_in_accounts(settings: Settings) -> Iterator[None]:
    """Play Strava and Hevy, with years of a person who does not exist, connected as others connect theirs.

    The environment of this process names the stand-ins meanwhile, for jobs that run here and for processes
    that are started. Afterwards nothing is connected any more.

    Args:
        settings: of the demo; its database is the one that is connected.

    Raises:
        FitnessPipelineError: an account cannot be connected.
    """
    with _strava(settings), _hevy():
        yield


@contextmanager
def stand_in_calendar(settings: Settings) -> Iterator[GoogleCalendarWorld]:
    """Play Google, with a calendar that is connected while it lasts; it is kept in a file of the demo's.

    Args:
        settings: of the demo; its database is the one that is connected.

    Yields:
        What Google knows.

    Raises:
        FitnessPipelineError: it cannot be connected.
    """
    world = GoogleCalendarWorld.kept_in(settings.stand_in_calendar_file, zone=settings.mmf_timezone)
    with GoogleCalendarSandbox(world) as sandbox, _in_environment(sandbox.environment()):
        client = configured_client(load_settings())
        verifier = new_verifier()
        back = "http://127.0.0.1/"
        url = google_consent_url(
            sandbox.environment()["GOOGLE_AUTHORIZE_URL"], client.id, back, new_state(), verifier
        )
        consent = read_google_consent(_answer_of(url), redirect_uri=back, verifier=verifier)
        connect_google(client, consent, TokenKeys.of(settings), now=datetime.now(UTC))
        try:
            yield world
        finally:
            remove_connection(GOOGLE)


@contextmanager
def _hevy() -> Iterator[None]:
    with (
        HevySandbox(lifter.generated_world(today=datetime.now(UTC).date(), since=_HEVY_SINCE)) as sandbox,
        _in_environment(sandbox.environment()),
    ):
        yield


@contextmanager
def _strava(settings: Settings) -> Iterator[None]:
    with StravaSandbox(generated_world(today=datetime.now(UTC).date())) as sandbox:
        client = StravaClient(
            id=str(sandbox.world.oauth.client.id),
            secret=SecretStr(sandbox.world.oauth.client.secret),
            token_url=sandbox.token_url,
        )
        url = consent_url(sandbox.authorize_url, client.id, "http://localhost/", new_state())
        connect_strava(client, read_consent(_answer_of(url)), TokenKeys.of(settings))
        variables = {
            "STRAVA_API_URL": sandbox.api_url,
            "STRAVA_TOKEN_URL": sandbox.token_url,
            "STRAVA_AUTHORIZE_URL": sandbox.authorize_url,
            # For who connects it once more, through the API.
            "STRAVA_CLIENT_ID": client.id,
            "STRAVA_CLIENT_SECRET": client.secret.get_secret_value(),
        }
        with _in_environment(variables):
            try:
                yield
            finally:
                remove_connection(PROVIDER)


def _answer_of(consent_url: str) -> dict[str, str]:
    """Return what a browser brings back: whom a stand-in asks says yes at once."""
    return dict(parse_qsl(urlsplit(httpx.get(consent_url).headers["Location"]).query))


@contextmanager
def _in_environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
