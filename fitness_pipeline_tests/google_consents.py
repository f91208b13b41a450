"""An owner of calendars who says yes on the page that the settings name, and is connected."""

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import httpx

from fitness_pipeline.providers.google_calendar.consent import new_verifier, read_consent
from fitness_pipeline.providers.google_calendar.oauth import consent_url
from fitness_pipeline.providers.google_calendar.token_replies import Grant
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.connect_google import connect_google
from fitness_pipeline.steps.google_client import configured_client
from fitness_pipeline.token_keys import TokenKeys

BACK = "http://127.0.0.1:9/callback"


def agree(*, now: datetime) -> Grant:
    """Connect Google."""
    settings, verifier = load_settings(), new_verifier()
    client = configured_client(settings)
    url = consent_url(settings.google_authorize_url, client.id, BACK, "", verifier)
    answer = dict(parse_qsl(urlsplit(httpx.get(url).headers["Location"]).query))
    consent = read_consent(answer, redirect_uri=BACK, verifier=verifier)
    return connect_google(client, consent, TokenKeys.of(settings), now=now)
