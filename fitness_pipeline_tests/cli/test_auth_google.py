"""Connecting Google by command: what the owner grants, and for how long."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.providers.google_calendar.consent import SCOPE
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline_tests.cli.browsers import pages
from fitness_pipeline_tests.cli.conftest import Run
from fitness_pipeline_tests.cli.consenting import consenting_google, count_stored

__all__ = ["pages"]


@pytest.fixture
def sandbox(
    environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name; nobody has granted anything yet."""
    with consenting_google(environment) as provider:
        yield provider.sandbox


def test_without_events_it_is_refused_before_a_code_is_used(
    run: Run, sandbox: GoogleCalendarSandbox, monkeypatch: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    def untick(url: str) -> bool:
        answer = httpx.URL(httpx.get(url).headers["Location"])
        httpx.get(answer.copy_set_param("scope", "openid"))
        return True

    monkeypatch.setattr("webbrowser.open", untick)
    ended = run("auth", "google")
    assert ended.code == 2
    assert "not one run could be put there" in ended.err
    assert sandbox.log.count("/token") == 0
    assert count_stored(connection) == 0


def test_an_application_in_testing_is_said_to_end_soon(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str]
) -> None:
    granted = {"access_token": "x", "expires_in": 3599, "refresh_token": "y", "scope": SCOPE}
    sandbox.faults.order(Answer(json_reply({**granted, "refresh_token_expires_in": 604799})), path="/token")
    ended = run("auth", "google")
    assert ended.code == 0
    assert "because your application is in testing. Publish it" in ended.out
