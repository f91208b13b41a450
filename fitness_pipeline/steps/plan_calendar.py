"""Finds out what has to be done so that the calendar shows the runs; does none of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from fitness_pipeline.calendar.event_content import content_of
from fitness_pipeline.db.calendar_events import EVENTS_TURN
from fitness_pipeline.db.calendar_plan import look_at_all_runs, look_at_changed_runs, record_wanted
from fitness_pipeline.db.calendar_work import count_work, describe_work
from fitness_pipeline.db.calendars import (
    begin_calendar,
    extend_backwards,
    find_calendar,
    record_rules,
    wait_for_writers,
)
from fitness_pipeline.db.connection import AnyConnection, connect, reading
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.calendar_settings import beginning_of, event_rules, rules_digest
from fitness_pipeline.steps.google_access import PROVIDER


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPlan:
    """What a sync has to do.

    Attributes:
        check: events of which it is not known what became of the last request.
    """

    create: int = 0
    update: int = 0
    delete: int = 0
    check: int = 0

    @classmethod
    def of(cls, work: Mapping[str, int]) -> "CalendarPlan":
        """Return the plan of counts by kind of work."""
        return cls(**work)

    @property
    def sentence(self) -> str:
        """Such as `3 create, 1 update, 1 delete`."""
        sentence = f"{self.create} create, {self.update} update, {self.delete} delete"
        return f"{sentence}, {self.check} check" if self.check else sentence


def plan_calendar(settings: Settings, connection: AnyConnection) -> None:
    """Record what is wanted of the events of runs that changed; of all runs, when the settings did.

    Args:
        settings: what is to be shown, and how.
        connection: outside of a transaction.
    """
    calendar = find_calendar(conn=connection)
    if calendar is not None and not calendar.rules:  # all runs are looked at for the first time
        wait_for_writers(conn=connection)
    with connection.transaction():
        _record_plan(settings, connection)


def preview_calendar(settings: Settings, *, now: datetime, since: date | None = None) -> CalendarPlan:
    """Return what a sync would do, and leave everything as it is.

    Args:
        settings: what is to be shown, and how.
        now: the time.
        since: a day since when runs are to be shown, too.
    """
    with connect() as connection, connection.transaction(force_rollback=True):
        ensure_calendar(connection, since=since)
        _record_plan(settings, connection)
        return CalendarPlan.of(count_work(now, conn=connection))


def work_left(settings: Settings, *, now: datetime, conn: AnyConnection | None = None) -> str | None:
    """Return what a sync would have to do in a few characters, the same ones as long as it is the same.

    Args:
        settings: what is to be shown, and how.
        now: the time.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        None if there is nothing to do, or not yet.
    """
    with reading(conn) as connection:
        calendar = find_calendar(conn=connection)
        if calendar is None:
            return "connected"
        if calendar.paused_until is not None and now < calendar.paused_until:
            return None
        rules = rules_digest(settings, calendar.since(settings.calendar_sync_since))
        if rules != calendar.rules:
            return f"settings {rules}"
        return describe_work(now, conn=connection)


def ensure_calendar(connection: AnyConnection, *, since: date | None = None) -> None:
    """Begin to show runs, if a sync never did.

    Args:
        connection: where.
        since: a day since when runs are to be shown, too.
    """
    if find_calendar(conn=connection) is None:
        known = find_connection(PROVIDER, conn=connection)
        connected_at = known.connected_at if known is not None and known.connected_at else datetime.now(UTC)
        begin_calendar(connected_at.date(), conn=connection)
    if since is not None:
        extend_backwards(since, conn=connection)


def _record_plan(settings: Settings, connection: AnyConnection) -> None:
    take_turn(connection, EVENTS_TURN)
    calendar = find_calendar(conn=connection)
    if calendar is None:
        return
    first_day = calendar.since(settings.calendar_sync_since)
    since = beginning_of(first_day, settings)
    rules = rules_digest(settings, first_day)
    if rules == calendar.rules:
        concerned = look_at_changed_runs(connection)
    else:
        concerned = look_at_all_runs(connection, since)
        record_rules(rules, conn=connection)
    if concerned:
        record_wanted(
            connection,
            partial(content_of, rules=event_rules(settings)),
            calendar_id=settings.google_calendar_id,
            since=since,
        )
    else:
        connection.execute("drop table concerned")
