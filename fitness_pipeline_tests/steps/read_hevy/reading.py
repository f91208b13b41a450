"""What reading Hevy leaves here, and what it should."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline_tests.hevy import hevy_rows

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Payloads = Mapping[str, Any]


def watermark(connection: AnyConnection) -> datetime | None:
    """Up to when everything was read."""
    return get_last_sync_time("hevy", conn=connection)


def payloads(connection: AnyConnection) -> Payloads:
    """The workouts that are stored and not deleted, as Hevy sent them, by their ids."""
    return {id: payload for id, payload, _, _, is_deleted in hevy_rows(connection) if not is_deleted}


def workouts_of(world: HevyWorld) -> Payloads:
    """The workouts that Hevy has, as it sends them, by their ids."""
    return {row["id"]: row for row in world.workouts.rows()}
