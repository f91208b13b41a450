"""What a database holds in the end, to be compared with what another one holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import (
    Violations,
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.normalize import is_behind

# How much was asked, when and with which tokens, depends on what went wrong. How far each stage has come, in
# numbers, depends on it, too; that it has come to the end is for `assert_whole`.
_LEFT_OUT = {
    "public.alembic_version",
    "public.oauth_credentials",
    "public.sync_metadata",
    "normalized.checks_passed",
    "normalized.progress",
    "raw.hevy_feed",
    "raw.hevy_listed_pages",
    "raw.hevy_listings",
    "raw.rate_limits",
    "raw.strava_listed_pages",
    "raw.strava_listings",
}
# Numbers in the order of writing.
_IDS = {"history_id", "conflict_id", "reject_id", "change_id", "dagster_run_id"}
# A former state of a lift has times in it.
_LIFT_STATE = sql.SQL(
    "state - '{created_at,updated_at}'::text[]"
    " || jsonb_build_object('deleted_at', state ->> 'deleted_at' is not null)"
)
# What tells in how many steps it came: a run that gets its shoe later has a version more, and a shoe that was
# known later retired on the day that was its last one by then.
_STEPS = {
    "public.runs": ["id", "version"],
    "normalized.runs": ["run_id", "base"],
    "public.runs_history": [],
    "public.shoes": ["id", "retired_at"],
    "normalized.shoe_retirements": ["shoe_id", "retired_at"],
    "normalized.lift_versions": [],
}

_Rows = dict[str, set[str]]


@dataclass(frozen=True)
class Ending:
    """The rows of each table as text, without ids of writing, and of times only whether they are set.

    Attributes:
        values: what there is.
        steps: the versions that led to the runs and lifts, and what was merged last.
    """

    values: _Rows
    steps: _Rows


def ending_of(connection: AnyConnection) -> Ending:
    """Return what a database holds."""
    values, steps = {}, {}
    for table, columns in _columns(connection).items():
        step_columns = _STEPS.get(table)
        if step_columns is None:
            values[table] = _rows(connection, table, columns, list(columns))
        else:
            steps[table] = _rows(connection, table, columns, step_columns or list(columns))
            if step_columns:
                kept = [name for name in columns if name not in step_columns[1:]]
                values[table] = _rows(connection, table, columns, kept)
    return Ending(values, steps)


def differences(
    found: Ending, expected: Ending, *, with_steps: bool = True
) -> dict[str, tuple[list[str], list[str]]]:
    """Return the rows that are too much, and those that are missing, by table; nothing where it is equal.

    Args:
        found: what is there.
        expected: what is to be there.
        with_steps: whether it is to have come in the same steps.
    """
    parts = [(found.values, expected.values)]
    if with_steps:
        parts.append((found.steps, expected.steps))
    return {
        table: (sorted(ours[table] - theirs[table]), sorted(theirs[table] - ours[table]))
        for ours, theirs in parts
        for table in ours
        if ours[table] != theirs[table]
    }


def assert_whole(connection: AnyConnection) -> None:
    """Make sure that nothing is left over or half done, and that each history is contiguous."""
    for check in (runs_unlike_their_newest_version, runs_with_foreign_ids, runs_with_impossible_values):
        assert check(conn=connection) == Violations(0, [])
    with connection.cursor(row_factory=tuple_row) as cursor:
        gaps = cursor.execute(
            """
            select run_id from runs_history
            group by run_id having min(version_number) <> 1 or max(version_number) <> count(*)
            """
        ).fetchall()
        unfinished = cursor.execute(
            """
            select kind from raw.strava_listings
            where completed_at is null and abandoned_at is null
              and listing_id > (select max(listing_id) from raw.strava_listings
                                where completed_at is not null)
            """
        ).fetchall()
    assert gaps == [], f"histories with gaps: {gaps}"
    assert unfinished == [], f"listings that nobody goes on with: {unfinished}"
    assert not is_behind("strava", load_settings(), conn=connection)


def _columns(connection: AnyConnection) -> dict[str, dict[str, sql.Composable]]:
    """Return the columns that count, by table, each with what is compared of it."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            """
            select table_schema || '.' || table_name, column_name, data_type
            from information_schema.columns
            join information_schema.tables using (table_schema, table_name)
            where table_type = 'BASE TABLE' and table_schema in ('public', 'raw', 'normalized')
            order by 1, ordinal_position
            """
        ).fetchall()
    columns: dict[str, dict[str, sql.Composable]] = {}
    for table, name, data_type in found:
        if table in _LEFT_OUT or name in _IDS:
            continue
        column: sql.Composable = sql.Identifier(name)
        if data_type.startswith("timestamp") and name.endswith("_at"):
            column = sql.SQL("{} is not null").format(column)
        elif (table, name) == ("normalized.lift_versions", "state"):
            column = _LIFT_STATE
        columns.setdefault(table, {})[name] = column
    return columns


def _rows(
    connection: AnyConnection, table: str, columns: Mapping[str, sql.Composable], chosen: Sequence[str]
) -> set[str]:
    statement = sql.SQL("copy (select {} from {}) to stdout").format(
        sql.SQL(", ").join(columns[name] for name in chosen), sql.Identifier(*table.split("."))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        rows = b"".join(copy).decode().splitlines()
    assert len(set(rows)) == len(rows), f"{table} has a row twice"
    return set(rows)
