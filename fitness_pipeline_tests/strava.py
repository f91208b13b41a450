"""A Strava that the settings name, and syncs from it all the way to `runs`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.db.shoe_retirements import mirror_retirements
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.read_strava_activities import ActivitiesRead, read_strava_activities
from fitness_pipeline.steps.read_strava_gear import GearCounts, read_strava_gear
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline.steps.strava_session import open_strava_api

LIST = "/api/v3/athlete/activities"


@dataclass(frozen=True)
class Synced:
    """What each step of a sync said."""

    read: ActivitiesRead
    gear: GearCounts
    normalized: NormalizedCounts
    merged: MergeCounts


class Syncer:
    """Takes what Strava has all the way to runs."""

    def __init__(self, sandbox: StravaSandbox, clock: SettableClock) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.clock = clock

    def read(self, on_progress: Callable[[str], object] = lambda _: None, **wanted: Any) -> ActivitiesRead:
        """Bring what is asked for as far as `raw`."""
        return read_strava_activities(
            load_settings(), ReadRequest(**wanted), clock=self.clock, on_progress=on_progress
        )

    def read_gear(self, *, is_full: bool = False) -> GearCounts:
        """Ask for gear that is not known."""
        with open_strava_api(load_settings(), is_live=True, clock=self.clock) as api:
            return read_strava_gear(api, is_full=is_full, clock=self.clock)

    def finish(self, *, are_deletions_confirmed: bool = False) -> tuple[NormalizedCounts, MergeCounts]:
        """Bring what is in `raw` as far as `runs`."""
        normalized = normalize("strava", load_settings(), today=self.clock().date())
        merged = merge_runs("strava", are_deletions_confirmed=are_deletions_confirmed)
        mirror_retirements()
        return normalized, merged

    def __call__(self, *, are_deletions_confirmed: bool = False, **wanted: Any) -> Synced:
        """Sync all the way."""
        read = self.read(**wanted)
        gear = self.read_gear(is_full=bool(wanted.get("is_full")))
        return Synced(read, gear, *self.finish(are_deletions_confirmed=are_deletions_confirmed))


def raw_rows(connection: AnyConnection) -> list[Sequence[Any]]:
    """The activities as they are stored, without when and by whom."""
    return connection.execute(
        """
        select activity_id, payload, sha256, start_date, scope, upstream_deleted_at is not null
        from raw.strava_activities order by activity_id
        """
    ).fetchall()


def calls(sandbox: StravaSandbox) -> list[str]:
    """The paths of the requests to the API, in their order."""
    return [request.path for request in sandbox.log.requests if request.path.startswith("/api/v3/")]
