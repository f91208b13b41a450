"""History that is not whole is found; what is lost is not made up."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.rebuild import RunsMended
from fitness_pipeline_tests.builders import Importer, Workout, history, the_run
from fitness_pipeline_tests.db.sides import edit
from fitness_pipeline_tests.steps.rebuild.rebuilding import NOTHING, differences, rebuild, verify


@pytest.fixture
def edited(scratch: AnyConnection, take: Importer) -> AnyConnection:
    """A run with four versions, and one with a single version."""
    take(Workout(id=1), Workout(id=2))
    for miles in (8.0, 9.0, 10.0):
        edit(scratch, "mmf_1", distance=miles)
    return scratch


@pytest.mark.parametrize(
    ("lost", "stored"),
    [("= 1", [2, 3, 4]), ("in (2, 3)", [1, 4]), ("> 0", []), ("= 4", [1, 2, 3])],
)
def test_lost_versions_are_found_and_their_run_is_left_alone(
    edited: AnyConnection, lost: str, stored: list[int]
) -> None:
    edited.execute(
        f"delete from runs_history where run_id = 'mmf_1' and version_number {lost}".encode()  # noqa: S608
    )
    if lost == "= 4":  # otherwise all edits have the same instant here
        edited.execute("update runs set last_edited_at = now() + interval '1 second' where id = 'mmf_1'")
    found = [("runs_history", "mmf_1", "version_number", stored, [1, 2, 3, 4])]
    assert differences(edited) == found
    before = the_run(edited)
    assert rebuild(edited).runs == RunsMended(lost_versions=1)
    assert the_run(edited) == before
    assert differences(edited) == found


def test_a_newest_version_that_is_not_the_run_is_found_and_followed_by_one_that_is(
    edited: AnyConnection,
) -> None:
    edited.execute("delete from runs_history where run_id = 'mmf_2'")
    edited.execute(
        """
        insert into runs_history
               (run_id, version_number, change_type, datetime_utc, type, distance, duration, source,
                changed_by)
        select id, 1, 'original', datetime_utc, type, 77, duration, source, 'system'
        from runs where id = 'mmf_2'
        """
    )
    assert differences(edited) == [("runs_history", "mmf_2", "version 1, distance", 77, 3)]
    assert rebuild(edited).runs == RunsMended(corrected=1)
    assert [version.distance for version in history(edited, "mmf_2")] == [77.0, 3.0]
    assert verify(edited) == NOTHING
