"""Composed exports look like the vendor's, and the shipped ones are what the composer composes."""

import csv
import io
import itertools
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from fitness_pipeline.identity import mmf_run_id
from fitness_pipeline.normalize.batch import NormalizedBatch
from fitness_pipeline.normalize.mapmyfitness.keys import with_workout_keys
from fitness_pipeline.normalize.mapmyfitness.workouts import normalize_workouts
from fitness_pipeline.project import shipped_file
from fitness_pipeline.providers.mapmyfitness.export import MalformedRow, open_export
from fitness_pipeline.sandbox.mapmyfitness.exports import Generation, compose_export, header, write_export
from fitness_pipeline.sandbox.mapmyfitness.rows import Unit, compose_rows
from fitness_pipeline.sandbox.mapmyfitness.samples import compose_samples
from fitness_pipeline.sandbox.mapmyfitness.workouts import compose_workouts

OLDER, NEWER = "user1001_workout_history_2018.csv", "user1001_workout_history.csv"


def read(path: Path) -> tuple[pl.DataFrame, NormalizedBatch, list[MalformedRow]]:
    with open_export(path) as export:
        rows = with_workout_keys(pl.concat(list(export.batches())))
        rows = rows.with_columns(unit=pl.lit(export.unit), time_zone=pl.lit(None, dtype=pl.String))
    normalized = normalize_workouts(
        rows, default_time_zone="America/Chicago", shoe_aliases={}, today=date(2025, 11, 1)
    )
    return rows, normalized, export.malformed


def as_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_shipped_samples_are_what_the_composer_gives() -> None:
    folder = shipped_file("data/sample")
    shipped = {path.name: path.read_bytes().decode() for path in folder.glob("*.csv")}
    assert shipped == compose_samples()


def test_the_samples_are_written_by_a_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fitness_pipeline.sandbox.mapmyfitness", str(tmp_path)]
    subprocess.run(command, check=True)
    assert {path.name: path.read_bytes().decode() for path in tmp_path.iterdir()} == compose_samples()


def test_the_older_sample_is_whole() -> None:
    rows, normalized, malformed = read(shipped_file(f"data/sample/{OLDER}"))
    assert 130 <= rows.height <= 170
    assert normalized.rejects.is_empty()
    assert malformed == []
    assert normalized.runs["datetime_utc"].dt.year().unique().sort().to_list() == [2016, 2017, 2018]


def test_the_newer_sample_has_four_bad_rows_and_a_workout_twice() -> None:
    rows, normalized, malformed = read(shipped_file(f"data/sample/{NEWER}"))
    assert rows.height + len(malformed) == 420
    assert normalized.rejects["reason"].to_list() == [
        'Workout Date "Feb. 30, 2025" is not a date; expected something like "Feb. 3, 2025"',
        "Distance is empty; expected miles such as 3.1",
        'Distance "6,4" is not a number; expected miles such as 3.1',
    ]
    assert [row.reason for row in malformed] == ["The row has 14 cells, but the header has 15"]
    assert rows.height - rows["workout_key"].n_unique() == 1


def test_the_newer_sample_corrects_four_workouts_of_the_older_one() -> None:
    older, newer = (read(shipped_file(f"data/sample/{name}"))[0] for name in (OLDER, NEWER))
    both = older.join(newer, on="workout_key", suffix="_newer")
    assert both.height == older.height
    cells = ("activity_type", "distance", "workout_time", "notes")
    changed = [both.filter(pl.col(name) != pl.col(f"{name}_newer")).height for name in cells]
    assert changed == [1, 1, 1, 1]


