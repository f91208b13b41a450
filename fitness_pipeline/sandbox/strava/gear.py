"""The athlete's shoes and bikes."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fitness_pipeline.sandbox.strava.rows import Row

_METRES_PER_MILE = 1609.344


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """A pair of shoes, or a bike.

    Attributes:
        id: `g...` for shoes, `b...` for a bike.
        nickname: may be empty.
        is_primary: whether new activities get it.
    """

    id: str
    brand: str
    model: str
    nickname: str = ""
    description: str | None = None
    is_retired: bool = False
    is_primary: bool = False

    @property
    def name(self) -> str:
        """What Strava shows: brand, model and nickname (Strava API changelog)."""
        return " ".join(part for part in (self.brand, self.model, self.nickname) if part)

    @property
    def is_bike(self) -> bool:
        """Whether it has wheels."""
        return self.id.startswith("b")


def gear_summary(gear: Gear, metres: float) -> Row:
    """Return gear as it is embedded in athletes and activities, fields as in recorded replies."""
    return {
        "id": gear.id,
        "primary": gear.is_primary,
        "name": gear.name,
        "nickname": gear.nickname,
        "resource_state": 2,
        "retired": gear.is_retired,
        "distance": round(metres),
        "converted_distance": round(metres / _METRES_PER_MILE, 1),
    }


def gear_detail(gear: Gear, metres: float) -> Row:
    """Return the reply to a request for gear, fields as in recorded replies.

    Args:
        gear: which.
        metres: how far it was used.
    """
    row = {
        **gear_summary(gear, metres),
        "resource_state": 3,
        "brand_name": gear.brand,
        "model_name": gear.model,
    }
    if gear.is_bike:
        return row | {"frame_type": 3, "description": gear.description, "weight": 9.0}
    return row | {"description": gear.description, "notification_distance": 0}


class GearShelf:
    """Gear by id; tests change it while the server reads it."""

    def __init__(self, gear: Iterable[Gear] = ()) -> None:
        self._lock = threading.RLock()
        self._gear = {one.id: one for one in gear}

    def all(self) -> list[Gear]:
        """Return every piece."""
        with self._lock:
            return list(self._gear.values())

    def find(self, gear_id: str | None) -> Gear | None:
        """Return a piece, or None."""
        return self._gear.get(gear_id or "")

    def put(self, gear: Gear) -> None:
        """Add a piece, in place of the one with the same id if there is one."""
        with self._lock:
            self._gear[gear.id] = gear

    def rename(self, gear_id: str, *, brand: str, model: str, nickname: str = "") -> None:
        """Call a piece something else.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            self.put(replace(self._gear[gear_id], brand=brand, model=model, nickname=nickname))

    def retire(self, gear_id: str, *, is_retired: bool = True) -> None:
        """Retire a piece, or take it into use again.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            self.put(replace(self._gear[gear_id], is_retired=is_retired))

    def delete(self, gear_id: str) -> None:
        """Delete a piece; activities go on naming its id.

        Raises:
            KeyError: there is none of that id.
        """
        with self._lock:
            del self._gear[gear_id]
