"""What a table looks like: its columns, and a few of its rows."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading

# Where no index has the column alone, so that all rows would be sorted for the sake of a few: what has those
# few too, and is found by index.
_FOUND_BY_INDEX = {
    ("public.runs", "datetime_utc"): "(select * from runs where deleted_at is null)",
    ("public.lifts", "start_time"): "(select * from lifts where deleted_at is null)",
    ("normalized.runs", "change_id"): """(
        select newest.*
        from (select distinct provider from normalized.progress) as known
        cross join lateral (
            select * from normalized.runs
            where runs.provider = known.provider order by change_id desc limit {limit}
        ) as newest
    )""",
}


_BYTES = psycopg.adapters.types["bytea"].oid


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table, with the comment that its migration gave it."""

    name: str
    type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A few rows of a table."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def describe_table(table: str, *, conn: AnyConnection | None = None) -> list[Column]:
    """Return the columns of a table, in order.

    Args:
        table: its name with its schema, such as `public.runs`.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Column)) as cursor:
        return cursor.execute(
            """
            select attname as name, format_type(atttypid, atttypmod) as type,
                   not attnotnull as is_nullable, col_description(attrelid, attnum) as comment
            from pg_attribute
            where attrelid = %s::regclass and attnum > 0 and not attisdropped
            order by attnum
            """,
            [table],
        ).fetchall()


def preview_table(table: str, *, newest_by: str, limit: int, conn: AnyConnection | None = None) -> Preview:
    """Return the rows of a table with the greatest values in one column; of runs, only those that count.

    Columns of bytes are left out: they tell a person nothing.

    Args:
        table: its name with its schema.
        newest_by: that column, which should be indexed: the table may be large.
        limit: at most so many rows.
        conn: the caller's connection, to take part in its transaction.
    """
    source: sql.Composable = sql.Identifier(*table.split("."))
    if (table, newest_by) in _FOUND_BY_INDEX:
        source = sql.SQL(_FOUND_BY_INDEX[table, newest_by]).format(limit=sql.Literal(limit))
    statement = sql.SQL("select * from {} as rows order by {} desc limit {}").format(
        source, sql.Identifier(newest_by), sql.Literal(limit)
    )
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(statement).fetchall()
        shown = {
            number: column.name
            for number, column in enumerate(cursor.description or ())
            if column.type_code != _BYTES
        }
    return Preview(
        columns=list(shown.values()), rows=[tuple(row[number] for number in shown) for row in rows]
    )
