"""Empties what Strava sent long ago, and keeps what following deletions needs."""

from datetime import datetime, timedelta

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.queries import query


def empty_old_payloads(days: int, *, now: datetime, conn: AnyConnection | None = None) -> int:
    """Empty the payloads of activities that came more than some days ago.

    What stays is the id, the start, the hash (an activity that comes again as it was is not stored again),
    the scope and the deletion mark: without them a deletion on Strava could not be followed. The runs that
    were made of it stay, too. A row that was not made into a run yet keeps its payload until then. Copies of
    activities among the rejects are emptied likewise; their reasons stay.

    Gear keeps its payload: its name makes the shoe of every run to come that names the gear, and its being
    retired is compared with what Strava says next. It tells of shoes, not of where or when anybody ran.

    Args:
        days: how many.
        now: an instant.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        How many activities were emptied.
    """
    parameters = {"before": now - timedelta(days=days)}
    with transaction(conn) as connection:
        take_turn(connection, "strava")
        emptied = connection.execute(query("empty_old_strava_activities"), parameters).rowcount
        connection.execute(query("empty_old_strava_rejects"), parameters)
    return emptied
