"""A sync of the calendar that is killed anywhere, or that ten do at once, ends like one."""

import os
import queue
import signal
import threading
from collections.abc import Iterator
from itertools import count

import pytest

from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import soft_delete_run
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch
from fitness_pipeline.sandbox.serving.faults import Change, Fault, Hold, Moment, Reset
from fitness_pipeline_tests.calendar_sync import BATCH, TOKEN
from fitness_pipeline_tests.faults.calendar_fixtures import BeginWithCalendar
from fitness_pipeline_tests.faults.calendar_lives import Life
from fitness_pipeline_tests.faults.calendar_stories import ADA, CHANGES, MOVE, NEW, Story
from fitness_pipeline_tests.faults.calendar_troubles import LATEST_WORK
from fitness_pipeline_tests.faults.forks import Forks, forking
from fitness_pipeline_tests.faults.kills import KILLED

STORIES = pytest.mark.parametrize("story", [CHANGES, MOVE], ids=lambda story: story.name)
# What each takes if nothing goes wrong: batches, calls in them, and fewer transactions than there are.
BATCHES, CALLS, TRANSACTIONS = {"changes": 5, "move": 3}, {"changes": 16, "move": 15}, 15


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Starts syncs as processes."""
    with forking() as started:
        yield started


class Victim:
    """The process that a fault kills."""

    def __init__(self) -> None:
        self._pid: queue.SimpleQueue[int] = queue.SimpleQueue()

    def be(self, pid: int) -> None:
        """Tell which it is, once that is known."""
        self._pid.put(pid)

    def death(self, moment: Moment = "before") -> Fault:
        """A fault that kills it."""
        return Change(lambda _: os.kill(self._pid.get(), signal.SIGKILL), moment=moment)


def is_killed(life: Life, forks: Forks, victim: Victim | None = None, **wanted: int) -> bool:
    """Sync in a process of its own; return whether it was killed on the way."""
    pid = forks.start("calendar", life.clock(), **wanted)
    if victim is not None:
        victim.be(pid)
    code, _ = forks.wait(pid)
    assert code in (0, KILLED)
    life.sandbox.faults.clear()
    return code == KILLED


def assert_the_next_sync_ends_well(life: Life, story: Story) -> None:
    life.sync()
    life.assert_it_shows(story.wanted, story.look)
    life.assert_nothing_is_left_to_do()


@STORIES
def test_a_story_takes_enough_to_be_killed_at(begin_with_calendar: BeginWithCalendar, story: Story) -> None:
    with begin_with_calendar(story) as life:
        life.sync()
        log = life.sandbox.log
        assert [request.path for request in log.requests] == [TOKEN, *[BATCH] * BATCHES[story.name]]
        assert len(log.inner_calls) == CALLS[story.name]
        life.assert_it_shows(story.wanted, story.look)
        life.assert_nothing_is_left_to_do()


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
@STORIES
def test_kills_at_any_request_change_nothing(
    begin_with_calendar: BeginWithCalendar, forks: Forks, story: Story, is_done: bool
) -> None:
    for number in count(1):
        with begin_with_calendar(story) as life:
            victim = Victim()
            life.sandbox.faults.order(victim.death("after" if is_done else "before"), at=number)
            if not is_done:
                life.sandbox.faults.order(Reset(), at=number)
            if not is_killed(life, forks, victim):
                break
            assert_the_next_sync_ends_well(life, story)
    assert number == 1 + BATCHES[story.name] + 1


@STORIES
def test_kills_after_any_answer_change_nothing(
    begin_with_calendar: BeginWithCalendar, forks: Forks, story: Story
) -> None:
    for number in count(1):
        with begin_with_calendar(story) as life:
            if not is_killed(life, forks, dies_after_answers=number):
                break
            assert_the_next_sync_ends_well(life, story)
    assert number == 1 + BATCHES[story.name] + 1


@STORIES
def test_kills_after_any_commit_change_nothing(
    begin_with_calendar: BeginWithCalendar, forks: Forks, story: Story
) -> None:
    for number in count(1):
        with begin_with_calendar(story) as life:
            if not is_killed(life, forks, dies_after_transactions=number):
                break
            assert_the_next_sync_ends_well(life, story)
    assert number > TRANSACTIONS


@STORIES
def test_kills_within_any_batch_change_nothing(
    begin_with_calendar: BeginWithCalendar, forks: Forks, story: Story
) -> None:
    for done in count(0):
        with begin_with_calendar(story) as life:
            victim = Victim()
            life.sandbox.faults.order(victim.death(), inner=True, skip=done)
            life.sandbox.faults.order(EndOfBatch(), inner=True, skip=done)
            if not is_killed(life, forks, victim):
                break
            assert_the_next_sync_ends_well(life, story)
    assert done == CALLS[story.name]


@pytest.mark.parametrize("number", range(1, BATCHES["changes"] + 1))
def test_what_google_does_for_a_killed_sync_after_the_next_one_changes_nothing(
    begin_with_calendar: BeginWithCalendar, forks: Forks, number: int
) -> None:
    with begin_with_calendar(CHANGES) as life:
        hold, worked = Hold(), threading.Event()
        for fault in (hold, Change(lambda _: worked.set(), moment="after")):
            life.sandbox.faults.order(fault, path=BATCH, skip=number - 1)
        pid = forks.start("calendar", life.clock())
        assert hold.arrived.wait(60)
        os.kill(pid, signal.SIGKILL)
        assert forks.wait(pid)[0] == KILLED
        soft_delete_run(NEW, ADA, conn=life.connection)
        life.sync()
        hold.release()
        assert worked.wait(60)
        life.clock.advance(LATEST_WORK)
        life.sync()
        life.assert_it_shows({*CHANGES.wanted} - {NEW}, CHANGES.look)
        life.assert_nothing_is_left_to_do()


@STORIES
def test_ten_syncs_at_once_end_like_one(
    begin_with_calendar: BeginWithCalendar, forks: Forks, story: Story
) -> None:
    with begin_with_calendar(story) as life:
        hold = Hold()
        life.sandbox.faults.order(hold, path=BATCH)
        pids = [forks.start("calendar", life.clock()) for _ in range(10)]
        waiting = "select count(*) from pg_locks where not granted and locktype = 'advisory'"
        while fetch_value(life.connection, waiting) != 9:
            pass
        hold.release()
        assert [forks.wait(pid)[0] for pid in pids] == [0] * 10
        log = life.sandbox.log
        assert [request.path for request in log.requests] == [TOKEN, *[BATCH] * BATCHES[story.name]]
        assert len(log.inner_calls) == CALLS[story.name]
        life.assert_it_shows(story.wanted, story.look)
        life.assert_nothing_is_left_to_do()
