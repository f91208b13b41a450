"""An event's description has a part that is ours; what the runner wrote around it stays."""

from collections.abc import Callable, Iterable
from html import escape

# What Google's own editor makes of the end of a line.
_BREAK = "<br>"


def runners_description(held: str, ours: Iterable[str | None]) -> str | None:
    """Return a description that the runner has changed, or None if it is just ours.

    Args:
        held: the whole description of the event.
        ours: what we wrote there, or may have written.
    """
    return None if held in {part for part in ours if part is not None} else held


def our_part(held: str, ours: Iterable[str | None]) -> str | None:
    """Return what of ours a description holds, be it as Google's own editor saves it; None if nothing.

    Args:
        held: the whole description.
        ours: what we wrote there, or may have written. The longest counts: others may be a part of it.
    """
    found = _found(held, ours)
    return None if found is None else found[0]


def with_our_part(theirs: str | None, former: Iterable[str | None], part: str) -> str:
    """Return the description with our part renewed, and with all that the runner wrote.

    Args:
        theirs: the description as the runner has changed it; None if it was just ours.
        former: what we wrote there, or may have written.
        part: what we say now.

    Returns:
        Where our former part is found, the new one takes its place; where the runner has rewritten it, the
        new one comes first.
    """
    if theirs is None or not theirs.strip():
        return part
    found = _found(theirs, (*former, part))
    if found is not None:
        old, shape = found
        return theirs.replace(shape(old), shape(part), 1)
    new, separator = (_marked_up(part), _BREAK * 2) if _BREAK in theirs else (part, "\n\n")
    return f"{new}{separator}{theirs}" if new else theirs


def _found(held: str, ours: Iterable[str | None]) -> tuple[str, Callable[[str], str]] | None:
    """Return the longest part that a description holds, and in which shape; None if it holds none."""
    for part in sorted((part for part in ours if part), key=len, reverse=True):
        for shape in _SHAPES:
            if shape(part) in held:
                return part, shape
    return None


def _plain(text: str) -> str:
    return text


def _marked_up(text: str) -> str:
    return text.replace("\n", _BREAK)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _escaped_and_marked_up(text: str) -> str:
    return _marked_up(_escaped(text))


# What Google's own editor may make of a text.
_SHAPES = (_plain, _marked_up, _escaped, _escaped_and_marked_up)
