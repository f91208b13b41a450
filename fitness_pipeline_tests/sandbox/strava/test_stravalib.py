"""stravalib, a client that none of us wrote and that nobody changed, takes the stand-in for Strava."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from stravalib import Client, exc
from stravalib.util.limiter import get_rates_from_response_headers

from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.athlete import generated_world
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.server import StravaSandbox

TODAY = date(2026, 3, 10)
REAL = "https://www.strava.com"


class Detour(HTTPAdapter):
    """Sends what is meant for Strava to the stand-in; requests and replies stay as they are."""

    def __init__(self, sandbox: StravaSandbox) -> None:
        super().__init__()
        self._url = sandbox.url

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        """Send a request elsewhere."""
        assert request.url is not None
        request.url = request.url.replace(REAL, self._url)
        return super().send(request, *args, **options)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime(2026, 3, 10, 9, tzinfo=UTC))


@pytest.fixture
def sandbox(clock: SettableClock) -> Iterator[StravaSandbox]:
    with StravaSandbox(generated_world(today=TODAY), clock=clock) as serving:
        yield serving


@pytest.fixture
def client(sandbox: StravaSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Stravalib with the stand-in's credentials, and an access token that it got by itself."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    with requests.Session() as session:
        session.mount(REAL, Detour(sandbox))
        stravalib = Client(requests_session=session)
        credentials = sandbox.world.oauth.client
        stravalib.refresh_access_token(
            credentials.id, credentials.secret, sandbox.environment()["STRAVA_REFRESH_TOKEN"]
        )
        stravalib.token_expires = int(time.time()) + 10_000  # it looks at the machine's clock
        yield stravalib


def test_it_lists_every_activity(client: Client, sandbox: StravaSandbox) -> None:
    rows = sandbox.world.activities.rows()
    listed = list(client.get_activities())
    assert [activity.id for activity in listed] == [row["id"] for row in rows]
    for activity, row in zip(listed, rows, strict=True):
        assert activity.start_date == datetime.fromisoformat(row["start_date"])
        assert activity.distance == row["distance"]
        assert activity.elapsed_time == row["elapsed_time"]
        assert activity.average_heartrate == row.get("average_heartrate")
        assert activity.gear_id == row.get("gear_id")


def test_it_lists_a_window(client: Client, sandbox: StravaSandbox) -> None:
    after, before = datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 9, 1, tzinfo=UTC)
    expected = [
        row["id"]
        for row in sandbox.world.activities.rows()
        if after < datetime.fromisoformat(row["start_date"]) < before
    ]
    assert len(expected) > 20
    assert [one.id for one in client.get_activities(after=after, before=before)] == expected
    oldest = next(client.get_activities(after=after, limit=1))
    assert oldest.id == expected[-1]


def test_it_reads_every_kind_of_activity_in_detail(client: Client, sandbox: StravaSandbox) -> None:
    sandbox.limits.read = sandbox.limits.overall = Limit(1000, 1000)
    kinds = {
        (row["sport_type"], row["manual"], row["trainer"]): row for row in sandbox.world.activities.rows()
    }
    for row in kinds.values():
        detail = client.get_activity(row["id"])
        assert (detail.id, detail.name) == (row["id"], row["name"])
        assert (detail.gear is not None) == (sandbox.world.gear.find(row.get("gear_id")) is not None)


def test_it_reads_gear_and_the_athlete(client: Client, sandbox: StravaSandbox) -> None:
    for gear in sandbox.world.gear.all():
        read = client.get_gear(gear.id)
        assert (read.name, read.brand_name, read.resource_state) == (gear.name, gear.brand, 3)
        assert read.distance is not None
        assert read.distance > 0
    athlete = client.get_athlete()
    assert athlete.shoes is not None
    assert {shoe.id for shoe in athlete.shoes} < {gear.id for gear in sandbox.world.gear.all()}


def test_it_refreshes_an_expired_token_by_itself(
    client: Client, sandbox: StravaSandbox, clock: SettableClock
) -> None:
    old = client.refresh_token
    clock.advance(timedelta(hours=7))
    client.token_expires = 1
    assert client.get_athlete().id is not None
    assert client.refresh_token == sandbox.world.oauth.refresh_token != old


def test_it_exchanges_a_code(client: Client, sandbox: StravaSandbox) -> None:
    credentials = sandbox.world.oauth.client
    page = client.authorization_url(
        credentials.id, "http://localhost:1/", scope=["read", "activity:read_all"], state="abc"
    )
    redirect = client.protocol.rsession.get(page, allow_redirects=False).headers["Location"]
    code = parse_qs(urlsplit(redirect).query)["code"][0]
    bought = client.exchange_code_for_token(credentials.id, credentials.secret, code, return_athlete=True)
    assert isinstance(bought, tuple)
    info, athlete = bought
    assert info["expires_at"] == datetime(2026, 3, 10, 15, tzinfo=UTC).timestamp()
    assert athlete is not None
    assert athlete.id == sandbox.world.athlete_summary()["id"]


def test_it_understands_the_errors(client: Client, sandbox: StravaSandbox, clock: SettableClock) -> None:
    with pytest.raises(exc.ObjectNotFound):
        client.get_gear("g1")
    sandbox.world.is_application_active = False
    with pytest.raises(exc.ApplicationInactive):
        client.get_athlete()
    sandbox.world.is_application_active = True
    clock.advance(timedelta(hours=6))
    with pytest.raises(exc.AccessUnauthorized):
        client.get_athlete()
    sandbox.world.oauth.revoke()
    credentials = sandbox.world.oauth.client
    with pytest.raises(exc.Fault, match="RefreshToken"):
        client.refresh_access_token(credentials.id, credentials.secret, client.refresh_token or "")


def test_it_understands_the_rate_limits(client: Client, sandbox: StravaSandbox) -> None:
    seen = []
    client.protocol.rate_limiter = lambda headers, method: seen.append(
        get_rates_from_response_headers(headers, method)
    )
    sandbox.limits.use(quarter_hour=10, day=500)
    client.get_athlete()
    assert [tuple(rates) for rates in seen if rates] == [(11, 501, 100, 1000)]


def test_it_takes_its_leave(client: Client, sandbox: StravaSandbox) -> None:
    client.deauthorize()
    assert sandbox.world.oauth.refresh_token is None
