"""Runs in pages, in any order that is asked for."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, Literal, LiteralString, TypeVar

from psycopg import sql
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.local_days import instants_of_days
from fitness_pipeline.db.queries import composed
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.models import Run, RunDetail

SortBy = Literal["date", "distance", "duration", "pace", "heart_rate", "source", "type", "shoes"]
SortKey = datetime | float | str | None

RunT = TypeVar("RunT", Run, RunDetail)

# Where a page begins: with the first run, or behind one whose key is known, or is not.
_Beginning = Literal["first", "known", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """In which order runs are listed; those of which a thing is not known come last in both directions.

    Attributes:
        sort_by: pace is duration by distance; shoes go by their names, small letters like capital ones.
        is_descending: whether the greatest, latest or last comes first. Where that is equal, the id decides.
    """

    sort_by: SortBy = "date"
    is_descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPosition:
    """A place in a list of runs: that of a run as it was when it was listed.

    Attributes:
        key: what the order goes by; None where it is not known.
        run_id: the run's id.
    """

    key: SortKey
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage(Generic[RunT]):
    """A page of a list.

    Attributes:
        runs: at most as many as were asked for.
        last: the position of the last one; None if no run comes behind it.
    """

    runs: list[RunT]
    last: RunPosition | None


@dataclass(frozen=True, slots=True)
class _Key:
    """What an order goes by.

    Attributes:
        expression: over the columns of `normalized.run_details`.
        kind: its type.
    """

    expression: LiteralString
    kind: type[datetime | float | str]
    is_always_known: bool = False


# Whatever numbers there are, the quotient neither overflows nor vanishes, of which Postgres makes errors.
_PACE: LiteralString = """(
    case when duration < 1e-100 then 0 else least(duration, 1e100) end
    / case when distance > 0 then greatest(least(distance, 1e100), 1e-100) end
)"""
_KEYS: dict[SortBy, _Key] = {
    "date": _Key("datetime_utc", datetime, True),
    "distance": _Key("distance", float, True),
    "duration": _Key("duration", float, True),
    "pace": _Key(_PACE, float),
    "heart_rate": _Key("avg_heart_rate", float),
    "source": _Key("source", str, True),
    "type": _Key("type", str, True),
    # A part of the name, since a position goes along with requests.
    "shoes": _Key("""left(lower(shoes collate "C"), 100)""", str),
}


def list_runs(
    kind: type[RunT],
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    time_zone: str = "UTC",
    is_synced: bool | None = None,
    order: RunOrder,
    after: RunPosition | None = None,
    limit: int,
    conn: AnyConnection | None = None,
) -> RunPage[RunT]:
    """Return a page of the runs that are not deleted.

    Args:
        kind: `Run` or `RunDetail`.
        first_day: the first day; None for no beginning.
        last_day: the last day, which is in it; None for no end.
        time_zone: the IANA zone whose days these are.
        is_synced: only those whose last sync with the calendar went well, only the others, or (None) both.
        order: in which order.
        after: the position behind which the page begins; None begins with the first.
        limit: at most so many.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
        InvalidValue: the position is none of this order.
    """
    since, until = instants_of_days(first_day, last_day, time_zone)
    begins: _Beginning = "first" if after is None else "known" if after.key is not None else "unknown"
    columns = tuple(field.name for field in fields(kind))
    statement = _statement(columns, order, is_synced, begins)
    parameters = {
        "since": since,
        "until": until,
        "after_key": None if after is None else after.key,
        "after_id": None if after is None else after.run_id,
        "limit": limit + 1,
    }
    with reading(conn) as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    keys = [row.pop("sort_key") for row in rows]
    runs = [kind(**row) for row in rows[:limit]]
    has_more = bool(runs) and len(rows) > limit
    return RunPage(runs=runs, last=RunPosition(key=keys[limit - 1], run_id=runs[-1].id) if has_more else None)


@cache
def _statement(
    columns: tuple[str, ...], order: RunOrder, is_synced: bool | None, begins: _Beginning
) -> bytes:
    """Return the statement, which takes a while to compose."""
    key = _KEYS[order.sort_by]
    return composed(
        "list_runs",
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        key=sql.SQL(key.expression),
        is_asked_for=_is_asked_for(is_synced),
        is_behind=_is_behind(key, order, begins),
        order=_ordering(key, order),
    ).as_bytes()


def position_in(order: RunOrder, key: Any, run_id: Any) -> RunPosition:
    """Return a position that was sent.

    Args:
        order: of the list.
        key: as JSON has it: an instant is a text.
        run_id: the run's id.

    Raises:
        InvalidValue: there is no such position in this order.
    """
    sort_key = _KEYS[order.sort_by]
    try:
        if sort_key.kind is datetime and isinstance(key, str):
            key = datetime.fromisoformat(key)
        is_possible = isinstance(key, sort_key.kind) or (key is None and not sort_key.is_always_known)
    except ValueError:
        is_possible = False
    if not is_possible or not isinstance(run_id, str):
        raise InvalidValue(f"There is no such place in a list of runs by {order.sort_by}.")
    return RunPosition(key=key, run_id=run_id)


def _is_asked_for(is_synced: bool | None) -> sql.SQL:
    match is_synced:
        case None:
            return sql.SQL("true")
        case True:
            return sql.SQL("sync_status = 'synced'")
        case False:
            return sql.SQL("sync_status is distinct from 'synced'")


def _is_behind(key: _Key, order: RunOrder, begins: _Beginning) -> sql.Composable:
    if begins == "first":
        return sql.SQL("true")
    parts = {
        "key": sql.SQL(key.expression),
        "behind": sql.SQL("<" if order.is_descending else ">"),
    }
    if begins == "unknown":
        return sql.SQL("{key} is null and id {behind} %(after_id)s").format(**parts)
    if key.is_always_known:
        return sql.SQL("({key}, id) {behind} (%(after_key)s, %(after_id)s)").format(**parts)
    return sql.SQL("(({key}, id) {behind} (%(after_key)s, %(after_id)s) or {key} is null)").format(**parts)


def _ordering(key: _Key, order: RunOrder) -> sql.Composable:
    direction = sql.SQL("desc" if order.is_descending else "asc")
    # Where nothing is unknown, saying so would keep Postgres from reading in the order of an index.
    nulls = sql.SQL("" if key.is_always_known else "nulls last")
    return sql.SQL("{} {} {}, id {}").format(sql.SQL(key.expression), direction, nulls, direction)
