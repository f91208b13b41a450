"""Whether as many workouts are here as Hevy counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_workouts import HevyCounts, count_workouts
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.hevy_access import utc_now
from fitness_pipeline.steps.hevy_session import Waiting, open_hevy_api


@dataclass(frozen=True, slots=True, kw_only=True)
class CountComparison:
    """Two counts.

    Attributes:
        at_hevy: by Hevy's count.
        here: what is stored, and what could not be stored.
    """

    at_hevy: int
    here: HevyCounts

    @property
    def differs(self) -> bool:
        """Whether something is missing, or too much."""
        return self.at_hevy != self.here.total


def compare_counts(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    conn: AnyConnection | None = None,
    **waiting: Unpack[Waiting],
) -> CountComparison:
    """Ask Hevy for its count, in one call, and compare.

    What happened since the last read makes a difference, too: read that first (`read_hevy` with
    `checks_count` does both).

    Args:
        settings: where Hevy is, and the key.
        clock: the time.
        conn: the caller's connection, to take part in its transaction.
        **waiting: how to wait for Hevy.

    Raises:
        NotConnected: there is no key.
        ProviderError: Hevy cannot be asked, or not now.
    """
    with open_hevy_api(settings, clock=clock, **waiting) as api:
        return CountComparison(at_hevy=api.count(), here=count_workouts(conn=conn))
