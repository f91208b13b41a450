"""`/mmf/upload-csv`."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from fitness_pipeline.automation.dagster_home import dagster_instance
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs import get_all_runs
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.api.conftest import serving
from fitness_pipeline_tests.builders import Workout, write_export

COUNTS = ("inserted_count", "updated_count", "existing_runs", "total_runs_found", "rejected_count")

Upload = Callable[..., httpx.Response]


@pytest.fixture
def api_url(
    database_url: str, data_dir: Path, dagster_database: None, environment: pytest.MonkeyPatch
) -> Iterator[str]:
    """An API that takes uploads of up to a mebibyte."""
    environment.setenv("API_UPLOAD_MEBIBYTES", "1")
    with serving() as url:
        yield url


@pytest.fixture
def upload(editor: httpx.Client, data_dir: Path, tmp_path: Path) -> Iterator[Upload]:
    """A function that uploads workouts, or bytes; nothing of it stays in the folder."""

    def send(*content: Workout | bytes, name: str = "export.csv", **params: Any) -> httpx.Response:
        text = b"".join(part for part in content if isinstance(part, bytes))
        if workouts := [part for part in content if isinstance(part, Workout)]:
            text = write_export(tmp_path / name, workouts).read_bytes()
        files = {"file": (name, text, "text/csv")}
        return editor.post("/mmf/upload-csv", files=files, params=params, timeout=120)

    yield send
    folder = data_dir / "uploads"
    assert not folder.exists() or list(folder.iterdir()) == []


def counts(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [answer.json()[name] for name in COUNTS]


def test_an_export_becomes_runs_by_the_job_of_the_inbox(upload: Upload, connection: AnyConnection) -> None:
    workouts = (Workout(id=1), Workout(id=2), Workout(id=3, activity="Bike Ride"))
    answer = upload(*workouts)
    assert counts(answer) == [2, 0, 0, 2, 0]
    assert {run.id for run in get_all_runs(conn=connection)} == {"mmf_1", "mmf_2"}
    with dagster_instance(load_settings()) as instance:
        run = instance.get_run_by_id(answer.json()["dagster_run_id"])
    assert run is not None
    assert (run.job_name, run.is_success) == ("mapmyfitness", True)
    name = fetch_value(connection, "select name from raw.ingested_files")
    assert name == "export.csv"
    assert counts(upload(Workout(id=1), Workout(id=2), Workout(id=3, activity="Bike Ride"))) == [
        0,
        0,
        2,
        2,
        0,
    ]
    assert counts(upload(Workout(id=1), Workout(id=2, distance="4.0"), Workout(id=4))) == [1, 1, 2, 3, 0]


def test_bad_rows_are_rejected_alone_and_told_with_their_reason(
    upload: Upload, connection: AnyConnection
) -> None:
    bad = [Workout(id=number, distance="far") for number in range(2, 104)]
    answer = upload(Workout(id=1, day="May 6, 2025"), *bad, timezone="Asia/Tokyo")
    assert counts(answer) == [1, 0, 0, 1, 102]
    (run,) = get_all_runs(conn=connection)
    assert f"{run.datetime_utc:%Y-%m-%d %H:%M}" == "2025-05-06 03:00"
    rejected = answer.json()["rejected"]
    assert [row["row_number"] for row in rejected] == list(range(3, 103))
    assert "far" in rejected[0]["reason"]
    assert fetch_value(connection, "select count(*) from raw.rejects") == 102


def test_an_upload_removes_what_a_killed_process_left(editor: httpx.Client, data_dir: Path) -> None:
    leftover = data_dir / "uploads" / "leftover"
    leftover.mkdir(parents=True)
    os.utime(leftover, (0, 0))
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert editor.post("/mmf/upload-csv", content=b"--x--\r\n", headers=headers).status_code == 422
    assert not leftover.exists()


def test_bad_rows_that_came_before_are_rejected_again_and_a_known_file_is_said_to_be_left_unread(
    upload: Upload,
) -> None:
    bad = [Workout(id=2, distance="far"), Workout(id=3, activity="Walk"), Workout(id=3, activity="Hike")]
    assert counts(upload(Workout(id=1), *bad)) == [1, 0, 0, 1, 2]
    newer = upload(Workout(id=4), Workout(id=1), *bad)
    assert counts(newer) == [1, 0, 1, 2, 2]
    assert [row["row_number"] for row in newer.json()["rejected"]] == [4, 6]
    known = upload(Workout(id=1), *bad)
    assert counts(known) == [0, 0, 1, 1, 2]
    assert "already; nothing was read. What other exports said since" in known.json()["message"]


def test_uploads_at_once_each_tell_of_their_own(upload: Upload, connection: AnyConnection) -> None:
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda id: upload(Workout(id=id), name=f"{id}.csv"), [1, 2]))
    assert [counts(answer) for answer in answers] == [[1, 0, 0, 1, 0]] * 2
    assert len(get_all_runs(conn=connection)) == 2


def test_who_does_not_wait_gets_the_dagster_run_at_once(upload: Upload, connection: AnyConnection) -> None:
    answer = upload(Workout(id=1), wait=False)
    assert answer.status_code == 202
    assert answer.json()["dagster_run_id"]
    # The next one of its kind, so that one has ended then.
    assert counts(upload(Workout(id=1))) == [0, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "is not a MapMyFitness export"),
        ("Workout Date\n".encode("utf-16"), "expected UTF-8"),
    ],
    ids=["nothing", "no header", "UTF-16"],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(
    upload: Upload, content: bytes, sentence: str
) -> None:
    answer = upload(content)
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["body", "file"]
    assert sentence in problem["msg"]


def test_an_unknown_unit_is_refused_with_the_reason(upload: Upload, tmp_path: Path) -> None:
    export = write_export(tmp_path / "furlongs.csv", [Workout()], unit="furlong").read_bytes()
    (problem,) = upload(export).json()["detail"]
    assert "furlong" in problem["msg"]


def test_an_unknown_time_zone_is_refused(upload: Upload) -> None:
    answer = upload(Workout(), timezone="Mars/Olympus")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "timezone"]


@pytest.mark.parametrize("is_told", [True, False], ids=["with its length", "in chunks"])
def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_is_read(
    upload: Upload, editor: httpx.Client, is_told: bool
) -> None:
    def body(size: int) -> bytes:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        return head + b"," * size + b"\r\n--x--\r\n"

    def send(size: int) -> httpx.Response:
        content = body(size)
        pieces = (content[at : at + 65536] for at in range(0, len(content), 65536))
        return editor.post(
            "/mmf/upload-csv",
            content=content if is_told else pieces,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            timeout=120,
        )

    for size in (1024 * 1024 + 1, 3 * 1024 * 1024):
        refused = send(size)
        assert refused.status_code == 413
        assert refused.json() == {"detail": "At most 1 MiB are taken here. Send less."}
    assert send(1024 * 1024).status_code == 422


@pytest.mark.parametrize(
    ("content_type", "body", "sentence"),
    [
        ("text/csv", b"a,b", "Send it as multipart/form-data"),
        ("multipart/form-data", b"", "Send it as multipart/form-data"),
        ("multipart/form-data; boundary=x", b"", "ends before its last boundary"),
        ("multipart/form-data; boundary=x", b"rubbish", "no multipart/form-data that can be read"),
        ("multipart/form-data; boundary=" + "x" * 300, b"", "no multipart/form-data that can be read"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", "no file in the field 'file'"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\na,b\r\n--x--\r\n',
            "no file in the field 'file'",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b',
            "ends before its last boundary",
        ),
    ],
    ids=range(8),
)
def test_what_is_no_upload_is_refused(
    upload: Upload, editor: httpx.Client, content_type: str, body: bytes, sentence: str
) -> None:
    answer = editor.post("/mmf/upload-csv", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["body", "file"]
    assert sentence in problem["msg"]


def test_nobody_else_gets_so_far_as_to_send_a_file(viewer: httpx.Client, data_dir: Path) -> None:
    answer = viewer.post("/mmf/upload-csv", files={"file": ("a.csv", b"a,b")})
    assert answer.status_code == 403
    assert not (data_dir / "uploads").exists()
