"""The first sync lists everything, with a call for every page."""

from pathlib import Path
from typing import Any

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.lifter import generated_world
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Exercise, Session
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.read_hevy import read_hevy
from fitness_pipeline_tests.hevy import HevySyncer, calls, serving, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR, payloads, watermark, workouts_of


def test_the_first_sync_lists_everything_and_moves_the_watermark(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    read = sync.read()
    assert (read.kind, read.rows_in, read.new, read.unchanged, read.rejected) == ("full", 3, 3, 0, 0)
    assert (read.count_at_hevy, read.undecided, read.listings, read.is_resumed) == (3, 0, 1, False)
    assert stored(connection) == set(ids)
    assert watermark(connection) == NOW - HOUR


def test_a_workout_is_stored_as_it_was_sent(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    (workout_id,) = sync.add(1)
    sync.read()
    with connection.cursor(row_factory=dict_row) as cursor:
        (row,) = cursor.execute("select * from raw.hevy_workouts").fetchall()
    assert row["payload"] == hevy.world.workouts.find(workout_id)
    assert row["changed_upstream_at"] == NOW
    assert row["upstream_deleted_at"] is None


@pytest.mark.parametrize("workouts", [1, 9, 10, 11, 20, 105])
def test_a_first_sync_makes_a_call_for_every_10_workouts_and_two_more(
    hevy: HevySandbox, sync: HevySyncer, workouts: int
) -> None:
    sync.add(workouts)
    read = sync.read()
    assert read.new == workouts
    assert read.calls == len(calls(hevy)) == -(-workouts // 10) + 2


@pytest.mark.parametrize("is_missing", [True, False])
def test_an_account_without_workouts_is_read_whatever_hevy_answers_then(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection, is_missing: bool
) -> None:
    hevy.world.is_empty_page_missing = is_missing
    read = sync.read()
    assert (read.kind, read.rows_in, read.undecided) == ("full", 0, 0)
    assert watermark(connection) == NOW - HOUR
    (first,) = sync.add(1)
    assert sync.read().new == 1
    hevy.world.workouts.delete(first)
    assert sync.read().deleted == 1


def test_the_templates_that_workouts_name_become_known_with_them(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    known = Exercise("Squat", template_id="79D0BB3A")
    hevy.world.workouts.add(
        Session(start=NOW, exercises=(known, known, Exercise("Mine", template_id="own-1")))
    )
    (odd,) = sync.add(1)
    ids: list[Any] = [None, 7, "", "x" * 3000, {}]
    strange = [{"exercise_template_id": template_id} for template_id in ids]
    hevy.world.workouts.edit(odd, exercises=[*strange, 7, None, {}])
    hevy.world.workouts.put({"id": "bare"})
    hevy.world.workouts.put({"id": "no-list", "exercises": {"exercise_template_id": "own-2"}})
    assert sync.read().rejected == 0
    rows = connection.execute("select template_id, payload, asked_at from raw.hevy_exercise_templates")
    assert set(rows) == {("79D0BB3A", None, None), ("own-1", None, None), ("own-2", None, None)}


def test_a_generated_lifter_arrives_as_they_are(
    clock: SettableClock,
    environment: pytest.MonkeyPatch,
    data_dir: Path,
    connection: AnyConnection,
) -> None:
    world = generated_world(today=NOW.date(), since=NOW.date() - 200 * DAY)
    with serving(clock, environment, world) as sandbox:
        sync = HevySyncer(sandbox, clock)
        assert sync.read().new == len(world.workouts)
        assert payloads(connection) == workouts_of(world)
        assert stored(connection, is_deleted=True) == set()
        assert sync.read(checks_count=True).calls == 2


def test_a_long_listing_tells_how_far_it_is(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(205, every=HOUR)
    said: list[str] = []
    sync.read(said.append)
    assert said == [f"{count} workouts so far, {count} of them new." for count in (100, 200)]


def test_calls_are_kept_apart_also_those_of_two_syncs(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(12)
    sync.read()
    assert sync.slept == [0.55] * 3  # with a clock that stands still
    sync.read()
    assert sync.slept == [0.55] * 4


def test_the_first_sync_asks_for_everything_as_anybody_would(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(11)
    read_hevy(load_settings(), clock=sync.clock, sleep=sync.slept.append)
    queries = [request.query for request in hevy.log.requests]
    assert queries == [
        {"page": "1", "pageSize": "10"},
        {"page": "2", "pageSize": "10"},
        {"since": "2026-03-10T13:07:30Z", "page": "1", "pageSize": "10"},
        {},
    ]
    assert {request.status for request in hevy.log.requests} == {200}
