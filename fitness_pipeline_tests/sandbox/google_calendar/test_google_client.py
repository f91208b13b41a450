"""google-api-python-client, which nobody changed, takes the stand-in for Google."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import google_auth_httplib2
import httplib2
import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch, MissingPart
from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.grants import EVENTS
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.faults import Answer, Reset
from fitness_pipeline_tests.sandbox.google_calendar.callers import BATCH, LIST, body_of, path_of

MINE: Any = {"calendarId": "primary"}


class ClosingCredentials(Credentials):
    """Credentials of google-auth; the connection with which a batch refreshes them is closed, too."""

    def refresh(self, request: object) -> None:
        """Get another access token."""
        http = httplib2.Http(timeout=10)
        try:
            super().refresh(google_auth_httplib2.Request(http))  # type: ignore[no-untyped-call]
        finally:
            http.close()


@pytest.fixture
def sandbox(world: GoogleCalendarWorld) -> Iterator[GoogleCalendarSandbox]:
    """The world, served by the clock of this machine, at which google-auth looks."""
    with GoogleCalendarSandbox(world) as serving:
        yield serving


@pytest.fixture
def credentials(sandbox: GoogleCalendarSandbox) -> Credentials:
    """What google-auth gets an access token with, at the first request."""
    environment = sandbox.environment()
    return ClosingCredentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=sandbox.world.oauth.connect(),
        token_uri=environment["GOOGLE_TOKEN_URL"],
        client_id=environment["GOOGLE_CLIENT_ID"],
        client_secret=environment["GOOGLE_CLIENT_SECRET"],
        scopes=[EVENTS],
    )


@pytest.fixture
def service(sandbox: GoogleCalendarSandbox, credentials: Credentials) -> Iterator[Any]:
    """Google's client, built from the API description that it ships."""
    root = sandbox.environment()["GOOGLE_API_URL"]
    document = json.loads(get_static_doc("calendar", "v3"))
    document |= {"rootUrl": f"{root}/", "baseUrl": f"{root}/calendar/v3/"}
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=10))
    service = build_from_document(document, http=http)
    yield service
    service.close()
    http.close()


@pytest.fixture
def events(service: Any) -> Any:
    return service.events()


class Answers:
    """What the callback of a batch was told, by request id."""

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}
        self.errors: dict[str, tuple[int, str]] = {}

    def __call__(self, request_id: str, row: Any, error: HttpError | None) -> None:
        """Take what is told."""
        if error is None:
            self.rows[request_id] = row
        else:
            self.errors[request_id] = (error.status_code, error.error_details[0]["reason"])


def refused(request: Any) -> tuple[int, str]:
    """Return the status and the reason of the error with which a request ends."""
    with pytest.raises(HttpError) as caught:
        request.execute()
    return caught.value.status_code, caught.value.error_details[0]["reason"]


def test_it_makes_reads_changes_and_deletes_events(events: Any, calendar: Calendar) -> None:
    made = events.insert(**MINE, body=body_of("run12345", description="Läufe 🏃")).execute()
    assert made == calendar.find("run12345") == events.get(**MINE, eventId="run12345").execute()
    patched = events.patch(**MINE, eventId="run12345", body={"summary": "Long run"}).execute()
    assert (patched["summary"], patched["description"]) == ("Long run", "Läufe 🏃")
    updated = events.update(calendarId="runner@example.com", eventId="run12345", body=body_of()).execute()
    assert (updated["summary"], "description" in updated) == ("Run", False)
    events.delete(**MINE, eventId="run12345").execute()
    assert calendar.live() == []
    assert refused(events.delete(**MINE, eventId="run12345")) == (410, "deleted")
    assert refused(events.insert(**MINE, body=body_of("run12345"))) == (409, "duplicate")
    assert refused(events.get(**MINE, eventId="never1234")) == (404, "notFound")


