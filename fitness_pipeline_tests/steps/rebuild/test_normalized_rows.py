"""Normalized rows that do not follow from raw are found and put right."""

from fitness_pipeline.db.conflicts import get_open_conflicts, settle_conflict
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.rebuild import NormalizedMended
from fitness_pipeline_tests.builders import Importer, Workout, history
from fitness_pipeline_tests.db.sides import edit
from fitness_pipeline_tests.steps.rebuild.rebuilding import NOTHING, differences, rebuild, told, verify


def test_a_changed_value_is_found_and_put_right(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1, notes="Shoes: A"), Workout(id=2))
    scratch.execute("update normalized.runs set distance = 77, shoe_id = null where run_id = 'mmf_1'")
    found = [
        ("normalized.runs", "mmf_1", "distance", 77, 3),
        ("normalized.runs", "mmf_1", "shoe_id", None, "a"),
    ]
    assert differences(scratch) == found
    rebuilt = rebuild(scratch)
    assert told(rebuilt.found.differences) == found
    assert rebuilt.normalized == NormalizedMended(corrected=1)
    assert verify(scratch) == NOTHING
    assert len(history(scratch)) == 1


def test_what_is_put_right_makes_no_conflict(scratch: AnyConnection, take: Importer) -> None:
    take(Workout())
    edit(scratch, distance=8.0)
    scratch.execute("update normalized.runs set distance = 77")
    rebuild(scratch)
    assert get_open_conflicts(conn=scratch) == []
    assert take(Workout(distance="4")).merged == MergeCounts(conflicts=1)
    (conflict,) = get_open_conflicts(conn=scratch)
    assert (conflict.base_value, conflict.upstream_value, conflict.current_value) == (3, 4, 8)


def test_a_missing_row_is_put_back_and_merged_as_before(scratch: AnyConnection, take: Importer) -> None:
    take(Workout())
    edit(scratch, distance=8.0)
    take(Workout(distance="4"))
    settle_conflict(get_open_conflicts(conn=scratch)[0].conflict_id, "keep", "Ada", conn=scratch)
    scratch.execute("delete from normalized.runs")
    ((table, id, field, stored, recomputed),) = differences(scratch)
    assert (table, id, field, stored) == ("normalized.runs", "mmf_1", "row", None)
    assert (recomputed["distance"], recomputed["provider"]) == (4, "mmf")
    assert rebuild(scratch).normalized == NormalizedMended(inserted=1)
    assert (get_open_conflicts(conn=scratch), len(history(scratch))) == ([], 2)
    assert verify(scratch) == NOTHING
    assert take(Workout(distance="4", seconds="9")).merged == MergeCounts(updated=1)
    assert get_open_conflicts(conn=scratch) == []


def test_a_row_of_the_wrong_provider_or_source_is_found(scratch: AnyConnection, take: Importer) -> None:
    take(Workout())
    scratch.execute("update normalized.runs set provider = 'strava', source = 'Strava'")
    assert differences(scratch)[:2] == [
        ("normalized.runs", "mmf_1", "provider", "strava", "mmf"),
        ("normalized.runs", "mmf_1", "source", "Strava", "MapMyFitness"),
    ]
    rebuild(scratch)
    assert verify(scratch) == NOTHING
