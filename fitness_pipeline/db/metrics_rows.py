"""Reads the rows of a metric; sums that no number can hold are told as such."""

from collections.abc import Mapping
from typing import Any, TypeVar

from psycopg import errors as pg
from psycopg import sql
from psycopg.rows import BaseRowFactory

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.errors import InvalidValue

Row = TypeVar("Row")


def fetch_metric(
    statement: bytes | sql.Composed,
    parameters: Mapping[str, Any],
    row_factory: BaseRowFactory[Row],
    conn: AnyConnection | None,
) -> list[Row]:
    """Return the rows of a statement.

    Args:
        statement: the statement.
        parameters: its parameters.
        row_factory: makes a row of what Postgres answers.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: what is added up is more, or less, than a double can hold.
    """
    try:
        with reading(conn) as connection, connection.cursor(row_factory=row_factory) as cursor:
            return cursor.execute(statement, parameters).fetchall()
    except pg.NumericValueOutOfRange as error:
        raise InvalidValue(
            "One of these runs is so long that no number can hold what they add up to. Correct it, or leave "
            "its day out."
        ) from error
