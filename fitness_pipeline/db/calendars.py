"""The table `normalized.calendar`: from when on runs are shown, and whether Google is to be left alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction

_DEFAULT_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What the calendar is to show.

    Attributes:
        default_since: the first day whose runs are shown, unless the settings say otherwise.
        backfilled_since: an earlier first day that the runner asked for.
        rules: a digest of the settings that all events were last compared with.
        paused_until: Google is left alone until then.
        pauses: how often in a row its quota was used up.
    """

    default_since: date
    backfilled_since: date | None
    rules: str
    paused_until: datetime | None
    pauses: int

    def since(self, configured: date | None) -> date:
        """Return the first day whose runs are shown.

        Args:
            configured: what the settings say.
        """
        first = configured or self.default_since
        return first if self.backfilled_since is None else min(first, self.backfilled_since)


def find_calendar(*, conn: AnyConnection | None = None) -> Calendar | None:
    """Return what is to be shown, or None while there is no calendar.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Calendar)) as cursor:
        return cursor.execute(
            """
            select default_since, backfilled_since, rules, paused_until, pauses from normalized.calendar
            """
        ).fetchone()


def begin_calendar(connected_on: date, *, conn: AnyConnection | None = None) -> None:
    """Begin to show runs; from now on their changes are noted. A calendar that there is stays as it is.

    Args:
        connected_on: the day on which it was connected.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            "insert into normalized.calendar (default_since) values (%s) on conflict do nothing",
            [connected_on - timedelta(days=_DEFAULT_DAYS)],
        )


def wait_for_writers(*, conn: AnyConnection | None = None) -> None:
    """Wait until those are done who write runs or shoes and saw no calendar yet, so that they note no change.

    Args:
        conn: the caller's connection, outside of a transaction.
    """
    with transaction(conn) as connection:
        connection.execute("lock table runs, shoes in share mode")


def extend_backwards(since: date, *, conn: AnyConnection | None = None) -> None:
    """Show the runs since an earlier day, too.

    Args:
        since: the day; a later one than before changes nothing.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            "update normalized.calendar set backfilled_since = least(backfilled_since, %s)", [since]
        )


def record_rules(rules: str, *, conn: AnyConnection | None = None) -> None:
    """Record what all events were compared with.

    Args:
        rules: a digest of settings.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            "update normalized.calendar set rules = %s where rules is distinct from %s", [rules, rules]
        )


def pause(until: datetime, *, conn: AnyConnection | None = None) -> None:
    """Leave Google alone for a while.

    Args:
        until: when it may be asked again.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute("update normalized.calendar set paused_until = %s, pauses = pauses + 1", [until])


def end_pauses(*, conn: AnyConnection | None = None) -> None:
    """Record that Google takes events again.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute("update normalized.calendar set paused_until = null, pauses = 0 where pauses > 0")


def end_calendar(*, conn: AnyConnection | None = None) -> None:
    """Show nothing any more, note no changes, and leave the events that there are to the runner.

    When somebody connects again, be it another account, each event is looked at before anything is done to
    it, as if it had just been inserted and nobody knew whether it was. What the runner declined stays so.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            """
            update normalized.calendar_events
            set unfinished = 'insert', retry_at = null, error = null, failures = 0
            where state = 'present' or needs_work or error is not null
            """
        )
        connection.execute("delete from synced_runs")
        connection.execute("delete from normalized.calendar")
        connection.execute("delete from normalized.calendar_changes")
