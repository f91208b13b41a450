"""What is known of a connection, with and without credentials."""

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import (
    find_connection,
    get_connections,
    record_connected,
    record_needs_reauthorization,
)


def test_nothing_is_connected_at_first(connection: AnyConnection) -> None:
    assert get_connections(conn=connection) == []
    assert find_connection("strava", conn=connection) is None


def test_connecting_again_takes_the_need_for_it_away(connection: AnyConnection) -> None:
    record_connected("strava", scopes=["read"], athlete_id=7, conn=connection)
    record_needs_reauthorization("strava", "It is dead.", conn=connection)
    found = find_connection("strava", conn=connection)
    assert found is not None
    assert (found.scopes, found.needs_reauthorization_reason) == (["read"], "It is dead.")
    record_connected("strava", scopes=None, athlete_id=None, conn=connection)
    found = find_connection("strava", conn=connection)
    assert found is not None
    assert (found.scopes, found.athlete_id, found.needs_reauthorization_reason) == (None, 7, None)


def test_a_connection_that_never_worked_is_told_apart(connection: AnyConnection) -> None:
    record_needs_reauthorization("strava", "It never worked.", conn=connection)
    found = find_connection("strava", conn=connection)
    assert found is not None
    assert (found.connected_at, found.is_stored) == (None, False)


def test_credentials_without_bookkeeping_count_as_connected(connection: AnyConnection) -> None:
    connection.execute(
        """
        insert into oauth_credentials (provider, client_id, client_secret, access_token, refresh_token)
        values ('strava', '17', 'x', 'x', 'x')
        """
    )
    found = find_connection("strava", conn=connection)
    assert found is not None
    assert found.is_stored
    assert found.connected_at is not None
    assert found.needs_reauthorization_reason is None
