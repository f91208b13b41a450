"""Verifying and rebuilding beside edits and syncs that happen at the same time."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.rebuild import RunsMended
from fitness_pipeline.steps import rebuild as step
from fitness_pipeline_tests.builders import Importer, Workout, history, settings_in, the_run, while_blocked
from fitness_pipeline_tests.db.sides import edit
from fitness_pipeline_tests.steps.rebuild.rebuilding import NOTHING, SPRING, rebuild, verify


@pytest.fixture
def holder(connection: AnyConnection, database_url: str) -> Iterator[AnyConnection]:
    """A second connection, in a transaction that its user ends."""
    opened = psycopg.connect(database_url)
    yield opened
    opened.close()


def test_an_edit_under_way_keeps_nobody_from_verifying(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    Importer(connection, tmp_path)(Workout())
    edit(holder, distance=8.0)
    assert verify(connection) == NOTHING
    holder.commit()
    assert verify(connection) == NOTHING


def test_rebuilding_waits_for_an_edit_and_keeps_it(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    Importer(connection, tmp_path)(Workout())
    connection.execute("update runs set last_edited_by = 'Mallory', distance = 77")
    edit(holder, distance=8.0)
    (rebuilt,) = while_blocked(holder, lambda: rebuild(connection), then=holder.commit)
    assert rebuilt.result().found == NOTHING
    assert [version.distance for version in history(connection)] == [3.0, 8.0]


def test_an_edit_that_waits_for_a_rebuild_is_made_on_top_of_it(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    Importer(connection, tmp_path)(Workout())
    connection.execute("update runs set duration = 77")
    connection.commit()
    rebuild(holder)
    (edited,) = while_blocked(holder, lambda: edit(connection, distance=8.0), then=holder.commit)
    assert edited.exception() is None
    assert (the_run(connection).distance, the_run(connection).duration) == (8.0, 1800.0)
    assert [version.changed_by for version in history(connection)] == ["system", "mmf", "Ada"]


def test_a_sync_that_waits_for_a_rebuild_goes_on_from_it(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    take = Importer(connection, tmp_path)
    take(Workout(id=1))
    connection.execute("update normalized.runs set distance = 77")
    rebuild(holder)
    (imported,) = while_blocked(
        holder, lambda: take(Workout(id=1, distance="4"), Workout(id=2)), then=holder.commit
    )
    assert imported.result().merged == MergeCounts(inserted=1, updated=1)
    assert verify(connection) == NOTHING


def test_without_a_connection_the_database_of_the_settings_is_used(
    connection: AnyConnection, tmp_path: Path
) -> None:
    Importer(connection, tmp_path)(Workout())
    connection.execute("update runs set duration = 77")
    assert len(step.verify(settings_in(), today=SPRING).differences) == 1
    assert step.rebuild(settings_in(), today=SPRING).runs == RunsMended(corrected=1)
    assert verify(connection) == NOTHING
