"""The API in a process of its own, which ends in good order."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from fitness_pipeline.db.api_tokens import mint_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.stack.running import eventually, free_port

SERVE = """
from fitness_pipeline.api.serving import serve
from fitness_pipeline.settings import load_settings
from fitness_pipeline.stack.address import Address
serve(load_settings(), Address("127.0.0.1", {port}))
"""
UPLOAD = """POST /mmf/upload-csv HTTP/1.1\r
Host: api\r
Authorization: Bearer {token}\r
Content-Type: multipart/form-data; boundary=x\r
Content-Length: 1000\r
\r
--x\r
Content-Disposition: form-data; name="file"; filename="a.csv"\r
\r
and no more"""


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


def test_what_does_not_end_in_time_is_told_so_and_no_code_is_in_the_log(
    database_url: str, connection: AnyConnection, data_dir: Path, tmp_path: Path
) -> None:
    token = mint_token("phone", "editor", conn=connection).get_secret_value()
    port, log, uploads = free_port(), tmp_path / "api.log", data_dir / "uploads"
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-c", SERVE.format(port=port)], stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            eventually(lambda: answers(url), log.read_text)
            upgrade = {
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Version": "13",
            }
            page = httpx.get(f"{url}/oauth/google/callback?code=a-code", headers=upgrade)
            assert page.status_code == 400
            with socket.create_connection(("127.0.0.1", port), timeout=60) as uploading:
                uploading.sendall(UPLOAD.format(token=token).encode())
                eventually(lambda: uploads.exists() and any(uploads.iterdir()), log.read_text)
                process.send_signal(signal.SIGTERM)
                answer = b"".join(iter(lambda: uploading.recv(4096), b""))
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"The API was stopped before this was answered." in answer
    assert list(uploads.iterdir()) == []
    said = log.read_text()
    assert "GET /oauth/google/callback" in said
    assert "a-code" not in said
    assert "Traceback" not in said