def test_it_lists_all_pages(events: Any, calendar: Calendar) -> None:
    for number in range(5):
        properties = {"private": {"run": str(number), "pipeline": "yes"}}
        calendar.insert(body_of(f"run0000{number}", extendedProperties=properties))
    ids: list[str] = []
    request = events.list(**MINE, maxResults=2, timeMin="2026-03-01T00:00:00Z")
    while request is not None:
        page = request.execute()
        ids += [row["id"] for row in page["items"]]
        request = events.list_next(request, page)
    assert ids == [f"run0000{number}" for number in range(5)]
    found = events.list(
        **MINE, privateExtendedProperty=["pipeline=yes", "run=3"], fields="items(id)"
    ).execute()
    assert found == {"items": [{"id": "run00003"}]}


def test_a_batch_tells_of_each_call_by_itself(
    sandbox: GoogleCalendarSandbox, service: Any, events: Any, calendar: Calendar
) -> None:
    for event_id in ("live00001", "gone00001"):
        calendar.insert(body_of(event_id))
    calendar.delete_as_the_runner("gone00001")
    answers, single = Answers(), Answers()
    batch = service.new_batch_http_request(callback=answers)
    batch.add(events.insert(**MINE, body=body_of("made00001", summary="Läufe 🏃")), request_id="strava/1 ü")
    batch.add(events.insert(**MINE, body=body_of("live00001")), request_id="taken")
    batch.add(events.get(**MINE, eventId="gone00001"), request_id="read", callback=single)
    batch.add(events.delete(**MINE, eventId="live00001"), request_id="deleted")
    batch.add(events.delete(**MINE, eventId="gone00001"), request_id="gone")
    batch.add(events.patch(**MINE, eventId="never0001", body={"summary": "a"}), request_id="never")
    batch.add(
        events.update(calendarId="no@example.com", eventId="live00001", body=body_of()), request_id="where"
    )
    batch.execute()
    assert answers.rows.keys() == {"strava/1 ü", "read", "deleted"}
    assert answers.rows["strava/1 ü"] == calendar.find("made00001")
    assert answers.rows["read"]["status"] == "cancelled"
    assert single.rows.keys() == {"read"}
    assert answers.errors == {
        "taken": (409, "duplicate"),
        "gone": (410, "deleted"),
        "never": (404, "notFound"),
        "where": (404, "notFound"),
    }
    assert (sandbox.log.count(BATCH), sandbox.log.count(inner=True)) == (1, 7)


def test_an_etag_guards_a_change_within_a_batch_and_outside(
    service: Any, events: Any, calendar: Calendar
) -> None:
    ids = ("run00001", "run00002", "run00003")
    etags = {event_id: calendar.insert(body_of(event_id))["etag"] for event_id in ids}

    def guarded(method: Callable[..., Any], event_id: str, **body: Any) -> Any:
        request = method(**MINE, eventId=event_id, **body)
        request.headers["If-Match"] = etags[event_id]
        return request

    calendar.edit_as_the_runner("run00001", summary="Mine")
    patch: Any = {"body": {"summary": "Ours"}}
    assert refused(guarded(events.patch, "run00001", **patch)) == (412, "conditionNotMet")
    assert refused(guarded(events.update, "run00001", body=body_of())) == (412, "conditionNotMet")
    assert refused(guarded(events.delete, "run00001")) == (412, "conditionNotMet")
    answers = Answers()
    batch = service.new_batch_http_request(callback=answers)
    batch.add(guarded(events.patch, "run00001", **patch), request_id="edited")
    batch.add(guarded(events.patch, "run00002", **patch), request_id="as it was")
    batch.add(guarded(events.delete, "run00003"), request_id="away")
    batch.execute()
    assert answers.errors == {"edited": (412, "conditionNotMet")}
    assert [row["summary"] for row in calendar.live()] == ["Mine", "Ours"]


