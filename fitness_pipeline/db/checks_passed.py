"""The table `normalized.checks_passed`: which scans of all runs need not be done again, as nothing is new."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from psycopg.rows import scalar_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.integrity import Violations
from fitness_pipeline.db.queries import fetch_value, query

NONE = Violations(0, [])


class Scan(Protocol):
    """Looks at all runs for what breaks a rule."""

    def __call__(self, *, conn: AnyConnection | None = None) -> Violations:
        """Return the runs that break it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, now or the last time.

    Attributes:
        violations: the runs that break its rule.
        passed_at: when it looked at all runs, if that was before and nothing has changed since; else None.
    """

    violations: Violations
    passed_at: datetime | None = None


def checked(check_name: str, scan: Scan, *, conn: AnyConnection | None = None) -> Checked:
    """Scan all runs for what breaks a rule, unless that was done with the same versions in the last 24 hours.

    A scan that found something is never remembered. What somebody changes in the tables by hand, without a
    version, is found within a day.

    Args:
        check_name: the name of the rule.
        scan: one of `db.integrity`.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        newest: int = fetch_value(connection, "select coalesce(max(history_id), 0) from runs_history")
        passed_at = _passed_at(connection, check_name, newest)
        if passed_at is not None:
            return Checked(NONE, passed_at)
        # Asked before the scan: what is written by then is committed, and the scan sees it.
        is_anybody_writing = _is_anybody_writing(connection)
        violations = scan(conn=connection)
        if violations.count == 0 and not is_anybody_writing:
            _remember(connection, check_name, newest)
    return Checked(violations)


def _passed_at(connection: AnyConnection, check_name: str, newest: int) -> datetime | None:
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            """
            select passed_at from normalized.checks_passed
            where check_name = %s and history_id = %s
              and passed_at between now() - interval '24 hours' and now()
            """,
            [check_name, newest],
        ).fetchone()
    return found[0] if found else None


def _is_anybody_writing(connection: AnyConnection) -> bool:
    """Return whether a transaction is open that has written versions.

    Versions get their ids before they are committed. One that is committed late would be older than the
    newest that a scan saw, and would never be looked at.
    """
    with connection.cursor(row_factory=scalar_row) as cursor:
        (is_writing,) = cursor.execute(query("is_anybody_writing_versions")).fetchall()
    return bool(is_writing)


def _remember(connection: AnyConnection, check_name: str, history_id: int) -> None:
    connection.execute(
        """
        insert into normalized.checks_passed (check_name, history_id) values (%s, %s)
        on conflict (check_name) do update set history_id = excluded.history_id, passed_at = now()
        """,
        [check_name, history_id],
    )
