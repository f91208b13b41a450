"""When the athlete trained, and where."""

from dataclasses import dataclass
from datetime import date, timedelta

from fitness_pipeline.sandbox.strava import places
from fitness_pipeline.sandbox.strava.places import Place

_EAGERNESS_BY_MONTH = (0.75, 0.8, 1.0, 1.1, 1.1, 0.95, 0.85, 1.0, 1.2, 1.15, 0.85, 0.65)
_PAUSES = ((0.205, 0.225), (0.56, 0.595), (0.79, 0.80))  # from when to when, in progress
_MOVE_TO_ATLANTA = 0.6
_TRIPS = (  # years after the first one, month, day, nights, where
    (1, 8, 3, 9, places.BOULDER),
    (2, 9, 12, 16, places.BERLIN),
    (4, 2, 8, 10, places.ANGUILLA),
    (5, 8, 14, 12, places.BOULDER),
    (6, 11, 20, 15, places.BANGALORE),
    (8, 1, 2, 21, places.AUCKLAND),
    (9, 3, 20, 14, places.BERLIN),  # over the night in which Europe changes its clocks
)
_DAYS = 3653


@dataclass(frozen=True, slots=True)
class History:
    """Ten years that begin on a day, and what may come after them.

    What is said of a day does not depend on how many days are told of.
    """

    first_day: date

    def progress(self, day: date) -> float:
        """Return how far through the ten years a day is: 0 on the first one, 1 after the last, then more."""
        return (day - self.first_day).days / _DAYS

    def home(self, day: date) -> Place:
        """Return where the athlete lived."""
        return places.CHICAGO if self.progress(day) < _MOVE_TO_ATLANTA else places.ATLANTA

    def place(self, day: date) -> Place:
        """Return where the athlete was."""
        for years, month, first, nights, place in _TRIPS:
            arrival = date(self.first_day.year + years, month, first)
            if arrival <= day <= arrival + timedelta(days=nights):
                return place
        return self.home(day)

    def eagerness(self, day: date) -> float:
        """Return how much the athlete trained: 1 as ever, more before the races of autumn, less in winter."""
        progress = self.progress(day)
        if any(begin <= progress <= end for begin, end in _PAUSES):
            return 0.06
        return _EAGERNESS_BY_MONTH[day.month - 1]


def race_kilometres(day: date) -> float | None:
    """Return how long a race on a day is, or None: there are four a year."""
    if day.month == 4 and day.weekday() == 6 and 8 <= day.day <= 14:
        return 21.0975
    if (day.month, day.day) == (7, 4):
        return 5.0
    if day.month == 10 and day.weekday() == 6 and 8 <= day.day <= 14:
        return 42.195 if day.year % 2 else 21.0975
    if day.month == 11 and day.weekday() == 3 and 22 <= day.day <= 28:
        return 10.0
    return None
