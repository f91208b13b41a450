"""Rejects of Hevy: kept once, however often their rows come again, and closed when these are gone."""

from collections.abc import Sequence

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_listings import Listing
from fitness_pipeline.db.queries import query
from fitness_pipeline.db.rejects import NewReject


def keep_new_rejects(
    connection: AnyConnection, rejects: Sequence[NewReject], *, dagster_run_id: str | None
) -> None:
    """Keep rows that cannot be stored; one that is kept already like that is not written again.

    Args:
        connection: in a transaction that holds the turn of `hevy`.
        rejects: the rows.
        dagster_run_id: the Dagster run at work.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        known = cursor.execute(
            """
            select raw_key, reason, payload from raw.rejects
            where provider = 'hevy' and stage = 'extract' and resolved_at is null and raw_key = any(%s)
            """,
            [[reject.raw_key for reject in rejects]],
        ).fetchall()
    fresh = [reject for reject in rejects if (reject.raw_key, reject.reason, reject.payload) not in known]
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into raw.rejects (provider, stage, raw_key, reason, payload, dagster_run_id)
            values ('hevy', 'extract', %s, %s, %s, %s)
            on conflict (provider, stage, raw_key) do update
               set (reason, payload, rejected_at, dagster_run_id, resolved_at)
                 = (excluded.reason, excluded.payload, now(), excluded.dagster_run_id, null)
            """,
            [(reject.raw_key, reject.reason, Jsonb(reject.payload), dagster_run_id) for reject in fresh],
        )


def resolve_unlisted_rejects(connection: AnyConnection, listing: Listing) -> None:
    """Close the rejects that a listing did not meet again.

    Args:
        connection: in a transaction that holds the turn of `hevy`.
        listing: one that has come to its end.
    """
    connection.execute(query("resolve_unlisted_hevy_rejects"), {"listing_id": listing.listing_id})
