"""Brings what a provider says of its runs into `runs`, without losing what the runner says."""

from dataclasses import dataclass, field, replace
from typing import Any

from psycopg import sql
from psycopg.rows import tuple_row

from fitness_pipeline.db.bulk import looking_up_by_index
from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.progress import Progress, get_progress, newest_normalized_change, record_progress
from fitness_pipeline.db.queries import fetch_value, query
from fitness_pipeline.db.runs import insert_new_runs

# More deletions than both of these at once are held back until somebody says that they are meant.
DELETIONS_AT_ONCE = 5
DELETED_SHARE = 0.02

_NEW = sql.SQL("(select * from concerned where not is_known and withdrawn_reason is null)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCounts:
    """What a merge did.

    Attributes:
        concerned: runs that the provider said something new of.
        revived: runs that the provider had withdrawn and offers again.
        held_back: deletions that were too many at once to be believed; nothing was deleted then.
        conflicts: conflicts that are new or have changed.
    """

    concerned: int = field(default=0, compare=False)
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    revived: int = 0
    held_back: int = 0
    conflicts: int = 0


def merge_runs(
    provider: str, *, are_deletions_confirmed: bool = False, conn: AnyConnection | None = None
) -> MergeCounts:
    """Merge what changed in `normalized.runs` since the last merge into `runs`, with history.

    Per field: what changed upstream is taken unless the runner has edited it; then the runner's value stays
    and a conflict is recorded. Merging again changes nothing.

    Args:
        provider: whose runs, such as `mmf`.
        are_deletions_confirmed: whether any number of deletions may be carried out.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What was done.
    """
    with transaction(conn) as connection:
        take_turn(connection, provider)
        take_turn(connection, "runs")
        since = get_progress("merge", provider, conn=connection).change_id
        newest = newest_normalized_change(provider, conn=connection)
        create_missing_shoes(provider, conn=connection)
        parameters = {"provider": provider, "since": since}
        with looking_up_by_index(connection):
            concerned = connection.execute(query("stage_concerned_runs"), parameters).rowcount
        counts = MergeCounts()
        if concerned:
            inserted = insert_new_runs(connection, _NEW)
            if inserted < concerned:
                counts = _merge_known(connection, parameters, are_deletions_confirmed)
            counts = replace(counts, concerned=concerned, inserted=inserted)
        connection.execute("drop table concerned")
        record_progress(connection, "merge", provider, Progress(change_id=newest))
    return counts


def create_missing_shoes(provider: str, *, conn: AnyConnection | None = None) -> int:
    """Create the shoes that runs yet to be merged name.

    Args:
        provider: whose runs, such as `mmf`.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        How many were created.
    """
    with transaction(conn) as connection:
        since = get_progress("merge", provider, conn=connection).change_id
        parameters = {"provider": provider, "since": since}
        return connection.execute(query("create_missing_shoes"), parameters).rowcount


def _merge_known(
    connection: AnyConnection, parameters: dict[str, Any], are_deletions_confirmed: bool
) -> MergeCounts:
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(query("stage_merge"), parameters)
        cursor.execute(query("find_runs_to_revive"), parameters)
        held_back = 0
        if not are_deletions_confirmed and _are_deletions_too_many(connection, parameters["provider"]):
            held_back = cursor.execute("update merging set is_to_delete = false where is_to_delete").rowcount
        ((updated, deleted, revived),) = cursor.execute(query("apply_merge"), parameters).fetchall()
        conflicts = cursor.execute(query("record_conflicts"), parameters).rowcount
        cursor.execute(query("settle_agreed_conflicts"))
        if not held_back:
            cursor.execute(query("finish_withdrawals"), parameters)
        cursor.execute("drop table merging")
    return MergeCounts(
        updated=updated, deleted=deleted, revived=revived, held_back=held_back, conflicts=conflicts
    )


def _are_deletions_too_many(connection: AnyConnection, provider: str) -> bool:
    deletions: int = fetch_value(connection, "select count(*) from merging where is_to_delete")
    if deletions <= DELETIONS_AT_ONCE:
        return False
    live: int = fetch_value(
        connection,
        """
        select count(*) from runs
        where deleted_at is null
          and exists (select from normalized.runs as upstream
                      where upstream.run_id = runs.id and upstream.provider = %s)
        """,
        [provider],
    )
    return deletions > DELETED_SHARE * live
