"""`fitness-pipeline api`."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.db.api_tokens import mint_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.cli.conftest import Run
from fitness_pipeline_tests.stack.running import eventually, free_port


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_it_serves_until_it_is_stopped_and_its_log_has_no_secrets(
    database_url: str, connection: AnyConnection, tmp_path: Path, number: signal.Signals
) -> None:
    token = mint_token("dashboard", "viewer", conn=connection).get_secret_value()
    port, log = free_port(), tmp_path / "api.log"
    url = f"http://127.0.0.1:{port}"
    settings = {"ENV": "test", "DATABASE_URL": database_url, "FITNESS_DATA_DIR": str(tmp_path / "data")}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "fitness_pipeline.cli.app", "api", "--port", str(port)],
            env={"PATH": os.environ["PATH"], **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            eventually(lambda: answers(url), log.read_text)
            assert httpx.get(f"{url}/shoes", headers={"Authorization": f"Bearer {token}"}).status_code == 200
            query = {"state": "a-state", "code": "a-code"}
            assert httpx.get(f"{url}/oauth/strava/callback", params=query).status_code == 400
            process.send_signal(number)
            assert process.wait(60) == 0
        finally:
            process.kill()
    said = log.read_text()
    assert "GET /oauth/strava/callback HTTP/1.1" in said
    assert [secret for secret in (token, "a-state", "a-code") if secret in said] == []
    assert f"The REST API answers at {url}" in said
    assert "Traceback" not in said


def test_a_port_in_use_is_told_with_another_one(run: Run, database_url: str, data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        ended = run("api", "--port", port)
    assert ended.code == 2
    assert f"`fitness-pipeline --env test api --port {port + 1}`" in ended.err


def test_it_is_not_opened_to_others_before_there_is_a_token(
    run: Run, database_url: str, data_dir: Path
) -> None:
    ended = run("api", "--host", "0.0.0.0", "--port", free_port())  # noqa: S104
    assert ended.code == 2
    assert "`fitness-pipeline --env test token mint --name NAME --role viewer`" in ended.err
