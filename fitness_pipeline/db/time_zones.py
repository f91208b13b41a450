"""Time zones by the names that Postgres has for them."""

from psycopg import errors as pg

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.settings import time_zone as known_time_zone

# Postgres takes these names for abbreviations, which have no summer time. In the IANA list (since 2024b) they
# are other names of these zones.
_NO_ABBREVIATIONS = {
    "CET": "Europe/Brussels",
    "EET": "Europe/Athens",
    "MET": "Europe/Brussels",
    "WET": "Europe/Lisbon",
}


def zone_in_postgres(time_zone: str, *, conn: AnyConnection | None = None) -> str:
    """Return what to call a zone in a statement.

    Args:
        time_zone: its IANA name.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    key = known_time_zone(time_zone).key
    name = _NO_ABBREVIATIONS.get(key, key)
    with reading(conn) as connection:
        try:
            connection.execute("select now() at time zone %s", [name])
        except (
            pg.InvalidParameterValue
        ) as error:  # Python finds names (`localtime`) that Postgres does not know
            raise UnknownTimeZone(
                f"{time_zone!r} is not a time zone that the database knows. Use an IANA name such as "
                "America/Chicago or Europe/Berlin."
            ) from error
    return name
