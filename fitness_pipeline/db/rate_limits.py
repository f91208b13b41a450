"""The table `raw.rate_limits`: what providers said last of how much may still be asked."""

from collections.abc import Mapping

from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import query
from fitness_pipeline.models import RateLimit, RateLimits


def find_rate_limits(provider: str, *, conn: AnyConnection | None = None) -> RateLimits | None:
    """Return what a provider said last, or None when it never said anything.

    Args:
        provider: such as `strava`.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        Its limits as of the latest observation. What was used of a limit that was observed before that, in
        another quarter hour or on another day, no longer counts.
    """
    with reading(conn) as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select scope, latest.observed_at, quarter_limit, day_limit,
                   case when date_bin('15 minutes', known.observed_at, 'epoch')
                           = date_bin('15 minutes', latest.observed_at, 'epoch')
                        then quarter_used else 0 end as quarter_used,
                   case when date_bin('1 day', known.observed_at, 'epoch')
                           = date_bin('1 day', latest.observed_at, 'epoch')
                        then day_used else 0 end as day_used
            from raw.rate_limits as known,
                 (select max(observed_at) from raw.rate_limits where provider = %(provider)s)
                 as latest (observed_at)
            where provider = %(provider)s
            """,
            {"provider": provider},
        ).fetchall()
    if not rows:
        return None
    said = {row["scope"]: row for row in rows}
    return RateLimits(
        overall=_rate_limit(said.get("overall")),
        read=_rate_limit(said.get("read")),
        observed_at=rows[0]["observed_at"],
    )


def record_rate_limits(provider: str, limits: RateLimits, *, conn: AnyConnection | None = None) -> None:
    """Record what a provider said, whoever else does at the same time.

    The later observation wins. Within one quarter hour or day, usage never goes backwards: replies to
    requests at the same time may overtake each other.

    Args:
        provider: such as `strava`.
        limits: what it said; a kind that it did not speak of stays as it is known.
        conn: the caller's connection, to take part in its transaction.
    """
    kinds = {"overall": limits.overall, "read": limits.read}
    said = {scope: limit for scope, limit in kinds.items() if limit is not None}
    with transaction(conn) as connection:
        connection.execute(
            query("record_rate_limits"),
            {
                "provider": provider,
                "observed_at": limits.observed_at,
                "scopes": list(said),
                "quarter_limits": [limit.quarter_limit for limit in said.values()],
                "day_limits": [limit.day_limit for limit in said.values()],
                "quarters_used": [limit.quarter_used for limit in said.values()],
                "days_used": [limit.day_used for limit in said.values()],
            },
        )


def forget_rate_limits(provider: str, *, conn: AnyConnection | None = None) -> None:
    """Forget what a provider said, for another application is asked as from now on.

    Limits are those of an application; the usage of a former one is not to stop a new one.

    Args:
        provider: such as `strava`.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute("delete from raw.rate_limits where provider = %s", [provider])


def _rate_limit(row: Mapping[str, int] | None) -> RateLimit | None:
    if row is None:
        return None
    return RateLimit(
        quarter_limit=row["quarter_limit"],
        day_limit=row["day_limit"],
        quarter_used=row["quarter_used"],
        day_used=row["day_used"],
    )
