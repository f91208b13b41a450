"""From raw rows to what they say of runs: only what changed, or everything when the rules did."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.db.runs import get_existing_run_ids
from fitness_pipeline.db.shoe_aliases import add_shoe_alias
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.steps import normalize as step
from fitness_pipeline_tests.builders import (
    CHICAGO,
    TODAY,
    Importer,
    Workout,
    history,
    row_versions,
    settings_in,
    the_run,
    write_export,
)

BERLIN = "Europe/Berlin"


@pytest.fixture
def take(scratch: AnyConnection, tmp_path: Path) -> Importer:
    return Importer(scratch, tmp_path)


def is_behind(connection: AnyConnection, time_zone: str = CHICAGO) -> bool:
    return step.is_behind("mmf", settings_in(time_zone), conn=connection)


def test_rows_become_runs(scratch: AnyConnection, take: Importer) -> None:
    done = take(
        Workout(id=1, distance="3.08999", seconds="2036", heart_rate="149.6", notes="Easy\nShoes: Ghost 15"),
        Workout(id=2, activity="Indoor Run / Jog"),
        Workout(id=3, activity="Gym Workout"),
    )
    assert done.normalized == NormalizedCounts(new=2, others_by_type={"Gym Workout": 1})
    run = the_run(scratch, "mmf_1")
    assert run.datetime_utc == datetime(2025, 5, 6, 17, tzinfo=UTC)
    assert (run.type, run.distance, run.duration) == ("Outdoor Run", 3.08999, 2036.0)
    assert (run.avg_heart_rate, run.shoe_id, run.source) == (149.6, "ghost_15", "MapMyFitness")
    assert the_run(scratch, "mmf_2").type == "Treadmill Run"
    assert get_existing_run_ids(conn=scratch) == {"mmf_1", "mmf_2"}


def test_kilometres_become_miles(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1, distance="16.09344"), unit="km")
    assert the_run(scratch).distance == pytest.approx(10, abs=1e-12)


def test_normalizing_again_reads_and_writes_nothing(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1), Workout(id=2, day="never"))
    before = row_versions(scratch)
    assert take.normalize() == NormalizedCounts()
    assert row_versions(scratch) == before


def test_without_any_raw_row_there_is_nothing_to_do(scratch: AnyConnection, take: Importer) -> None:
    assert take.normalize() == NormalizedCounts()
    assert take.normalize() == NormalizedCounts()


def test_only_rows_that_changed_are_read_again(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1), Workout(id=2))
    done = take(Workout(id=1), Workout(id=2, distance="4"), Workout(id=3))
    assert done.normalized == NormalizedCounts(new=1, changed=1)


def test_a_change_of_what_no_run_shows_changes_no_run(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1, notes="Easy"))
    before = row_versions(scratch, "raw.ingested_files", "raw.mmf_workouts", "normalized.progress")
    assert take(Workout(id=1, notes="Easier")).normalized == NormalizedCounts(unchanged=1)
    assert row_versions(scratch, "raw.ingested_files", "raw.mmf_workouts", "normalized.progress") == before


def test_another_time_zone_moves_runs_with_history(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1), Workout(id=2, day="Jan. 7, 2016"))
    assert take.normalize(BERLIN).changed == 2
    assert take.merge().updated == 2
    original, moved = history(scratch, "mmf_1")
    assert original.datetime_utc == datetime(2025, 5, 6, 17, tzinfo=UTC)
    assert moved.datetime_utc == datetime(2025, 5, 6, 10, tzinfo=UTC)
    assert (moved.changed_by, moved.change_reason) == ("mmf", "Changed at the source: datetime_utc")
    assert the_run(scratch, "mmf_2").datetime_utc == datetime(2016, 1, 7, 11, tzinfo=UTC)


def test_a_time_zone_that_comes_and_goes_between_two_merges_changes_no_run(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout(id=1))
    take.normalize(BERLIN)
    take.normalize(CHICAGO)
    assert take.merge().updated == 0
    assert len(history(scratch)) == 1


def test_the_time_zone_of_a_file_wins_over_the_setting(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1), time_zone=BERLIN)
    take(Workout(id=2))
    assert the_run(scratch, "mmf_1").datetime_utc == datetime(2025, 5, 6, 10, tzinfo=UTC)
    assert the_run(scratch, "mmf_2").datetime_utc == datetime(2025, 5, 6, 17, tzinfo=UTC)
    assert take.normalize("Asia/Tokyo").changed == 1
    take.merge()
    assert the_run(scratch, "mmf_1").version == 1
    assert the_run(scratch, "mmf_2").datetime_utc == datetime(2025, 5, 6, 3, tzinfo=UTC)


def test_an_unknown_time_zone_is_refused_and_changes_nothing(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1))
    before = row_versions(scratch)
    with pytest.raises(UnknownTimeZone):
        take.normalize("Mars/Olympus")
    assert row_versions(scratch) == before


def test_a_row_that_is_no_run_for_a_reason_is_kept_with_it(scratch: AnyConnection, take: Importer) -> None:
    done = take(
        Workout(id=1), Workout(id=2, day="Feb. 30, 2025", notes="Cold"), Workout(id=3, distance="far")
    )
    assert done.normalized == NormalizedCounts(new=1, rejected=2)
    no_day, no_distance = get_open_rejects("mmf", conn=scratch)
    assert (no_day.file_name, no_day.row_number, no_day.raw_key) == (done.ingested.file.name, 3, "mmf_2")
    assert '"Feb. 30, 2025" is not a date' in no_day.reason
    assert (no_day.payload["notes"], no_day.payload["unit"]) == ("Cold", "mi")
    assert (no_distance.row_number, no_distance.payload["distance"]) == (4, "far")
    assert get_existing_run_ids(conn=scratch) == {"mmf_1"}


def test_a_reject_is_resolved_when_a_newer_export_mends_the_row(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout(id=1, day="Feb. 30, 2025"), Workout(id=2, distance=""))
    take(Workout(id=1, day="Feb. 28, 2025"))
    assert [reject.raw_key for reject in get_open_rejects(conn=scratch)] == ["mmf_2"]
    take(Workout(id=2, distance="", activity="Walk"))
    assert get_open_rejects(conn=scratch) == []
    assert get_existing_run_ids(conn=scratch) == {"mmf_1"}


def test_a_mended_row_that_breaks_again_is_an_open_reject_again(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout(id=1, day="never"))
    take(Workout(id=1))
    done = take(Workout(id=1, day="ever"))
    (reject,) = get_open_rejects(conn=scratch)
    assert (reject.file_name, '"ever" is not a date' in reject.reason) == (done.ingested.file.name, True)


def test_a_run_whose_row_breaks_stays_as_it_is(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1))
    run = the_run(scratch)
    assert take(Workout(id=1, distance="far")).merged.deleted == 0
    assert the_run(scratch) == run


def test_a_row_that_is_still_rejected_is_not_written_again(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1, day="never"))
    before = row_versions(scratch, "normalized.progress")
    assert take.normalize(BERLIN).rejected == 1
    assert row_versions(scratch, "normalized.progress") == before


def test_a_day_that_has_not_begun_anywhere_is_rejected(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1, day="Nov. 2, 2025"), Workout(id=2, day="Nov. 3, 2025"))
    assert date(2025, 11, 1) == TODAY
    (reject,) = get_open_rejects(conn=scratch)
    assert (reject.raw_key, "future" in reject.reason) == ("mmf_2", True)


def test_no_rows_are_lost_between_batches(
    scratch: AnyConnection, take: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fitness_pipeline.db.bulk._BATCH_BYTES", 1000)
    done = take(*(Workout(id=number, notes="é" * 30) for number in range(1, 101)))
    assert done.normalized.new == done.merged.inserted == len(get_existing_run_ids(conn=scratch)) == 100


def test_a_database_without_exports_is_not_behind(scratch: AnyConnection) -> None:
    assert not is_behind(scratch)


def test_runs_are_behind_from_each_change_until_they_are_merged(
    scratch: AnyConnection, take: Importer
) -> None:
    def catch_up(time_zone: str = CHICAGO) -> None:
        take.normalize(time_zone)
        assert is_behind(scratch, time_zone)
        take.merge()
        assert not is_behind(scratch, time_zone)

    take.ingest(Workout(id=1, notes="Shoes: Ghost"))
    assert is_behind(scratch)
    catch_up()
    add_shoe_alias("Ghost", "Ghost 15", conn=scratch)
    assert is_behind(scratch)
    catch_up()
    assert is_behind(scratch, BERLIN)
    catch_up(BERLIN)


def test_rows_that_make_no_run_leave_nothing_behind(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1, activity="Walk"), Workout(id=2, day="never"))
    assert not is_behind(scratch)


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str, tmp_path: Path) -> None:
    from fitness_pipeline.db.merge import merge_runs
    from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export

    ingest_export(write_export(tmp_path / "export.csv", [Workout(id=1)]))
    assert step.is_behind("mmf", settings_in())
    assert step.normalize("mmf", settings_in(), today=TODAY).new == 1
    assert merge_runs("mmf").inserted == 1
    assert not step.is_behind("mmf", settings_in())
