"""One sync at a time; a second one waits for it."""

from concurrent.futures import ThreadPoolExecutor

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.sandbox.serving.faults import Hold
from fitness_pipeline_tests.calendar_sync import BATCH, CalendarSyncer, add_runs
from fitness_pipeline_tests.steps.sync_calendar.asking import batches


def test_a_second_sync_waits_and_finds_nothing_left_to_do(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 3)
    hold = Hold()
    sync.sandbox.faults.order(hold, path=BATCH)
    second = CalendarSyncer(sync.sandbox, sync.clock)
    with ThreadPoolExecutor(2) as pool:
        first_work = pool.submit(sync)
        try:
            assert hold.arrived.wait(60)
            second_work = pool.submit(second)
            while "Waiting for another sync of the calendar." not in second.told:
                assert not second_work.done()
        finally:
            hold.release()
        assert (first_work.result().created, second_work.result().created) == (3, 0)
    assert (second_work.result().requests, batches(sync)) == (0, [["POST"] * 3])
    assert len(sync.calendar.all()) == 3


def test_a_sync_waits_for_another_processs_turn(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    with ThreadPoolExecutor(1) as pool:
        with connection.transaction():
            take_turn(connection, "calendar sync")
            work = pool.submit(sync)
            while not sync.told:
                assert not work.done()
            assert sync.sandbox.log.count() == 0
        assert work.result().created == 1
    assert sync.told[0] == "Waiting for another sync of the calendar."
