"""Lifts and exercise templates in pages."""

from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import get_exercise_templates
from fitness_pipeline.db.lift_lists import list_exercise_templates, list_lifts, position_of
from fitness_pipeline.db.lifts import get_lifts
from fitness_pipeline.errors import UnknownTimeZone

EVENING = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)


def put_lifts(connection: AnyConnection, *starts: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into lifts (id, title, start_time, exercises, total_volume_kg, total_sets)
            values (%s, 'Push Day', %s, '[]', 0, 0)
            """,
            [(f"hevy_{number:02}", start) for number, start in enumerate(starts)],
        )


def listed(connection: AnyConnection, **asked: Any) -> list[str]:
    return [lift.id for lift in list_lifts(**{"limit": 100, "conn": connection, **asked})]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 3), max_size=9), limit=st.integers(1, 4))
def test_pages_together_are_all_lifts_newest_first(
    scratch: AnyConnection, minutes: list[int], limit: int
) -> None:
    with scratch.transaction(force_rollback=True):
        put_lifts(scratch, *(EVENING + timedelta(minutes=minute) for minute in minutes))
        pages, after = [], None
        while page := list_lifts(after=after, limit=limit, conn=scratch):
            pages.append(page)
            after = page[-1].start_time, page[-1].id
        assert list(chain.from_iterable(pages)) == get_lifts(conn=scratch)


def test_deleted_lifts_are_not_listed(scratch: AnyConnection) -> None:
    put_lifts(scratch, EVENING, EVENING)
    scratch.execute("update lifts set deleted_at = now() where id = 'hevy_00'")
    assert listed(scratch) == ["hevy_01"]


def test_days_are_those_of_the_time_zone_and_the_last_one_is_in_it(scratch: AnyConnection) -> None:
    put_lifts(scratch, EVENING, EVENING + timedelta(minutes=30))  # midnight in Berlin
    saturday, sunday = date(2026, 3, 28), date(2026, 3, 29)
    assert listed(scratch, last_day=saturday, time_zone="Europe/Berlin") == ["hevy_00"]
    assert listed(scratch, first_day=sunday, last_day=sunday, time_zone="Europe/Berlin") == ["hevy_01"]
    assert listed(scratch, first_day=saturday, last_day=saturday) == ["hevy_01", "hevy_00"]
    assert listed(scratch, first_day=date.min, last_day=date.max) == ["hevy_01", "hevy_00"]
    with pytest.raises(UnknownTimeZone):
        listed(scratch, time_zone="Mars/Olympus")


def test_pages_together_are_all_templates_in_the_order_of_their_titles(scratch: AnyConnection) -> None:
    titles = ("Squat", "Bench Press", "Squat", "", "Übung")
    with scratch.cursor() as cursor:
        cursor.executemany(
            "insert into exercise_templates (id, title) values (%s, %s)",
            [(str(number), title) for number, title in enumerate(titles)],
        )
    found, after = [], None
    while page := list_exercise_templates(after=after, limit=2, conn=scratch):
        found += page
        after = position_of(page[-1])
    assert [template.title for template in found] == sorted(titles)
    assert found == get_exercise_templates(conn=scratch)


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    put_lifts(connection, EVENING)
    assert list_lifts(limit=1) == get_lifts(conn=connection)
    assert list_exercise_templates(limit=1) == []
