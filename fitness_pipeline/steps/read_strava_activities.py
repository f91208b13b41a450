"""From Strava's list of activities to `raw.strava_activities`, page by page; a crash costs one page."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Unpack

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.locks import holding_turn, take_turn
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.db.rate_limits import find_rate_limits
from fitness_pipeline.db.rejects import NewReject, keep_rejects, resolve_rejects_by_key
from fitness_pipeline.db.strava_activities import (
    IncomingActivities,
    find_stored_athlete,
    mark_deleted,
    store_activities,
)
from fitness_pipeline.db.strava_listings import (
    Listing,
    abandon_listings,
    begin_listing,
    complete_listing,
    find_open_listing,
    record_listed_page,
)
from fitness_pipeline.db.sync_metadata import get_last_sync_time, update_last_sync_time
from fitness_pipeline.errors import UnexpectedReply, WrongAccount
from fitness_pipeline.identity import strava_run_id
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.providers.strava.listed import ActivitiesPage, UnusableRow
from fitness_pipeline.providers.strava.oauth import PROVIDER
from fitness_pipeline.providers.strava.positions import Position, next_position
from fitness_pipeline.providers.strava.rate_limits import Remaining, remaining
from fitness_pipeline.providers.strava.scopes import visible_scope
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.find_deleted_strava import find_deleted
from fitness_pipeline.steps.strava_access import utc_now
from fitness_pipeline.steps.strava_plan import ReadPlan, ReadRequest, plan_read
from fitness_pipeline.steps.strava_session import Waiting, open_strava_api

# A listing that was cut short is gone on with. What was edited or deleted meanwhile on the pages that it had
# passed is found by the next one; before the first complete read, having all there is comes first.
_IS_OPEN_FOR = timedelta(hours=1)
_FIRST_IS_OPEN_FOR = timedelta(days=3)
# Pages in a row that bring nothing that this read has not seen already. One is usual, at the end.
_MOST_REPEATED_PAGES = 3


@dataclass(slots=True, kw_only=True)
class ActivitiesRead:
    """What a read brought.

    Attributes:
        plan: what was read.
        is_resumed: whether it went on where an earlier one had ended.
        new: activities that were not stored.
        changed: activities that came differently than before.
        rejected: activities that could not even be stored.
        deleted: activities that are gone.
        undecided: activities that were not listed and are not known to be gone; the next read looks again.
        calls: requests to the API, repeated ones included.
        calls_left: as Strava said last; None if it never did.
    """

    plan: ReadPlan
    is_resumed: bool = False
    seen: set[int] = field(default_factory=set, repr=False)
    new: int = 0
    changed: int = 0
    rejected: int = 0
    deleted: int = 0
    undecided: int = 0
    calls: int = 0
    calls_left: Remaining | None = None

    @property
    def rows_in(self) -> int:
        """How many activities were listed."""
        return len(self.seen) + self.rejected

    @property
    def unchanged(self) -> int:
        """How many of them came as they were stored."""
        return len(self.seen) - self.new - self.changed


def read_strava_activities(
    settings: Settings,
    request: ReadRequest,
    *,
    dagster_run_id: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    on_progress: Callable[[str], object] = lambda _: None,
    conn: AnyConnection | None = None,
    **waiting: Unpack[Waiting],
) -> ActivitiesRead:
    """Store the activities that are new or changed, and mark those that are gone.

    Every page is committed as it arrives, with the place to go on from. The watermark moves with the last
    page, in one transaction. One read at a time: a second one waits.

    Args:
        settings: whose account, and how far incremental reads overlap.
        request: what is wanted.
        dagster_run_id: the Dagster run at work.
        clock: the time.
        on_progress: called with a sentence now and then.
        conn: the caller's connection, to take part in its transaction: nothing counts before that is
            committed, and no other read goes on meanwhile. An unfinished listing is left alone then.
        **waiting: how to wait for Strava, and before another attempt.

    Returns:
        What it brought.

    Raises:
        InvalidValue: what is wanted contradicts itself.
        ProviderError: Strava cannot be asked, or not now. What came before that is stored.
    """
    with reading(conn) as connection:
        if conn is None:
            in_turn = "Another sync of Strava is under way; waiting for its end."
            with holding_turn("strava sync", on_wait=lambda: on_progress(in_turn)):
                return _read(connection, settings, request, dagster_run_id, clock, on_progress, waiting)
        take_turn(connection, "strava sync")
        return _read(
            connection, settings, request, dagster_run_id, clock, on_progress, waiting, may_resume=False
        )


def _read(
    connection: AnyConnection,
    settings: Settings,
    request: ReadRequest,
    dagster_run_id: str | None,
    clock: Callable[[], datetime],
    on_progress: Callable[[str], object],
    waiting: Waiting,
    *,
    may_resume: bool = True,
) -> ActivitiesRead:
    plan = plan_read(
        request,
        last_synced_at=get_last_sync_time(PROVIDER, conn=connection),
        now=clock(),
        overlap=timedelta(days=settings.strava_overlap_days),
    )
    read = ActivitiesRead(plan=plan)
    with open_strava_api(settings, is_live=plan.is_live, clock=clock, **waiting) as api:
        try:
            listing = _listing(connection, read, dagster_run_id, clock, may_resume=may_resume)
            _read_pages(connection, api, listing, read, dagster_run_id, on_progress)
            _finish(connection, api, listing, read, dagster_run_id, on_progress)
        finally:
            read.calls = api.calls
            read.calls_left = remaining(find_rate_limits(PROVIDER, conn=connection), clock())
    return read


def _listing(
    connection: AnyConnection,
    read: ActivitiesRead,
    dagster_run_id: str | None,
    clock: Callable[[], datetime],
    *,
    may_resume: bool,
) -> Listing:
    """Return the listing to go on with, or a new one."""
    plan = read.plan
    abandon_listings(plan.kind, now=clock(), conn=connection)
    if may_resume:
        is_first = get_last_sync_time(PROVIDER, conn=connection) is None
        listing = find_open_listing(
            plan.kind,
            after=plan.after,
            before=plan.before,
            begun_after=clock() - (_FIRST_IS_OPEN_FOR if is_first else _IS_OPEN_FOR),
            conn=connection,
        )
        if listing is not None and listing.scope == _scope(connection):
            read.is_resumed = True
            return listing
    return begin_listing(
        kind=plan.kind,
        after=plan.after,
        before=plan.before,
        scope=_scope(connection),
        begun_at=clock(),
        # Both bounds are exclusive, as far as anybody knows; one second more does no harm.
        first_after=int(plan.after.timestamp()) - 1,
        first_before=int(plan.before.timestamp()) + 1,
        dagster_run_id=dagster_run_id,
        conn=connection,
    )


def _read_pages(
    connection: AnyConnection,
    api: StravaApi,
    listing: Listing,
    read: ActivitiesRead,
    dagster_run_id: str | None,
    on_progress: Callable[[str], object],
) -> None:
    """Read and store page after page, to the empty one."""
    position = Position(after=listing.next_after, before=listing.next_before, page=listing.next_page)
    repeated = 0
    while not (
        page := api.list_activities(after=position.after, before=position.before, page=position.page)
    ).is_empty:
        repeated = 0 if set(page.activity_ids) - read.seen or page.unusable else repeated + 1
        if repeated > _MOST_REPEATED_PAGES:
            raise UnexpectedReply(
                "Strava gives the same activities again and again instead of an end. Nothing is lost; try "
                "again later, and check STRAVA_API_URL if it goes on."
            )
        position = next_position(
            position,
            [int(start.timestamp()) for start in page.start_dates],
            size=page.size,
            has_seams=listing.has_seams,
        )
        with transaction(connection):
            # A page that is lost in a crash of the server is asked for again: its place is lost with it.
            connection.execute("set local synchronous_commit = off")
            take_turn(connection, PROVIDER)
            if not read.seen:
                _require_same_athlete(connection, page)
            _store_page(connection, page, read, scope=listing.scope, dagster_run_id=dagster_run_id)
            record_listed_page(
                connection,
                listing,
                [*page.activity_ids, *(row.activity_id for row in page.unusable if row.activity_id)],
                next_after=position.after,
                next_before=position.before,
                next_page=position.page,
            )
        on_progress(f"{len(read.seen)} activities so far, {read.new} of them new.")


def _finish(
    connection: AnyConnection,
    api: StravaApi,
    listing: Listing,
    read: ActivitiesRead,
    dagster_run_id: str | None,
    on_progress: Callable[[str], object],
) -> None:
    """Find out what is gone, then record that everything was read, all at once."""
    verdict = find_deleted(connection, api, listing, scope_now=_scope(connection))
    read.undecided = verdict.undecided
    if verdict.undecided:
        on_progress(f"{verdict.undecided} activities were not listed, but are not known to be gone.")
    with transaction(connection):
        connection.execute("set local synchronous_commit = on")
        take_turn(connection, PROVIDER)
        for page in verdict.moved:
            _store_page(connection, page, read, scope=listing.scope, dagster_run_id=dagster_run_id)
        read.deleted = mark_deleted(connection, verdict.deleted)
        complete_listing(connection, listing)
        if read.plan.moves_watermark:
            update_last_sync_time(PROVIDER, listing.begun_at, conn=connection)


def _store_page(
    connection: AnyConnection,
    page: ActivitiesPage,
    read: ActivitiesRead,
    *,
    scope: str,
    dagster_run_id: str | None,
) -> None:
    """Store what is new on a page, and keep what cannot be stored as rejects.

    Args:
        connection: in a transaction that holds the turn of `strava`.
        page: as it came.
        read: counts it.
        scope: what the token can see.
        dagster_run_id: the Dagster run at work.
    """
    incoming = IncomingActivities(
        activity_ids=page.activity_ids,
        start_dates=page.start_dates,
        payloads=page.payloads,
        digests=page.digests,
    )
    counts = store_activities(connection, incoming, scope=scope, dagster_run_id=dagster_run_id)
    refused = [
        UnusableRow(
            page.payloads[position],
            "Postgres cannot hold it as JSON: a text in it has a character that is none.",
            page.activity_ids[position],
        )
        for position in counts.refused
    ]
    if rejects := [_reject(row) for row in (*page.unusable, *refused)]:
        keep_rejects(connection, rejects, provider=PROVIDER, stage="extract", dagster_run_id=dagster_run_id)
    kept = set(page.activity_ids) - {row.activity_id for row in refused}
    read.seen |= kept
    read.new += counts.new
    read.changed += counts.changed
    read.rejected += len(page.unusable) + len(refused)
    if kept:
        resolve_rejects_by_key(connection, PROVIDER, [strava_run_id(activity_id) for activity_id in kept])


def _reject(row: UnusableRow) -> NewReject:
    digest = hashlib.sha256(row.payload).hexdigest()[:16]
    return NewReject(
        raw_key=strava_run_id(row.activity_id) if row.activity_id is not None else f"text {digest}",
        file_id=None,
        row_number=None,
        reason=row.reason,
        payload={"text": row.payload.decode("utf-8", "replace")},
    )


def _require_same_athlete(connection: AnyConnection, page: ActivitiesPage) -> None:
    stored = find_stored_athlete(connection)
    if stored is not None and page.athlete_ids and stored not in page.athlete_ids:
        raise WrongAccount(
            f"These are the activities of athlete {min(page.athlete_ids)}, but those stored here are of "
            f"athlete {stored}. Connect that account (`fitness-pipeline auth strava`), or keep another "
            "database for this one (`--env NAME`)."
        )


def _scope(connection: AnyConnection) -> str:
    known = find_connection(PROVIDER, conn=connection)
    return visible_scope(known.scopes if known is not None else None)
