"""The tables that users know: their columns, their keys, and what no row of them can say."""

import math

import psycopg
import pytest
from psycopg import sql

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.db.rows import ROWS

TEXT, INSTANT, NUMBER = "text", "timestamp with time zone", "double precision"

# Column to type, "null" where it may be empty; exactly what users were promised.
TABLES: dict[str, dict[str, str]] = {
    "runs": {
        "id": TEXT,
        "datetime_utc": INSTANT,
        "type": TEXT,
        "distance": NUMBER,
        "duration": NUMBER,
        "source": TEXT,
        "avg_heart_rate": f"{NUMBER} null",
        "shoe_id": f"{TEXT} null",
        "last_edited_at": f"{INSTANT} null",
        "last_edited_by": f"{TEXT} null",
        "version": "integer",
        "deleted_at": f"{INSTANT} null",
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
    "runs_history": {
        "history_id": "bigint",
        "run_id": TEXT,
        "version_number": "integer",
        "change_type": TEXT,
        "datetime_utc": INSTANT,
        "type": TEXT,
        "distance": NUMBER,
        "duration": NUMBER,
        "source": TEXT,
        "avg_heart_rate": f"{NUMBER} null",
        "shoe_id": f"{TEXT} null",
        "changed_at": INSTANT,
        "changed_by": f"{TEXT} null",
        "change_reason": f"{TEXT} null",
    },
    "shoes": {
        "id": TEXT,
        "name": TEXT,
        "retired_at": "date null",
        "notes": f"{TEXT} null",
        "retirement_notes": f"{TEXT} null",
        "deleted_at": f"{INSTANT} null",
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
    "synced_runs": {
        "id": "bigint",
        "run_id": TEXT,
        "run_version": "integer",
        "google_event_id": TEXT,
        "synced_at": f"{INSTANT} null",
        "sync_status": TEXT,
        "error_message": f"{TEXT} null",
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
    "lifts": {
        "id": TEXT,
        "title": TEXT,
        "source": TEXT,
        "description": f"{TEXT} null",
        "start_time": INSTANT,
        "end_time": f"{INSTANT} null",
        "exercises": "jsonb",
        "total_volume_kg": NUMBER,
        "total_sets": "integer",
        "deleted_at": f"{INSTANT} null",
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
    "exercise_templates": {
        "id": TEXT,
        "title": TEXT,
        "source": TEXT,
        "type": f"{TEXT} null",
        "primary_muscle_group": f"{TEXT} null",
        "secondary_muscle_groups": "ARRAY",
        "is_custom": "boolean",
    },
    "sync_metadata": {
        "provider": TEXT,
        "last_synced_at": INSTANT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
    "oauth_credentials": {
        "id": "bigint",
        "provider": TEXT,
        "client_id": TEXT,
        "client_secret": TEXT,
        "access_token": TEXT,
        "refresh_token": TEXT,
        "expires_at": f"{INSTANT} null",
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
}
KEYS = {
    "runs": {"PRIMARY KEY (id)", "FOREIGN KEY (shoe_id) REFERENCES shoes(id)"},
    "runs_history": {
        "PRIMARY KEY (history_id)",
        "UNIQUE (run_id, version_number)",
        "FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE",
    },
    "shoes": {"PRIMARY KEY (id)", "UNIQUE (name)"},
    "lifts": {"PRIMARY KEY (id)"},
    "exercise_templates": {"PRIMARY KEY (id)"},
    "synced_runs": {"PRIMARY KEY (id)", "UNIQUE (run_id)", "FOREIGN KEY (run_id) REFERENCES runs(id)"},
    "sync_metadata": {"PRIMARY KEY (provider)"},
    "oauth_credentials": {"PRIMARY KEY (id)", "UNIQUE (provider)"},
}
WITH_TIMES = ("runs", "shoes", "synced_runs", "lifts", "sync_metadata", "oauth_credentials")
NEW_EVENT = "insert into synced_runs (run_id, run_version, google_event_id, sync_status)"
NEW_VERSION = """
    insert into runs_history
           (run_id, version_number, change_type, datetime_utc, type, distance, duration, source)
    select id,
"""


def test_the_tables_have_exactly_the_promised_columns(scratch: AnyConnection) -> None:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind, is_nullable in scratch.execute(
        """
        select table_name, column_name, data_type, is_nullable from information_schema.columns
        where table_schema = 'public' order by table_name, ordinal_position
        """
    ):
        found.setdefault(table, {})[column] = f"{kind} null" if is_nullable == "YES" else kind
    assert found.pop("alembic_version") == {"version_num": "character varying"}
    assert found == TABLES
    assert {table: list(columns) for table, columns in found.items()} == {
        table: list(columns) for table, columns in TABLES.items()
    }


def test_the_tables_have_exactly_the_promised_keys(scratch: AnyConnection) -> None:
    found: dict[str, set[str]] = {}
    for table, key in scratch.execute(
        """
        select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f')
        """
    ):
        found.setdefault(table, set()).add(key)
    del found["alembic_version"]
    assert found == KEYS


def test_a_new_row_has_a_number_or_a_version_and_its_times_by_itself(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run())
    for row in ROWS.values():
        scratch.execute(row.encode())
    for table in WITH_TIMES:
        statement = sql.SQL("select created_at = now() and updated_at = now() from {}")
        assert scratch.execute(statement.format(sql.Identifier(table))).fetchall() == [(True,)]
    assert fetch_value(scratch, "select version from runs") == 1
    assert fetch_value(scratch, "select id from synced_runs") > 0
    assert fetch_value(scratch, "select history_id from runs_history") > 0


def test_updated_at_moves_with_every_change_whatever_a_writer_says(connection: AnyConnection) -> None:
    create_runs(connection, new_run())
    for row in ROWS.values():
        connection.execute(row.encode())
    for table in WITH_TIMES:
        name = sql.Identifier(table)
        connection.execute(sql.SQL("update {} set updated_at = '2000-01-01'").format(name))
        moved = connection.execute(sql.SQL("select created_at < updated_at from {}").format(name)).fetchall()
        assert moved == [(True,)], table


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.1])
def test_no_number_of_a_run_or_lift_is_impossible(scratch: AnyConnection, value: float) -> None:
    create_runs(scratch, new_run())
    scratch.execute(ROWS["lifts"].encode())
    numbers = scratch.execute(
        """
        select table_name, column_name from information_schema.columns
        where table_schema = 'public' and data_type = 'double precision'
        """
    ).fetchall()
    assert len(numbers) == 7
    scratch.execute("alter table runs_history disable trigger runs_history_is_append_only")
    for table, column in numbers:
        statement = sql.SQL("update {} set {} = %s").format(sql.Identifier(table), sql.Identifier(column))
        with pytest.raises(psycopg.errors.CheckViolation), scratch.transaction():
            scratch.execute(statement, [value])


@pytest.mark.parametrize("value", ["infinity", "-infinity"])
def test_no_run_starts_at_the_end_of_time(scratch: AnyConnection, value: str) -> None:
    create_runs(scratch, new_run())
    scratch.execute("alter table runs_history disable trigger runs_history_is_append_only")
    for table in ("runs", "runs_history"):
        statement = sql.SQL("update {} set datetime_utc = %s").format(sql.Identifier(table))
        with pytest.raises(psycopg.errors.CheckViolation), scratch.transaction():
            scratch.execute(statement, [value])


def test_no_instant_is_infinite(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run())
    for row in ROWS.values():
        scratch.execute(row.encode())
    scratch.execute("alter table runs_history disable trigger runs_history_is_append_only")
    instants = scratch.execute(
        """
        select table_name, column_name from information_schema.columns
        where table_schema = 'public' and data_type = 'timestamp with time zone'
          and column_name <> 'updated_at' -- the trigger sets it
        """
    ).fetchall()
    for table, column in instants:
        statement = sql.SQL("update {} set {} = 'infinity'").format(
            sql.Identifier(table), sql.Identifier(column)
        )
        with pytest.raises(psycopg.errors.CheckViolation), scratch.transaction():
            scratch.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update runs set type = 'Walk'",
        "update runs set source = 'Garmin'",
        "update runs set version = 0",
        "update runs set id = ''",
        "update runs set shoe_id = 'unknown'",
        f"{NEW_VERSION} 2, 'revival', datetime_utc, type, distance, duration, source from runs",
        f"{NEW_VERSION} 1, 'edit', datetime_utc, type, distance, duration, source from runs",
        "insert into shoes (id, name) values ('b', 'A')",
        "insert into shoes (id, name) values ('b', '')",
        "update lifts set id = ''",
        "update lifts set source = 'Strong'",
        "update lifts set exercises = null",
        "update lifts set total_sets = -1",
        "update exercise_templates set source = 'Strong'",
        f"{NEW_EVENT} values ('mmf_1', 1, 'e', 'lost')",
        f"{NEW_EVENT} values ('mmf_9', 1, 'e', 'synced')",
    ],
)
def test_a_row_that_cannot_be_true_is_refused(scratch: AnyConnection, statement: str) -> None:
    create_runs(scratch, new_run())
    for table in ("shoes", "lifts", "exercise_templates"):
        scratch.execute(ROWS[table].encode())
    with pytest.raises(psycopg.IntegrityError), scratch.transaction():
        scratch.execute(statement.encode())
