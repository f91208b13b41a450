"""The counts of the status page."""

from datetime import UTC, datetime

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.overview import Overview, get_overview, get_watermarks
from fitness_pipeline_tests.builders import create_runs, new_run


def test_each_kind_of_row_is_counted(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"), new_run("mmf_2"), new_run("mmf_3"))
    db.runs_history.update_run_with_history("mmf_1", {"distance": 7}, "Ada", conn=scratch)
    db.runs_history.soft_delete_run("mmf_2", "Ada", conn=scratch)
    db.shoes.bulk_create_shoes_by_names(["Ghost 9"], conn=scratch)
    assert get_overview(conn=scratch) == Overview(
        runs=2,
        deleted_runs=1,
        edited_runs=1,
        shoes=1,
        lifts=0,
        versions=5,
        calendar_events=0,
        open_rejects=0,
        open_conflicts=0,
    )


def test_watermarks_come_by_provider(scratch: AnyConnection) -> None:
    at = datetime(2025, 5, 6, 17, tzinfo=UTC)
    db.sync_metadata.update_last_sync_time("strava", at, conn=scratch)
    assert get_watermarks(conn=scratch) == {"strava": at}
