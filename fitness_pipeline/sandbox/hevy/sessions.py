"""What a lifter does and logs, before Hevy makes a row of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fitness_pipeline.sandbox.hevy.ids import built_in_id


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """A set; what was not measured is None.

    Attributes:
        type: normal, warmup, dropset or failure are known.
        rpe: perceived exertion, from 6 to 10.
        custom_metric: floors or steps on a stair machine.
    """

    weight_kg: float | None = None
    reps: int | None = None
    type: str = "normal"
    distance_meters: float | None = None
    duration_seconds: int | None = None
    rpe: float | None = None
    custom_metric: float | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise of a session.

    Attributes:
        title: as the lifter sees it.
        sets: in their order.
        template_id: by default the one that Hevy's own exercise of this title has here.
        supersets_id: equal for exercises that are done in turn.
    """

    title: str
    sets: tuple[ExerciseSet, ...] = (ExerciseSet(60, 8),)
    notes: str = ""
    template_id: str | None = None
    supersets_id: int | None = None

    @property
    def exercise_template_id(self) -> str:
        """The id of its template."""
        return self.template_id or built_in_id(self.title)


@dataclass(frozen=True, slots=True)
class Session:
    """A session.

    Attributes:
        start: carries a zone.
        lasted: until its end.
        exercises: in their order.
        routine_id: of the routine that was followed, if any.
    """

    start: datetime
    title: str = "Push Day 💪"
    exercises: tuple[Exercise, ...] = (Exercise("Bench Press (Barbell)"),)
    lasted: timedelta = timedelta(minutes=50)
    description: str = ""
    routine_id: str | None = None

    @property
    def end(self) -> datetime:
        """When it was over."""
        return self.start + self.lasted
