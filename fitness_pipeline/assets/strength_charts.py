"""Charts of strength training as Markdown tables, drawn with block characters."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitness_pipeline.db.lift_statistics import BestSet, ExerciseFrequency, LiftingWeek, MuscleGroupSets

NOTHING = "*nothing in this time*"

_WIDTH = 24
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_STEPS = "▁▂▃▄▅▆▇█"


def weeks_chart(weeks: "Sequence[LiftingWeek]") -> str:
    """Return a table with a bar of its volume for each week, newest first.

    Args:
        weeks: in order.
    """
    greatest = max((week.volume_kg for week in weeks), default=0)
    return _table(
        {
            "week": ":--",
            "from Monday": ":--",
            "sessions": "--:",
            "sets": "--:",
            "volume (kg)": "--:",
            "": ":--",
        },
        (
            [
                week.name,
                f"{week.monday:%d %b %Y}",
                f"{week.sessions}",
                f"{week.sets}",
                f"{week.volume_kg:,.0f}",
                bar(week.volume_kg, greatest),
            ]
            for week in reversed(weeks)
        ),
    )


def muscle_groups_chart(groups: "Sequence[MuscleGroupSets]", *, weeks: int) -> str:
    """Return a table with a bar of its weekly sets for each muscle group.

    Args:
        groups: in the order to show them in.
        weeks: how many weeks these sets were done in.
    """
    greatest = max((group.sets for group in groups), default=0)
    return _table(
        {"muscle group": ":--", "primary": "--:", "secondary": "--:", "sets a week": "--:", "": ":--"},
        (
            [
                _cell(group.muscle_group.replace("_", " ")),
                f"{group.primary_sets}",
                f"{group.secondary_sets}",
                f"{group.sets / weeks:.1f}",
                bar(group.sets, greatest),
            ]
            for group in groups
        ),
    )


def best_sets_chart(best: "Sequence[BestSet]", exercises: "Sequence[ExerciseFrequency]") -> str:
    """Return a table with the best set of each exercise, and how the best of each month developed.

    Args:
        best: the best set of each lift, oldest first within an exercise.
        exercises: those to show, in order; those without any such set are left out.
    """
    by_exercise: dict[tuple[str | None, str], list[BestSet]] = {}
    for one in best:
        by_exercise.setdefault((one.template_id, one.title), []).append(one)
    rows = []
    for exercise in exercises:
        sets = by_exercise.get((exercise.template_id, exercise.title))
        if not sets:
            continue
        top = max(sets, key=lambda one: one.one_rep_max_kg)
        rows.append(
            [
                _cell(exercise.title),
                f"{exercise.sessions}",
                f"{_number(top.weight_kg)} kg x {_number(top.reps)}",
                f"{top.one_rep_max_kg:.1f}",
                f"{top.start_time:%d %b %Y}",
                sparkline(_best_by_month(sets)),
            ]
        )
    return _table(
        {
            "exercise": ":--",
            "sessions": "--:",
            "best set": "--:",
            "est. 1RM (kg)": "--:",
            "on": ":--",
            "by month": ":--",
        },
        rows,
    )


def bar(value: float, greatest: float) -> str:
    """Return a bar as long as a value is great, to an eighth of a character.

    Args:
        value: 0 or greater.
        greatest: the value of the longest bar.
    """
    if greatest <= 0:
        return ""
    full, eighths = divmod(round(value / greatest * _WIDTH * 8), 8)
    return "█" * full + _EIGHTHS[eighths]


def sparkline(values: Sequence[float]) -> str:
    """Return a block for each value, the least of them the lowest and the greatest the highest.

    Args:
        values: at least one.
    """
    least, greatest = min(values), max(values)
    if greatest == least:
        return _STEPS[-1] * len(values)
    return "".join(
        _STEPS[round((value - least) / (greatest - least) * (len(_STEPS) - 1))] for value in values
    )


def _best_by_month(sets: "Iterable[BestSet]") -> list[float]:
    best: dict[tuple[int, int], float] = {}
    for one in sets:
        month = (one.start_time.year, one.start_time.month)
        best[month] = max(best.get(month, 0), one.one_rep_max_kg)
    return list(best.values())


def _table(columns: Mapping[str, str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; its columns are given with the rule that aligns them."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if not lines:
        return NOTHING
    return "\n".join([f"| {' | '.join(columns)} |", f"| {' | '.join(columns.values())} |", *lines])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|").replace("<", "&lt;")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
