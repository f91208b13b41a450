"""Miles by year and by shoe."""

from datetime import UTC, datetime

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.mileage import ShoeMileage, YearMileage, mileage_by_shoe, mileage_by_year
from fitness_pipeline_tests.builders import create_runs, new_run


def test_a_run_belongs_to_the_year_that_it_was_in_the_runners_zone(scratch: AnyConnection) -> None:
    just_after_midnight_utc = datetime(2025, 1, 1, 0, 30, tzinfo=UTC)
    create_runs(scratch, new_run("mmf_1", datetime_utc=just_after_midnight_utc, distance=3.0))
    assert mileage_by_year("America/Chicago", conn=scratch) == [YearMileage(year=2024, runs=1, miles=3.0)]
    assert mileage_by_year("UTC", conn=scratch) == [YearMileage(year=2025, runs=1, miles=3.0)]


def test_deleted_runs_count_nowhere(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1", distance=3.0), new_run("mmf_2", distance=4.0))
    db.runs_history.soft_delete_run("mmf_2", "Ada", conn=scratch)
    assert [year.miles for year in mileage_by_year("UTC", conn=scratch)] == [3.0]
    assert mileage_by_shoe(conn=scratch) == [ShoeMileage(shoe=None, runs=1, miles=3.0)]


def test_shoes_come_by_their_miles_and_runs_without_a_shoe_last(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 9", "Ride 10"], conn=scratch)
    create_runs(
        scratch,
        new_run("mmf_1", distance=1.0, shoe_id="ghost_9"),
        new_run("mmf_2", distance=2.0, shoe_id="ride_10"),
        new_run("mmf_3", distance=9.0),
    )
    assert [shoe.shoe for shoe in mileage_by_shoe(conn=scratch)] == ["Ride 10", "Ghost 9", None]
