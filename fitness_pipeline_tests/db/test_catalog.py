"""What a table looks like, as the Dagster UI shows it."""

import psycopg
import pytest

from fitness_pipeline.db.catalog import describe_table, preview_table
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.db.sides import delete, upstream


def test_columns_are_described_in_order_with_type_and_comment(scratch: AnyConnection) -> None:
    columns = {column.name: column for column in describe_table("public.runs", conn=scratch)}
    assert list(columns)[:4] == ["id", "datetime_utc", "type", "distance"]
    assert (columns["distance"].type, columns["distance"].is_nullable) == ("double precision", False)
    assert columns["distance"].comment == "Miles"
    assert (columns["shoe_id"].type, columns["shoe_id"].is_nullable) == ("text", True)
    assert columns["datetime_utc"].type == "timestamp with time zone"


def test_a_dropped_column_is_not_described(scratch: AnyConnection) -> None:
    scratch.execute("alter table shoes drop column notes")
    assert "notes" not in [column.name for column in describe_table("public.shoes", conn=scratch)]


def test_an_unknown_table_cannot_be_described(scratch: AnyConnection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable), scratch.transaction():
        describe_table("public.walks", conn=scratch)


def test_a_preview_has_the_greatest_rows_first_and_no_more_than_asked_for(scratch: AnyConnection) -> None:
    create_runs(scratch, *(new_run(f"mmf_{number}", distance=float(number)) for number in range(1, 6)))
    preview = preview_table("public.runs", newest_by="distance", limit=2, conn=scratch)
    assert preview.columns == [column.name for column in describe_table("public.runs", conn=scratch)]
    assert [row[0] for row in preview.rows] == ["mmf_5", "mmf_4"]


def test_a_preview_of_an_empty_table_has_its_columns(scratch: AnyConnection) -> None:
    preview = preview_table("raw.mmf_workouts", newest_by="change_id", limit=5, conn=scratch)
    assert preview.rows == []
    assert preview.columns[0] == "workout_key"


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str) -> None:
    assert describe_table("public.sync_metadata")[0].name == "provider"
    assert preview_table("public.sync_metadata", newest_by="provider", limit=1).rows == []


def test_a_preview_of_the_runs_leaves_out_the_deleted_ones(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"), new_run("mmf_2"))
    delete(scratch, "mmf_2")
    preview = preview_table("public.runs", newest_by="datetime_utc", limit=5, conn=scratch)
    assert [row[0] for row in preview.rows] == ["mmf_1"]


def test_a_preview_of_normalized_runs_has_the_newest_of_all_providers(scratch: AnyConnection) -> None:
    for number in range(1, 4):
        upstream(scratch, new_run(f"mmf_{number}"))
    scratch.execute(
        "update normalized.runs set run_id = 'strava_9', provider = 'strava' where run_id = 'mmf_2'"
    )
    scratch.execute(
        "insert into normalized.progress (stage, provider, change_id) values ('merge', 'strava', 1)"
    )
    preview = preview_table("normalized.runs", newest_by="change_id", limit=2, conn=scratch)
    columns = [column.name for column in describe_table("normalized.runs", conn=scratch)]
    assert preview.columns == columns
    assert [row[0] for row in preview.rows] == ["mmf_3", "strava_9"]


@pytest.mark.parametrize(
    ("table", "newest_by"),
    [
        ("public.runs", "datetime_utc"),
        ("normalized.runs", "change_id"),
        ("raw.mmf_workouts", "change_id"),
        ("raw.strava_activities", "change_id"),
    ],
)
def test_a_preview_reads_no_large_table_from_end_to_end(
    scratch: AnyConnection, table: str, newest_by: str
) -> None:
    scratch.execute(
        """
        insert into runs (id, datetime_utc, type, distance, duration, source)
        select 'mmf_' || number, timestamptz '2020-01-01 00:00+00' + number * interval '1 hour',
               'Outdoor Run', 3, 1800, 'MapMyFitness'
        from generate_series(1, 3000) as number;
        insert into normalized.runs
               (run_id, provider, datetime_utc, type, distance, duration, source, is_day_precision, change_id)
        select id, 'mmf', datetime_utc, type, distance, duration, source, true, 7 from runs;
        insert into normalized.progress (stage, provider, change_id) values ('merge', 'mmf', 7);
        insert into raw.ingested_files (provider, sha256, name, size_bytes, status)
        values ('mmf', repeat('0', 64), 'export.csv', 1, 'imported');
        insert into raw.mmf_workouts
        select id, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 'mi', null,
               (select file_id from raw.ingested_files), 2, 7
        from runs;
        insert into raw.strava_activities (activity_id, sha256, start_date, scope, change_id)
        select number, sha256('x'), now(), 'read', number / 200 from generate_series(1, 3000) as number;
        analyze runs, normalized.runs, raw.mmf_workouts, raw.strava_activities
        """
    )
    read = """
        select seq_tup_read from pg_stat_xact_user_tables where relid = %s::regclass
    """
    before = fetch_value(scratch, read, [table])
    assert len(preview_table(table, newest_by=newest_by, limit=5, conn=scratch).rows) == 5
    assert fetch_value(scratch, read, [table]) == before
