"""The assets below `raw/mmf_workouts`: what each of them tells."""

from pathlib import Path

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.assets.conftest import RunJob
from fitness_pipeline_tests.builders import Workout, write_export
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_activities, put_gear

SHOES = "Shoes: Karhu Fusion 3.5"


def test_normalizing_tells_what_became_of_each_row(run_job: RunJob, tmp_path: Path) -> None:
    rows = [Workout(id=1), Workout(id=2, activity="Walk"), Workout(id=3, distance="")]
    first = run_job([write_export(tmp_path / "1.csv", rows)]).metadata["normalized/runs"]
    assert (first["rows_in"], first["new"], first["other_activities"], first["rejected"]) == (3, 1, 1, 1)

    changed = [Workout(id=1, distance="3.5"), Workout(id=4)]
    second = run_job([write_export(tmp_path / "2.csv", changed)]).metadata["normalized/runs"]
    assert (second["rows_in"], second["new"], second["changed"]) == (2, 1, 1)


def test_nothing_new_upstream_leaves_every_asset_as_it_is(run_job: RunJob, tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.csv", [Workout(notes=SHOES)])
    run_job([path])
    again = run_job([path]).metadata
    assert (again["normalized/runs"]["new"], again["normalized/runs"]["changed"]) == (0, 0)
    assert again["shoes"]["new"] == 0
    assert (again["runs"]["rows_in"], again["runs"]["new"], again["runs"]["changed"]) == (0, 0, 0)


def test_runs_and_shoes_tell_what_is_new(run_job: RunJob, connection: AnyConnection, tmp_path: Path) -> None:
    outcome = run_job([write_export(tmp_path / "1.csv", [Workout(id=1, notes=SHOES), Workout(id=2)])])
    assert outcome.metadata["runs"]["new"] == 2
    assert (outcome.metadata["shoes"]["new"], outcome.metadata["shoes"]["unchanged"]) == (1, 0)
    assert fetch_value(connection, "select shoe_id from runs where id = 'mmf_1'") == "karhu_fusion_3_5"

    outcome = run_job([write_export(tmp_path / "2.csv", [Workout(id=2, distance="4.0", notes=SHOES)])])
    assert (outcome.metadata["runs"]["new"], outcome.metadata["runs"]["changed"]) == (0, 1)
    assert (outcome.metadata["shoes"]["new"], outcome.metadata["shoes"]["unchanged"]) == (0, 1)


def test_every_provider_is_worked_through_and_told_of_by_itself(
    run_job: RunJob, connection: AnyConnection, tmp_path: Path
) -> None:
    activities = [activity(1, gear_id="g1"), activity(2, sport_type="Ride"), activity(3, distance=None)]
    put_activities(connection, activities)
    put_gear(connection, "g1", "Brooks Ghost 15", is_retired=True)
    rows = [Workout(id=1, notes=SHOES), Workout(id=2), Workout(id=3, activity="Walk")]
    told = run_job([write_export(tmp_path / "export.csv", rows)]).metadata

    normalized = told["normalized/runs"]
    assert (normalized["rows_in"], normalized["new"], normalized["rejected"]) == (6, 3, 1)
    assert normalized["other_activities"] == 2
    assert normalized["other_activities_by_type"] == {"Ride": 1, "Walk": 1}
    assert {provider: counts["new"] for provider, counts in normalized["by_provider"].items()} == {
        "mmf": 2,
        "strava": 1,
    }
    shoes = told["shoes"]
    assert (shoes["new"], shoes["changed"], shoes["unchanged"], shoes["retired"]) == (2, 0, 0, 1)
    assert shoes["by_provider"] == {"mmf": {"new": 1}, "strava": {"new": 1}}
    runs = told["runs"]
    assert runs["new"] == 3
    assert (runs["by_provider"]["mmf"]["new"], runs["by_provider"]["strava"]["new"]) == (2, 1)
    assert fetch_value(connection, "select shoe_id from runs where id = 'strava_1'") == "brooks_ghost_15"

    delete_activities(connection, 1)
    put_gear(connection, "g1", "Brooks Ghost 15")
    told = run_job().metadata
    normalized = told["normalized/runs"]
    assert (normalized["rows_in"], normalized["withdrawn"]) == (1, 1)
    assert "other_activities_by_type" not in normalized
    shoes = told["shoes"]
    assert (shoes["new"], shoes["changed"], shoes["unchanged"], shoes["unretired"]) == (0, 1, 1, 1)
    assert (told["runs"]["deleted"], told["runs"]["by_provider"]["strava"]["deleted"]) == (1, 1)


def test_every_asset_shows_its_table_its_columns_and_its_time(run_job: RunJob, tmp_path: Path) -> None:
    outcome = run_job([write_export(tmp_path / "export.csv", [Workout(notes=SHOES)])])
    tables = {asset: told["dagster/table_name"] for asset, told in outcome.metadata.items()}
    assert tables == {
        "raw/mmf_workouts": "raw.mmf_workouts",
        "normalized/runs": "normalized.runs",
        "shoes": "public.shoes",
        "runs": "public.runs",
    }
    for told in outcome.metadata.values():
        assert told["seconds"] >= 0
    columns = {column.name: column for column in outcome.metadata["runs"]["dagster/column_schema"].columns}
    assert columns["datetime_utc"].type == "timestamp with time zone"
    assert not columns["distance"].constraints.nullable
    assert columns["distance"].description == "Miles"


def test_a_preview_is_a_table_whose_cells_stay_on_their_line(run_job: RunJob, tmp_path: Path) -> None:
    notes = "one | two\nthree <b>bold</b> " + "four " * 40
    preview = run_job([write_export(tmp_path / "export.csv", [Workout(notes=notes)])]).metadata[
        "raw/mmf_workouts"
    ]["preview"]
    header, rule, *rows = preview.splitlines()
    assert header.startswith("| workout_key")
    assert set(rule) <= set("|:-")
    assert len(rows) == 1
    assert r"one \| two three &lt;b>bold&lt;/b> four four f…" in rows[0]


def test_a_preview_shows_instants_in_utc_and_no_empty_column(run_job: RunJob, tmp_path: Path) -> None:
    outcome = run_job([write_export(tmp_path / "export.csv", [Workout()])])
    preview = outcome.metadata["runs"]["preview"]
    assert "2025-05-06 17:00Z" in preview
    assert "deleted_at" not in preview
    assert outcome.metadata["shoes"]["preview"] == "*no rows*"


def test_a_preview_is_short(run_job: RunJob, tmp_path: Path) -> None:
    outcome = run_job([write_export(tmp_path / "export.csv", [Workout(id=id) for id in range(1, 50)])])
    assert len(outcome.metadata["runs"]["preview"].splitlines()) == 7
