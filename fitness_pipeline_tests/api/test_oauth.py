"""`/oauth`: a person says yes on a provider's page, which sends the browser back to the API."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.api.app import create_app
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import record_needs_reauthorization
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import utc_now
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.token_keys import TokenKeys
from fitness_pipeline_tests.api.conftest import serving

BOTH = pytest.mark.parametrize("provider", ["strava", "google"])


@pytest.fixture
def strava(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[StravaSandbox]:
    """A Strava that the settings name; nobody has granted anything yet."""
    with StravaSandbox() as sandbox:
        for name, value in sandbox.environment().items():
            if name != "STRAVA_REFRESH_TOKEN":
                environment.setenv(name, value)
        yield sandbox


@pytest.fixture
def google(environment: pytest.MonkeyPatch) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name; nobody has granted anything yet."""
    with GoogleCalendarSandbox() as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield sandbox


@pytest.fixture
def apis() -> Iterator[ExitStack]:
    """APIs that are served to the end of a test."""
    with ExitStack() as served:
        yield served


@pytest.fixture
def api_url(strava: StravaSandbox, google: GoogleCalendarSandbox, apis: ExitStack) -> str:
    """An API that knows both."""
    return apis.enter_context(serving())


def answer_of(url: str) -> httpx.URL:
    """Where a person who says yes is sent."""
    return httpx.URL(httpx.get(url).headers["Location"])


def asked(editor: httpx.Client, provider: str) -> str:
    """The page of a new question."""
    answer = editor.get(f"/oauth/{provider}/authorize-url")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


def status(asking: httpx.Client, provider: str) -> tuple[bool, bool, bool]:
    """Whether it is authorized, its token lives, and a person is needed."""
    told = asking.get(f"/oauth/{provider}/status").json()
    return told["authorized"], told["access_token_valid"], told["needs_reauthorization"]


@BOTH
def test_saying_yes_once_is_all_it_takes(
    editor: httpx.Client, viewer: httpx.Client, stranger: httpx.Client, provider: str
) -> None:
    assert status(viewer, provider) == (False, False, False)
    assert viewer.get(f"/oauth/{provider}/status").json()["expires_at"] is None
    redirect = editor.get(f"/oauth/{provider}/authorize")
    assert redirect.status_code == 302
    back = answer_of(redirect.headers["Location"])
    assert (back.netloc, back.path) == (stranger.base_url.netloc, f"/oauth/{provider}/callback")
    page = stranger.get(back)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Thank you. It is connected" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert status(viewer, provider) == (True, True, False)
    expires_at = viewer.get(f"/oauth/{provider}/status").json()["expires_at"]
    assert datetime.fromisoformat(expires_at) > utc_now()


@BOTH
def test_an_answer_works_once(editor: httpx.Client, stranger: httpx.Client, provider: str) -> None:
    back = answer_of(asked(editor, provider))
    assert stranger.get(back).status_code == 200
    again = stranger.get(back)
    assert again.status_code == 400
    assert "the link was used before" in again.text


def test_an_answer_of_one_provider_is_none_of_another(
    editor: httpx.Client, stranger: httpx.Client, connection: AnyConnection
) -> None:
    back = answer_of(asked(editor, "strava"))
    elsewhere = back.copy_with(path="/oauth/google/callback")
    assert stranger.get(elsewhere).status_code == 400
    assert stranger.get(back).status_code == 400
    assert fetch_value(connection, "select count(*) from oauth_credentials") == 0


def test_an_answer_that_nobody_asked_for_is_refused_without_a_word_to_the_provider(
    strava: StravaSandbox, stranger: httpx.Client
) -> None:
    for query in ({}, {"state": "guessed", "code": "c"}, {"state": "\x00\ud800".encode("utf-8", "replace")}):
        page = stranger.get("/oauth/strava/callback", params=query)
        assert page.status_code == 400
    assert strava.log.requests == []
    assert stranger.get("/oauth/hevy/callback").status_code == 422


def test_an_answer_comes_too_late_after_ten_minutes(
    editor: httpx.Client, stranger: httpx.Client, connection: AnyConnection
) -> None:
    back = answer_of(asked(editor, "strava"))
    connection.execute("update normalized.oauth_states set expires_at = expires_at - interval '10 minutes'")
    assert stranger.get(back).status_code == 400


