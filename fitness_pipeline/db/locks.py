"""Turns that writers take: transaction-scoped advisory locks, freed by Postgres whatever happens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.queries import fetch_value


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


@contextmanager
def holding_turn(what: str, *, on_wait: Callable[[], object]) -> Iterator[None]:
    """Hold a turn over many transactions, such as that of the one who lists a provider's activities.

    A connection of its own holds it, in a transaction that does nothing else, so that Postgres frees it
    whatever becomes of this process; also behind a pooler, which would mix up locks of a session.

    Args:
        what: whose turn, such as `strava sync`.
        on_wait: called once if somebody else has it.
    """
    with connect() as connection, connection.transaction():
        connection.execute("set local idle_in_transaction_session_timeout = 0")
        is_free = fetch_value(
            connection,
            "select pg_try_advisory_xact_lock(hashtext('fitness_pipeline turns'), hashtext(%s))",
            [what],
        )
        if not is_free:
            on_wait()
            take_turn(connection, what)
        yield
