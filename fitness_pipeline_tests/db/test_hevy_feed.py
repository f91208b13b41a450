"""What stood at the top of the feed."""

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_feed import find_feed_top, record_feed_top
from fitness_pipeline_tests.builders import row_versions


def test_what_was_recorded_last_is_found_and_the_same_is_not_written_again(scratch: AnyConnection) -> None:
    assert find_feed_top(conn=scratch) == []
    record_feed_top(scratch, [b"newest", b"older"])
    assert find_feed_top(conn=scratch) == [b"newest", b"older"]
    before = row_versions(scratch)
    record_feed_top(scratch, [b"newest", b"older"])
    assert row_versions(scratch) == before
    record_feed_top(scratch, [])
    assert find_feed_top(conn=scratch) == []
