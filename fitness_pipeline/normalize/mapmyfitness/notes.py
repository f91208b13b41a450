"""Notes: undoing how old exports wrote them, and finding the shoe that a run was made in."""

import re
from contextlib import suppress

import polars as pl

from fitness_pipeline.normalize.mapmyfitness.distinct import map_distinct
from fitness_pipeline.normalize.shoe_names import LONGEST_SHOE_NAME

# A backslash becomes a zero byte for the time being, so that none is left but those of \xNN escapes. No cell
# contains a zero byte, nor does a bytes repr.
_SHORT_ESCAPES = {r"\\": "\0", r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\'": "'", r"\"": '"'}

# The word stands alone (snowshoes are something else), or after a character that is still escaped. The name
# begins with the first visible character on the same line.
_NAMED = r"(?:\b|\\x[0-9a-f]{2})(?i-u:shoes:)[ \t]*([^ \t\r\n][^\r\n]*)"
_CONTROL_CHARACTERS = r"[\x00-\x1f\x7f]+"
_BYTE = re.compile(rb"\\x([0-9a-f]{2})")


def find_shoes(notes: pl.Series) -> pl.Series:
    r"""Find the shoe that each note names as `Shoes: NAME`.

    The name ends with its line; `shoes:` may be written in any case; the first name counts. What has more
    than `LONGEST_SHOE_NAME` characters is no name. A note may be
    the Python repr of its UTF-8 bytes: until some time before 2025, exports wrote
    `b'Easy\nShoes: M1080R10\n'`, with a backslash and an n, and `b''` for no note (MapMyFitness export, as
    seen in public files).

    Args:
        notes: strings without nulls.

    Returns:
        Strings of the same length: the name as the runner spelled it, null where none is named.
    """
    is_repr = _is_quoted(notes, "'") | _is_quoted(notes, '"')
    half_decoded = notes.str.slice(2).str.head(-1).str.replace_many(_SHORT_ESCAPES).zip_with(is_repr, notes)
    found = half_decoded.str.extract(_NAMED)
    # Names repeat, so that the interpreter sees few of them although it would be too slow for all notes.
    decoded = map_distinct(found.set(~is_repr, None), _decode_name, pl.String())
    tidy = decoded.zip_with(is_repr, found).str.replace_all(_CONTROL_CHARACTERS, " ").str.strip_chars()
    return tidy.set((tidy == "") | (tidy.str.len_chars() > LONGEST_SHOE_NAME), None)


def _is_quoted(notes: pl.Series, quote: str) -> pl.Series:
    return notes.str.starts_with(f"b{quote}") & notes.str.ends_with(quote)


def _decode_name(name: str) -> str:
    r"""Return a name from a bytes repr with its \xNN escapes undone, or left when they are not UTF-8."""
    with suppress(UnicodeDecodeError):
        name = _BYTE.sub(lambda escape: bytes.fromhex(escape[1].decode()), name.encode()).decode()
    return name.replace("\0", "\\")
