"""More requests at once than there are threads and connections."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fitness_pipeline.api.app import create_app
from fitness_pipeline.db.api_tokens import mint_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.api.conftest import serving
from fitness_pipeline_tests.api.proofs.crowd import Answers, ask_at_once
from fitness_pipeline_tests.api.proofs.distant_postgres import DistantPostgres
from fitness_pipeline_tests.builders import create_runs, new_run

CLIENTS, POOL_SIZE, EACH = 200, 10, 3


@pytest.fixture
def distance(
    server: EmbeddedServer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> Iterator[None]:
    """A database whose every answer takes 10 ms longer."""
    with (
        tempfile.TemporaryDirectory() as folder,
        DistantPostgres(server, Path(folder), delay_seconds=0.01) as distant,
    ):
        environment.setenv("DATABASE_URL", distant.url(connection.info.dbname))
        yield


def ask(client: int, turn: int) -> tuple[str, str, object]:
    questions: tuple[tuple[str, str, object], ...] = (
        ("GET", "/runs/details?limit=10", None),
        ("PATCH", f"/runs/mmf_{client}", {"distance": 5 + turn}),
        ("GET", "/health", None),
        ("GET", "/metrics/mileage/total", None),
    )
    return questions[(client + turn) % len(questions)]


def test_two_hundred_at_once_are_answered_and_leave_no_connection_behind(
    distance: None, connection: AnyConnection, data_dir: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("API_POOL_SIZE", f"{POOL_SIZE}")
    create_runs(connection, *(new_run(f"mmf_{client}") for client in range(CLIENTS)))
    token = mint_token("a crowd", "editor", conn=connection).get_secret_value()
    app = create_app(load_settings())
    with serving(app) as url:
        answers = Answers()
        ask_at_once(url, token, CLIENTS, ask, goes_on=lambda turn: turn < EACH, answers=answers)
        assert answers.others == []
        assert answers.statuses == {200: EACH * CLIENTS}
        stats = app.state.pool.get_stats()
        assert stats["pool_size"] == stats["pool_available"] == POOL_SIZE
        sessions = "select count(*) from pg_stat_activity where application_name = 'fitness-pipeline api'"
        assert fetch_value(connection, sessions) == POOL_SIZE


def test_those_who_start_jobs_keep_no_thread_from_those_who_have_a_connection(
    connection: AnyConnection, data_dir: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("API_POOL_SIZE", "2")
    token = mint_token("a crowd", "editor", conn=connection).get_secret_value()
    answers = Answers()
    with serving() as url:
        ask_at_once(url, token, CLIENTS, ask_or_sync, goes_on=lambda turn: turn == 0, answers=answers)
    # Nobody is connected to Strava, which those who would sync are told.
    assert answers.statuses == {200: CLIENTS // 2, 503: CLIENTS // 2}
    assert {("Strava" in body) for _, body in answers.others} == {True}


def ask_or_sync(client: int, turn: int) -> tuple[str, str, object]:
    return ("POST", "/strava/sync", None) if client % 2 else ("GET", "/runs", None)
