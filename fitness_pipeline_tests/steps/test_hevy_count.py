"""Hevy's count against what is here."""

from datetime import timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_workouts import HevyCounts
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.hevy_count import CountComparison, compare_counts
from fitness_pipeline_tests.hevy import COUNT, NOW, HevySyncer, calls, serving


def test_counts_differ_when_something_is_missing_or_too_much(
    environment: pytest.MonkeyPatch, data_dir: Path, connection: AnyConnection
) -> None:
    clock = SettableClock(NOW)
    with serving(clock, environment) as hevy:
        sync = HevySyncer(hevy, clock)

        def compare() -> CountComparison:
            return compare_counts(load_settings(), clock=clock, conn=connection, sleep=sync.slept.append)

        ids = sync.add(3)
        hevy.world.workouts.add(Session(start=NOW, title="\x00"))
        assert compare() == CountComparison(at_hevy=4, here=HevyCounts(live=0, rejected=0))
        assert compare().differs
        sync.read()
        assert compare() == CountComparison(at_hevy=4, here=HevyCounts(live=3, rejected=1))
        assert not compare().differs
        clock.advance(timedelta(days=1))
        hevy.world.workouts.delete(ids[0])
        hevy.log.clear()
        assert compare().differs
        assert calls(hevy) == [COUNT]
