"""Reading and creating runs."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from psycopg.rows import dict_row

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import InvalidValue, ShoeNotFound, UnknownTimeZone
from fitness_pipeline_tests.builders import MORNING, create_runs, history, new_run, row_versions, the_run


def ids(runs: object) -> list[str]:
    assert isinstance(runs, list)
    return [run.id for run in runs]


@pytest.fixture
def three_days(scratch: AnyConnection) -> AnyConnection:
    """Runs of three days in May, of which the second is deleted."""
    days = {"mmf_1": 6, "mmf_2": 7, "mmf_3": 8}
    create_runs(
        scratch,
        *(new_run(id, datetime_utc=datetime(2025, 5, day, 17, tzinfo=UTC)) for id, day in days.items()),
    )
    db.runs_history.soft_delete_run("mmf_2", "runner", conn=scratch)
    return scratch


def test_a_created_run_is_read_back_as_it_was_given(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=scratch)
    given = new_run(
        datetime_utc=datetime(2025, 5, 6, 7, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5))),
        type="Treadmill Run",
        distance=0.1 + 0.2,
        duration=1e-7,
        avg_heart_rate=149.5,
        shoe_id="ghost_15",
    )
    create_runs(scratch, given)
    run = the_run(scratch)
    assert {field: getattr(run, field) for field in given.__dataclass_fields__} == {
        field: getattr(given, field) for field in given.__dataclass_fields__
    }
    assert run.datetime_utc.utcoffset() == timedelta()
    assert (run.version, run.last_edited_at, run.last_edited_by, run.deleted_at) == (1, None, None, None)
    assert run.created_at == run.updated_at


def test_a_created_run_begins_its_history(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run())
    (original,) = history(scratch)
    assert (original.change_type, original.changed_by, original.change_reason) == (
        "original",
        "system",
        "Initial import",
    )
    assert original.changed_at == the_run(scratch).created_at


def test_only_runs_that_are_new_are_inserted(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"))
    again = [new_run("mmf_1", distance=9.0), new_run("mmf_2"), new_run("strava_3")]
    assert db.runs.bulk_create_runs(again, conn=scratch) == 2
    assert the_run(scratch, "mmf_1").distance == 3.0
    assert [len(history(scratch, id)) for id in ("mmf_1", "mmf_2", "strava_3")] == [1, 1, 1]


def test_creating_runs_again_writes_nothing(scratch: AnyConnection) -> None:
    runs = [new_run(f"mmf_{number}") for number in range(5)]
    create_runs(scratch, *runs)
    before = row_versions(scratch)
    assert db.runs.bulk_create_runs(iter(runs), conn=scratch) == 0
    assert row_versions(scratch) == before


def test_a_deleted_run_is_not_created_again(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run())
    db.runs_history.soft_delete_run("mmf_1", "runner", conn=scratch)
    assert db.runs.bulk_create_runs([new_run()], conn=scratch) == 0
    assert the_run(scratch).deleted_at is not None


def test_of_several_new_runs_with_one_id_the_first_counts(scratch: AnyConnection) -> None:
    assert db.runs.bulk_create_runs([new_run(distance=1.0), new_run(distance=2.0)], conn=scratch) == 1
    assert the_run(scratch).distance == 1.0


def test_creating_no_runs_is_fine(scratch: AnyConnection) -> None:
    assert db.runs.bulk_create_runs([], conn=scratch) == 0


@pytest.mark.parametrize(
    "values",
    [
        {"distance": -0.1},
        {"distance": math.nan},
        {"distance": math.inf},
        {"duration": -1.0},
        {"duration": math.nan},
        {"duration": math.inf},
        {"avg_heart_rate": 0.0},
        {"avg_heart_rate": math.nan},
        {"avg_heart_rate": math.inf},
        {"type": "Walk"},
        {"source": "Garmin"},
        {"datetime_utc": datetime(2025, 5, 6, 12)},  # noqa: DTZ001 - that is the point
    ],
    ids=str,
)
def test_a_run_with_an_impossible_value_is_refused_with_all_its_companions(
    scratch: AnyConnection, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidValue):
        db.runs.bulk_create_runs([new_run("mmf_1"), new_run("mmf_2", **values)], conn=scratch)
    assert db.runs.get_existing_run_ids(conn=scratch) == set()


def test_a_run_in_an_unknown_shoe_is_refused(scratch: AnyConnection) -> None:
    with pytest.raises(ShoeNotFound, match="bulk_create_shoes_by_names"):
        db.runs.bulk_create_runs([new_run(shoe_id="unknown")], conn=scratch)
    assert db.runs.get_existing_run_ids(conn=scratch) == set()


def test_runs_come_newest_first_and_deleted_ones_only_when_asked_for(three_days: AnyConnection) -> None:
    assert ids(db.runs.get_all_runs(conn=three_days)) == ["mmf_3", "mmf_1"]
    assert ids(db.runs.get_all_runs(include_deleted=True, conn=three_days)) == ["mmf_3", "mmf_2", "mmf_1"]


def test_a_deleted_run_is_found_only_when_asked_for(three_days: AnyConnection) -> None:
    assert db.runs.get_run_by_id("mmf_2", conn=three_days) is None
    found = db.runs.get_run_by_id("mmf_2", include_deleted=True, conn=three_days)
    assert found is not None
    assert found.deleted_at is not None


def test_an_unknown_run_is_none(three_days: AnyConnection) -> None:
    assert db.runs.get_run_by_id("mmf_9", include_deleted=True, conn=three_days) is None


def test_the_existing_ids_include_those_of_deleted_runs(three_days: AnyConnection) -> None:
    assert db.runs.get_existing_run_ids(conn=three_days) == {"mmf_1", "mmf_2", "mmf_3"}


def test_a_range_of_days_includes_its_first_and_its_last(three_days: AnyConnection) -> None:
    def between(first: int, last: int) -> list[str]:
        return ids(
            db.runs.get_run_details_in_date_range(date(2025, 5, first), date(2025, 5, last), conn=three_days)
        )

    assert between(6, 8) == ["mmf_3", "mmf_1"]
    assert between(6, 6) == ["mmf_1"]
    assert between(7, 7) == []
    assert between(8, 6) == []


def test_a_day_is_a_day_of_the_given_zone(scratch: AnyConnection) -> None:
    just_after_midnight = datetime(2025, 5, 7, 4, 59, 59, tzinfo=UTC)  # 23:59:59 on May 6 in Chicago
    create_runs(scratch, new_run(datetime_utc=just_after_midnight))
    sixth, seventh = date(2025, 5, 6), date(2025, 5, 7)

    def on(day: date, time_zone: str) -> list[str]:
        found = db.runs.get_run_details_in_date_range(day, day, time_zone=time_zone, conn=scratch)
        return ids(found)

    assert on(sixth, "America/Chicago") == ["mmf_1"]
    assert on(seventh, "America/Chicago") == []
    assert on(sixth, "UTC") == []
    assert on(seventh, "UTC") == ["mmf_1"]


def test_a_day_with_a_change_of_clocks_has_all_its_hours(scratch: AnyConnection) -> None:
    last_hour = datetime(2025, 11, 3, 5, 30, tzinfo=UTC)  # the 25th hour of November 2 in Chicago
    create_runs(scratch, new_run(datetime_utc=last_hour))
    day = date(2025, 11, 2)
    found = db.runs.get_run_details_in_date_range(day, day, time_zone="America/Chicago", conn=scratch)
    assert ids(found) == ["mmf_1"]


def test_a_range_may_be_open_at_both_ends(three_days: AnyConnection) -> None:
    for zone in ("UTC", "Pacific/Auckland", "America/Chicago"):
        found = db.runs.get_run_details_in_date_range(date.min, date.max, time_zone=zone, conn=three_days)
        assert ids(found) == ["mmf_3", "mmf_1"]


def test_a_range_in_an_unknown_zone_is_refused(three_days: AnyConnection) -> None:
    day = date(2025, 5, 6)
    with pytest.raises(UnknownTimeZone, match="Mars/Olympus"):
        db.runs.get_run_details_in_date_range(day, day, time_zone="Mars/Olympus", conn=three_days)


def test_details_tell_of_shoe_and_calendar(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=scratch)
    db.shoes.retire_shoe_by_id("ghost_15", date(2025, 6, 1), "Worn out", conn=scratch)
    create_runs(scratch, new_run(shoe_id="ghost_15"))
    scratch.execute(
        """
        insert into synced_runs (run_id, run_version, google_event_id, synced_at, sync_status)
        values ('mmf_1', 1, 'event1', '2025-05-07 10:00+00', 'synced')
        """
    )
    (detail,) = db.runs.get_all_run_details(conn=scratch)
    assert (detail.shoes, detail.shoe_retirement_notes) == ("Ghost 15", "Worn out")
    assert (detail.is_synced, detail.sync_status, detail.synced_version, detail.google_event_id) == (
        True,
        "synced",
        1,
        "event1",
    )
    assert detail.synced_at == datetime(2025, 5, 7, 10, tzinfo=UTC)
    run = the_run(scratch)
    assert all(getattr(detail, field) == getattr(run, field) for field in run.__dataclass_fields__)


def test_a_failed_sync_is_told_with_its_message(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run())
    scratch.execute(
        """
        insert into synced_runs (run_id, run_version, google_event_id, sync_status, error_message)
        values ('mmf_1', 1, 'event1', 'failed', 'quota')
        """
    )
    (detail,) = db.runs.get_all_run_details(conn=scratch)
    assert (detail.is_synced, detail.sync_status, detail.error_message) == (False, "failed", "quota")


def test_a_run_without_shoe_and_event_has_none(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run())
    (detail,) = db.runs.get_all_run_details(conn=scratch)
    assert (detail.shoes, detail.shoe_retirement_notes, detail.sync_status, detail.is_synced) == (
        None,
        None,
        None,
        False,
    )


def test_details_leave_out_deleted_runs(three_days: AnyConnection) -> None:
    assert ids(db.runs.get_all_run_details(conn=three_days)) == ["mmf_3", "mmf_1"]


def test_many_runs_are_created_at_once(scratch: AnyConnection) -> None:
    runs = [replace(new_run(), id=f"mmf_{number}") for number in range(5000)]
    assert db.runs.bulk_create_runs(runs, conn=scratch) == 5000
    assert fetch_value(scratch, "select count(*) from runs_history where version_number = 1") == 5000


def test_the_callers_row_factory_does_not_matter(connection: AnyConnection) -> None:
    connection.row_factory = dict_row
    assert db.runs.bulk_create_runs([new_run("mmf_1")], conn=connection) == 1
    assert db.runs.get_existing_run_ids(conn=connection) == {"mmf_1"}
    assert ids(db.runs.get_all_run_details(conn=connection)) == ["mmf_1"]


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    assert db.runs.bulk_create_runs([new_run("mmf_1"), new_run("mmf_2")]) == 2
    assert db.runs.get_existing_run_ids() == {"mmf_1", "mmf_2"}
    assert ids(db.runs.get_all_runs()) == ["mmf_2", "mmf_1"]
    assert db.runs.get_run_by_id("mmf_1") == the_run(connection)
    assert ids(db.runs.get_all_run_details()) == ["mmf_2", "mmf_1"]
    assert ids(db.runs.get_run_details_in_date_range(MORNING.date(), MORNING.date())) == ["mmf_2", "mmf_1"]
