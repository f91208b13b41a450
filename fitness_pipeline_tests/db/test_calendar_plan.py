"""Which runs are looked at, and what is wanted of their events."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.calendar.event_content import EventContent, content_of
from fitness_pipeline.calendar.event_fields import CalendarRun
from fitness_pipeline.db.calendar_plan import look_at_all_runs, look_at_changed_runs, record_wanted
from fitness_pipeline.db.calendar_wishes import decline_event
from fitness_pipeline.db.calendars import begin_calendar
from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline_tests.builders import create_runs, while_blocked
from fitness_pipeline_tests.calendar.samples import event_rules
from fitness_pipeline_tests.calendar_sync import add_runs, run
from fitness_pipeline_tests.moments import NOW

SINCE = NOW - timedelta(days=30)
Plan = list[Sequence[Any]]


CONTENTS = partial(content_of, rules=event_rules())


def plan(
    connection: AnyConnection,
    *,
    is_all: bool = False,
    calendar_id: str = "primary",
    contents: Callable[[CalendarRun], EventContent] = CONTENTS,
) -> int:
    """Find out what is wanted, in a transaction of its own; return of how many runs."""
    with connection.transaction():
        looked = look_at_all_runs(connection, SINCE) if is_all else look_at_changed_runs(connection)
        record_wanted(connection, contents, calendar_id=calendar_id, since=SINCE)
    return looked


def wanted(connection: AnyConnection) -> Plan:
    """Run, generation, calendar and version of each event that is wanted, in the order of their work."""
    return connection.execute(
        """
        select run_id, generation, calendar_id, wanted_version from normalized.calendar_events
        where wanted_hash is not null order by id
        """
    ).fetchall()


def noted(connection: AnyConnection) -> list[str]:
    rows = connection.execute("select run_id from normalized.calendar_changes order by id")
    return [run_id for (run_id,) in rows]


@pytest.fixture
def calendar(scratch: AnyConnection) -> AnyConnection:
    """A database with three runs and a calendar."""
    add_runs(scratch, 3)
    begin_calendar(NOW.date(), conn=scratch)
    return scratch


def test_changes_are_noted_once_there_is_a_calendar(calendar: AnyConnection) -> None:
    assert noted(calendar) == []
    create_runs(calendar, run(4))
    update_run_with_history("strava_1", {"distance": 9.0}, "Ada", conn=calendar)
    soft_delete_run("strava_2", "Ada", conn=calendar)
    restore_run_version("strava_2", 1, "Ada", conn=calendar)
    assert noted(calendar) == ["strava_4", "strava_1", "strava_2", "strava_2"]


def test_an_edit_that_changes_nothing_is_not_noted(calendar: AnyConnection) -> None:
    update_run_with_history("strava_1", {"distance": 5.0}, "Ada", conn=calendar)
    assert noted(calendar) == []


def test_only_the_name_of_a_shoe_concerns_its_runs(scratch: AnyConnection) -> None:
    shoes = bulk_create_shoes_by_names(["Ghost", "Pegasus"], conn=scratch)
    create_runs(scratch, run(1, shoe_id=shoes["Ghost"]), run(2, shoe_id=shoes["Pegasus"]), run(3))
    scratch.execute("update shoes set name = 'Ghost 14' where name = 'Ghost'")
    begin_calendar(NOW.date(), conn=scratch)
    scratch.execute("update shoes set notes = 'soft', retired_at = '2026-01-01'")
    assert noted(scratch) == []
    scratch.execute("update shoes set name = 'Ghost 15' where name = 'Ghost 14'")
    assert noted(scratch) == ["strava_1"]


def test_every_run_is_looked_at_once_and_then_no_more(calendar: AnyConnection) -> None:
    for distance in (6.0, 7.0):
        update_run_with_history("strava_1", {"distance": distance}, "Ada", conn=calendar)
    assert plan(calendar) == 1
    assert wanted(calendar) == [("strava_1", 0, "primary", 3)]
    assert plan(calendar) == 0


def test_all_runs_are_those_that_are_shown_and_those_that_were(calendar: AnyConnection) -> None:
    create_runs(calendar, run(31), run(32))
    decline_event("strava_32", "primary", conn=calendar)
    soft_delete_run("strava_3", "Ada", conn=calendar)
    assert plan(calendar, is_all=True) == 3
    assert wanted(calendar) == [("strava_1", 0, "primary", 1), ("strava_2", 0, "primary", 1)]
    assert noted(calendar) == []


def test_what_was_taken_is_there_again_when_it_came_to_nothing(calendar: AnyConnection) -> None:
    update_run_with_history("strava_1", {"distance": 6.0}, "Ada", conn=calendar)

    def fail(_: CalendarRun) -> EventContent:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        plan(calendar, contents=fail)
    assert (noted(calendar), wanted(calendar)) == (["strava_1"], [])


def test_an_event_that_failed_is_due_only_when_something_new_is_wanted_of_it(calendar: AnyConnection) -> None:
    plan(calendar, is_all=True)
    calendar.execute("update normalized.calendar_events set failures = 3, retry_at = now(), error = 'no'")
    update_run_with_history("strava_1", {"distance": 6.0}, "Ada", conn=calendar)
    plan(calendar, is_all=True)
    with calendar.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("select run_id, failures, retry_at from normalized.calendar_events").fetchall()
    waiting = {row["run_id"]: (row["failures"], row["retry_at"] is not None) for row in rows}
    assert waiting == {"strava_1": (0, False), "strava_2": (3, True), "strava_3": (3, True)}


def test_an_event_on_another_calendar_gives_way_to_the_next_generation(calendar: AnyConnection) -> None:
    plan(calendar, is_all=True)
    decline_event("strava_3", "primary", conn=calendar)
    plan(calendar, is_all=True, calendar_id="other")
    assert wanted(calendar) == [("strava_1", 1, "other", 1), ("strava_2", 1, "other", 1)]


def test_an_id_of_somebody_elses_gives_way_to_the_next_one(calendar: AnyConnection) -> None:
    plan(calendar, is_all=True)
    calendar.execute("update normalized.calendar_events set state = 'foreign' where run_id = 'strava_1'")
    plan(calendar, is_all=True)
    assert ("strava_1", 1, "primary", 1) in wanted(calendar)


def test_a_run_that_is_declined_while_it_is_planned_stays_declined(connection: AnyConnection) -> None:
    add_runs(connection, 1)
    begin_calendar(NOW.date(), conn=connection)
    plan(connection, is_all=True)
    update_run_with_history("strava_1", {"distance": 6.0}, "Ada", conn=connection)

    def rival() -> int:
        with connect() as other:
            return plan(other)

    connection.execute("begin")
    decline_event("strava_1", "primary", conn=connection)
    (done,) = while_blocked(connection, rival, then=lambda: connection.execute("commit"))
    assert done.result() == 1
    assert wanted(connection) == []
    assert fetch_value(connection, "select is_declined from normalized.calendar_events")
