"""Turns that writers take: transaction-scoped advisory locks, freed by Postgres whatever happens."""

from fitness_pipeline.db.connection import AnyConnection


def take_turn(connection: AnyConnection, what: str) -> None:
    """Wait until no other transaction has this turn; hold it to the end of this one.

    Extracting, normalizing and merging a provider's rows share that provider's turn, so that change ids
    become visible in their order. A merge takes the turn `runs` besides, always after the provider's.

    Args:
        connection: in a transaction.
        what: a provider (`mmf`, `strava`, `hevy`), or `runs`.
    """
    connection.execute(
        "select pg_advisory_xact_lock(hashtext('fitness_pipeline turns'), hashtext(%s))", [what]
    )
