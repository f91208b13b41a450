"""What was planned for which day."""

from dataclasses import dataclass
from datetime import date, timedelta

from fitness_pipeline.sandbox.hevy.ids import uuid_of

_WEEKS_OF_A_PROGRAMME = 26
_WEEKS_OF_A_CYCLE = 7  # the last of them is easy
_PAUSES = (  # weeks from the first day: ill, and injured
    (21, 23),
    (83, 87),
    (139, 140),
)


@dataclass(frozen=True, slots=True)
class Routine:
    """A plan for a day.

    Attributes:
        slots: for each exercise, the titles that take turns at it from cycle to cycle.
        pairs: positions of exercises that may be done in turn with the next one.
    """

    title: str
    slots: tuple[tuple[str, ...], ...]
    pairs: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """A uuid."""
        return uuid_of(f"routine {self.title}")

    def movements(self, cycle: int) -> tuple[str, ...]:
        """Return the titles of a cycle's exercises."""
        return tuple(slot[cycle % len(slot)] for slot in self.slots)


_PUSH = Routine(
    "Push Day 💪",
    (
        ("Bench Press (Barbell)",),
        ("Overhead Press (Barbell)", "Shoulder Press (Dumbbell)"),
        ("Incline Bench Press (Dumbbell)", "Chest Fly (Machine)"),
        ("Lateral Raise (Dumbbell)",),
        ("Triceps Pushdown", "Skullcrusher (Barbell)"),
        ("Plank", "Weighted Plank"),
    ),
    pairs=(3,),
)
_PULL = Routine(
    "Pull Day",
    (
        ("Deadlift (Barbell)",),
        ("Pull Up (Assisted)", "Lat Pulldown (Cable)", "Pull Up"),
        ("Bent Over Row (Barbell)", "Seated Cable Row"),
        ("Face Pull",),
        ("Bicep Curl (Dumbbell)", "Hammer Curl (Dumbbell)"),
        ("Rowing Machine",),
    ),
    pairs=(3,),
)
_LEGS = Routine(
    "Leg Day",
    (
        ("Squat (Barbell)",),
        ("Romanian Deadlift (Barbell)",),
        ("Leg Press (Machine)", "Front Squat (Barbell)"),
        ("Lying Leg Curl (Machine)", "Hip Adduction (Machine)"),
        ("Standing Calf Raise (Machine)", "Tibialis Raise"),
        ("Hanging Leg Raise", "Plank"),
    ),
    pairs=(4,),
)
_UPPER = Routine(
    "Upper Body A",
    (
        ("Bench Press (Barbell)", "Overhead Press (Barbell)"),
        ("Bent Over Row (Barbell)",),
        ("Shoulder Press (Dumbbell)", "Chest Dip"),
        ("Pull Up", "Lat Pulldown (Cable)"),
        ("Hammer Curl (Dumbbell)", "Bicep Curl (Dumbbell)"),
        ("Triceps Pushdown",),
    ),
    pairs=(0, 4),
)
_LOWER = Routine(
    "Lower Body",
    (
        ("Squat (Barbell)", "Front Squat (Barbell)"),
        ("Romanian Deadlift (Barbell)", "Deadlift (Barbell)"),
        ("Leg Press (Machine)",),
        ("Standing Calf Raise (Machine)",),
        ("Farmers Walk", "Zercher Hold 🐻"),
        ("Stair Machine", "Treadmill"),
    ),
)
_HOTEL = Routine("Hotel room", (("Push Up",), ("Lunge",), ("Plank",)), pairs=(0,))

_PUSH_PULL_LEGS = {0: _PUSH, 2: _PULL, 4: _LEGS, 6: _PUSH}
_UPPER_LOWER = {0: _UPPER, 1: _LOWER, 3: _UPPER, 5: _LOWER}
_SHARE_BY_WEEKDAY = (0.97, 0.95, 0.97, 0.9, 0.93, 0.55, 0.3)


@dataclass(frozen=True, slots=True)
class Programme:
    """What was planned from a day on; what is said of a day does not depend on how many days are told of.

    Attributes:
        first_day: of the history.
    """

    first_day: date

    def weeks(self, day: date) -> int:
        """Return how many weeks before a day's week the history began; they begin on Mondays."""
        monday, first_monday = (one - timedelta(days=one.weekday()) for one in (day, self.first_day))
        return (monday - first_monday).days // 7

    def routine(self, day: date) -> Routine | None:
        """Return the plan for a day, or None for a day of rest; it changes every half year."""
        if is_holiday(day):
            return _HOTEL if day.weekday() in (0, 3) else None
        is_push_pull_legs = self.weeks(day) // _WEEKS_OF_A_PROGRAMME % 2 == 0
        return (_PUSH_PULL_LEGS if is_push_pull_legs else _UPPER_LOWER).get(day.weekday())

    def share(self, day: date) -> float:
        """Return how likely it is that a plan is followed."""
        if any(begin <= self.weeks(day) < end for begin, end in _PAUSES):
            return 0.0
        if is_holiday(day):
            return 0.35
        return _SHARE_BY_WEEKDAY[day.weekday()]

    def cycle(self, day: date) -> int:
        """Return the number of the training cycle, from 0."""
        return self.weeks(day) // _WEEKS_OF_A_CYCLE

    def is_easy(self, day: date) -> bool:
        """Return whether a day is in the easy week of its cycle."""
        return self.weeks(day) % _WEEKS_OF_A_CYCLE == _WEEKS_OF_A_CYCLE - 1

    def strength(self, day: date) -> float:
        """Return how far on the way from the first weights to the last ones the lifter is, from 0 to 1."""
        weeks = max(0, self.weeks(day) - sum(end - begin for begin, end in _PAUSES if end <= self.weeks(day)))
        return weeks / (weeks + 60)

    def is_back(self, day: date) -> bool:
        """Return whether the lifter has just come back, and takes it easy."""
        return not is_holiday(day) and is_holiday(day - timedelta(days=8))


def is_holiday(day: date) -> bool:
    """Return whether the lifter is away: two weeks in August, and around the turn of the year."""
    month_day = (day.month, day.day)
    return (8, 3) <= month_day <= (8, 16) or month_day >= (12, 23) or month_day == (1, 1)
