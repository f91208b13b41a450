"""A sync is there as a whole or not at all, and one at a time."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Hold
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.hevy import LIST, HevySyncer, stored
from fitness_pipeline_tests.steps.read_hevy.reading import DAY


def test_news_that_cannot_be_committed_are_not_half_there(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(ids[0], title="Edited")
    hevy.world.workouts.delete(ids[1])
    before = row_versions(connection)
    connection.execute("alter table sync_metadata add constraint stuck check (last_synced_at < '2026-03-11')")
    try:
        with pytest.raises(psycopg.errors.CheckViolation):
            sync.read()
    finally:
        connection.execute("alter table sync_metadata drop constraint stuck")
    assert row_versions(connection) == before
    read = sync.read()
    assert (read.changed, read.deleted) == (1, 1)


def test_a_sync_that_is_part_of_a_transaction_which_is_taken_back_never_was(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.add(12)
    before = row_versions(connection)
    with connection.transaction(force_rollback=True):
        assert sync.read(conn=connection).new == 12
        assert sync.read(conn=connection).kind == "incremental"
    assert row_versions(connection) == before
    assert sync.read().new == 12


def test_a_second_sync_waits_for_the_first_one(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    held = Hold()
    hevy.faults.order(held, path=LIST)
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sync.read)
        assert held.arrived.wait(60)
        second = pool.submit(sync.read, said.append)
        while not said:
            assert not second.done()
        held.release()
        assert (first.result().new, second.result().new) == (3, 0)
    assert said == ["Another sync of Hevy is under way; waiting for its end."]
    assert second.result().kind == "incremental"
    assert stored(connection) == set(ids)
