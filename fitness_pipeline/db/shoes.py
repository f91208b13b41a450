"""The table `shoes`."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from psycopg import sql
from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import InvalidValue, NotEditable, ShoeNotFound
from fitness_pipeline.identity import shoe_id
from fitness_pipeline.models import Shoe

EDITABLE_FIELDS = ("retired_at", "retirement_notes", "notes")

_COLUMNS = "id, name, retired_at, notes, retirement_notes, deleted_at, created_at, updated_at"

# A position goes along with requests, and neither names nor ids are short always.
_NAME_LETTERS = 100
_POSITION = f"left(name, {_NAME_LETTERS}), encode(sha256(convert_to(id, 'UTF8')), 'hex')"


def get_shoes(
    retired: bool | None = None,
    include_deleted: bool = False,
    *,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
    conn: AnyConnection | None = None,
) -> list[Shoe]:
    """Return the shoes in the order of their names, of which the first hundred letters count.

    Args:
        retired: only the retired ones, only the others, or (None) both.
        include_deleted: whether soft-deleted shoes are in it.
        after: the position of the shoe behind which the list begins; None begins with the first.
        limit: at most so many; None returns all.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from shoes
        where (%(retired)s::boolean is null or (retired_at is not null) = %(retired)s)
          and (%(include_deleted)s or deleted_at is null)
          and ({_POSITION}) > (%(after_name)s, %(after_id)s)
        order by {_POSITION}
        limit %(limit)s
    """  # noqa: S608 - columns and position are constants
    after_name, after_id = after or ("", "")  # no name is empty
    parameters = {
        "retired": retired,
        "include_deleted": include_deleted,
        "after_name": after_name,
        "after_id": after_id,
        "limit": limit,
    }
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Shoe)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def position_of(shoe: Shoe) -> tuple[str, str]:
    """Return where a shoe stands in the list of shoes; short, however long its name is.

    Args:
        shoe: in that list.
    """
    return shoe.name[:_NAME_LETTERS], hashlib.sha256(shoe.id.encode()).hexdigest()


def get_shoe_by_id(id: str, *, conn: AnyConnection | None = None) -> Shoe | None:
    """Return the shoe, deleted or not, or None when there is none of this id.

    Args:
        id: the shoe's id.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"select {_COLUMNS} from shoes where id = %s"  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Shoe)) as cursor:
        return cursor.execute(statement, [id]).fetchone()


def retire_shoe_by_id(
    id: str, retired_at: date, retirement_notes: str | None = None, *, conn: AnyConnection | None = None
) -> Shoe:
    """Retire a shoe.

    Args:
        id: the shoe's id.
        retired_at: the day of its last run.
        retirement_notes: why; None leaves what is there.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The shoe as it is now.

    Raises:
        ShoeNotFound: there is none of this id.
    """
    statement = """
        update shoes set retired_at = %(retired_at)s,
                         retirement_notes = coalesce(%(notes)s, retirement_notes)
        where id = %(id)s
          and (retired_at, retirement_notes)
              is distinct from (%(retired_at)s, coalesce(%(notes)s, retirement_notes))
    """
    return _updated(id, statement, {"id": id, "retired_at": retired_at, "notes": retirement_notes}, conn)


def unretire_shoe_by_id(id: str, *, conn: AnyConnection | None = None) -> Shoe:
    """Take a shoe back into use; what was noted when it was retired stays.

    Args:
        id: the shoe's id.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The shoe as it is now.

    Raises:
        ShoeNotFound: there is none of this id.
    """
    statement = "update shoes set retired_at = null where id = %(id)s and retired_at is not null"
    return _updated(id, statement, {"id": id}, conn)


def edit_shoe(
    id: str, updates: Mapping[str, date | str | None], *, conn: AnyConnection | None = None
) -> Shoe:
    """Set what a person may set of a shoe; what is not among the updates stays.

    Args:
        id: the shoe's id.
        updates: field to new value, of `EDITABLE_FIELDS`: the day on which it retired, or None while it is
            in use; why it retired; what is to be said of it otherwise.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The shoe as it is now.

    Raises:
        ShoeNotFound: there is none of this id, or it is deleted.
        NotEditable: a field may not be edited, such as `name`.
    """
    for field in updates:
        if field not in EDITABLE_FIELDS:
            raise NotEditable(f"{field!r} cannot be edited; {', '.join(EDITABLE_FIELDS)} can.")
    values = sql.SQL(", ").join(
        sql.Placeholder(field) if field in updates else sql.Identifier(field) for field in EDITABLE_FIELDS
    )
    statement = sql.SQL(
        "update shoes set (retired_at, retirement_notes, notes) = row ({0})"
        " where id = %(id)s and deleted_at is null"
        " and (retired_at, retirement_notes, notes) is distinct from ({0})"
    ).format(values)
    with transaction(conn) as connection:
        connection.execute(statement, {**updates, "id": id})
        shoe = get_shoe_by_id(id, conn=connection)
    if shoe is None or shoe.deleted_at is not None:
        raise no_such_shoe(id)
    return shoe


def get_existing_shoes_by_names(names: Iterable[str], *, conn: AnyConnection | None = None) -> dict[str, str]:
    """Return which of the names are shoes already.

    Args:
        names: shoe names in any spelling that normalises to the same id.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        Name to id, for the names whose shoe exists.
    """
    ids = {name: shoe_id(name) for name in names}
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("select id from shoes where id = any(%s)", [list(ids.values())])
        existing = {row[0] for row in rows}
    return {name: id for name, id in ids.items() if id in existing}


def bulk_create_shoes_by_names(names: Iterable[str], *, conn: AnyConnection | None = None) -> dict[str, str]:
    """Create the shoes that do not exist yet.

    Args:
        names: shoe names; spellings with the same id make one shoe, called by the first of them.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        Name to id, for every name.

    Raises:
        InvalidValue: a name is empty.
    """
    ids: dict[str, str] = {}
    for name in names:
        if not name.strip():
            raise InvalidValue("A shoe needs a name. Leave the shoe out instead.")
        ids[name] = shoe_id(name)
    first_names: dict[str, str] = {}
    for name, id in ids.items():
        first_names.setdefault(id, name.strip())
    with transaction(conn) as connection:
        connection.execute(
            """
            insert into shoes (id, name)
            select incoming.id, incoming.name
            from unnest(%s::text[], %s::text[]) as incoming (id, name)
            where not exists (select from shoes where shoes.id = incoming.id)
            order by incoming.id
            on conflict (id) do nothing
            """,
            [list(first_names), list(first_names.values())],
        )
    return ids


def count_shoes(*, conn: AnyConnection | None = None) -> int:
    """Return how many shoes there are, retired ones included and soft-deleted ones not.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        return int(fetch_value(connection, "select count(*) from shoes where deleted_at is null"))


def no_such_shoe(id: str) -> ShoeNotFound:
    """Return the error for an id that no shoe has.

    Args:
        id: that id.
    """
    return ShoeNotFound(f"There is no shoe {id!r}. `fitness-pipeline shoes list` shows those that there are.")


def _updated(id: str, statement: str, parameters: dict[str, object], conn: AnyConnection | None) -> Shoe:
    with transaction(conn) as connection:
        connection.execute(statement, parameters)
        shoe = get_shoe_by_id(id, conn=connection)
    if shoe is None:
        raise no_such_shoe(id)
    return shoe
