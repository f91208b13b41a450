"""Pages of workouts, of exercise templates and of events: how many there are, and what is on one."""

from dataclasses import dataclass, field
from typing import Protocol

from fitness_pipeline.errors import UnexpectedReply
from fitness_pipeline.providers.hevy.json_parts import elements, members, plain_value
from fitness_pipeline.providers.hevy.replies import cut_off, unexpected
from fitness_pipeline.providers.hevy.rows import Row, UnusableRow, read_row


class Page(Protocol):
    """What all pages have."""

    @property
    def page_count(self) -> int:
        """How many pages there are, by this one."""

    @property
    def payloads(self) -> list[bytes]:
        """What is on it, as it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of workouts or templates.

    Attributes:
        page_count: how many pages there are.
        payloads: all rows, as they were sent.
        rows: those that can be stored, each once: of a row that repeats, the newest state.
        unusable: the others.
    """

    page_count: int
    payloads: list[bytes] = field(repr=False)
    rows: list[Row]
    unusable: list[UnusableRow]


NO_ROWS = Listed(page_count=0, payloads=[], rows=[], unusable=[])


def read_listed(body: bytes, name: str, number: int) -> Listed:
    """Return what is on a page.

    Args:
        body: of a good reply.
        name: of the list on it: `workouts` or `exercise_templates`.
        number: which page was asked for.

    Raises:
        TryAgain: it was cut off, or is no JSON.
        UnexpectedReply: it is no such page.
    """
    page_count, payloads = split_page(body, name, number)
    found = [read_row(payload) for payload in payloads]
    newest: dict[str, Row] = {}
    for row in found:
        if isinstance(row, Row) and not _is_older(row, newest.get(row.id)):
            newest[row.id] = row
    return Listed(
        page_count=page_count,
        payloads=payloads,
        rows=list(newest.values()),
        unusable=[row for row in found if isinstance(row, UnusableRow)],
    )


def split_page(body: bytes, name: str, number: int) -> tuple[int, list[bytes]]:
    """Return how many pages there are, and the bytes of each element of the list on this one.

    Args:
        body: of a good reply.
        name: of the list on it.
        number: which page was asked for.

    Raises:
        TryAgain: it was cut off, or is no JSON.
        UnexpectedReply: it is no such page. An answer without a list is never an empty one.
    """
    try:
        page = members(body)
        payloads = elements(page[name]) if page and name in page else None
    except ValueError:
        raise cut_off() from None
    if page is None or payloads is None:
        raise unexpected(f"there is no list of {name.replace('_', ' ')} in it")
    page_count = _whole_number(page.get("page_count"))
    if page_count is None:
        raise unexpected(f"it does not tell how many pages of {name.replace('_', ' ')} there are")
    found = plain_value(page.get("page"))
    if found is not None and found != number:
        raise unexpected(f"it is another page than number {number}, which was asked for")
    return page_count, payloads


def read_one(body: bytes, name: str, wanted_id: str) -> Row:
    """Return the workout or template of a reply that has only that.

    The API description has it as it is; a client also met it within `{"workout": ...}`, and answers to
    writes have an array there.

    Args:
        body: of a good reply.
        name: of what it may be wrapped in: `workout` or `exercise_template`.
        wanted_id: what was asked for.

    Raises:
        TryAgain: it was cut off, or is no JSON.
        UnexpectedReply: it is something else.
    """
    try:
        values = members(body)
        if values is not None and name in values and "id" not in values:
            body = values[name]
            wrapped = elements(body)
            if wrapped is not None and len(wrapped) == 1:
                body = wrapped[0]
    except ValueError:
        raise cut_off() from None
    row = read_row(body)
    if isinstance(row, UnusableRow) or row.id.lower() != wanted_id.lower():
        raise unexpected(f"it is not the {name.replace('_', ' ')} that was asked for")
    return row


def read_count(body: bytes) -> int:
    """Return how many workouts there are, by Hevy's count.

    Args:
        body: of a good reply.

    Raises:
        TryAgain: it was cut off, or is no JSON.
        UnexpectedReply: there is no count in it.
    """
    try:
        values = members(body)
    except ValueError:
        raise cut_off() from None
    count = _whole_number(values.get("workout_count")) if values is not None else None
    if count is None:
        raise unexpected("the count of workouts is no number")
    return count


def no_such_page(number: int, yet: str) -> UnexpectedReply:
    """Return the error of a page that is missing although it should be there.

    Args:
        number: which one.
        yet: what else Hevy says, such as "there are 10 pages".
    """
    return unexpected(f"it says that there is no page {number}, but also that {yet}")


def _whole_number(part: bytes | None) -> int | None:
    """Return a number of things, or None when it is missing or cannot be one."""
    value = plain_value(part)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and value >= 0 and value % 1 == 0 else None


def _is_older(row: Row, than: Row | None) -> bool:
    if than is None or row.updated_at is None or than.updated_at is None:
        return False
    return row.updated_at < than.updated_at
