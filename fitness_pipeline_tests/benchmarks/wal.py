"""Which tables the write-ahead log of a server is about."""

import re
import subprocess
from collections import Counter
from collections.abc import Callable

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer, bin_dir
from fitness_pipeline.db.queries import fetch_value

_LENGTH = re.compile(r"len \(rec/tot\):\s*\d+/\s*(\d+)")
_FILE = re.compile(r"rel \d+/(\d+)/(\d+)")


def wal_by_table(
    server: EmbeddedServer, connection: AnyConnection, action: Callable[[], object]
) -> Counter[str]:
    """Return how many bytes of write-ahead log are written for each table while an action runs.

    Indexes and long values count for their table. What is not about a table of ours (commits, catalogues,
    other databases) counts as "".

    Args:
        server: the server of the connection.
        connection: in autocommit mode.
        action: what to look at; whatever else is done meanwhile counts, too.
    """
    begin = _flushed(connection)
    action()
    end = _flushed(connection)
    names = _table_names(connection)
    command = [str(bin_dir() / "pg_waldump"), "-p", str(server.data_dir / "pg_wal"), "-s", begin, "-e", end]
    dumped = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    written: Counter[str] = Counter()
    for record in dumped.splitlines():
        length, file = _LENGTH.search(record), _FILE.search(record)
        if length is not None:
            written[names.get((file[1], file[2]), "") if file else ""] += int(length[1])
    return written


def _flushed(connection: AnyConnection) -> str:
    """Write out all of the log; return where it ends."""
    with connection.transaction():
        connection.execute("set local synchronous_commit = on")
        connection.execute("select pg_logical_emit_message(true, 'benchmark', '')")
    return str(fetch_value(connection, "select pg_current_wal_flush_lsn()"))


def _table_names(connection: AnyConnection) -> dict[tuple[str, str], str]:
    """Return the name of the table that each file belongs to, by database and file number."""
    rows = connection.execute(
        """
        select database.oid::text, pg_relation_filenode(part.oid)::text,
               format('%s.%s', nspname, owner.relname)
        from pg_class as part
        left join pg_index on indexrelid = part.oid
        left join pg_class as toasted on toasted.reltoastrelid = coalesce(indrelid, part.oid)
        join pg_class as owner on owner.oid = coalesce(toasted.oid, indrelid, part.oid)
        join pg_namespace on pg_namespace.oid = owner.relnamespace
        join pg_database as database on database.datname = current_database()
        where nspname in ('public', 'raw', 'normalized') and pg_relation_filenode(part.oid) is not null
        """
    )
    return {(database, file): name for database, file, name in rows}
