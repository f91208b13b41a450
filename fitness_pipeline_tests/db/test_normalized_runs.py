"""What providers say of runs: only what differs is written, and what was merged last is kept."""

from typing import Any

from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.db.progress import get_progress, has_unmerged_runs, newest_normalized_change
from fitness_pipeline_tests.builders import (
    Importer,
    Workout,
    new_run,
    row_versions,
    say_upstream,
    values_of,
)


def normalized(connection: AnyConnection, id: str = "mmf_1") -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select runs.*, (base).distance as base_distance from normalized.runs where run_id = %s
            """,
            [id],
        ).fetchone()
    assert row is not None
    return row


def test_what_is_new_is_stored_as_it_was_said(scratch: AnyConnection) -> None:
    said = new_run(avg_heart_rate=140.5, shoe_id="ghost_15", distance=0.1 + 0.2)
    assert say_upstream(scratch, said) == NormalizedCounts(new=1)
    row = normalized(scratch)
    assert {field: row[field] for field in values_of(said)} == values_of(said)
    assert (row["provider"], row["source"], row["shoe_name"], row["is_day_precision"]) == (
        "mmf",
        "MapMyFitness",
        "Shoe ghost_15",
        True,
    )
    assert (row["base"], row["withdrawn_reason"], row["is_withdrawal_pending"]) == (None, None, False)


def test_what_is_said_again_writes_nothing(scratch: AnyConnection) -> None:
    said = [new_run("mmf_1", avg_heart_rate=140.0), new_run("mmf_2", shoe_id="a")]
    say_upstream(scratch, *said, others=["mmf_3"])
    before = row_versions(scratch)
    assert say_upstream(scratch, *said, others=["mmf_3"]) == NormalizedCounts(unchanged=2, others=1)
    assert row_versions(scratch) == before


def test_everything_that_one_writer_writes_has_one_change_id_and_the_next_a_greater_one(
    scratch: AnyConnection,
) -> None:
    say_upstream(scratch, *(new_run(f"mmf_{number}") for number in range(5)))
    first = {normalized(scratch, f"mmf_{number}")["change_id"] for number in range(5)}
    say_upstream(scratch, new_run("mmf_0", distance=9.0), new_run("mmf_9"), others=["mmf_1"])
    second = {normalized(scratch, id)["change_id"] for id in ("mmf_0", "mmf_9", "mmf_1")}
    assert (len(first), len(second)) == (1, 1)
    assert first.pop() < second.pop() == newest_normalized_change("mmf", conn=scratch)


def test_the_base_is_what_was_merged_last_however_often_upstream_changes(scratch: AnyConnection) -> None:
    say_upstream(scratch, new_run(distance=1.0))
    merge_runs("mmf", conn=scratch)
    for distance in (2.0, 3.0):
        say_upstream(scratch, new_run(distance=distance))
        assert (normalized(scratch)["base_distance"], normalized(scratch)["distance"]) == (1.0, distance)
    merge_runs("mmf", conn=scratch)
    say_upstream(scratch, new_run(distance=4.0))
    assert normalized(scratch)["base_distance"] == 3.0


def test_a_withdrawal_keeps_the_values_and_says_why(scratch: AnyConnection) -> None:
    say_upstream(scratch, new_run(distance=1.0))
    assert say_upstream(scratch, others=["mmf_1", "mmf_2"]) == NormalizedCounts(withdrawn=1, others=2)
    row = normalized(scratch)
    assert (row["distance"], row["withdrawn_reason"], row["is_withdrawal_pending"]) == (
        1.0,
        'It is listed as "Walk" now',
        True,
    )
    assert say_upstream(scratch, new_run(distance=1.0)) == NormalizedCounts(changed=1)
    row = normalized(scratch)
    assert (row["withdrawn_reason"], row["is_withdrawal_pending"]) == (None, False)


def test_what_is_not_merged_yet_is_known(scratch: AnyConnection) -> None:
    assert not has_unmerged_runs("mmf", conn=scratch)
    say_upstream(scratch, new_run())
    assert has_unmerged_runs("mmf", conn=scratch)
    merge_runs("mmf", conn=scratch)
    assert not has_unmerged_runs("mmf", conn=scratch)
    assert get_progress("merge", "mmf", conn=scratch).change_id == newest_normalized_change(
        "mmf", conn=scratch
    )
    assert not has_unmerged_runs("strava", conn=scratch)


def test_a_reject_of_a_raw_row_is_kept_once(scratch: AnyConnection, tmp_path: Any) -> None:
    Importer(scratch, tmp_path).ingest(Workout(id=1))
    assert say_upstream(scratch, rejects=[("mmf_1", "Why.")]) == NormalizedCounts(rejected=1)
    before = row_versions(scratch)
    say_upstream(scratch, rejects=[("mmf_1", "Why.")])
    assert row_versions(scratch) == before
    say_upstream(scratch, rejects=[("mmf_1", "Something else.")])
    assert row_versions(scratch) != before
