"""The long statements that lie in `sql/`, one a file, and results of a single value."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from psycopg import Connection, ProgrammingError, sql
from psycopg.rows import scalar_row

_FOLDER = Path(__file__).parent / "sql"


@cache
def query(name: str) -> bytes:
    """Return the statement of `sql/<name>.sql`.

    Args:
        name: the file's name without its ending.

    Returns:
        The statement; its parameters are `%(name)s`.
    """
    return (_FOLDER / f"{name}.sql").read_bytes()


def composed(name: str, **parts: sql.Composable) -> sql.Composed:
    """Return the statement of `sql/<name>.sql` with identifiers put in for its `{placeholders}`.

    Args:
        name: the file's name without its ending.
        parts: what to put in, as safely quoted SQL.
    """
    return sql.SQL(query(name).decode()).format(**parts)


def fetch_value(
    connection: Connection[Any], statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> Any:
    """Return the value of a statement that gives one row of one column, such as a count.

    Args:
        connection: what to ask.
        statement: the statement.
        parameters: its parameters.

    Raises:
        psycopg.ProgrammingError: it gave no row.
    """
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(statement, parameters)
        for value in cursor:
            return value
    raise ProgrammingError("The statement gave no row.")
