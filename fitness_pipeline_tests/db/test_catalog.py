"""What a table looks like, as the Dagster UI shows it."""

import psycopg
import pytest

from fitness_pipeline.db.catalog import describe_table, preview_table
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import create_runs, new_run


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
