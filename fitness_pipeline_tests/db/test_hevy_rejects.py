"""Rejects of Hevy: kept once, and closed when their rows are gone."""

from datetime import UTC, datetime

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_listings import begin_listing, record_listed_page
from fitness_pipeline.db.hevy_rejects import keep_new_rejects, resolve_unlisted_rejects
from fitness_pipeline.db.rejects import NewReject, get_open_rejects, keep_rejects, resolve_rejects_by_key
from fitness_pipeline_tests.builders import row_versions

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def reject(raw_key: str, reason: str = "Odd.", text: str = "7") -> NewReject:
    return NewReject(raw_key=raw_key, file_id=None, row_number=None, reason=reason, payload={"text": text})


def open_keys(connection: AnyConnection) -> set[str]:
    return {found.raw_key for found in get_open_rejects("hevy", conn=connection)}


def test_what_is_kept_already_is_not_written_again(scratch: AnyConnection) -> None:
    keep_new_rejects(scratch, [reject("hevy_a"), reject("text 1f")], dagster_run_id="run")
    before = row_versions(scratch)
    keep_new_rejects(scratch, [reject("text 1f"), reject("hevy_a")], dagster_run_id="another")
    assert row_versions(scratch) == before


def test_what_comes_otherwise_or_again_after_it_was_closed_is_kept(scratch: AnyConnection) -> None:
    keep_new_rejects(scratch, [reject("hevy_a")], dagster_run_id=None)
    keep_new_rejects(scratch, [reject("hevy_a", "Worse."), reject("text 1f")], dagster_run_id=None)
    keep_new_rejects(scratch, [reject("hevy_a", "Worse.", text="8")], dagster_run_id=None)
    found = {one.raw_key: (one.reason, one.payload["text"]) for one in get_open_rejects("hevy", conn=scratch)}
    assert found == {"hevy_a": ("Worse.", "8"), "text 1f": ("Odd.", "7")}
    resolve_rejects_by_key(scratch, "hevy", ["hevy_a"])
    keep_new_rejects(scratch, [reject("hevy_a", "Worse.", text="8")], dagster_run_id=None)
    assert open_keys(scratch) == {"hevy_a", "text 1f"}


def test_a_listing_closes_what_it_did_not_meet(scratch: AnyConnection) -> None:
    keys = ["hevy_a", "hevy_b", "text 1f", "text 2f", "event 1f", "template 1f"]
    keep_new_rejects(scratch, [reject(key) for key in keys], dagster_run_id=None)
    keep_rejects(scratch, [reject("hevy_a")], provider="hevy", stage="normalize", dagster_run_id=None)
    keep_rejects(scratch, [reject("text 1f")], provider="strava", stage="extract", dagster_run_id=None)
    listing = begin_listing(NOW, dagster_run_id=None, conn=scratch)
    record_listed_page(scratch, listing, 1, ["a", "b"], ["hevy_b"])
    record_listed_page(scratch, listing, 2, [], ["text 2f"])
    resolve_unlisted_rejects(scratch, listing)
    assert open_keys(scratch) == {"hevy_a", "hevy_b", "text 2f", "template 1f"}
    stages = scratch.execute("select stage from raw.rejects where raw_key = 'hevy_a' and resolved_at is null")
    assert stages.fetchall() == [("normalize",)]
    assert len(get_open_rejects("strava", conn=scratch)) == 1
