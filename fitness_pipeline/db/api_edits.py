"""The table `normalized.api_edits`: with which token of the REST API versions of runs came."""

from dataclasses import dataclass

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiEdit:
    """A version that came through the REST API.

    Attributes:
        changed_by: as its history names the editor: a label that came with the edit, else the token's name.
        token_name: of the token that it came with.
    """

    run_id: str
    version_number: int
    changed_by: str | None
    token_name: str


def record_api_edit(connection: AnyConnection, run_id: str, version_number: int, token_name: str) -> None:
    """Record with which token a version came.

    Args:
        connection: in the transaction that makes the version.
        run_id: the run's id.
        version_number: of the version.
        token_name: of the token.
    """
    connection.execute(
        "insert into normalized.api_edits (run_id, version_number, token_name) values (%s, %s, %s)",
        [run_id, version_number, token_name],
    )


def get_api_edits(run_id: str, *, conn: AnyConnection | None = None) -> list[ApiEdit]:
    """Return the versions of a run that came through the REST API, newest first.

    Args:
        run_id: the run's id.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ApiEdit)) as cursor:
        return cursor.execute(
            """
            select run_id, version_number, changed_by, token_name
            from normalized.api_edits join runs_history using (run_id, version_number)
            where run_id = %s order by version_number desc
            """,
            [run_id],
        ).fetchall()
