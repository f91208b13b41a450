"""A run and its versions as the contract has them, in plain Python."""

from dataclasses import dataclass
from typing import Any

INITIAL: dict[str, Any] = {
    "distance": 3.0,
    "duration": 1800.0,
    "avg_heart_rate": None,
    "type": "Outdoor Run",
    "shoe_id": None,
    "datetime_utc": "2025-05-06T12:30:00Z",
}


@dataclass(frozen=True)
class Version:
    """A run after one change."""

    values: dict[str, Any]
    change_type: str
    changed_by: str
    change_reason: str | None


class ModelRun:
    """A run that remembers all it was.

    Attributes:
        versions: oldest first.
        is_deleted: whether it is deleted now.
    """

    def __init__(self) -> None:
        self.versions = [Version(INITIAL, "original", "system", "Initial import")]
        self.is_deleted = False

    @property
    def version(self) -> int:
        """The number of the newest version."""
        return len(self.versions)

    @property
    def values(self) -> dict[str, Any]:
        """What the run is now."""
        return self.versions[-1].values

    def change(
        self,
        values: dict[str, Any],
        *,
        by: str,
        reason: str | None,
        change_type: str = "edit",
        is_deleted: bool = False,
    ) -> set[str]:
        """Change the run, as a new version if anything becomes different; return what does.

        Args:
            values: field to new value.
            by: who does it.
            reason: why.
            change_type: of the version.
            is_deleted: whether the run is deleted then.
        """
        different = {field for field, value in values.items() if self.values[field] != value}
        if is_deleted != self.is_deleted:
            different.add("deleted_at")
        if different:
            self.versions.append(Version({**self.values, **values}, change_type, by, reason))
            self.is_deleted = is_deleted
        return different
