"""The table `normalized.shoe_retirements`: what retires on Strava retires here, unless the runner objects."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row, scalar_row

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.queries import query
from fitness_pipeline.db.shoe_aliases import get_shoe_aliases
from fitness_pipeline.db.shoes import retire_shoe_by_id, unretire_shoe_by_id
from fitness_pipeline.db.strava_gear import get_shoe_gear
from fitness_pipeline.db.time_zones import zone_in_postgres
from fitness_pipeline.identity import shoe_id
from fitness_pipeline.settings import time_zone as known_time_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementCounts:
    """How many shoes were retired, and taken back into use, because of what Strava says."""

    retired: int = 0
    unretired: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """What Strava says of a shoe: of all gear that is this shoe.

    Attributes:
        fetched_at: when the newest of it was said.
    """

    is_retired: bool
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shoe:
    """A shoe of which Strava says something else than at the last look.

    Attributes:
        retired_at: as it is here now.
        written_at: what was written here at the last look.
    """

    id: str
    retired_at: date | None
    written_at: date | None


def mirror_retirements(*, time_zone: str = "UTC", conn: AnyConnection | None = None) -> RetirementCounts:
    """Retire the shoes that are retired on Strava, and take those back into use that are not any more.

    Strava's word is acted on once, when it has changed since the last look, and only if the shoe is still as
    it was left then: what the runner retired, took back into use or dated otherwise stays as it is. A shoe
    counts as retired on Strava when all gear of its name is.

    Args:
        time_zone: the IANA zone whose day the last run in a shoe is given as.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What was done. Deleted shoes are left alone.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    zone = known_time_zone(time_zone)
    zone_name = zone_in_postgres(time_zone, conn=conn)
    retired = unretired = 0
    with transaction(conn) as connection:
        take_turn(connection, "shoe retirements")
        words = _words(connection)
        for shoe in _shoes_with_news(connection, words):
            word = words[shoe.id]
            written_at = None
            if shoe.retired_at == shoe.written_at:
                if word.is_retired:
                    last_day = _last_day(connection, shoe.id, zone_name)
                    written_at = last_day or word.fetched_at.astimezone(zone).date()
                    retire_shoe_by_id(shoe.id, written_at, conn=connection)
                    retired += 1
                elif shoe.retired_at is not None:
                    unretire_shoe_by_id(shoe.id, conn=connection)
                    unretired += 1
            _record_look(connection, shoe.id, is_retired=word.is_retired, written_at=written_at)
    return RetirementCounts(retired=retired, unretired=unretired)


def _words(connection: AnyConnection) -> dict[str, _Word]:
    """Return what Strava says, by shoe."""
    aliases = {alias.spelling_id: alias.shoe_name for alias in get_shoe_aliases(conn=connection)}
    words: dict[str, _Word] = {}
    for gear in get_shoe_gear(conn=connection):
        id = shoe_id(aliases.get(shoe_id(gear.first_name), gear.first_name))
        same = words.get(id)
        words[id] = _Word(
            is_retired=gear.is_retired and (same is None or same.is_retired),
            fetched_at=gear.fetched_at if same is None else max(gear.fetched_at, same.fetched_at),
        )
    return words


def _shoes_with_news(connection: AnyConnection, words: dict[str, _Word]) -> list[_Shoe]:
    """Return the shoes of which Strava says something else than at the last look, locked."""
    with connection.cursor(row_factory=class_row(_Shoe)) as cursor:
        return cursor.execute(
            """
            select shoes.id, shoes.retired_at, looked_at.retired_at as written_at
            from unnest(%s::text[], %s::boolean[]) as said (shoe_id, is_retired)
            join shoes on shoes.id = said.shoe_id
            left join normalized.shoe_retirements as looked_at on looked_at.shoe_id = shoes.id
            where shoes.deleted_at is null
              and said.is_retired is distinct from coalesce(looked_at.is_retired, false)
            order by shoes.id
            for no key update of shoes
            """,
            [list(words), [word.is_retired for word in words.values()]],
        ).fetchall()


def _last_day(connection: AnyConnection, id: str, time_zone: str) -> date | None:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query("last_day_in_shoe"), {"shoe_id": id, "time_zone": time_zone}).fetchone()


def _record_look(connection: AnyConnection, id: str, *, is_retired: bool, written_at: date | None) -> None:
    connection.execute(
        """
        insert into normalized.shoe_retirements (shoe_id, is_retired, retired_at) values (%s, %s, %s)
        on conflict (shoe_id) do update
           set (is_retired, retired_at) = (excluded.is_retired, excluded.retired_at)
        """,
        [id, is_retired, written_at],
    )