def test_it_gets_a_token_and_another_one_when_that_dies(
    sandbox: GoogleCalendarSandbox, service: Any, events: Any, credentials: Credentials
) -> None:
    events.insert(**MINE, body=body_of("run00001")).execute()
    first = credentials.token
    sandbox.world.oauth.kill_access_tokens()
    events.insert(**MINE, body=body_of("run00002")).execute()
    second = credentials.token
    sandbox.world.oauth.kill_access_tokens()
    answers = Answers()
    batch = service.new_batch_http_request(callback=answers)
    batch.add(events.insert(**MINE, body=body_of("run00003")))
    batch.add(events.insert(**MINE, body=body_of("run00004")))
    batch.execute()
    assert (len(answers.rows), answers.errors) == (2, {})
    assert len({first, second, credentials.token}) == 3
    told = [(entry.path, entry.status) for entry in sandbox.log.requests]
    token, batched = ("/token", 200), (BATCH, 200)
    assert told == [token, (LIST, 200), (LIST, 401), token, (LIST, 200), batched, token, batched]
    assert sorted(entry.status or 0 for entry in sandbox.log.inner_calls) == [200, 200, 401, 401]


def test_a_dead_refresh_token_is_its_own_error(sandbox: GoogleCalendarSandbox, events: Any) -> None:
    sandbox.world.oauth.revoke()
    with pytest.raises(RefreshError, match="Token has been expired or revoked") as caught:
        events.list(**MINE).execute()
    assert caught.value.retryable is False
    assert sandbox.log.count("/calendar/*") == 0


def test_it_understands_quotas(sandbox: GoogleCalendarSandbox, service: Any, events: Any) -> None:
    sandbox.limits.per_minute_per_user = 2
    answers = Answers()
    batch = service.new_batch_http_request(callback=answers)
    for number in range(5):
        batch.add(events.insert(**MINE, body=body_of(f"run0000{number}")))
    batch.execute()
    assert len(answers.rows) == 2
    assert list(answers.errors.values()) == [(403, "userRateLimitExceeded")] * 3
    sandbox.limits.quota_exceeded = True
    assert refused(events.list(**MINE)) == (403, "quotaExceeded")


def test_a_lost_answer_is_a_taken_id_for_whoever_tries_again(
    sandbox: GoogleCalendarSandbox, events: Any, calendar: Calendar
) -> None:
    sandbox.faults.order(Reset(moment="after"), path=LIST)
    with pytest.raises(ConnectionResetError):
        events.insert(**MINE, body=body_of("run12345")).execute()
    assert refused(events.insert(**MINE, body=body_of("run12345"))) == (409, "duplicate")
    assert len(calendar.live()) == 1


def test_it_takes_no_answer_of_a_batch_that_broke_off(
    sandbox: GoogleCalendarSandbox, service: Any, events: Any, calendar: Calendar
) -> None:
    def execute() -> Answers:
        answers = Answers()
        batch = service.new_batch_http_request(callback=answers)
        for number in range(4):
            batch.add(events.insert(**MINE, body=body_of(f"run0000{number}")))
        batch.execute()
        return answers

    sandbox.faults.order(EndOfBatch(), inner=True, skip=2)
    with pytest.raises(ConnectionResetError):
        execute()
    assert len(calendar.live()) == 2
    sandbox.faults.order(EndOfBatch(errors.backend_error(503)), inner=True, skip=3)
    with pytest.raises(HttpError, match="Backend Error"):
        execute()
    sandbox.faults.order(MissingPart(moment="after"), inner=True, at=2)
    with pytest.raises(KeyError):
        execute()
    assert len(calendar.live()) == 4
    sandbox.faults.order(Answer(errors.rate_limited(429)), inner=True, at=3)
    assert sorted(execute().errors.values()) == [(409, "duplicate")] * 3 + [(429, "rateLimitExceeded")]


def test_a_deleted_event_is_brought_back_or_refused(
    events: Any, world: GoogleCalendarWorld, calendar: Calendar
) -> None:
    calendar.insert(body_of("run12345"))
    calendar.delete_as_the_runner("run12345")
    world.refuses_reviving = True
    back = {"eventId": "run12345", "body": body_of(status="confirmed")}
    assert refused(events.update(**MINE, **back)) == (403, "forbidden")
    world.refuses_reviving = False
    assert events.update(**MINE, **back).execute()["status"] == "confirmed"
    assert path_of("run12345").endswith(calendar.live()[0]["id"])
