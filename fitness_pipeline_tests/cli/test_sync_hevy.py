"""`fitness-pipeline sync hevy`, over a stand-in on a real socket."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Exercise, ExerciseSet, Session
from fitness_pipeline_tests.cli.conftest import Run

MARCH = datetime(2026, 3, 10, 17, tzinfo=UTC)
SETS = (ExerciseSet(weight_kg=60, reps=10), ExerciseSet(weight_kg=60, reps=8))
BENCH = Exercise("Bench Press (Barbell)", SETS)


@pytest.fixture
def hevy(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[HevySandbox]:
    """A Hevy of the present: commands read the clock of the machine."""
    with HevySandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


def test_a_sync_tells_what_it_did_and_a_second_one_that_nothing_has_changed(
    run: Run, hevy: HevySandbox, connection: AnyConnection
) -> None:
    ids = [
        hevy.world.workouts.add(Session(start=MARCH + timedelta(days=day), title="Push", exercises=(BENCH,)))
        for day in range(3)
    ]
    first = run("sync", "hevy")
    assert first.code == 0
    assert first.out.splitlines()[:2] == [
        "workouts sent  lifts inserted  updated  unchanged  deleted  rejected",
        "            3               3        0          0        0         0",
    ]
    lifts = connection.execute("select id, total_volume_kg, total_sets from lifts order by id").fetchall()
    assert lifts == [(f"hevy_{id}", 1080.0, 2) for id in sorted(ids)]
    again = run("sync", "hevy")
    assert again.code == 0
    assert "Nothing has changed." in again.out


def test_an_edit_and_a_deletion_arrive(run: Run, hevy: HevySandbox, connection: AnyConnection) -> None:
    edited, deleted = (
        hevy.world.workouts.add(Session(start=MARCH, title="Push", exercises=(BENCH,))) for _ in range(2)
    )
    run("sync", "hevy")
    hevy.world.workouts.edit(edited, title="Pull")
    hevy.world.workouts.delete(deleted)
    summary = json.loads(run("sync", "hevy", "--json").out)
    told = ("read", "inserted", "updated", "deleted")
    assert [summary[name] for name in told] == ["incremental", 0, 1, 1]
    rows = connection.execute("select id, title, deleted_at is not null from lifts order by title").fetchall()
    assert rows == [(f"hevy_{edited}", "Pull", False), (f"hevy_{deleted}", "Push", True)]


def test_a_full_sync_lists_everything(run: Run, hevy: HevySandbox) -> None:
    hevy.world.workouts.add(Session(start=MARCH, title="Push", exercises=(BENCH,)))
    run("sync", "hevy")
    assert json.loads(run("sync", "hevy", "--full", "--json").out)["read"] == "full"


def test_without_a_key_it_says_where_to_get_one(
    run: Run, hevy: HevySandbox, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("HEVY_API_KEY")
    ended = run("sync", "hevy")
    assert ended.code == 2
    assert "Set HEVY_API_KEY" in ended.err


def test_a_wrong_key_says_what_to_check(run: Run, hevy: HevySandbox, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HEVY_API_KEY", "of somebody else")
    ended = run("sync", "hevy")
    assert ended.code == 2
    assert "HEVY_API_KEY" in ended.err
    assert "somebody else" not in ended.err
