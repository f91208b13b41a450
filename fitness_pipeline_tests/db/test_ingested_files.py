"""Files are known by their content; one content has one row, which tells the last attempt."""

from typing import Any

import psycopg
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.ingested_files import find_file, list_files, record_file

CONTENT, OTHER_CONTENT = "a" * 64, "b" * 64


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "provider": "mmf",
        "sha256": CONTENT,
        "name": "export.csv",
        "size_bytes": 100,
        "status": "imported",
        "dagster_run_id": None,
        **changes,
    }


def test_a_content_that_was_never_read_is_unknown(scratch: AnyConnection) -> None:
    record_file(facts(), conn=scratch)
    assert find_file("mmf", OTHER_CONTENT, conn=scratch) is None
    assert find_file("strava", CONTENT, conn=scratch) is None


def test_a_file_is_recorded_with_what_was_found_in_it(scratch: AnyConnection) -> None:
    recorded = record_file(
        facts(
            unit="km",
            time_zone="Europe/Berlin",
            rows_found=6,
            rows_new=1,
            rows_changed=2,
            rows_unchanged=2,
            rows_rejected=1,
            activity_types={"Run": 5, "Walk": 1},
            dagster_run_id="run-1",
        ),
        conn=scratch,
    )
    assert recorded == find_file("mmf", CONTENT, conn=scratch)
    assert (recorded.name, recorded.size_bytes, recorded.unit, recorded.time_zone) == (
        "export.csv",
        100,
        "km",
        "Europe/Berlin",
    )
    assert (recorded.rows_found, recorded.rows_new, recorded.rows_changed) == (6, 1, 2)
    assert (recorded.rows_unchanged, recorded.rows_rejected) == (2, 1)
    assert (recorded.activity_types, recorded.dagster_run_id) == ({"Run": 5, "Walk": 1}, "run-1")


def test_the_last_attempt_replaces_the_one_before(scratch: AnyConnection) -> None:
    refused = record_file(facts(status="refused", refusal_reason="It was cut off."), conn=scratch)
    imported = record_file(facts(name="again.csv", rows_found=3), conn=scratch)
    assert imported.file_id == refused.file_id
    assert (imported.status, imported.refusal_reason, imported.name, imported.rows_found) == (
        "imported",
        None,
        "again.csv",
        3,
    )
    refused = record_file(facts(status="refused", refusal_reason="It is gone."), conn=scratch)
    assert (refused.status, refused.rows_found, refused.activity_types) == ("refused", 0, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "refused"},
        {"status": "imported", "refusal_reason": "why"},
        {"status": "lost"},
        {"sha256": "abc"},
    ],
    ids=str,
)
def test_a_record_that_contradicts_itself_is_refused(scratch: AnyConnection, changes: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), scratch.transaction():
        record_file(facts(**changes), conn=scratch)


def test_files_are_listed_newest_first_and_no_more_than_asked_for(connection: AnyConnection) -> None:
    record_file(facts(), conn=connection)
    record_file(facts(sha256=OTHER_CONTENT, name="newer.csv"), conn=connection)
    assert [file.name for file in list_files()] == ["newer.csv", "export.csv"]
    record_file(facts(), conn=connection)
    assert [file.name for file in list_files()] == ["export.csv", "newer.csv"]
    assert [file.name for file in list_files(1)] == ["export.csv"]


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str) -> None:
    recorded = record_file(facts())
    assert find_file("mmf", CONTENT) == recorded
