"""An event's description has a part that is ours; what the runner wrote around it stays."""

from collections.abc import Iterable

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
    return max((part for part in ours if part and _shape(held, part)), key=len, default=None)


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
    is_marked_up = _BREAK in theirs
    new = _marked_up(part) if is_marked_up else part
    found = our_part(theirs, (*former, part))
    if found is not None:
        return theirs.replace(_shape(theirs, found), new, 1)
    separator = _BREAK * 2 if is_marked_up else "\n\n"
    return f"{new}{separator}{theirs}" if new else theirs


def _shape(held: str, part: str) -> str:
    """Return a part as a description holds it; nothing if it does not."""
    return next((shape for shape in (part, _marked_up(part)) if shape in held), "")


def _marked_up(text: str) -> str:
    return text.replace("\n", _BREAK)
