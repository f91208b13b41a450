"""Providers whose account is connected by command, before anybody was asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.providers.google_calendar.consent import SCOPE
from fitness_pipeline.sandbox.google_calendar import errors as google_errors
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline.sandbox.strava import errors as strava_errors
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.google_access import GoogleAccess
from fitness_pipeline.steps.provider_access import ProviderAccess
from fitness_pipeline.steps.strava_access import StravaAccess

Served_co = TypeVar("Served_co", StravaSandbox, GoogleCalendarSandbox, covariant=True)

STRAVA_SCOPES = ["read", "activity:read", "activity:read_all"]


@dataclass(frozen=True, kw_only=True)
class Provider(Generic[Served_co]):
    """A provider that the settings name; nobody has granted anything yet.

    Attributes:
        name: as in `fitness-pipeline auth`.
        page: whose page people answer on.
        sandbox: where it is.
        scopes: what is granted by who says yes to everything.
        athlete_id: whose account it is, if that is told.
        authorize_url: where people are asked.
        token_path: where tokens are asked for.
        connected: what is said then.
        help: where it says how to make an application.
        access: opens access to the account.
        refusals: answers instead of tokens.
    """

    name: str
    page: str
    sandbox: Served_co
    scopes: Sequence[str]
    athlete_id: int | None
    authorize_url: str
    token_path: str
    connected: str
    help: str
    access: Callable[[], ProviderAccess]
    refusals: Sequence[Reply]


@contextmanager
def consenting_strava(environment: pytest.MonkeyPatch) -> Iterator[Provider[StravaSandbox]]:
    """A Strava."""
    with StravaSandbox() as sandbox:
        for name, value in sandbox.environment().items():
            if name != "STRAVA_REFRESH_TOKEN":
                environment.setenv(name, value)
        sandbox.world.oauth.revoke()
        yield Provider(
            name="strava",
            page="Strava's",
            sandbox=sandbox,
            scopes=STRAVA_SCOPES,
            athlete_id=ATHLETE_ID,
            authorize_url=sandbox.authorize_url,
            token_path="/oauth/token",  # noqa: S106 - a path
            connected="Strava is connected. Granted: read, activity:read, activity:read_all.",
            help="https://www.strava.com/settings/api",
            access=lambda: StravaAccess(load_settings()),
            refusals=(
                strava_errors.outage(),
                strava_errors.not_found(),
                strava_errors.bad_request("RequestToken", "", ""),
            ),
        )


@contextmanager
def consenting_google(environment: pytest.MonkeyPatch) -> Iterator[Provider[GoogleCalendarSandbox]]:
    """A Google."""
    with GoogleCalendarSandbox() as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield Provider(
            name="google",
            page="Google's",
            sandbox=sandbox,
            scopes=[SCOPE],
            athlete_id=None,
            authorize_url=sandbox.environment()["GOOGLE_AUTHORIZE_URL"],
            token_path="/token",  # noqa: S106 - a path
            connected="Google Calendar is connected.",
            help="docs/google-calendar.md",
            access=lambda: GoogleAccess(load_settings()),
            refusals=(
                google_errors.outage(),
                google_errors.not_found(),
                json_reply({"error": "invalid_grant"}, 400),
            ),
        )


def count_stored(connection: AnyConnection) -> int:
    """Count the accounts that are connected."""
    return int(fetch_value(connection, "select count(*) from oauth_credentials"))
