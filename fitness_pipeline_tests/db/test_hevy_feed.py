"""What Hevy said last of all workouts together."""

from datetime import UTC, datetime, timedelta

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_feed import (
    CountComparison,
    find_feed_top,
    find_last_comparison,
    record_comparison,
    record_feed_top,
)
from fitness_pipeline_tests.builders import row_versions

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def test_what_was_recorded_last_is_found_and_the_same_is_not_written_again(scratch: AnyConnection) -> None:
    assert find_feed_top(conn=scratch) == []
    record_feed_top(scratch, [b"newest", b"older"])
    assert find_feed_top(conn=scratch) == [b"newest", b"older"]
    before = row_versions(scratch)
    record_feed_top(scratch, [b"newest", b"older"])
    assert row_versions(scratch) == before
    record_feed_top(scratch, [])
    assert find_feed_top(conn=scratch) == []


def test_the_counts_that_were_compared_last_are_found(scratch: AnyConnection) -> None:
    assert find_last_comparison(conn=scratch) is None
    record_feed_top(scratch, [b"newest"])
    assert find_last_comparison(conn=scratch) is None
    for here in (11, 12):
        comparison = CountComparison(at_hevy=12, here=here, compared_at=NOW + here * timedelta(days=1))
        record_comparison(scratch, comparison)
        assert find_last_comparison(conn=scratch) == comparison
        assert comparison.differs == (here == 11)
    assert find_feed_top(conn=scratch) == [b"newest"]


def test_counts_are_compared_before_anything_happened(scratch: AnyConnection) -> None:
    record_comparison(scratch, CountComparison(at_hevy=0, here=0, compared_at=NOW))
    assert find_last_comparison(conn=scratch) is not None
    assert find_feed_top(conn=scratch) == []
