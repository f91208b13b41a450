"""What Hevy's feed tells, read to its last page; where it contradicts itself, Hevy is asked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_feed import record_feed_top
from fitness_pipeline.db.hevy_workouts import WorkoutState, find_states
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.events import Event, EventsPage, last_of_each, newest_time
from fitness_pipeline.providers.hevy.rows import Row, UnusableRow
from fitness_pipeline.providers.hevy.walk import walk
from fitness_pipeline.steps.hevy_intake import HevyIntake


@dataclass(slots=True)
class News:
    """What happened to workouts.

    Attributes:
        events: of all pages, newest first.
        unusable: events that cannot be understood.
        top: the SHA-256 of each event on the first page.
        is_known: whether the first page is the one that was there when everything was read the last time;
            the others are not read then.
        found: workouts of which the feed could not tell whether they were deleted, and that are there.
        missing: ids of such workouts that are not there.
    """

    events: list[Event] = field(default_factory=list)
    unusable: list[UnusableRow] = field(default_factory=list)
    top: list[bytes] = field(default_factory=list)
    is_known: bool = False
    found: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def newest_at(self) -> datetime | None:
        """When the latest of it happened, by Hevy's clock."""
        return newest_time(self.events)

    def apply(self, connection: AnyConnection, intake: HevyIntake) -> None:
        """Bring it all into the database.

        Args:
            connection: in a transaction that holds the turn of `hevy`.
            intake: takes what comes, on that connection.
        """
        asked = {*(row.id for row in self.found), *self.missing}
        last, _ = last_of_each(self.events)
        intake.take_events([event for event in last if event.workout_id not in asked], self.unusable)
        intake.take_deletions(dict.fromkeys(self.missing))
        intake.take_listed(self.found, [])
        record_feed_top(connection, self.top)


def read_news(
    connection: AnyConnection, api: HevyApi, since: datetime, *, known_top: Sequence[bytes] = ()
) -> News:
    """Read what happened since an instant.

    Whatever moves between two pages stays below what moved it, so it is read twice, or happens again after
    the newest event of this read.

    Args:
        connection: to look up what is known to be deleted.
        api: to ask.
        since: an instant.
        known_top: what was on the first page when everything was read the last time. New events come first
            (Hevy's API description), so if it still is, nothing happened meanwhile, and one call is enough
            however much happened shortly before that.
    """
    news = News()
    for number, page in walk(lambda number: api.events(since, number)):
        if number == 1:
            news.top = [hashlib.sha256(payload).digest() for payload in page.payloads]
            if _begins_with(known_top, news.top):
                news.is_known = True
                return news
        _add(news, page)
    _ask_where_unsure(connection, api, news)
    return news


def _add(news: News, page: EventsPage) -> None:
    news.events += page.events
    news.unusable += page.unusable


def _begins_with(known_top: Sequence[bytes], top: Sequence[bytes]) -> bool:
    """Return whether a first page has nothing new; it may be shorter if it begins at a later instant."""
    return 0 < len(top) <= len(known_top) and list(known_top[: len(top)]) == list(top)


def _ask_where_unsure(connection: AnyConnection, api: HevyApi, news: News) -> None:
    """Ask for the workouts of which the feed does not tell for sure whether they are deleted."""
    last, unsure = last_of_each(news.events)
    known = find_states([event.workout_id for event in last], conn=connection)
    for event in last:
        if event.workout_id in unsure or not _is_credible(event, known.get(event.workout_id)):
            row = api.find_workout(event.workout_id)
            if row is not None:
                news.found.append(row)
            else:
                news.missing.append(event.workout_id)


def _is_credible(event: Event, known: WorkoutState | None) -> bool:
    """Return whether an event fits what is known, as far as it turns life into death or death into life.

    What came back may bear the time of its last change before that, and an old tale may be told again.
    """
    if known is None:
        return True
    if event.row is None:
        is_old = event.at is not None and known.changed_at is not None and event.at < known.changed_at
        return known.deleted_at is not None or not is_old
    return known.deleted_at is None or (event.at is not None and event.at > known.deleted_at)
