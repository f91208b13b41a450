"""Times to come back to, with a calendar."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline_tests.faults.calendar_lives import Beginning, Life, begun
from fitness_pipeline_tests.faults.calendar_stories import Story

BeginWithCalendar = Callable[[Story], AbstractContextManager[Life]]


@pytest.fixture(scope="session")
def calendar_beginnings(
    server: EmbeddedServer, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Story], Beginning]]:
    """A function that tells a story up to its sync, unless it was told already."""
    folder = tmp_path_factory.mktemp("calendars")
    known: dict[str, Beginning] = {}
    with ExitStack() as stack:

        def find(story: Story) -> Beginning:
            if story.name not in known:
                known[story.name] = stack.enter_context(begun(server, migrated_template, folder, story))
            return known[story.name]

        yield find


@pytest.fixture
def begin_with_calendar(
    calendar_beginnings: Callable[[Story], Beginning],
    environment: pytest.MonkeyPatch,
    data_dir: Path,
    tmp_path: Path,
) -> BeginWithCalendar:
    """Begins lives that have come to the sync of a story."""
    return lambda story: calendar_beginnings(story)(environment, tmp_path / "google.json")
