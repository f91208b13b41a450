"""Deterministic ids: the same thing gets the same id on every machine, in every order, for ever."""

import hashlib
import re
import unicodedata
from datetime import date

_WORKOUT_LINK = re.compile(r"/workout/([0-9]+)")


def strava_run_id(activity_id: int) -> str:
    """Return the run id of a Strava activity, such as `strava_16195505756`."""
    return f"strava_{activity_id}"


def mmf_run_id(link: str) -> str | None:
    """Return the run id that a MapMyFitness link carries.

    Args:
        link: the export's Link cell, with or without scheme, on any MapMy host
            (`http://www.mapmyrun.com/workout/2255711738`).

    Returns:
        The id, such as `mmf_2255711738`, or None when the link names no workout.
    """
    found = _WORKOUT_LINK.search(link)
    return f"mmf_{found[1]}" if found else None


def mmf_fallback_run_id(workout_date: date | str, activity_type: str, duration: float | str) -> str:
    """Return the id of a MapMyFitness row whose link names no workout.

    It rests on what an export in another unit, or with other notes, leaves as it is.

    Args:
        workout_date: the day, or the cell's text when it is not a date.
        activity_type: the Activity Type cell.
        duration: seconds, or the cell's text when it is not a number.

    Returns:
        An id such as `mmf_x_3b1f0c77a2d94e10`; rows that share all three share it too, and are then kept
        apart by their order in the file.
    """
    facts = "\x1f".join((str(workout_date), activity_type, str(duration)))
    return f"mmf_x_{_digest(facts)}"


def shoe_id(name: str) -> str:
    """Return the id of the shoe that is called `name`.

    Letters (of any script, with their marks) and digits stay, in lower case; each run of anything else
    becomes one underscore: "Nike Air Zoom Pegasus 38" is `nike_air_zoom_pegasus_38`. A name without any
    letter or digit gets an id made from its digest.

    Args:
        name: the shoe's name as a person wrote it.

    Returns:
        A non-empty id without doubled, leading or trailing underscores.
    """
    canonical = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).lower())
    kept = "".join(letter if unicodedata.category(letter)[0] in "LMN" else "_" for letter in canonical)
    words = [word for word in kept.split("_") if word]
    if any(unicodedata.category(letter)[0] in "LN" for letter in kept if letter != "_"):
        return "_".join(words)
    return f"shoe_{_digest(canonical)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
