"""The table `normalized.shoe_aliases`: spellings that mean another shoe, as the runner says."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.errors import InvalidValue, ShoeNotFound
from fitness_pipeline.identity import shoe_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoeAlias:
    """A spelling and the name of the shoe that it means."""

    spelling_id: str
    spelling: str
    shoe_name: str
    created_at: datetime


def get_shoe_aliases(*, conn: AnyConnection | None = None) -> list[ShoeAlias]:
    """Return all aliases in the order of their spellings.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ShoeAlias)) as cursor:
        return cursor.execute(
            """
            select spelling_id, spelling, shoe_name, created_at
            from normalized.shoe_aliases order by spelling_id
            """
        ).fetchall()


def add_shoe_alias(spelling: str, shoe_name: str, *, conn: AnyConnection | None = None) -> None:
    """Say that a spelling means the shoe called `shoe_name`; the next import repairs the past.

    Args:
        spelling: as it stands in the notes; case and punctuation do not matter.
        shoe_name: the name that the shoe is to have.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: it would lead to itself, or to a spelling that is an alias already.
    """
    if not spelling.strip() or not shoe_name.strip():
        raise InvalidValue("An alias needs a spelling and the name of the shoe that it means.")
    spelling_id, target_id = shoe_id(spelling), shoe_id(shoe_name)
    if spelling_id == target_id:
        raise InvalidValue(f"{spelling!r} and {shoe_name!r} are the same shoe already ({target_id}).")
    with transaction(conn) as connection:
        # Two aliases made at once must not form a chain.
        connection.execute("lock table normalized.shoe_aliases in share row exclusive mode")
        aliases = {alias.spelling_id: alias for alias in get_shoe_aliases(conn=connection)}
        if target_id in aliases:
            raise InvalidValue(
                f"{shoe_name!r} is itself a spelling of {aliases[target_id].shoe_name!r}. Use that name."
            )
        if leading_here := [alias for alias in aliases.values() if shoe_id(alias.shoe_name) == spelling_id]:
            raise InvalidValue(
                f"{leading_here[0].spelling!r} is a spelling of {spelling!r}. "
                f"Point it at {shoe_name!r} first."
            )
        connection.execute(
            """
            insert into normalized.shoe_aliases (spelling_id, spelling, shoe_name) values (%s, %s, %s)
            on conflict (spelling_id) do update
               set spelling = excluded.spelling, shoe_name = excluded.shoe_name
            """,
            [spelling_id, spelling.strip(), shoe_name.strip()],
        )


def remove_shoe_alias(spelling: str, *, conn: AnyConnection | None = None) -> None:
    """Say that a spelling is a shoe of its own again; the next import repairs the past.

    Args:
        spelling: the alias.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        ShoeNotFound: there is no such alias.
    """
    with transaction(conn) as connection:
        removed = connection.execute(
            "delete from normalized.shoe_aliases where spelling_id = %s", [shoe_id(spelling)]
        ).rowcount
    if not removed:
        raise ShoeNotFound(
            f"{spelling!r} is no alias. `fitness-pipeline shoes aliases` shows those that there are."
        )
