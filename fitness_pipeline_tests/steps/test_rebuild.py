"""Verifying finds what does not follow from raw rows and edits; rebuilding puts that right, nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts, settle_conflict
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.rebuild import Difference, NormalizedMended, RunsMended
from fitness_pipeline.db.rejects import count_open_rejects
from fitness_pipeline.db.shoe_aliases import add_shoe_alias
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.athlete import generated_world
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.steps import rebuild as step
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.rebuild import Rebuilt, Verified
from fitness_pipeline_tests.builders import (
    TODAY,
    Importer,
    Workout,
    create_runs,
    history,
    new_run,
    row_versions,
    settings_in,
    the_run,
    values_of,
    while_blocked,
)
from fitness_pipeline_tests.db.sides import delete, edit, is_deleted, restore, story
from fitness_pipeline_tests.steps.damages import DAMAGES, do_damage, state_of
from fitness_pipeline_tests.strava import NOW, Syncer
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_activities, put_gear

SPRING = date(2026, 3, 10)
NOTHING = Verified(differences=[], behind=[], lifts=0, not_recomputable=0)
NOTHING_DONE = Rebuilt(
    found=NOTHING,
    normalized=NormalizedMended(),
    merged={"mmf": MergeCounts(), "strava": MergeCounts()},
    runs=RunsMended(),
)

Told = tuple[str, str, str, Any, Any]


def verify(connection: AnyConnection, today: date = SPRING) -> Verified:
    return step.verify(settings_in(), today=today, conn=connection)


def rebuild(connection: AnyConnection, *, are_deletions_confirmed: bool = False) -> Rebuilt:
    return step.rebuild(
        settings_in(), today=SPRING, are_deletions_confirmed=are_deletions_confirmed, conn=connection
    )


def told(differences: list[Difference]) -> list[Told]:
    return [(found.table, found.id, found.field, found.stored, found.recomputed) for found in differences]


def differences(connection: AnyConnection) -> list[Told]:
    return told(verify(connection).differences)


def list_activities(connection: AnyConnection, *rows: dict[str, Any]) -> MergeCounts:
    """Bring activities all the way to runs."""
    put_activities(connection, rows)
    return finish_strava(connection)


def finish_strava(connection: AnyConnection) -> MergeCounts:
    normalize("strava", settings_in(), today=SPRING, conn=connection)
    return merge_runs("strava", conn=connection)


@pytest.fixture
def take(scratch: AnyConnection, tmp_path: Path) -> Importer:
    return Importer(scratch, tmp_path)


class TestNothingDiffers:
    """Nothing is found where the pipeline and people did all of it."""

    def test_without_any_run(self, scratch: AnyConnection) -> None:
        assert verify(scratch) == NOTHING
        assert rebuild(scratch) == NOTHING_DONE

    def test_after_edits_deletions_and_restores(self, scratch: AnyConnection, take: Importer) -> None:
        take(*(Workout(id=number, notes="Shoes: A") for number in range(1, 6)))
        edit(scratch, "mmf_1", distance=8.0, shoe_id=None)
        delete(scratch, "mmf_2")
        delete(scratch, "mmf_3")
        restore(scratch, 1, "mmf_3")
        edit(scratch, "mmf_4", distance=8.0)
        restore(scratch, 1, "mmf_4")
        take(Workout(id=4, distance="7"), Workout(id=5, activity="Walk"))
        assert verify(scratch) == NOTHING

    def test_with_activities_of_all_kinds(self, scratch: AnyConnection) -> None:
        put_gear(scratch, "g1", "Ghost 15")
        list_activities(
            scratch,
            activity(1, gear_id="g1", average_heartrate=140.2),
            activity(2, sport_type="VirtualRun"),
            activity(3, sport_type="Ride"),
            activity(4),
            activity(5, distance=-3),
        )
        delete_activities(scratch, 4)
        list_activities(scratch, activity(1, sport_type="Ride"))
        assert is_deleted(scratch, "strava_1")
        assert verify(scratch) == NOTHING

    def test_after_a_conflict_however_it_was_settled(self, scratch: AnyConnection, take: Importer) -> None:
        take(*(Workout(id=number) for number in (1, 2, 3)))
        for number in (1, 2, 3):
            edit(scratch, f"mmf_{number}", distance=8.0)
        take(*(Workout(id=number, distance="4") for number in (1, 2, 3)))
        first, second, _ = get_open_conflicts(conn=scratch)
        settle_conflict(first.conflict_id, "keep", "Ada", conn=scratch)
        settle_conflict(second.conflict_id, "take", "Ada", conn=scratch)
        assert verify(scratch) == NOTHING

    def test_in_runs_that_no_provider_tells_of(self, scratch: AnyConnection) -> None:
        create_runs(scratch, new_run("mmf_1"), new_run("strava_2"))
        edit(scratch, "mmf_1", distance=8.0)
        delete(scratch, "strava_2")
        assert verify(scratch) == NOTHING

    def test_while_deletions_are_held_back(self, scratch: AnyConnection, take: Importer) -> None:
        take(*(Workout(id=number) for number in range(1, 8)))
        done = take(*(Workout(id=number, activity="Walk") for number in range(1, 7)))
        assert done.merged == MergeCounts(held_back=6)
        assert verify(scratch) == NOTHING
        delete(scratch, "mmf_1")
        assert verify(scratch) == NOTHING

    def test_when_the_runner_restored_what_the_provider_deleted(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout())
        take(Workout(activity="Walk"))
        restore(scratch, 1)
        edit(scratch, distance=8.0)
        assert verify(scratch) == NOTHING

    def test_when_a_run_was_revived_and_deleted_again(self, scratch: AnyConnection, take: Importer) -> None:
        take(Workout())
        for kind in ("Walk", "Run", "Walk"):
            take(Workout(activity=kind))
        assert verify(scratch) == NOTHING

    def test_and_neither_verifying_nor_rebuilding_leaves_a_trace(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout(id=1), Workout(id=2, day="never"))
        list_activities(scratch, activity(1), activity(2, distance=-1))
        before = row_versions(scratch)
        assert verify(scratch) == NOTHING
        assert rebuild(scratch) == NOTHING_DONE
        assert row_versions(scratch) == before
        assert fetch_value(scratch, "select to_regnamespace('rebuild_scratch')") is None


class TestWhatIsYetToBeDone:
    """What was read and not made into runs is no difference; rebuilding does it first."""

    def test_raw_rows_that_were_not_normalized(self, scratch: AnyConnection, take: Importer) -> None:
        take(Workout(id=1))
        take.ingest(Workout(id=1, distance="4"), Workout(id=2))
        before = row_versions(scratch)
        assert verify(scratch) == replace(NOTHING, behind=["mmf"])
        assert row_versions(scratch) == before
        rebuilt = rebuild(scratch)
        assert rebuilt.merged["mmf"] == MergeCounts(inserted=1, updated=1)
        assert history(scratch)[-1].change_reason == "Changed at the source: distance"
        assert verify(scratch) == NOTHING

    def test_normalized_rows_that_were_not_merged(self, scratch: AnyConnection) -> None:
        list_activities(scratch, activity(1))
        put_activities(scratch, [activity(1, sport_type="Ride"), activity(2)])
        normalize("strava", settings_in(), today=SPRING, conn=scratch)
        assert verify(scratch) == replace(NOTHING, behind=["strava"])
        assert rebuild(scratch).merged["strava"] == MergeCounts(inserted=1, deleted=1)
        assert verify(scratch) == NOTHING

    def test_an_alias(self, scratch: AnyConnection, take: Importer) -> None:
        take(Workout(notes="Shoes: M1080K10"))
        add_shoe_alias("M1080K10", "New Balance M1080K10", conn=scratch)
        assert verify(scratch).differences == []
        assert rebuild(scratch).merged["mmf"] == MergeCounts(updated=1)
        assert the_run(scratch).shoe_id == "new_balance_m1080k10"

    def test_a_row_whose_day_had_not_come_when_it_was_read(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout(id=1), Workout(id=2, day="Nov. 8, 2025"))
        assert count_open_rejects(conn=scratch) == 1
        assert verify(scratch, TODAY) == NOTHING
        assert verify(scratch, TODAY + timedelta(days=30)) == NOTHING
        rebuild(scratch)
        assert the_run(scratch, "mmf_2").datetime_utc == datetime(2025, 11, 8, 18, tzinfo=UTC)
        assert count_open_rejects(conn=scratch) == 0
        assert verify(scratch) == NOTHING


class TestNormalizedRows:
    """Normalized rows that do not follow from raw."""

    def test_a_changed_value_is_found_and_put_right(self, scratch: AnyConnection, take: Importer) -> None:
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

    def test_what_is_put_right_makes_no_conflict(self, scratch: AnyConnection, take: Importer) -> None:
        take(Workout())
        edit(scratch, distance=8.0)
        scratch.execute("update normalized.runs set distance = 77")
        rebuild(scratch)
        assert get_open_conflicts(conn=scratch) == []
        assert take(Workout(distance="4")).merged == MergeCounts(conflicts=1)
        (conflict,) = get_open_conflicts(conn=scratch)
        assert (conflict.base_value, conflict.upstream_value, conflict.current_value) == (3, 4, 8)

    def test_a_missing_row_is_put_back_and_merged_as_before(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
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

    def test_a_withdrawal_that_is_wrong_is_taken_back(self, scratch: AnyConnection) -> None:
        list_activities(scratch, activity(1))
        scratch.execute(
            "update normalized.runs set withdrawn_reason = 'Somebody said so', is_withdrawal_pending = true"
        )
        merge_runs("strava", conn=scratch)
        assert is_deleted(scratch, "strava_1")
        found = differences(scratch)
        assert ("normalized.runs", "strava_1", "withdrawn_reason", "Somebody said so", None) in found
        assert [(table, field) for table, _, field, _, _ in found if table == "runs"] == [
            ("runs", "deleted_at")
        ]
        rebuild(scratch)
        assert story(scratch, "strava_1") == [
            ("original", "system"),
            ("deletion", "strava"),
            ("edit", "strava"),
        ]
        assert not is_deleted(scratch, "strava_1")
        assert verify(scratch) == NOTHING

    def test_a_withdrawal_that_is_missing_is_made_up_for(self, scratch: AnyConnection) -> None:
        list_activities(scratch, activity(1))
        put_activities(scratch, [activity(1, sport_type="Ride")])
        normalize("strava", settings_in(), today=SPRING, conn=scratch)
        scratch.execute("update normalized.runs set withdrawn_reason = null, is_withdrawal_pending = false")
        merge_runs("strava", conn=scratch)
        reason = 'It is listed as "Ride" now'
        assert differences(scratch) == [("normalized.runs", "strava_1", "withdrawn_reason", None, reason)]
        assert rebuild(scratch).merged["strava"] == MergeCounts(deleted=1)
        assert history(scratch, "strava_1")[-1].change_reason == reason
        assert verify(scratch) == NOTHING

    def test_but_not_for_a_run_that_the_runner_restored(self, scratch: AnyConnection) -> None:
        list_activities(scratch, activity(1))
        list_activities(scratch, activity(1, sport_type="Ride"))
        restore(scratch, 1, "strava_1")
        scratch.execute("update normalized.runs set withdrawn_reason = null")
        assert len(differences(scratch)) == 1
        assert rebuild(scratch).normalized == NormalizedMended(withdrawn=1)
        assert not is_deleted(scratch, "strava_1")
        assert verify(scratch) == NOTHING

    def test_a_row_without_raw_is_withdrawn(self, scratch: AnyConnection, take: Importer) -> None:
        take(Workout(id=1), Workout(id=2))
        scratch.execute("delete from raw.mmf_workouts where workout_key = 'mmf_1'")
        reason = "There is no raw row of it any more"
        assert differences(scratch) == [("normalized.runs", "mmf_1", "withdrawn_reason", None, reason)]
        rebuilt = rebuild(scratch)
        assert (rebuilt.normalized, rebuilt.merged["mmf"]) == (
            NormalizedMended(withdrawn=1),
            MergeCounts(deleted=1),
        )
        assert history(scratch)[-1].change_reason == reason
        assert verify(scratch) == NOTHING

    def test_many_rows_without_raw_are_held_back_until_confirmed(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(*(Workout(id=number) for number in range(1, 8)))
        scratch.execute("delete from raw.mmf_workouts where workout_key <> 'mmf_7'")
        assert rebuild(scratch).held_back == 6
        assert len(db.runs.get_all_runs(conn=scratch)) == 7
        assert rebuild(scratch, are_deletions_confirmed=True).merged["mmf"] == MergeCounts(deleted=6)
        assert verify(scratch) == NOTHING

    def test_a_row_of_the_wrong_provider_or_source_is_found(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout())
        scratch.execute("update normalized.runs set provider = 'strava', source = 'Strava'")
        assert differences(scratch)[:2] == [
            ("normalized.runs", "mmf_1", "provider", "strava", "mmf"),
            ("normalized.runs", "mmf_1", "source", "Strava", "MapMyFitness"),
        ]
        rebuild(scratch)
        assert verify(scratch) == NOTHING

    def test_a_row_whose_raw_was_emptied_is_taken_as_it_is_and_counted(self, scratch: AnyConnection) -> None:
        list_activities(scratch, activity(1), activity(2), activity(3), activity(4, sport_type="Ride"))
        scratch.execute("update raw.strava_activities set payload = null where activity_id in (1, 4)")
        assert verify(scratch) == replace(NOTHING, not_recomputable=1)
        scratch.execute("update runs set distance = 77 where id = 'strava_1'")
        assert [(id, field) for _, id, field, _, _ in differences(scratch)] == [("strava_1", "distance")]
        rebuild(scratch)
        assert the_run(scratch, "strava_1").distance == 5.0

    def test_an_emptied_activity_that_was_deleted_stays_deleted(self, scratch: AnyConnection) -> None:
        list_activities(scratch, activity(1))
        delete_activities(scratch, 1)
        finish_strava(scratch)
        scratch.execute("update raw.strava_activities set payload = null")
        assert verify(scratch) == NOTHING
        scratch.execute("update normalized.runs set withdrawn_reason = null")
        assert len(differences(scratch)) == 1

    def test_a_row_that_cannot_be_understood_any_more_is_taken_as_it_is_and_counted(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout(id=1), Workout(id=2))
        take(Workout(id=1, distance="far"), Workout(id=3, distance="far"))
        assert verify(scratch) == replace(NOTHING, not_recomputable=1)


class TestRuns:
    """Runs that do not follow from what providers say and the runner edited."""

    @pytest.fixture
    def edited(self, scratch: AnyConnection, take: Importer) -> AnyConnection:
        """One run in which a value is the runner's and the others are the provider's newest."""
        take(Workout(notes="Shoes: A"))
        edit(scratch, distance=8.0)
        take(Workout(notes="Shoes: A", seconds="1801"))
        return scratch

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ("distance = 77", [("distance", 77, 8)]),
            ("duration = 77", [("duration", 77, 1801)]),
            ("avg_heart_rate = 77", [("avg_heart_rate", 77, None)]),
            ("type = 'Treadmill Run'", [("type", "Treadmill Run", "Outdoor Run")]),
            ("shoe_id = null", [("shoe_id", None, "a")]),
            ("source = 'Strava'", [("source", "Strava", "MapMyFitness")]),
            ("version = 7", [("version", 7, 3)]),
            ("version = 2", [("version", 2, 3)]),
            ("last_edited_by = 'Mallory'", [("last_edited_by", "Mallory", "Ada")]),
            (
                "datetime_utc = datetime_utc + interval '1 microsecond'",
                [("datetime_utc", "2025-05-06T17:00:00.000001+00:00", "2025-05-06T17:00:00+00:00")],
            ),
            (
                "distance = 77, version = version + 1, duration = 77",
                [("distance", 77, 8), ("duration", 77, 1801), ("version", 4, 3)],
            ),
        ],
    )
    def test_a_changed_value_is_found_and_put_right(
        self, edited: AnyConnection, change: str, found: list[tuple[str, Any, Any]]
    ) -> None:
        before = the_run(edited)
        edited.execute(f"update runs set {change}".encode())  # noqa: S608 - written above
        assert differences(edited) == [("runs", "mmf_1", *difference) for difference in found]
        assert rebuild(edited).runs == RunsMended(corrected=1)
        after = the_run(edited)
        assert after == replace(before, version=4, updated_at=after.updated_at)
        newest = history(edited)[-1]
        assert (newest.changed_by, newest.change_reason) == ("mmf", "Rebuilt from the raw data")
        assert verify(edited) == NOTHING

    def test_the_runners_value_stays_the_runners_after_it_was_put_right(
        self, edited: AnyConnection, take: Importer
    ) -> None:
        edited.execute("update runs set distance = 77, duration = 77")
        rebuild(edited)
        done = take(Workout(notes="Shoes: A", seconds="1802", distance="4"))
        assert done.merged == MergeCounts(updated=1, conflicts=1)
        assert (the_run(edited).distance, the_run(edited).duration) == (8.0, 1802.0)
        assert verify(edited) == NOTHING

    def test_a_missing_run_is_put_back(self, scratch: AnyConnection) -> None:
        put_gear(scratch, "g1", "Ghost 15")
        list_activities(scratch, activity(1, gear_id="g1"))
        values = values_of(the_run(scratch, "strava_1"))
        scratch.execute("delete from runs; delete from shoes")
        ((table, id, field, stored, _),) = differences(scratch)
        assert (table, id, field, stored) == ("runs", "strava_1", "row", None)
        assert rebuild(scratch).runs == RunsMended(inserted=1)
        assert values_of(the_run(scratch, "strava_1")) == values
        assert [shoe.name for shoe in db.shoes.get_shoes(conn=scratch)] == ["Ghost 15"]
        assert verify(scratch) == NOTHING

    def test_what_the_runner_deleted_stays_deleted_also_after_it_was_put_right(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout())
        delete(scratch)
        deleted_at = the_run(scratch).deleted_at
        scratch.execute("update runs set deleted_at = null")
        assert [(field, stored) for _, _, field, stored, _ in differences(scratch)] == [("deleted_at", None)]
        assert rebuild(scratch).runs == RunsMended(corrected=1)
        assert the_run(scratch).deleted_at == deleted_at
        take(Workout(activity="Walk"))
        take(Workout(distance="4"))
        assert is_deleted(scratch)
        assert verify(scratch) == NOTHING

    def test_a_run_that_was_marked_deleted_by_hand_counts_again(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout())
        scratch.execute("update runs set deleted_at = now()")
        assert rebuild(scratch).runs == RunsMended(corrected=1)
        assert not is_deleted(scratch)

    def test_many_deletions_are_held_back_until_confirmed(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(*(Workout(id=number) for number in range(1, 8)))
        for number in range(1, 7):
            delete(scratch, f"mmf_{number}")
        scratch.execute("update runs set deleted_at = null")
        assert rebuild(scratch).runs == RunsMended(held_back=6)
        assert len(differences(scratch)) == 6
        confirmed = rebuild(scratch, are_deletions_confirmed=True)
        assert confirmed.runs == RunsMended(corrected=6)
        assert verify(scratch) == NOTHING

    def test_a_run_that_no_provider_tells_of_is_compared_with_its_history(
        self, scratch: AnyConnection
    ) -> None:
        create_runs(scratch, new_run("mmf_1"))
        edit(scratch, distance=8.0)
        scratch.execute("update runs set distance = 77, duration = 77")
        assert differences(scratch) == [
            ("runs", "mmf_1", "distance", 77, 8),
            ("runs", "mmf_1", "duration", 77, 1800),
        ]
        rebuild(scratch)
        assert values_of(the_run(scratch)) == values_of(new_run(distance=8.0))
        assert verify(scratch) == NOTHING

    def test_a_raw_row_that_was_changed_by_hand_changes_its_run(
        self, scratch: AnyConnection, take: Importer
    ) -> None:
        take(Workout())
        scratch.execute("update raw.mmf_workouts set distance = '4'")
        assert differences(scratch) == [
            ("normalized.runs", "mmf_1", "distance", 3, 4),
            ("runs", "mmf_1", "distance", 3, 4),
        ]
        rebuild(scratch)
        assert the_run(scratch).distance == 4.0
        assert verify(scratch) == NOTHING


class TestHistory:
    """History that is not whole."""

    @pytest.fixture
    def edited(self, scratch: AnyConnection, take: Importer) -> AnyConnection:
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
        self, edited: AnyConnection, lost: str, stored: list[int]
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
        self, edited: AnyConnection
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


class TestEveryDamage:
    """Each damage, done to runs in every situation at once."""

    @pytest.fixture
    def world(self, scratch: AnyConnection, take: Importer) -> AnyConnection:
        """Runs in every situation that a run can be in."""
        db.shoes.bulk_create_shoes_by_names(["d"], conn=scratch)
        put_gear(scratch, "g1", "Ghost 15")
        workouts = {number: Workout(id=number, notes="Shoes: A") for number in range(1, 13)}

        def change(number: int, **cells: Any) -> None:
            workouts[number] = replace(workouts[number], **cells)

        take(*workouts.values())
        for number in (2, 3, 4, 5):
            edit(scratch, f"mmf_{number}", distance=8.0, shoe_id=None)
            change(number, distance="4", seconds="1801")
        change(6, activity="Walk")
        change(7, activity="Walk")
        change(8, activity="Walk")
        delete(scratch, "mmf_9")
        delete(scratch, "mmf_10")
        take(*workouts.values())
        kept, taken = (
            next(found for found in get_open_conflicts(conn=scratch) if found.run_id == f"mmf_{number}")
            for number in (4, 5)
        )
        settle_conflict(kept.conflict_id, "keep", "Ada", conn=scratch)
        settle_conflict(taken.conflict_id, "take", "Grace", conn=scratch)
        restore(scratch, 1, "mmf_7")
        change(8, activity="Run", distance="5")
        change(9, distance="5")
        restore(scratch, 1, "mmf_10")
        change(11, distance="far")
        delete(scratch, "mmf_3")
        take(*workouts.values())

        list_activities(scratch, *(activity(number, gear_id="g1") for number in range(1, 7)))
        edit(scratch, "strava_2", distance=8.0)
        put_activities(scratch, [activity(2, distance=1), activity(3, sport_type="Ride")])
        delete_activities(scratch, 4)
        finish_strava(scratch)
        scratch.execute("update raw.strava_activities set payload = null where activity_id in (4, 5)")
        return scratch

    def test_the_world_has_all_situations_and_no_difference(self, world: AnyConnection) -> None:
        assert verify(world) == replace(NOTHING, not_recomputable=2)
        deleted = {run.id for run in db.runs.get_all_runs(True, conn=world) if run.deleted_at is not None}
        assert deleted == {"mmf_3", "mmf_6", "mmf_9", "strava_3", "strava_4"}
        assert {found.run_id for found in get_open_conflicts(conn=world)} == {"mmf_2", "strava_2"}

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_is_found_and_put_right(self, world: AnyConnection, damage: str) -> None:
        before = state_of(world)
        damaged = do_damage(world, damage, *db.runs.get_existing_run_ids(conn=world))
        assert len(damaged) >= 3
        found = verify(world).differences
        assert {difference.id for difference in found} == damaged
        assert rebuild(world, are_deletions_confirmed=True).found.differences == found
        assert state_of(world) == before
        assert verify(world).differences == []
        for id in db.runs.get_existing_run_ids(conn=world):
            history(world, id)


def test_a_history_on_strava_that_changes_leaves_no_difference(
    connection: AnyConnection, environment: pytest.MonkeyPatch, data_dir: Path
) -> None:
    clock = SettableClock(NOW)
    world = generated_world(today=SPRING, since=date(2025, 6, 1))
    with StravaSandbox(world, clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        sync = Syncer(serving, clock)
        assert sync(is_full=True).merged.inserted > 50
        assert verify(connection) == NOTHING
        first, second, third, fourth = sorted(db.runs.get_existing_run_ids(conn=connection))[:4]
        numbers = [int(id.removeprefix("strava_")) for id in (first, second, third, fourth)]
        edit(connection, first, distance=8.0)
        world.activities.edit(numbers[0], distance_metres=5000.0)
        world.activities.edit(numbers[1], distance_metres=5000.0)
        world.activities.edit(numbers[2], sport_type="Ride")
        world.activities.delete(numbers[3])
        assert sync(is_full=True).merged == MergeCounts(updated=1, deleted=2, conflicts=1)
        assert verify(connection) == NOTHING
    connection.execute("update runs set distance = 77")
    connection.execute("update normalized.runs set avg_heart_rate = 77 where avg_heart_rate is not null")
    rebuild(connection)
    assert verify(connection) == NOTHING
    assert (the_run(connection, first).distance, is_deleted(connection, fourth)) == (8.0, True)


class TestBesideOthers:
    """Edits and syncs that happen at the same time."""

    @pytest.fixture
    def holder(self, connection: AnyConnection, database_url: str) -> Iterator[AnyConnection]:
        """A second connection, in a transaction that its user ends."""
        opened = psycopg.connect(database_url)
        yield opened
        opened.close()

    def test_an_edit_under_way_keeps_nobody_from_verifying(
        self, connection: AnyConnection, holder: AnyConnection, tmp_path: Path
    ) -> None:
        Importer(connection, tmp_path)(Workout())
        edit(holder, distance=8.0)
        assert verify(connection) == NOTHING
        holder.commit()
        assert verify(connection) == NOTHING

    def test_rebuilding_waits_for_an_edit_and_keeps_it(
        self, connection: AnyConnection, holder: AnyConnection, tmp_path: Path
    ) -> None:
        Importer(connection, tmp_path)(Workout())
        connection.execute("update runs set last_edited_by = 'Mallory', distance = 77")
        edit(holder, distance=8.0)
        (rebuilt,) = while_blocked(holder, lambda: rebuild(connection), then=holder.commit)
        assert rebuilt.result().found == NOTHING
        assert [version.distance for version in history(connection)] == [3.0, 8.0]

    def test_an_edit_that_waits_for_a_rebuild_is_made_on_top_of_it(
        self, connection: AnyConnection, holder: AnyConnection, tmp_path: Path
    ) -> None:
        Importer(connection, tmp_path)(Workout())
        connection.execute("update runs set duration = 77")
        connection.commit()
        rebuild(holder)
        (edited,) = while_blocked(holder, lambda: edit(connection, distance=8.0), then=holder.commit)
        assert edited.exception() is None
        assert (the_run(connection).distance, the_run(connection).duration) == (8.0, 1800.0)
        assert [version.changed_by for version in history(connection)] == ["system", "mmf", "Ada"]

    def test_a_sync_that_waits_for_a_rebuild_goes_on_from_it(
        self, connection: AnyConnection, holder: AnyConnection, tmp_path: Path
    ) -> None:
        take = Importer(connection, tmp_path)
        take(Workout(id=1))
        connection.execute("update normalized.runs set distance = 77")
        rebuild(holder)
        (imported,) = while_blocked(
            holder, lambda: take(Workout(id=1, distance="4"), Workout(id=2)), then=holder.commit
        )
        assert imported.result().merged == MergeCounts(inserted=1, updated=1)
        assert verify(connection) == NOTHING

    def test_without_a_connection_the_database_of_the_settings_is_used(
        self, connection: AnyConnection, tmp_path: Path
    ) -> None:
        Importer(connection, tmp_path)(Workout())
        connection.execute("update runs set duration = 77")
        assert len(step.verify(settings_in(), today=SPRING).differences) == 1
        assert step.rebuild(settings_in(), today=SPRING).runs == RunsMended(corrected=1)
        assert verify(connection) == NOTHING
