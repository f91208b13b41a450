"""The REST API against the same queries by psycopg, and over a long history against a short one."""

import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path

import httpx
from pydantic import SecretStr

from fitness_pipeline.db.api_tokens import find_token, mint_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.run_changes import Signature, edit_run
from fitness_pipeline.db.runs import get_run_detail_by_id, get_run_details_in_date_range
from fitness_pipeline.sandbox.mapmyfitness.exports import write_export
from fitness_pipeline.sandbox.mapmyfitness.rows import compose_rows
from fitness_pipeline.sandbox.mapmyfitness.workouts import compose_workouts
from fitness_pipeline_tests.benchmarks.harness import best, drop_database, fresh_database, note, report

SHORT = 10_000
LONG = 1_000_000
REQUESTS = 200
FIRST, LAST = date(2016, 3, 1), date(2016, 3, 31)

DETAILS_OF_A_MONTH = f"/runs/details?start={FIRST}&end={LAST}"
EXPORT_ROWS, UPLOADS = 20_000, 3

_SERVE = """
import uvicorn
from fitness_pipeline.api.app import create_app
from fitness_pipeline.settings import load_settings
uvicorn.run(create_app(load_settings()), port={port}, log_level="warning", access_log=False)
"""


def benchmark_api(server: EmbeddedServer, folder: Path) -> None:
    """Print what HTTP costs on top of the queries, and of the command."""
    os.environ["FITNESS_DATA_DIR"] = str(folder)
    with history(server, SHORT) as (of_short, _), history(server, LONG) as (of_long, connection):
        short, long, plain = _medians(
            _asking(of_short, "GET", DETAILS_OF_A_MONTH),
            _asking(of_long, "GET", DETAILS_OF_A_MONTH),
            _querying(by_hand := mint_token("by hand", "editor", conn=connection), connection),
        )
        runs = len(get_run_details_in_date_range(FIRST, LAST, conn=connection))
        note(
            f"a month of /runs/details ({runs} runs): {short * 1000:.1f} ms of {SHORT:,} runs, "
            f"{long * 1000:.1f} ms of {LONG:,}; the same two queries by psycopg {plain * 1000:.1f} ms"
        )
        report("details_over_hundred_times_the_runs", long / short, 3, "<=")
        report("details_vs_psycopg", long / plain, 3, "<=")
        edited, plain = _medians(_editing(of_long), _editing_by_hand(by_hand, connection))
        note(f"an edit: {edited * 1000:.1f} ms by PATCH, the same queries by psycopg {plain * 1000:.1f} ms")
        report("patch_vs_psycopg", edited / plain, 3, "<=")
    uploaded, imported = best(
        UPLOADS, lambda: _upload_seconds(server, folder), lambda: _import_seconds(server, folder)
    )
    note(f"an export of {EXPORT_ROWS:,} rows: {uploaded:.2f} s over HTTP, {imported:.2f} s by the command")
    report("upload_vs_command", uploaded / imported, 1.3, "<=")


@contextmanager
def history(server: EmbeddedServer, runs: int) -> Iterator[tuple[httpx.Client, AnyConnection]]:
    """Yield an editor of an API, and a connection to its database, with a run a day and others before.

    Args:
        server: where the database is made.
        runs: how many.
    """
    with fresh_database(server) as (connection, name):
        connection.execute(
            """
            insert into shoes (id, name) values ('a_shoe', 'A shoe');
            insert into runs (id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id)
            select 'strava_' || number,
                   timestamptz '2016-03-31 12:00+00'
                       - make_interval(days => least(number, 100), secs => greatest(number - 100, 0)),
                   'Outdoor Run', 5, 2700, 'Strava', 150, 'a_shoe'
            from generate_series(0, %s) as number
            """.replace("%s", str(runs)).encode()
        )
        connection.execute(
            """
            insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance,
                                      duration, source, avg_heart_rate, shoe_id)
            select id, 1, 'original', datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id
            from runs
            """
        )
        connection.execute("vacuum analyze")
        with served(connection) as client:
            yield client, connection
    drop_database(server, name)


@contextmanager
def served(connection: AnyConnection) -> Iterator[httpx.Client]:
    """Serve the API of the settings in a process of its own; yield an editor."""
    token = mint_token("benchmark", "editor", conn=connection).get_secret_value()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", _SERVE.format(port=port)]) as process:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120) as client:
            while not _answers(client):
                time.sleep(0.1)
            yield client
        process.terminate()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").is_success
    except httpx.ConnectError:
        return False


def _medians(*actions: Callable[[], object]) -> list[float]:
    """Return the median of each action's seconds, measured in turns."""
    rounds = [[seconds_of(action) for action in actions] for _ in range(REQUESTS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def seconds_of(action: Callable[[], object]) -> float:
    """Return how long an action takes, without collecting garbage before as `seconds` does."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _asking(client: httpx.Client, method: str, path: str) -> Callable[..., None]:
    """Return what makes a request as plainly as can be, since what a client takes is not the API's."""
    connection = HTTPConnection(client.base_url.host, client.base_url.port or 80)
    headers = {"Authorization": client.headers["Authorization"], "Content-Type": "application/json"}

    def ask(body: str | None = None) -> None:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} was answered with {response.status}.")

    return ask


def _querying(token: SecretStr, connection: AnyConnection) -> Callable[[], object]:
    """Return what asks the database the same as a request does: whose token it is, and for a month's runs."""

    def query() -> object:
        find_token(token.get_secret_value(), conn=connection)
        return get_run_details_in_date_range(FIRST, LAST, conn=connection)

    return query


def _editing(client: httpx.Client) -> Callable[[], object]:
    distances = itertools.count(5)
    edit = _asking(client, "PATCH", "/runs/strava_3")
    return lambda: edit(json.dumps({"distance": next(distances)}))


def _editing_by_hand(token: SecretStr, connection: AnyConnection) -> Callable[[], object]:
    """Return what asks the database the same as an edit does: whose token it is, the edit, and the run."""
    distances = itertools.count(5)
    signature = Signature(changed_by="by hand", token_name="by hand")  # noqa: S106 - a name

    def edit() -> object:
        find_token(token.get_secret_value(), conn=connection)
        with connection.transaction():
            edit_run("strava_4", {"distance": next(distances)}, signature, conn=connection)
            return get_run_detail_by_id("strava_4", conn=connection)

    return edit


def _export(folder: Path) -> Path:
    path = folder / "upload.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write_export(file, compose_rows(compose_workouts(EXPORT_ROWS)))
    return path


def _upload_seconds(server: EmbeddedServer, folder: Path) -> float:
    with (
        fresh_database(server) as (connection, name),
        served(connection) as client,
        _export(folder).open("rb") as file,
    ):
        taken = seconds_of(lambda: client.post("/mmf/upload-csv", files={"file": file}).raise_for_status())
    drop_database(server, name)
    return taken


def _import_seconds(server: EmbeddedServer, folder: Path) -> float:
    command = [sys.executable, "-m", "fitness_pipeline.cli.app", "import", str(_export(folder))]
    with fresh_database(server) as (_, name):
        taken = seconds_of(lambda: subprocess.run(command, check=True, capture_output=True))
    drop_database(server, name)
    return taken
