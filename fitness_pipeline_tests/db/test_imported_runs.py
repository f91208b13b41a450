"""What some files changed is counted by their rows, whichever job made runs of them."""

from datetime import date, datetime, timedelta
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
from fitness_pipeline.db.rejects import dismiss_reject, get_rejects_of_files
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.builders import Importer, Workout, settings_in


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
    expected = RejectCounts(total=3, dismissed=0, by_activity_type={"Run": 2})
    assert count_file_rejects([bad.file_id], conn=scratch) == expected
    assert count_file_rejects([bad.file_id, other.file_id], conn=scratch).total == 4
    assert count_file_rejects([bad.file_id, bad.file_id], conn=scratch).total == 6
    told = get_file_rejects([bad.file_id], 2, conn=scratch)
    assert [reject.row_number for reject in told] == [2, 3]
    assert all(isinstance(reject, FileReject) and reject.reason for reject in told)


def test_a_bad_row_counts_in_each_file_in_which_it_stands(importer: Importer, scratch: AnyConnection) -> None:
    bad: list[Workout | list[str]] = [
        Workout(id=2, distance="far"),
        ["too", "few"],
        Workout(id=3, day="never"),
        Workout(id=3, seconds="x"),
    ]
    first = importer(*bad, Workout(id=1)).ingested.file.file_id
    second = importer(Workout(id=9), *bad).ingested.file.file_id
    for file_id, numbers in ((first, [2, 3, 4, 5]), (second, [3, 4, 5, 6])):
        assert count_file_rejects([file_id], conn=scratch).total == 4
        assert [told.row_number for told in get_file_rejects([file_id], 9, conn=scratch)] == numbers
        placed = get_rejects_of_files([file_id], conn=scratch)
        assert [(told.file_id, told.row_number) for told in placed] == [(file_id, row) for row in numbers]
    importer(Workout(id=2), Workout(id=3))
    assert count_file_rejects([second], conn=scratch).total == 1


def test_rows_that_come_twice_in_a_file_are_each_rejected(importer: Importer, scratch: AnyConnection) -> None:
    bad: list[Workout | list[str]] = [Workout(id=2, distance="far"), ["too", "few"]]
    file = importer(*bad, *bad, Workout(id=1, activity="Walk"), Workout(id=1, activity="Hike")).ingested.file
    counts = count_file_rejects([file.file_id], conn=scratch)
    assert (counts.total, counts.by_activity_type) == (5, {"Run": 2, "Hike": 1})


def test_a_row_of_the_future_is_rejected_until_its_day_has_come(
    importer: Importer, scratch: AnyConnection
) -> None:
    file_id = importer.ingest(Workout(id=1, day="May 6, 2099")).file.file_id
    assert count_file_rejects([file_id], conn=scratch).total == 0
    importer.normalize()
    assert count_file_rejects([file_id], conn=scratch).total == 1
    normalize("mmf", settings_in("Asia/Tokyo"), today=date(2099, 5, 6), conn=scratch)
    assert count_file_rejects([file_id], conn=scratch).total == 0


def test_dismissed_rows_are_counted_apart(importer: Importer, scratch: AnyConnection) -> None:
    file_id = importer(Workout(id=1, distance="far"), ["too", "few"]).ingested.file.file_id
    (first, _) = get_rejects_of_files([file_id], conn=scratch)
    dismiss_reject(first.reject_id, "Ada", conn=scratch)
    counts = count_file_rejects([file_id], conn=scratch)
    assert (counts.total, counts.dismissed, counts.by_activity_type) == (1, 1, {"Run": 1})
    assert [told.row_number for told in get_file_rejects([file_id], 9, conn=scratch)] == [3]


def test_the_time_of_the_database_goes_on_within_a_transaction(scratch: AnyConnection, now: datetime) -> None:
    assert database_time(conn=scratch) > now
