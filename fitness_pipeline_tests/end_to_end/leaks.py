"""All that is left behind, as text, to search it for secrets."""

import traceback
import zlib
from contextlib import suppress
from pathlib import Path

from psycopg import sql
from psycopg.rows import tuple_row

from fitness_pipeline.automation.dagster_home import STORAGE_URL_VARIABLE, dagster_environment
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.settings import load_settings


def looked_at_closely(error: BaseException, *, with_variables: bool) -> str:
    """An error with all that led to it, and the variables on its way but for those of the test."""
    assert error.__traceback__ is not None
    way = error.__traceback__.tb_next
    told = traceback.TracebackException(type(error), error, way, capture_locals=with_variables)
    return "".join((repr(error), *told.format()))


def what_is_stored(data_dir: Path, database_url: str) -> dict[str, str]:
    """All files in a folder, and all tables of a database and of Dagster's beside it."""
    found = {}
    for path in data_dir.rglob("*"):
        if path.is_file():
            found[f"the file {path.relative_to(data_dir)}"] = path.read_bytes().decode("utf-8", "replace")
    urls = {"": database_url, "Dagster's ": dagster_environment(load_settings())[STORAGE_URL_VARIABLE]}
    for whose, url in urls.items():
        with open_connection(url) as connection:
            found |= {f"{whose}table {name}": text for name, text in _tables(connection).items()}
    return found


def _tables(connection: AnyConnection) -> dict[str, str]:
    """All that is in a database, as text; what is compressed is unpacked."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        names = cursor.execute(
            """
            select schemaname, tablename from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            """
        ).fetchall()
        return {
            ".".join(name): "\n".join(
                _as_text(value)
                for row in cursor.execute(sql.SQL("select * from {}").format(sql.Identifier(*name)))
                for value in row
            )
            for name in names
        }


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        with suppress(zlib.error):
            value = zlib.decompress(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
