"""Hevy's count against what is here."""

from datetime import UTC, datetime

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_feed import CountComparison, find_last_comparison
from fitness_pipeline.db.hevy_rejects import keep_new_rejects
from fitness_pipeline.db.rejects import NewReject
from fitness_pipeline.steps.hevy_count import compare_count
from fitness_pipeline_tests.hevy_raw import delete_workouts, put_workouts, workout

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def test_what_could_not_be_stored_counts_and_what_was_deleted_does_not(scratch: AnyConnection) -> None:
    put_workouts(scratch, workout("1"), workout("2"), workout("3"))
    delete_workouts(scratch, "3")
    reject = NewReject(raw_key="hevy_4", file_id=None, row_number=None, reason="no text", payload={})
    keep_new_rejects(scratch, [reject], dagster_run_id=None)
    for at_hevy in (3, 2):
        compared = compare_count(scratch, at_hevy, NOW)
        assert compared == CountComparison(at_hevy=at_hevy, here=3, compared_at=NOW)
        assert compared.differs == (at_hevy == 2)
        assert find_last_comparison(conn=scratch) == compared