def test_the_newer_sample_tells_of_a_plausible_runner() -> None:
    rows, normalized, _ = read(shipped_file(f"data/sample/{NEWER}"))
    runs = normalized.runs
    assert set(runs["datetime_utc"].dt.year()) == set(range(2016, 2026))
    assert 0.1 < runs.filter(pl.col("type") == "Treadmill Run").height / runs.height < 0.4
    assert 6 <= runs["shoe_id"].drop_nulls().n_unique() <= 14
    assert runs.filter(pl.col("datetime_utc").dt.year() < 2019)["avg_heart_rate"].null_count() == (
        runs.filter(pl.col("datetime_utc").dt.year() < 2019).height
    )
    assert runs["avg_heart_rate"].drop_nulls().is_between(120, 190).all()
    assert runs["distance"].is_between(1, 26.3).all()
    assert (runs["duration"] / 60 / runs["distance"]).is_between(6, 12).all()
    assert {"Bike Ride", "Walk", "Gym Workout", "Weight Workout"} == set(normalized.others["activity_type"])
    assert rows["notes"].str.starts_with("b'").any()
    assert rows["notes"].str.contains("\n").any()


def test_equal_seeds_give_equal_exports_and_others_do_not() -> None:
    assert compose_export(50, seed=3) == compose_export(50, seed=3)
    assert compose_export(50, seed=3) != compose_export(50, seed=4)


@pytest.mark.parametrize("rows", [0, 1, 2_000])
def test_an_export_has_as_many_workouts_as_asked_for_each_with_its_own_id(rows: int) -> None:
    workouts = as_rows(compose_export(rows))[1:]
    assert len(workouts) == rows
    assert len({mmf_run_id(cells[-1]) for cells in workouts}) == rows


def test_the_newest_workout_comes_first_and_none_is_outside_of_the_years() -> None:
    first, last = date(2019, 3, 1), date(2020, 6, 30)
    days = [workout.day for workout in compose_workouts(300, first_day=first, last_day=last)]
    assert days == sorted(days, reverse=True)
    assert first <= days[-1]
    assert days[0] <= last


@pytest.mark.parametrize("unit", ["mi", "km"])
@pytest.mark.parametrize("generation", [2017, 2025])
def test_every_generation_and_unit_can_be_read(tmp_path: Path, unit: Unit, generation: Generation) -> None:
    path = tmp_path / "a.csv"
    path.write_text(compose_export(100, unit=unit, generation=generation), encoding="utf-8", newline="")
    rows, normalized, malformed = read(path)
    assert rows["unit"].unique().to_list() == [unit]
    assert rows["extra"].unique().to_list() == [""]
    assert (normalized.rejects.height, len(malformed)) == (0, 0)


def test_the_same_runs_in_kilometres_are_as_long() -> None:
    workouts = list(compose_workouts(50))
    in_miles, in_kilometres = (
        [float(cells[4] or 0) for cells in compose_rows(workouts, unit=unit)] for unit in ("mi", "km")
    )
    assert in_kilometres == pytest.approx([1.609344 * miles for miles in in_miles], rel=1e-5)


def test_the_header_of_2017_had_two_columns_without_a_unit() -> None:
    differing = [pair for pair in zip(header(), header(generation=2017), strict=True) if len(set(pair)) > 1]
    assert differing == [("Max Pace (min/mi)", "Max Pace"), ("Max Speed (mi/h)", "Max Speed")]


def test_a_header_in_kilometres_says_so_in_every_column() -> None:
    assert [cell for cell in header(unit="km") if "km" in cell] == [
        "Distance (km)",
        "Avg Pace (min/km)",
        "Max Pace (min/km)",
        "Avg Speed (km/h)",
        "Max Speed (km/h)",
    ]
    assert not any("mi)" in cell or "mi/" in cell for cell in header(unit="km"))


def test_only_cells_that_need_quotes_have_them() -> None:
    line = compose_export(40).splitlines()[1]
    assert line.startswith('"')
    assert ',"Run",' not in line


def test_rows_are_composed_one_at_a_time() -> None:
    def endless() -> Iterable[tuple[str, ...]]:
        return compose_rows(workout for _ in itertools.count() for workout in compose_workouts(10))

    text = io.StringIO()
    write_export(text, itertools.islice(endless(), 25))
    assert len(as_rows(text.getvalue())) == 26
