"""Remembers the processes of an `up`, so that the next one ends what a killed one left behind."""

import json
from dataclasses import asdict
from pathlib import Path

from fitness_pipeline.process_identity import ProcessIdentity
from fitness_pipeline.stack.family import Family, recognise

_FILE = "up.processes.json"


class Record:
    """The processes of the `up` that runs on a Dagster home."""

    def __init__(self, dagster_home: Path) -> None:
        """Name the home; nothing is written yet."""
        self._path = dagster_home / _FILE
        self._written: list[ProcessIdentity] = []

    def keep(self, family: Family) -> None:
        """Write down who belongs to the family now, if that has changed."""
        members = family.identities()
        if members != self._written:
            unfinished = self._path.with_suffix(".unfinished")
            unfinished.write_text(json.dumps([asdict(member) for member in members]), encoding="utf-8")
            unfinished.replace(self._path)
            self._written = members

    def forget(self) -> None:
        """Remove what was written, now that all have ended."""
        self._path.unlink(missing_ok=True)


def end_leftovers(dagster_home: Path) -> int:
    """End the processes that an `up` on this home left behind; nobody else's.

    Only for who is the only one on this home.

    Args:
        dagster_home: there or not.

    Returns:
        How many there were.
    """
    path = dagster_home / _FILE
    try:
        identities = [ProcessIdentity(**member) for member in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return 0
    except (ValueError, TypeError):  # nothing of ours
        identities = []
    family = recognise(identities)
    count = len(family.look())
    family.end()
    path.unlink()
    return count
