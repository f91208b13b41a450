"""Moves data frames in and out of Postgres through COPY, without a Python object a cell."""

from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from psycopg import sql

from fitness_pipeline.db.connection import AnyConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

# psycopg hands COPY's output over row by row; this is how much is gathered before it is parsed.
_BATCH_BYTES = 8 << 20


def copy_frame(connection: AnyConnection, table: str, frame: "pl.DataFrame") -> None:
    """Append a frame to a table.

    Args:
        connection: in a transaction.
        table: its name, with its schema unless it is a temp table.
        frame: its columns are columns of the table, by name.
    """
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    # Quoting every text keeps '' (quoted) and null (unquoted) apart.
    text = frame.write_csv(include_header=False, quote_style="non_numeric", null_value="")
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)


@contextmanager
def looking_up_by_index(connection: AnyConnection) -> "Iterator[None]":
    """Make joins look rows up by index, so that what they cost follows the incoming rows.

    The planner would rather read the whole of a table from end to end, which takes the longer the more
    history there is; its estimate of what a page costs stems from disks with moving arms.

    Args:
        connection: in a transaction.
    """
    connection.execute("set local enable_seqscan = off")
    yield
    connection.execute("set local enable_seqscan = on")


def copied_frames(
    connection: AnyConnection, select: sql.Composable, schema: "dict[str, type[pl.DataType]]"
) -> "Iterator[pl.DataFrame]":
    """Read what a query returns as frames of bounded size.

    Args:
        connection: in a transaction.
        select: the query, with no parameters left.
        schema: name and type of each column that it returns, in order.

    Yields:
        Frames of some 8 MiB of text each, in the query's order; none when it returns no row.
    """
    statement = sql.SQL("copy ({}) to stdout (format csv, force_quote *)").format(select)
    with TemporaryFile() as spool:
        # While a COPY is open its connection can do nothing else, and the caller writes between the frames.
        sizes = _spooled(connection, statement, spool)
        spool.seek(0)
        for size in sizes:
            yield _parsed(spool.read(size), schema)


def _spooled(connection: AnyConnection, statement: sql.Composed, spool: IO[bytes]) -> list[int]:
    """Write what a COPY gives to a file; return the sizes of its parts, which end where rows end."""
    sizes = []
    gathered = bytearray()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in copy:
            gathered += row
            if len(gathered) >= _BATCH_BYTES:
                sizes.append(spool.write(gathered))
                gathered.clear()
    if gathered:
        sizes.append(spool.write(gathered))
    return sizes


def _parsed(text: bytes, schema: "dict[str, type[pl.DataType]]") -> "pl.DataFrame":
    import polars as pl  # here, so that loading the definitions stays fast

    # Every text is quoted, so an empty cell that is not is null.
    return pl.read_csv(text, has_header=False, schema=schema)
