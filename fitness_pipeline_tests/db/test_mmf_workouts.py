"""Raw MapMyFitness rows as the next step reads them; how they get there is tested with that step."""

from pathlib import Path

import polars as pl
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.mmf_workouts import changed_workouts
from fitness_pipeline.db.progress import newest_raw_change
from fitness_pipeline_tests.builders import Importer, Workout


@pytest.fixture
def take(scratch: AnyConnection, tmp_path: Path) -> Importer:
    return Importer(scratch, tmp_path)


def changed(connection: AnyConnection, since: int) -> pl.DataFrame:
    frames = list(changed_workouts(connection, since))
    return pl.concat(frames) if frames else pl.DataFrame()


def test_all_rows_are_read_in_the_order_of_their_keys(scratch: AnyConnection, take: Importer) -> None:
    take.ingest(Workout(id=2, notes=""), Workout(id=1, notes="Easy"), unit="km", time_zone="Europe/Berlin")
    take.ingest(Workout(id=3))
    rows = changed(scratch, 0).to_dicts()
    assert [row["workout_key"] for row in rows] == ["mmf_1", "mmf_2", "mmf_3"]
    assert rows[1] == {
        "workout_key": "mmf_2",
        "workout_date": "May 6, 2025",
        "activity_type": "Run",
        "distance": "3.0",
        "workout_time": "1800",
        "avg_heart_rate": "",
        "notes": "",
        "unit": "km",
        "time_zone": "Europe/Berlin",
    }
    assert rows[2]["time_zone"] is None


def test_only_rows_that_changed_since_are_read(scratch: AnyConnection, take: Importer) -> None:
    assert newest_raw_change("mmf", conn=scratch) == 0
    take.ingest(Workout(id=1), Workout(id=2))
    since = newest_raw_change("mmf", conn=scratch)
    assert changed(scratch, since).is_empty()
    take.ingest(Workout(id=1), Workout(id=2, distance="4"), Workout(id=3))
    assert changed(scratch, since)["workout_key"].to_list() == ["mmf_2", "mmf_3"]
    assert changed(scratch, newest_raw_change("mmf", conn=scratch)).is_empty()


def test_a_file_that_brings_nothing_new_is_no_change(scratch: AnyConnection, take: Importer) -> None:
    take.ingest(Workout(id=1), Workout(id=2))
    since = newest_raw_change("mmf", conn=scratch)
    take.ingest(Workout(id=2))
    assert newest_raw_change("mmf", conn=scratch) == since
