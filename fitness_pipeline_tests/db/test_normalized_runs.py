"""What providers say of runs: only what differs is written, and what was merged last is kept."""

from typing import Any

from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.db.progress import get_progress, has_unmerged_runs, newest_normalized_change
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline_tests.builders import (
    Importer,
    Workout,
    new_run,
    row_versions,
    say_upstream,
    values_of,
)
from fitness_pipeline_tests.strava_raw import activity, put_activities


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
    assert say_upstream(scratch, *said, others=["mmf_3"]) == NormalizedCounts(
        unchanged=2, others_by_type={"Walk": 1}
    )
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
    assert say_upstream(scratch, others=["mmf_1", "mmf_2"]) == NormalizedCounts(
        withdrawn=1, others_by_type={"Walk": 2}
    )
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


def test_what_is_gone_is_withdrawn_with_the_reason(scratch: AnyConnection) -> None:
    said = new_run("strava_1", distance=1.0)
    say_upstream(scratch, said, provider="strava")
    gone = say_upstream(scratch, withdrawn=["strava_1"], provider="strava")
    assert gone == NormalizedCounts(withdrawn=1)
    row = normalized(scratch, "strava_1")
    assert (row["distance"], row["withdrawn_reason"], row["is_withdrawal_pending"]) == (
        1.0,
        "It is gone",
        True,
    )
    assert say_upstream(scratch, said, provider="strava") == NormalizedCounts(changed=1)
    row = normalized(scratch, "strava_1")
    assert (row["withdrawn_reason"], row["is_withdrawal_pending"]) == (None, False)


def test_what_is_gone_and_never_was_a_run_is_nothing(scratch: AnyConnection) -> None:
    before = row_versions(scratch)
    counts = say_upstream(scratch, withdrawn=["strava_1"], provider="strava")
    assert (counts, counts.rows) == (NormalizedCounts(), 1)
    assert row_versions(scratch) == before


def test_what_is_gone_twice_is_withdrawn_once(scratch: AnyConnection) -> None:
    say_upstream(scratch, new_run("strava_1"), provider="strava")
    say_upstream(scratch, withdrawn=["strava_1"], provider="strava")
    before = row_versions(scratch)
    assert say_upstream(scratch, withdrawn=["strava_1"], provider="strava") == NormalizedCounts()
    assert say_upstream(scratch, others=["strava_1"], provider="strava").withdrawn == 0
    assert row_versions(scratch) == before


def test_a_reject_of_stravas_keeps_the_activity_as_it_was_sent(scratch: AnyConnection) -> None:
    row = activity(1, name="Broken", distance="far")
    put_activities(scratch, [row])
    reject = [("strava_1", "Why.")]
    assert say_upstream(scratch, rejects=reject, provider="strava") == NormalizedCounts(rejected=1)
    (kept,) = get_open_rejects("strava", conn=scratch)
    assert (kept.raw_key, kept.reason, kept.payload, kept.file_id) == ("strava_1", "Why.", row, None)
    before = row_versions(scratch)
    say_upstream(scratch, rejects=reject, provider="strava")
    assert row_versions(scratch) == before


def test_a_reject_is_closed_when_its_activity_is_gone_and_open_when_it_is_back(
    scratch: AnyConnection,
) -> None:
    put_activities(scratch, [activity(1)])
    say_upstream(scratch, rejects=[("strava_1", "Why.")], provider="strava")
    say_upstream(scratch, withdrawn=["strava_1"], provider="strava")
    assert get_open_rejects(conn=scratch) == []
    say_upstream(scratch, rejects=[("strava_1", "Why.")], provider="strava")
    assert [reject.raw_key for reject in get_open_rejects(conn=scratch)] == ["strava_1"]
