"""The demo's Strava is connected while it lasts, and nobody is asked afterwards."""

import os

import httpx
import pytest

from fitness_pipeline.api.oauth_providers import PROVIDERS
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.errors import NotConnected, ProviderUnavailable
from fitness_pipeline.settings import load_settings
from fitness_pipeline.stack.stand_in import stand_in_accounts
from fitness_pipeline.steps.read_strava_activities import read_strava_activities
from fitness_pipeline.steps.strava_access import find_obstacle
from fitness_pipeline.steps.strava_plan import ReadRequest

pytestmark = pytest.mark.usefixtures("data_dir")


def test_it_can_be_synced_while_it_lasts_and_is_not_connected_afterwards(connection: AnyConnection) -> None:
    before = dict(os.environ)
    with stand_in_accounts(load_settings()):
        assert find_obstacle(load_settings(), conn=connection) is None
        assert read_strava_activities(load_settings(), ReadRequest()).new > 1000
    assert isinstance(find_obstacle(load_settings(), conn=connection), NotConnected)
    assert dict(os.environ) == before


def test_it_can_be_connected_once_more_through_the_api(
    connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    with stand_in_accounts(load_settings()):
        environment.setenv("ENV", "demo")
        url = PROVIDERS["strava"].ask(load_settings(), "http://127.0.0.1/", "a-state").url
        assert "code=" in httpx.get(url).headers["Location"]
        environment.setenv("ENV", "test")


def test_it_is_not_connected_any_more_when_something_went_wrong(connection: AnyConnection) -> None:
    with pytest.raises(ProviderUnavailable), stand_in_accounts(load_settings()):
        raise ProviderUnavailable("It is gone.")
    assert find_connection("strava", conn=connection) is None


def test_a_second_time_connects_again(connection: AnyConnection) -> None:
    for _ in range(2):
        with stand_in_accounts(load_settings()):
            known = find_connection("strava", conn=connection)
            assert known is not None
            assert known.is_stored


def test_without_a_stand_in_the_demo_asks_nobody(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ENV", "demo")
    settings = load_settings()
    assert {settings.strava_api_url, settings.strava_token_url, settings.strava_authorize_url} == {
        "http://127.0.0.1:9"
    }
    environment.setenv("STRAVA_API_URL", "http://127.0.0.1:8900/api/v3")
    assert load_settings().strava_api_url == "http://127.0.0.1:8900/api/v3"
