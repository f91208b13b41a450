"""Google's own client goes where the settings say, with single requests and with batches."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from fitness_pipeline.providers.google_calendar.service import calendar_service
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Hold
from fitness_pipeline_tests.moments import NOW


@pytest.fixture
def sandbox() -> Iterator[GoogleCalendarSandbox]:
    """A Google whose clock stands still."""
    with GoogleCalendarSandbox(clock=SettableClock(NOW)) as serving:
        yield serving


def credentials(sandbox: GoogleCalendarSandbox) -> Any:
    oauth = sandbox.world.oauth
    return Credentials(token=oauth.refresh(oauth.connect(), NOW).access)


def test_requests_and_batches_go_to_the_address_of_the_settings(sandbox: GoogleCalendarSandbox) -> None:
    with closing(calendar_service(sandbox.url, credentials(sandbox))) as service:
        assert service.events().list(calendarId="primary").execute()["items"] == []
        batch = service.new_batch_http_request()
        batch.add(service.events().list(calendarId="primary"))
        batch.execute()
    assert [request.path for request in sandbox.log.requests] == [
        "/calendar/v3/calendars/primary/events",
        "/batch/calendar/v3",
    ]
    assert all(request.is_authorized for request in sandbox.log.requests)


def test_an_id_with_special_characters_is_quoted(sandbox: GoogleCalendarSandbox) -> None:
    calendar_id = "a/b c#1@group.calendar.google.com"
    sandbox.world.add_calendar(calendar_id)
    with closing(calendar_service(sandbox.url, credentials(sandbox))) as service:
        assert service.events().list(calendarId=calendar_id).execute()["summary"] == calendar_id


def test_who_does_not_answer_is_not_waited_for_for_ever(sandbox: GoogleCalendarSandbox) -> None:
    sandbox.faults.order(Hold())
    service = calendar_service(sandbox.url, credentials(sandbox), timeout_seconds=0.05)
    with closing(service), pytest.raises(TimeoutError):
        service.events().list(calendarId="primary").execute()
