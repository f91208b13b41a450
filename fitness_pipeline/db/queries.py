"""Loads the long statements that lie in `sql/`, one a file."""

from functools import cache
from pathlib import Path

from psycopg import sql

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
    template = sql.SQL(query(name).decode())  # type: ignore[arg-type]  # a file of ours, no one's input
    return template.format(**parts)
