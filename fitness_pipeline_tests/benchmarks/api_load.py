"""`python -m fitness_pipeline_tests.benchmarks.api_load`: crowds, a server that goes away, and memory."""

import itertools
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil

from fitness_pipeline.db import embedded
from fitness_pipeline.db.api_tokens import mint_token
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.api.proofs.crowd import Answers, ask_at_once
from fitness_pipeline_tests.api.proofs.distant_postgres import DistantPostgres
from fitness_pipeline_tests.benchmarks.api import history, served
from fitness_pipeline_tests.benchmarks.harness import fresh_database, note, own_server, report

CLIENTS, CROWD_SECONDS, DELAY_SECONDS = 200, 60, 0.01
OUTAGE_SECONDS, OUTAGE_CLIENTS = 45, 50
RUNS = 100_000
MEBIBYTE = 1024 * 1024

_OPEN = "select count(*) from pg_stat_activity where application_name = 'fitness-pipeline api'"
_BUSY = f"{_OPEN} and state <> 'idle'"


def main() -> None:
    """Run what the command line names of `crowd`, `outage` and `memory`, or all of it."""
    names = set(sys.argv[1:]) or {"crowd", "outage", "memory"}
    with own_server() as server, tempfile.TemporaryDirectory() as folder:
        os.environ["FITNESS_DATA_DIR"] = str(Path(folder) / "data")
        if "crowd" in names:
            crowd(server, Path(folder))
        if "memory" in names:
            memory(server)
        if "outage" in names:
            outage(server)


def crowd(server: EmbeddedServer, folder: Path) -> None:
    """Print what comes of 200 requests at once for a minute, with a database that is far away."""
    with (
        fresh_database(server) as (connection, name),
        DistantPostgres(server, folder, DELAY_SECONDS) as distant,
    ):
        _create_runs(connection)
        os.environ["DATABASE_URL"] = distant.url(name)
        with served(connection) as client:
            answers = Answers()
            end = time.monotonic() + CROWD_SECONDS
            _ask(client, connection, answers, CLIENTS, end)
            _tell("a crowd", answers)
            while fetch_value(connection, _BUSY):  # what an answer went out before
                time.sleep(0.01)
            opened, allowed = fetch_value(connection, _OPEN), load_settings().api_pool_size
            free = [seconds for _, seconds in zip(range(allowed), _seconds_of_health(client), strict=False)]
            note(f"afterwards {opened} connections are open, all of them idle; a pool has {allowed}")
            note(f"the next answers took {max(free) * 1000:.0f} ms at most")
        report("crowd_errors", len(answers.others), 0, "<=")
        report("crowd_connections_over_pool", opened / allowed, 1, "<=")


def outage(server: EmbeddedServer) -> None:
    """Print what comes of a crowd while the database is killed, and is back much later."""
    with fresh_database(server) as (connection, name):
        _create_runs(connection)
        answers, outage_answers = Answers(), Answers()
        with served(connection) as client, ThreadPoolExecutor(1) as pool:
            _ask(client, connection, answers, OUTAGE_CLIENTS, time.monotonic() + 5)
            token_end = time.monotonic() + OUTAGE_SECONDS + 15
            work = pool.submit(_ask, client, connection, outage_answers, OUTAGE_CLIENTS, token_end)
            while not outage_answers.statuses[200]:
                time.sleep(0.1)
            os.kill(server.pid, signal.SIGKILL)
            time.sleep(OUTAGE_SECONDS)
            embedded.ensure_running(server.data_dir)
            back = time.monotonic()
            before = outage_answers.statuses[200]
            while outage_answers.statuses[200] == before:
                time.sleep(0.01)
            recovered = time.monotonic() - back
            work.result()
        _tell(f"a crowd with an outage of {OUTAGE_SECONDS} s", outage_answers)
        note(f"the first success came {recovered:.1f} s after the server was back")
        report("outage_longest_wait_seconds", max(outage_answers.seconds), 11, "<=")
        report("outage_other_statuses", len(set(outage_answers.statuses) - {200, 503}), 0, "<=")
        with open_connection(server.url(name)) as again:
            report("outage_torn_runs", fetch_value(again, _TORN), 0, "<=")


_TORN = """
    select count(*) from runs where version is distinct from
        (select count(*) from runs_history where run_id = id)
"""


def memory(server: EmbeddedServer) -> None:
    """Print how the API's memory grows while one client reads all runs, page by page, again and again."""
    with history(server, RUNS) as (client, _):
        (process,) = (it for it in psutil.Process().children() if "uvicorn" in " ".join(it.cmdline()))
        walks = [_walk(client, process) for _ in range(4)]
        for pages, peak in walks:
            note(f"{pages} pages: at most {peak / MEBIBYTE:.1f} MiB")
        report("memory_of_last_walk_over_first", walks[-1][1] / walks[0][1], 1.05, "<=")


def _walk(client: httpx.Client, process: psutil.Process) -> tuple[int, int]:
    page, pages, runs, peak = "/runs", 0, 0, 0
    while page:
        answer = client.get(page).raise_for_status()
        pages, runs = pages + 1, runs + len(answer.json())
        peak = max(peak, process.memory_info().rss)
        page = answer.links.get("next", {}).get("url", "")
    assert runs == RUNS + 1
    return pages, peak


def _create_runs(connection: AnyConnection) -> None:
    connection.execute(
        """
        insert into runs (id, datetime_utc, type, distance, duration, source, avg_heart_rate)
        select 'strava_' || number, timestamptz '2026-01-01 12:00+00' - make_interval(days => number),
               'Outdoor Run', 5, 2700, 'Strava', 150
        from generate_series(0, 999) as number
        """
    )
    connection.execute(
        """
        insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance, duration,
                                  source, avg_heart_rate)
        select id, 1, 'original', datetime_utc, type, distance, duration, source, avg_heart_rate from runs
        """
    )


def _question(client: int, turn: int) -> tuple[str, str, object]:
    questions: tuple[tuple[str, str, object], ...] = (
        ("GET", "/runs/details?start=2025-12-01&end=2025-12-31", None),
        ("PATCH", f"/runs/strava_{client}", {"distance": 5 + turn}),
        ("GET", f"/runs/strava_{client}", None),
        ("GET", "/metrics/mileage/by-week?start=2025-06-01&end=2025-12-31", None),
        ("GET", "/health", None),
    )
    return questions[(client + turn) % len(questions)]


_crowds = itertools.count(1)


def _ask(client: httpx.Client, connection: AnyConnection, answers: Answers, clients: int, end: float) -> None:
    token = mint_token(f"a crowd {next(_crowds)}", "editor", conn=connection).get_secret_value()
    ask_at_once(
        str(client.base_url),
        token,
        clients,
        _question,
        goes_on=lambda _: time.monotonic() < end,
        answers=answers,
    )


def _tell(what: str, answers: Answers) -> None:
    seconds = sorted(answers.seconds)
    note(
        f"{what}: {len(seconds):,} answers, by status {dict(answers.statuses)}; half of them within "
        f"{statistics.median(seconds) * 1000:.0f} ms, 99 % within "
        f"{seconds[int(len(seconds) * 0.99)] * 1000:.0f} ms, all within {seconds[-1] * 1000:.0f} ms"
    )
    for status, body in answers.others[:5]:
        note(f"{status}: {body}")


def _seconds_of_health(client: httpx.Client) -> Iterator[float]:
    while True:
        started = time.perf_counter()
        client.get("/health").raise_for_status()
        yield time.perf_counter() - started


if __name__ == "__main__":
    main()
