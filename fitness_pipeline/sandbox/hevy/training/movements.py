"""The exercises that the lifter knows, and how heavy they are at first."""

from dataclasses import dataclass
from typing import Literal

from fitness_pipeline.sandbox.hevy.ids import built_in_id, uuid_of
from fitness_pipeline.sandbox.hevy.rows import Row

Owner = Literal["hevy", "lifter", "deleted"]


@dataclass(frozen=True, slots=True)
class Movement:
    """An exercise.

    Attributes:
        type: what is measured, as Hevy names it.
        muscle: the primary muscle group, as Hevy names it.
        others: the secondary ones.
        first_kg: the weight of the first work sets; 0 for the body's own.
        gain: which part of it is added, in the very end.
        step_kg: by which weights can differ.
        reps: from how many to how many.
        owner: whose exercise it is; `deleted` is one of the lifter's that is in old workouts only.
    """

    title: str
    type: str
    muscle: str
    others: tuple[str, ...] = ()
    first_kg: float = 0.0
    gain: float = 0.0
    step_kg: float = 2.5
    reps: tuple[int, int] = (8, 12)
    owner: Owner = "hevy"

    @property
    def id(self) -> str:
        """The id of its template."""
        return built_in_id(self.title) if self.owner == "hevy" else uuid_of(f"exercise {self.title}")

    @property
    def template(self) -> Row:
        """Its template as the API sends it."""
        return {
            "id": self.id,
            "title": self.title,
            "type": self.type,
            "primary_muscle_group": self.muscle,
            "secondary_muscle_groups": list(self.others),
            "is_custom": self.owner != "hevy",
        }


_WEIGHT, _BODY, _REPS, _TIME = "weight_reps", "bodyweight_reps", "reps_only", "duration"
_ALL = (
    Movement("Bench Press (Barbell)", _WEIGHT, "chest", ("triceps", "shoulders"), 55, 0.75, 2.5, (5, 8)),
    Movement("Incline Bench Press (Dumbbell)", _WEIGHT, "chest", ("shoulders",), 18, 0.9, 2, (8, 12)),
    Movement("Chest Fly (Machine)", _WEIGHT, "chest", (), 30, 0.9, 5, (10, 15)),
    Movement("Overhead Press (Barbell)", _WEIGHT, "shoulders", ("triceps",), 35, 0.6, 2.5, (5, 8)),
    Movement("Shoulder Press (Dumbbell)", _WEIGHT, "shoulders", ("triceps",), 14, 0.9, 2, (8, 12)),
    Movement("Lateral Raise (Dumbbell)", _WEIGHT, "shoulders", (), 6, 0.8, 1, (12, 18)),
    Movement("Face Pull", _WEIGHT, "shoulders", ("upper_back",), 20, 0.8, 2.5, (12, 18)),
    Movement("Triceps Pushdown", _WEIGHT, "triceps", (), 22.5, 0.8, 2.5, (10, 14)),
    Movement("Skullcrusher (Barbell)", _WEIGHT, "triceps", (), 20, 0.9, 2.5, (8, 12)),
    Movement("Deadlift (Barbell)", _WEIGHT, "glutes", ("hamstrings", "lower_back"), 90, 0.9, 5, (3, 6)),
    Movement("Bent Over Row (Barbell)", _WEIGHT, "upper_back", ("biceps", "lats"), 50, 0.7, 2.5, (6, 10)),
    Movement("Lat Pulldown (Cable)", _WEIGHT, "lats", ("biceps",), 45, 0.6, 5, (8, 12)),
    Movement("Seated Cable Row", _WEIGHT, "upper_back", ("lats", "biceps"), 45, 0.6, 5, (8, 12)),
    Movement("Pull Up", _BODY, "lats", ("biceps",), 0, 0, 2.5, (4, 11)),
    Movement("Pull Up (Assisted)", "bodyweight_assisted_reps", "lats", ("biceps",), 30, -0.6, 5, (6, 10)),
    Movement("Bicep Curl (Dumbbell)", _WEIGHT, "biceps", ("forearms",), 10, 0.8, 1, (8, 12)),
    Movement("Hammer Curl (Dumbbell)", _WEIGHT, "biceps", ("forearms",), 11, 0.8, 1, (8, 12)),
    Movement("Squat (Barbell)", _WEIGHT, "quadriceps", ("glutes", "lower_back"), 70, 0.85, 2.5, (5, 8)),
    Movement("Front Squat (Barbell)", _WEIGHT, "quadriceps", ("glutes",), 50, 0.7, 2.5, (5, 8)),
    Movement("Romanian Deadlift (Barbell)", _WEIGHT, "hamstrings", ("glutes",), 65, 0.8, 2.5, (6, 10)),
    Movement("Leg Press (Machine)", _WEIGHT, "quadriceps", ("glutes",), 110, 0.9, 10, (8, 14)),
    Movement("Lying Leg Curl (Machine)", _WEIGHT, "hamstrings", (), 35, 0.6, 5, (10, 14)),
    Movement("Standing Calf Raise (Machine)", _WEIGHT, "calves", (), 60, 0.7, 5, (12, 18)),
    Movement("Hip Adduction (Machine)", _WEIGHT, "adductors", (), 45, 0.6, 5, (12, 15)),
    Movement("Plank", _TIME, "abdominals", (), reps=(45, 120)),
    Movement("Weighted Plank", "weight_duration", "abdominals", (), 5, 1.5, 2.5, (30, 60)),
    Movement("Hanging Leg Raise", _REPS, "abdominals", (), reps=(8, 15)),
    Movement("Push Up", _REPS, "chest", ("triceps",), reps=(12, 30)),
    Movement("Lunge", _REPS, "quadriceps", ("glutes",), reps=(12, 20)),
    Movement("Chest Dip", _BODY, "chest", ("triceps",), 0, 0, 2.5, (6, 14)),
    Movement(
        "Farmers Walk", "short_distance_weight", "forearms", ("traps", "full_body"), 24, 0.8, 4, (30, 50)
    ),
    Movement("Rowing Machine", "distance_duration", "cardio", ("full_body",), reps=(1200, 4000)),
    Movement("Treadmill", "distance_duration", "cardio", (), reps=(1500, 4500)),
    # The names of this type and of the muscle below are in no description: neither list is closed.
    Movement("Stair Machine", "floors_duration", "cardio", ("quadriceps",), reps=(30, 90)),
    Movement("Tibialis Raise", _WEIGHT, "tibialis", (), 10, 0.8, 2.5, (15, 20), "lifter"),
    Movement("Zercher Hold 🐻", "weight_duration", "full_body", (), 40, 0.8, 5, (20, 40), "lifter"),
    Movement("Landmine Twist", _WEIGHT, "other", (), 15, 0.3, 2.5, (10, 12), "deleted"),
    # Known to Hevy, and never done.
    Movement("Neck Curl", _WEIGHT, "neck", ()),
    Movement("Hip Abduction (Machine)", _WEIGHT, "abductors", ("glutes",)),
    Movement("Shrug (Barbell)", _WEIGHT, "traps", ()),
    Movement("Back Extension", _REPS, "lower_back", ("glutes", "hamstrings")),
    Movement("Bulgarian Split Squat (Dumbbell)", _WEIGHT, "quadriceps", ("glutes",)),
)
MOVEMENTS = {movement.title: movement for movement in _ALL}


def compose_templates() -> list[Row]:
    """Return the templates of all exercises that were not deleted."""
    return [movement.template for movement in _ALL if movement.owner != "deleted"]
