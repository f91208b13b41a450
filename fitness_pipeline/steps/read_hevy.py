"""From Hevy's workouts to `raw.hevy_workouts`: what happened since the last read, or all there is."""

from collections.abc import Callable
from datetime import datetime
from typing import Unpack

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_listings import is_last_listing_unfinished
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.hevy_access import PROVIDER, utc_now
from fitness_pipeline.steps.hevy_count import compare_count
from fitness_pipeline.steps.hevy_intake import HevyIntake, HevyRead
from fitness_pipeline.steps.hevy_session import Waiting, alone_with_hevy, open_hevy_api
from fitness_pipeline.steps.list_hevy import HevyLister
from fitness_pipeline.steps.read_hevy_events import read_since

__all__ = ["HevyRead", "read_hevy"]


def read_hevy(
    settings: Settings,
    *,
    is_full: bool = False,
    checks_count: bool = False,
    dagster_run_id: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    on_progress: Callable[[str], object] = lambda _: None,
    conn: AnyConnection | None = None,
    **waiting: Unpack[Waiting],
) -> HevyRead:
    """Store the workouts that are new or changed, and mark those that are gone.

    The first read lists everything. Every page of that is committed as it arrives, with the place to go on
    from. Later ones ask what happened since, and apply all of it in one transaction. The watermark moves
    with the last of it. One read at a time: a second one waits.

    Args:
        settings: where Hevy is, and the key.
        is_full: whether to list everything all the same.
        checks_count: whether to compare Hevy's count with what is here then, and list everything if they
            differ, or if the last listing never came to its end; for now and then, such as once a week.
        dagster_run_id: the Dagster run at work.
        clock: the time.
        on_progress: called with a sentence now and then.
        conn: the caller's connection, to take part in its transaction: nothing counts before that is
            committed, and no other read goes on meanwhile. An unfinished listing is left alone then.
        **waiting: how to wait for Hevy, before the next request, and before another attempt.

    Returns:
        What it brought.

    Raises:
        NotConnected: there is no key.
        ProviderError: Hevy cannot be asked, or not now. What was listed before that is stored.
    """
    with (
        open_hevy_api(settings, clock=clock, **waiting) as api,
        alone_with_hevy(conn, on_progress) as connection,
    ):
        watermark = get_last_sync_time(PROVIDER, conn=connection)
        read = HevyRead(kind="incremental")
        lists_everything = is_full or watermark is None
        if watermark is not None and not is_full:
            read_since(connection, api, watermark, HevyIntake(connection, read, dagster_run_id), clock)
            if checks_count:
                counted = compare_count(connection, api.count(), clock())
                read.count_at_hevy = counted.at_hevy
                # What an unfinished listing has brought may hide what it would have brought besides.
                lists_everything = counted.differs or is_last_listing_unfinished(conn=connection)
                if counted.differs:
                    on_progress(
                        f"Hevy counts {counted.at_hevy} workouts, here are {counted.here}. Listing all of "
                        "them."
                    )
        if lists_everything:
            read.kind = "full"
            lister = HevyLister(
                connection,
                api,
                read,
                dagster_run_id=dagster_run_id,
                clock=clock,
                on_progress=on_progress,
            )
            lister.list_all(may_resume=conn is None)
        read.calls = api.calls
    return read
