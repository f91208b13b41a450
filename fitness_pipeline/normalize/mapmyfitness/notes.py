"""Notes: undoing how old exports wrote them, and finding the shoe that a run was made in."""

import polars as pl

# A backslash becomes a zero byte for the time being, so that none is left but those of \xNN escapes. No cell
# contains a zero byte, nor does a bytes repr.
_SHORT_ESCAPES = {r"\\": "\0", r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\'": "'", r"\"": '"'}

# The name begins with the first visible character on the same line. What comes before "shoes:" is not a
# letter: snowshoes are something else.
_NAMED = r"(?i-u:(?:\b|\\x[0-9a-f]{2})shoes:)[ \t]*([^ \t\r\n][^\r\n]*)"
_CONTROL_CHARACTERS = r"[\x00-\x1f\x7f]"


def find_shoes(notes: pl.Series) -> pl.Series:
    r"""Find the shoe that each note names as `Shoes: NAME`.

    The name ends with its line; `shoes:` may be written in any case; the first name counts. A note may be
    the Python repr of its UTF-8 bytes: until some time before 2025, exports wrote
    `b'Easy\nShoes: M1080R10\n'`, with a backslash and an n, and `b''` for no note (MapMyFitness export, as
    seen in public files).

    Args:
        notes: strings without nulls.

    Returns:
        Strings of the same length: the name as the runner spelled it, null where none is named.
    """
    naming = notes.filter(notes.str.contains("(?i-u)shoes:")).unique()
    is_repr = _is_quoted(naming, "'") | _is_quoted(naming, '"')
    half_decoded = naming.str.slice(2).str.head(-1).str.replace_many(_SHORT_ESCAPES).zip_with(is_repr, naming)
    found = half_decoded.str.extract(_NAMED)
    # Names repeat, so that the interpreter sees few of them although it would be too slow for all notes.
    from_reprs = found.filter(is_repr).unique().drop_nulls()
    decoded = pl.Series([_decode_name(name) for name in from_reprs], dtype=pl.String)
    names = found.replace_strict(from_reprs, decoded, default=None, return_dtype=pl.String).zip_with(is_repr, found)
    tidy = names.str.replace_all(_CONTROL_CHARACTERS, "").str.strip_chars()
    return notes.replace_strict(naming, tidy.set(tidy == "", None), default=None, return_dtype=pl.String)


def _is_quoted(notes: pl.Series, quote: str) -> pl.Series:
    return notes.str.starts_with(f"b{quote}") & notes.str.ends_with(quote)


def _decode_name(name: str) -> str:
    r"""Return a name from a bytes repr with its \xNN escapes undone, or left when they are not UTF-8."""
    try:
        name = name.encode().decode("unicode_escape").encode("latin-1").decode()
    except UnicodeError:
        pass
    return name.replace("\0", "\\")
