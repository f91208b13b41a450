"""Verifying and rebuilding in the spring of 2026, and what they tell."""

from datetime import date
from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.rebuild import Difference, NormalizedMended, RunsMended
from fitness_pipeline.steps import rebuild as step
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.rebuild import Rebuilt, Verified
from fitness_pipeline_tests.builders import settings_in
from fitness_pipeline_tests.strava_raw import put_activities

SPRING = date(2026, 3, 10)
NOTHING = Verified(differences=[], behind=[], lifts=0, not_recomputable=0)
NOTHING_DONE = Rebuilt(
    found=NOTHING,
    normalized=NormalizedMended(),
    merged={"mmf": MergeCounts(), "strava": MergeCounts()},
    runs=RunsMended(),
)

Told = tuple[str, str, str, Any, Any]


def verify(connection: AnyConnection, today: date = SPRING) -> Verified:
    """Compare everything that is stored with what follows from raw and edits."""
    return step.verify(settings_in(), today=today, conn=connection)


def rebuild(connection: AnyConnection, *, are_deletions_confirmed: bool = False) -> Rebuilt:
    """Put right what differs."""
    return step.rebuild(
        settings_in(), today=SPRING, are_deletions_confirmed=are_deletions_confirmed, conn=connection
    )


def told(differences: list[Difference]) -> list[Told]:
    """What each difference says, in plain values."""
    return [(found.table, found.id, found.field, found.stored, found.recomputed) for found in differences]


def differences(connection: AnyConnection) -> list[Told]:
    """Verify, and return what each difference says."""
    return told(verify(connection).differences)


def list_activities(connection: AnyConnection, *rows: dict[str, Any]) -> MergeCounts:
    """Bring activities all the way to runs."""
    put_activities(connection, rows)
    return finish_strava(connection)


def finish_strava(connection: AnyConnection) -> MergeCounts:
    """Bring what is in `raw` all the way to runs."""
    normalize("strava", settings_in(), today=SPRING, conn=connection)
    return merge_runs("strava", conn=connection)
