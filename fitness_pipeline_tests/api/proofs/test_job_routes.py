"""The routes that run Dagster jobs, asked by hand what a tool would ask them: each job takes seconds."""

from typing import Any

import httpx
import pytest

from fitness_pipeline_tests.api.proofs.test_openapi import JOBS

ODD: tuple[dict[str, Any], ...] = (
    {"params": {"full_sync": "perhaps"}},
    {"params": {"wait": "\N{SNOWMAN}"}},
    {"params": {"wait": "", "timezone": "Mars/Olympus"}},
    {"params": {"timezone": "a\0"}},
    {"params": {"timezone": "\N{SNOWMAN}" * 3000}},
    {"params": {"timezone": "../../etc/passwd"}},
    {},
    {"json": {"file": "none"}},
    {"content": b"\xff\0" * 500, "headers": {"Content-Type": "multipart/form-data"}},
    {"content": b"\xff\0" * 500, "headers": {"Content-Type": "multipart/form-data; boundary="}},
    {"content": b"--b\r\n\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
    {"content": b"--b\r\n" * 9000, "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
    {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=" + "b" * 3000}},
    {"files": {"another": b"a file"}},
    {"data": {"file": "no file"}},
)


@pytest.mark.parametrize("path", sorted(JOBS))
def test_odd_requests_are_refused_as_documented_before_a_job_begins(path: str, editor: httpx.Client) -> None:
    documented = set(editor.get("/openapi.json").json()["paths"][path]["post"]["responses"])
    for odd in ODD:
        answer = editor.post(path, **odd)
        assert str(answer.status_code) in documented - {"200", "202"}, (odd, answer.text)
        assert answer.status_code < 500 or "not connected" in answer.text or "HEVY_API_KEY" in answer.text
        assert answer.json()["detail"]
