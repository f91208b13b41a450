"""What a sync of Strava would do, without doing it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fitness_pipeline.db.connection import connect
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.providers.strava.oauth import PROVIDER
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.read_strava_activities import ActivitiesRead, read_strava_activities
from fitness_pipeline.steps.strava_access import utc_now
from fitness_pipeline.steps.strava_plan import ReadRequest


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sync would do."""

    read: ActivitiesRead
    normalized: NormalizedCounts
    merged: MergeCounts


def preview_strava(
    settings: Settings,
    request: ReadRequest,
    *,
    are_deletions_confirmed: bool = False,
    clock: Callable[[], datetime] = utc_now,
    on_progress: Callable[[str], object] = lambda _: None,
) -> Preview:
    """Do all that a sync does in one transaction, and take it back.

    Only the rate limits and, if it had to be refreshed, the token are truly stored. Shoes that are not known
    yet are not asked for.

    Args:
        settings: whose account.
        request: what is wanted.
        are_deletions_confirmed: whether any number of deletions would be carried out.
        clock: the time.
        on_progress: called with a sentence now and then.

    Raises:
        InvalidValue: what is wanted contradicts itself.
        ProviderError: Strava cannot be asked, or not now.
    """
    with connect() as connection, connection.transaction(force_rollback=True):
        connection.execute("set local idle_in_transaction_session_timeout = 0")
        read = read_strava_activities(
            settings, request, clock=clock, on_progress=on_progress, conn=connection
        )
        normalized = normalize(PROVIDER, settings, today=clock().date(), conn=connection)
        merged = merge_runs(PROVIDER, are_deletions_confirmed=are_deletions_confirmed, conn=connection)
    return Preview(read, normalized, merged)
