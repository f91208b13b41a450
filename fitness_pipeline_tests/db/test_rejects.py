"""Rows that could not be understood are kept with their reason until something resolves them."""

from dataclasses import replace

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.ingested_files import record_file
from fitness_pipeline.db.overview import get_overview
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.rejects import (
    NewReject,
    Reject,
    count_open_rejects,
    dismiss_reject,
    get_open_rejects,
    keep_rejects,
)
from fitness_pipeline.errors import InvalidValue


@pytest.fixture
def file_ids(scratch: AnyConnection) -> list[int]:
    """Two files, the newer one last."""
    return [
        record_file(
            {
                "provider": "mmf",
                "sha256": letter * 64,
                "name": f"{letter}.csv",
                "size_bytes": 1,
                "status": "imported",
                "dagster_run_id": None,
            },
            conn=scratch,
        ).file_id
        for letter in "ab"
    ]


def keep(connection: AnyConnection, *rejects: NewReject, provider: str = "mmf") -> None:
    keep_rejects(connection, rejects, provider=provider, stage="extract", dagster_run_id="run-1")


def reject(key: str, file_id: int | None, row_number: int | None, reason: str = "Why.") -> NewReject:
    return NewReject(
        raw_key=key, file_id=file_id, row_number=row_number, reason=reason, payload={"text": key}
    )


def places(rejects: list[Reject]) -> list[tuple[str | None, int | None]]:
    return [(reject.file_name, reject.row_number) for reject in rejects]


def test_rejects_are_kept_with_place_reason_and_row(scratch: AnyConnection, file_ids: list[int]) -> None:
    keep(scratch, reject("a,b", file_ids[0], 7, "It has 2 cells."))
    (kept,) = get_open_rejects(conn=scratch)
    assert (kept.provider, kept.raw_key, kept.file_name, kept.row_number) == ("mmf", "a,b", "a.csv", 7)
    assert (kept.reason, kept.payload) == ("It has 2 cells.", {"text": "a,b"})


def test_a_row_that_is_rejected_again_tells_its_newest_place(
    scratch: AnyConnection, file_ids: list[int]
) -> None:
    keep(scratch, reject("a,b", file_ids[0], 7))
    scratch.execute("update raw.rejects set resolved_at = now()")
    keep(scratch, reject("a,b", file_ids[1], 8, "Still."))
    (kept,) = get_open_rejects(conn=scratch)
    assert (kept.file_name, kept.row_number, kept.reason) == ("b.csv", 8, "Still.")


def test_rejects_come_newest_file_first_then_by_row(scratch: AnyConnection, file_ids: list[int]) -> None:
    older, newer = file_ids
    keep(
        scratch, reject("1", older, 5), reject("2", newer, 9), reject("3", newer, 2), reject("4", None, None)
    )
    expected = [("b.csv", 2), ("b.csv", 9), ("a.csv", 5), (None, None)]
    assert places(get_open_rejects(conn=scratch)) == expected
    assert places(get_open_rejects(limit=2, conn=scratch)) == expected[:2]


def test_rejects_can_be_read_of_one_provider_alone(scratch: AnyConnection, file_ids: list[int]) -> None:
    keep(scratch, reject("1", file_ids[0], 5))
    keep(scratch, reject("1", None, None), provider="strava")
    assert places(get_open_rejects("mmf", conn=scratch)) == [("a.csv", 5)]
    assert places(get_open_rejects("strava", conn=scratch)) == [(None, None)]


def test_resolved_rejects_do_not_count(scratch: AnyConnection, file_ids: list[int]) -> None:
    keep(scratch, reject("1", file_ids[0], 5), reject("2", file_ids[0], 6))
    assert count_open_rejects(conn=scratch) == 2
    scratch.execute("update raw.rejects set resolved_at = now() where raw_key = '1'")
    assert count_open_rejects(conn=scratch) == 1
    assert places(get_open_rejects(conn=scratch)) == [("a.csv", 6)]


def test_a_dismissed_reject_is_kept_and_told_of_no_more(scratch: AnyConnection, file_ids: list[int]) -> None:
    keep(scratch, reject("1", file_ids[0], 5), reject("2", file_ids[0], 6))
    first, _ = get_open_rejects(conn=scratch)
    dismiss_reject(first.reject_id, "Ada", conn=scratch)
    assert places(get_open_rejects(conn=scratch)) == [("a.csv", 6)]
    assert count_open_rejects(conn=scratch) == 1
    assert get_overview(conn=scratch).open_rejects == 1
    kept = scratch.execute("select raw_key, dismissed_at = now(), dismissed_by from raw.rejects order by 1")
    assert kept.fetchall() == [("1", True, "Ada"), ("2", None, None)]


def test_a_dismissed_row_comes_back_only_when_it_says_something_else(
    scratch: AnyConnection, file_ids: list[int]
) -> None:
    keep(scratch, reject("1", file_ids[0], 5))
    (kept,) = get_open_rejects(conn=scratch)
    dismiss_reject(kept.reject_id, "Ada", conn=scratch)
    keep(scratch, reject("1", file_ids[1], 8, "Worded anew."))
    scratch.execute("update raw.rejects set resolved_at = now()")
    keep(scratch, reject("1", file_ids[1], 9))
    assert get_open_rejects(conn=scratch) == []
    keep(scratch, replace(reject("1", file_ids[1], 9), payload={"text": "other"}))
    assert places(get_open_rejects(conn=scratch)) == [("b.csv", 9)]
    assert fetch_value(scratch, "select count(*) from raw.rejects where dismissed_by is null") == 1


def test_emptying_a_dismissed_row_for_its_age_does_not_bring_it_back(scratch: AnyConnection) -> None:
    keep(scratch, reject("1", None, None), provider="strava")
    (kept,) = get_open_rejects(conn=scratch)
    dismiss_reject(kept.reject_id, "Ada", conn=scratch)
    scratch.execute("update raw.rejects set payload = '{}'")
    assert get_open_rejects(conn=scratch) == []


def test_only_an_open_reject_can_be_dismissed(scratch: AnyConnection, file_ids: list[int]) -> None:
    keep(scratch, reject("1", file_ids[0], 5))
    (kept,) = get_open_rejects(conn=scratch)
    dismiss_reject(kept.reject_id, "Ada", conn=scratch)
    for number in (kept.reject_id, kept.reject_id + 1):
        with pytest.raises(InvalidValue, match=f"{number} is no rejected row"):
            dismiss_reject(number, "Ada", conn=scratch)


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str) -> None:
    assert get_open_rejects() == []
    assert count_open_rejects() == 0
