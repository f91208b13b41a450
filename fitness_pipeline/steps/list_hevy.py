"""All of Hevy's workouts, page by page; a crash costs one page."""

from collections.abc import Callable
from datetime import datetime

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.hevy_listings import (
    Listing,
    abandon_old_listings,
    begin_listing,
    end_listing,
    find_open_listing,
    record_listed_page,
)
from fitness_pipeline.db.hevy_rejects import resolve_unlisted_rejects
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.sync_metadata import update_last_sync_time
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.walk import walk
from fitness_pipeline.steps.find_deleted_hevy import find_deleted
from fitness_pipeline.steps.hevy_access import PROVIDER
from fitness_pipeline.steps.hevy_count import compare_count
from fitness_pipeline.steps.hevy_intake import HevyIntake, HevyRead
from fitness_pipeline.steps.hevy_news import read_news
from fitness_pipeline.steps.read_hevy_events import OVERLAP

# A page can hide a workout when another one is deleted meanwhile; the count tells.
_MOST_LISTINGS = 3
_PAGES_A_MESSAGE = 10


class HevyLister:
    """Lists all workouts, again when the count shows that something slipped through.

    Args:
        connection: to work on.
        api: to ask.
        read: counts everything.
        dagster_run_id: the Dagster run at work.
        clock: the time.
        on_progress: called with a sentence now and then.
    """

    def __init__(
        self,
        connection: AnyConnection,
        api: HevyApi,
        read: HevyRead,
        *,
        dagster_run_id: str | None,
        clock: Callable[[], datetime],
        on_progress: Callable[[str], object],
    ) -> None:
        self._connection = connection
        self._api = api
        self._read = read
        self._intake = HevyIntake(connection, read, dagster_run_id)
        self._dagster_run_id = dagster_run_id
        self._clock = clock
        self._on_progress = on_progress

    def list_all(self, *, may_resume: bool) -> None:
        """List until the count is right, at most three times; the watermark moves with the end of it.

        Args:
            may_resume: whether to go on with a listing that was not finished.
        """
        while True:
            self._read.listings += 1
            listing = self._listing(may_resume=may_resume and self._read.listings == 1)
            self._read_pages(listing)
            if self._finish(listing, is_last=self._read.listings == _MOST_LISTINGS):
                return

    def _listing(self, *, may_resume: bool) -> Listing:
        """Return the listing to go on with, or a new one."""
        abandon_old_listings(self._clock(), conn=self._connection)
        if may_resume and (found := find_open_listing(conn=self._connection)) is not None:
            self._read.is_resumed = True
            return found
        return begin_listing(self._clock(), dagster_run_id=self._dagster_run_id, conn=self._connection)

    def _read_pages(self, listing: Listing) -> None:
        """Read and store page after page."""
        for number, page in walk(self._api.list_workouts, first=listing.next_page):
            with transaction(self._connection):
                # A page that is lost in a crash of the server is asked for again: its place is lost with it.
                self._connection.execute("set local synchronous_commit = off")
                take_turn(self._connection, PROVIDER)
                reject_keys = self._intake.take_listed(page.rows, page.unusable)
                workout_ids = [row.id for row in page.rows]
                record_listed_page(self._connection, listing, number, workout_ids, reject_keys)
            if number % _PAGES_A_MESSAGE == 0:
                self._on_progress(f"{self._read.rows_in} workouts so far, {self._read.new} of them new.")

    def _finish(self, listing: Listing, *, is_last: bool) -> bool:
        """Find out what is gone and what happened meanwhile, and record that everything was read.

        Returns:
            Whether that is so. If the count differs, it is not, unless this was the last time.
        """
        verdict = find_deleted(self._connection, self._api, listing)
        # Where the clock of this machine is ahead of Hevy's, Hevy's counts.
        since = listing.begun_at - self._api.clock_lead - OVERLAP
        news = read_news(self._connection, self._api, since)
        count = self._api.count()
        with transaction(self._connection):
            self._connection.execute("set local synchronous_commit = on")
            take_turn(self._connection, PROVIDER)
            resolve_unlisted_rejects(self._connection, listing)
            self._intake.take_listed(verdict.found, [])
            self._intake.take_deletions(dict.fromkeys(verdict.deleted))
            news.apply(self._connection, self._intake)
            counted = compare_count(self._connection, count, self._clock())
            is_complete = is_last or not counted.differs
            end_listing(self._connection, listing, is_complete=is_complete)
            if is_complete:
                update_last_sync_time(PROVIDER, since, conn=self._connection)
        self._read.count_at_hevy = count
        self._read.undecided = max(verdict.undecided, abs(count - counted.here))
        if counted.differs:
            self._on_progress(
                f"Hevy counts {count} workouts, here are {counted.here}."
                + ("" if is_complete else " Listing them again.")
            )
        return is_complete