@BOTH
def test_saying_no_is_told_on_the_page(
    editor: httpx.Client,
    stranger: httpx.Client,
    strava: StravaSandbox,
    google: GoogleCalendarSandbox,
    provider: str,
) -> None:
    strava.world.oauth.denies = google.world.oauth.denies = True
    page = stranger.get(answer_of(asked(editor, provider)))
    assert page.status_code == 400
    assert "You said no" in page.text
    assert f"`GET /oauth/{provider}/authorize-url`" in page.text
    assert "fitness-pipeline" not in page.text
    assert status(editor, provider) == (False, False, False)


def test_what_is_missing_is_told_on_the_page(
    editor: httpx.Client, stranger: httpx.Client, strava: StravaSandbox
) -> None:
    strava.world.oauth.unticks = frozenset({"activity:read_all"})
    page = stranger.get(answer_of(asked(editor, "strava")))
    assert page.status_code == 200
    assert "activities that only you can see" in page.text


def test_a_provider_that_does_not_answer_is_told_of_on_the_page(
    editor: httpx.Client, stranger: httpx.Client, strava: StravaSandbox
) -> None:
    back = answer_of(asked(editor, "strava"))
    strava.faults.order(Answer(errors.outage()), path="/oauth/token", times=None)
    page = stranger.get(back)
    assert page.status_code == 502
    assert page.headers["content-type"].startswith("text/html")


def test_a_database_that_does_not_answer_is_told_of_on_the_page(apis: ExitStack, api_url: str) -> None:
    app = create_app(load_settings())
    url = apis.enter_context(serving(app))
    app.state.pool.close()
    page = httpx.get(f"{url}/oauth/strava/callback", params={"state": "a-state", "code": "a-code"})
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "The database does not answer just now." in page.text


def test_a_connection_that_a_person_must_renew_says_so(
    editor: httpx.Client, stranger: httpx.Client, connection: AnyConnection
) -> None:
    stranger.get(answer_of(asked(editor, "strava")))
    record_needs_reauthorization("strava", "Connect it again.", conn=connection)
    assert status(editor, "strava") == (False, False, True)
    stranger.get(answer_of(asked(editor, "strava")))
    assert status(editor, "strava") == (True, True, False)


def test_a_server_sends_the_browser_to_its_public_address(
    environment: pytest.MonkeyPatch, editor: httpx.Client, apis: ExitStack
) -> None:
    environment.setenv("API_PUBLIC_URL", "https://fitness.example.com/api/")
    url = apis.enter_context(serving())
    answer = httpx.get(f"{url}/oauth/strava/authorize-url", headers=editor.headers).json()
    back = httpx.URL(answer["url"]).params["redirect_uri"]
    assert back == "https://fitness.example.com/api/oauth/strava/callback"


def test_the_address_of_a_request_decides_nothing(editor: httpx.Client) -> None:
    answer = editor.get("/oauth/strava/authorize-url", headers={"Host": "evil.example.com"}).json()
    assert httpx.URL(answer["url"]).params["redirect_uri"].startswith("http://127.0.0.1:")


def test_a_key_that_was_replaced_meanwhile_asks_for_a_new_beginning(
    editor: httpx.Client, stranger: httpx.Client
) -> None:
    back = answer_of(asked(editor, "google"))
    key = TokenKeys.of(load_settings()).file
    key.unlink()
    TokenKeys.of(load_settings()).cipher_for_storing()
    page = stranger.get(back)
    assert page.status_code == 400
    assert "Begin again." in page.text


def test_what_goes_along_is_kept_as_a_hash_or_encrypted(
    editor: httpx.Client, google: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    state = httpx.URL(asked(editor, "google")).params["state"]
    assert len(state) == 43
    kept = fetch_value(connection, "select oauth_states::text from normalized.oauth_states")
    assert state not in kept
    verifier = fetch_value(connection, "select verifier from normalized.oauth_states")
    assert len(TokenKeys.of(load_settings()).cipher().decrypt(verifier)) == 86


def test_without_an_application_it_says_how_to_make_one(
    environment: pytest.MonkeyPatch, editor: httpx.Client, apis: ExitStack
) -> None:
    environment.delenv("STRAVA_CLIENT_ID")
    url = apis.enter_context(serving())
    answer = httpx.get(f"{url}/oauth/strava/authorize-url", headers=editor.headers)
    assert answer.status_code == 503
    assert "STRAVA_CLIENT_ID" in answer.json()["detail"]


def test_only_an_editor_may_ask_since_the_answer_decides_whose_account_it_is(
    viewer: httpx.Client, stranger: httpx.Client
) -> None:
    for path in ("/oauth/strava/authorize-url", "/oauth/strava/authorize"):
        assert (viewer.get(path).status_code, stranger.get(path).status_code) == (403, 401)
    assert stranger.get("/oauth/strava/status").status_code == 401
