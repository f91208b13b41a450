"""What happened to Hevy's workouts since the last read: one call when nothing did."""

from collections.abc import Callable
from datetime import datetime, timedelta

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.hevy_feed import find_feed_top
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.sync_metadata import update_last_sync_time
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.steps.hevy_access import PROVIDER
from fitness_pipeline.steps.hevy_intake import HevyIntake
from fitness_pipeline.steps.hevy_news import read_news

# What happened may show in the feed some time later. To read the same again costs nothing but calls.
OVERLAP = timedelta(hours=1)


def read_since(
    connection: AnyConnection,
    api: HevyApi,
    watermark: datetime,
    intake: HevyIntake,
    clock: Callable[[], datetime],
) -> None:
    """Read and apply what happened, and move the watermark with it.

    The new one is the time of the newest event, which is Hevy's time, minus an overlap.

    Args:
        connection: to work on.
        api: to ask.
        watermark: up to where everything was read.
        intake: takes what comes.
        clock: what is newer than that moves no watermark.
    """
    begun_at = clock()
    news = read_news(connection, api, watermark, known_top=find_feed_top(conn=connection))
    if news.is_known or not (news.events or news.unusable):
        return
    reached = min(news.newest_at or watermark, begun_at - api.clock_lead) - OVERLAP
    with transaction(connection):
        take_turn(connection, PROVIDER)
        news.apply(connection, intake)
        if reached > watermark:
            update_last_sync_time(PROVIDER, reached, conn=connection)
