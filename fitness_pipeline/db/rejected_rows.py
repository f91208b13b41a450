"""The table `raw.rejected_rows`: in which rows of which files rejects stand."""

from collections.abc import Iterable

from fitness_pipeline.db.connection import AnyConnection


def forget_rejected_rows(connection: AnyConnection, file_id: int) -> None:
    """Forget the rejected rows of a file, which is read again.

    Args:
        connection: in a transaction.
        file_id: the file.
    """
    connection.execute("delete from raw.rejected_rows where file_id = %s", [file_id])


def note_malformed_rows(connection: AnyConnection, file_id: int, rows: Iterable[tuple[int, str]]) -> None:
    """Note where rows of a file stand that could not be told into cells.

    Args:
        connection: in a transaction.
        file_id: the file.
        rows: the number of each, and the key of its reject.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into raw.rejected_rows (file_id, row_number, stage, raw_key)
            values (%s, %s, 'extract', %s)
            """,
            [(file_id, row_number, raw_key) for row_number, raw_key in rows],
        )
