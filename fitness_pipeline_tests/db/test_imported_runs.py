"""What some files changed is counted by their rows, whichever job made runs of them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.imported_runs import (
    FileReject,
    ImportedRuns,
    RejectCounts,
    count_file_rejects,
    count_imported_runs,
    database_time,
    get_file_rejects,
)
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline_tests.builders import Importer, Workout


@pytest.fixture
def importer(scratch: AnyConnection, tmp_path: Path) -> Importer:
    return Importer(scratch, tmp_path)


@pytest.fixture
def now(scratch: AnyConnection) -> datetime:
    """When all that happens in a test happens."""
    found: datetime = fetch_value(scratch, "select now()")
    return found


def counts(importer: Importer, since: datetime, *file_ids: int) -> ImportedRuns:
    return count_imported_runs(file_ids, since, conn=importer.connection)


def test_the_runs_of_each_file_are_its_own(importer: Importer, now: datetime) -> None:
    first = importer.ingest(Workout(id=1), Workout(id=2)).file.file_id
    second = importer(Workout(id=3)).ingested.file.file_id
    assert counts(importer, now, first) == ImportedRuns(inserted=2, updated=0)
    assert counts(importer, now, second) == ImportedRuns(inserted=1, updated=0)
    assert counts(importer, now, first, second) == ImportedRuns(inserted=3, updated=0)
    assert counts(importer, now) == ImportedRuns(inserted=0, updated=0)


def test_what_was_there_before_is_not_new(importer: Importer, now: datetime) -> None:
    file_id = importer(Workout(id=1)).ingested.file.file_id
    later = now + timedelta(seconds=1)
    assert counts(importer, later, file_id) == ImportedRuns(inserted=0, updated=0)


def test_only_what_the_file_changed_is_updated(importer: Importer, now: datetime) -> None:
    importer(Workout(id=1), Workout(id=2))
    importer.connection.execute("update runs set created_at = now() - interval '1 day'")
    update_run_with_history("mmf_1", {"distance": 9.0}, "Ada", conn=importer.connection)
    changed = importer(Workout(id=1, distance="4.0"), Workout(id=2, distance="4.0"))
    assert counts(importer, now, changed.ingested.file.file_id) == ImportedRuns(inserted=0, updated=1)


def test_rejects_are_counted_and_the_first_ones_told(importer: Importer, scratch: AnyConnection) -> None:
    bad = importer(Workout(id=1, distance="far"), ["too", "few"], Workout(id=2, day="someday")).ingested.file
    other = importer(Workout(id=3, distance="far")).ingested.file
    assert count_file_rejects([bad.file_id], conn=scratch) == RejectCounts(total=3, told_apart=2)
    assert count_file_rejects([bad.file_id, other.file_id], conn=scratch).total == 4
    told = get_file_rejects([bad.file_id], 2, conn=scratch)
    assert [reject.row_number for reject in told] == [2, 3]
    assert all(isinstance(reject, FileReject) and reject.reason for reject in told)


def test_the_time_of_the_database_goes_on_within_a_transaction(scratch: AnyConnection, now: datetime) -> None:
    assert database_time(conn=scratch) > now
