"""Connecting a provider by command, with a browser that follows links and a person who answers at once."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection, record_needs_reauthorization
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.settings import load_settings
from fitness_pipeline.token_cipher import new_key
from fitness_pipeline_tests.cli.browsers import pages
from fitness_pipeline_tests.cli.conftest import Run
from fitness_pipeline_tests.cli.consenting import Provider, consenting_google, consenting_strava, count_stored

__all__ = ["pages"]

Opens = Callable[[pytest.MonkeyPatch], AbstractContextManager[Provider[Any]]]


@pytest.fixture(params=[consenting_strava, consenting_google], ids=["strava", "google"])
def provider(
    request: pytest.FixtureRequest, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[Provider[Any]]:
    """Each provider whose account is connected by command."""
    opens: Opens = request.param
    with opens(environment) as opened:
        yield opened


def row_of(run: Run, provider: Provider[Any]) -> list[str]:
    """The cells of a provider's row in what `status` prints."""
    lines = run("status").out.splitlines()
    (row,) = [line for line in lines if line.startswith(f"{provider.name} ")]
    return [cell.strip() for cell in row.split("  ") if cell]


def test_saying_yes_once_is_all_it_takes(
    run: Run, provider: Provider[Any], pages: list[str], connection: AnyConnection
) -> None:
    ended = run("auth", provider.name)
    assert ended.code == 0, ended.err
    assert f"{provider.authorize_url}?client_id=" in ended.out
    assert provider.connected in ended.out
    assert "Note:" not in ended.out
    assert "Thank you." in pages[0]
    known = find_connection(provider.name, conn=connection)
    assert known is not None
    assert (known.scopes, known.athlete_id, known.is_stored) == (provider.scopes, provider.athlete_id, True)
    token = provider.access().token().get_secret_value()
    assert provider.sandbox.world.oauth.scopes_of(token, datetime.now(UTC)) is not None
    assert provider.sandbox.log.count(provider.token_path) == 1


def test_saying_no_stores_nothing(
    run: Run, provider: Provider[Any], pages: list[str], connection: AnyConnection
) -> None:
    provider.sandbox.world.oauth.denies = True
    ended = run("auth", provider.name)
    assert ended.code == 2
    assert f"You said no on {provider.page} page." in ended.err
    assert "You said no" in pages[0]
    assert count_stored(connection) == 0


def test_an_answer_that_somebody_else_sends_is_refused_and_yours_still_counts(
    run: Run, provider: Provider[Any], monkeypatch: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    refused = []

    def follow(url: str) -> bool:
        back = httpx.URL(url).params["redirect_uri"]
        guess = {"state": "guessed", "code": "c", "scope": provider.scopes[0]}
        refused.append(httpx.get(back, params=guess).status_code)
        httpx.get(url, follow_redirects=True)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    assert run("auth", provider.name).code == 0
    assert refused == [400]
    assert count_stored(connection) == 1


def test_without_a_browser_the_link_is_printed_and_waiting_ends(
    run: Run, provider: Provider[Any], pages: list[str]
) -> None:
    ended = run("auth", provider.name, "--no-browser", "--timeout", "0.05")
    assert ended.code == 2
    assert "no answer within 0.05 seconds" in ended.err
    assert f"{provider.authorize_url}?client_id=" in ended.out
    assert pages == []


@pytest.mark.parametrize("missing", ["ID", "SECRET"])
def test_without_an_application_it_says_how_to_make_one(
    run: Run, provider: Provider[Any], environment: pytest.MonkeyPatch, missing: str
) -> None:
    variable = f"{provider.name.upper()}_CLIENT_{missing}"
    environment.delenv(variable)
    ended = run("auth", provider.name)
    assert ended.code == 2
    assert provider.help in ended.err
    assert variable in ended.err


def test_a_key_that_is_none_is_noticed_before_anybody_is_asked(
    run: Run, provider: Provider[Any], pages: list[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("TOKEN_ENCRYPTION_KEY", "hunter2")
    ended = run("auth", provider.name)
    assert ended.code == 2
    assert "TOKEN_ENCRYPTION_KEY does not hold a key" in ended.err
    assert "hunter2" not in ended.err
    assert pages == []


def test_status_tells_how_the_provider_is_connected(
    run: Run, provider: Provider[Any], pages: list[str], connection: AnyConnection
) -> None:
    command = f"fitness-pipeline auth {provider.name}"
    assert row_of(run, provider) == [provider.name, "not connected", command]
    assert run("auth", provider.name).code == 0
    assert row_of(run, provider)[1].startswith("connected since")
    reason = "It no longer accepts it."
    record_needs_reauthorization(provider.name, reason, conn=connection)
    assert row_of(run, provider) == [provider.name, f"needs re-authorisation: {reason}", command]
    (known,) = json.loads(run("status", "--json").out)["connections"]
    assert known["needs_reauthorization_reason"] == reason
    assert run("auth", provider.name).code == 0
    assert row_of(run, provider)[1].startswith("connected since")


def test_the_key_is_changed_and_the_next_step_is_told(
    run: Run, provider: Provider[Any], pages: list[str], environment: pytest.MonkeyPatch
) -> None:
    assert run("auth", provider.name).code == 0
    file = load_settings().token_key_file
    before = file.read_text()
    ended = run("auth", "rotate-key")
    assert ended.code == 0
    assert f"Encrypted anew: {provider.name}." in ended.out
    assert str(file) in ended.out
    assert file.read_text() != before
    provider.access().token()
    environment.setenv("TOKEN_ENCRYPTION_KEY", f"{new_key()},{file.read_text()}")
    assert "Now leave only the first key" in run("auth", "rotate-key").out
    provider.access().token()


def test_before_anything_is_stored_there_is_no_key_to_change(
    run: Run, data_dir: Path, database_url: str
) -> None:
    ended = run("auth", "rotate-key")
    assert ended.code == 0
    assert "No tokens are stored yet" in ended.out
    assert not load_settings().token_key_file.exists()


def test_nothing_that_is_printed_or_logged_tells_a_secret(
    run: Run,
    provider: Provider[Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def follow(url: str) -> bool:
        with caplog.at_level(logging.ERROR):  # the browser's own log is not ours
            httpx.get(url, follow_redirects=True)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    caplog.set_level(logging.DEBUG)
    told = []
    for refusal in (None, *provider.refusals):
        if refusal is not None:
            provider.sandbox.faults.order(Answer(refusal, moment="after"), path=provider.token_path)
        ended = run("auth", provider.name)
        assert (ended.code == 0) == (refusal is None)
        told += [ended.out, ended.err]
    told += [run("auth", "rotate-key").out, run("status").out, run("status", "--json").out]
    everything = "\n".join((*told, caplog.text))
    assert provider.token_path in caplog.text
    assert not [secret for secret in provider.sandbox.world.oauth.secrets() if secret in everything]
