"""The exports that `data/sample` ships."""

import io
from collections.abc import Iterable
from dataclasses import replace

from fitness_pipeline.sandbox.mapmyfitness.exports import Generation, write_export
from fitness_pipeline.sandbox.mapmyfitness.rows import Cells, compose_rows
from fitness_pipeline.sandbox.mapmyfitness.workouts import Workout, compose_workouts


def compose_samples() -> dict[str, str]:
    """Return the exports that `data/sample` ships: the file names and their texts.

    Two exports of one account. The newer one contains the workouts of the older one, four of them
    corrected, a workout that is listed twice, and four rows with a fault each.
    """
    history = list(compose_workouts(419))
    older = [workout for workout in history if workout.day.year <= 2018]
    newer = compose_rows(_corrected(history))
    return {
        "user1001_workout_history_2018.csv": _as_text(compose_rows(older), generation=2017),
        "user1001_workout_history.csv": _as_text(_damaged(list(newer)), generation=2025),
    }


def _as_text(rows: Iterable[Cells], *, generation: Generation) -> str:
    text = io.StringIO(newline="")
    write_export(text, rows, generation=generation)
    return text.getvalue()


def _corrected(history: list[Workout]) -> list[Workout]:
    """Return the history with four of the oldest runs as their owner corrected them later."""
    runs = [number for number, workout in enumerate(history) if workout.activity_type == "Run"]
    distance, duration, kind, note = runs[-40], runs[-30], runs[-20], runs[-10]
    corrected = list(history)
    corrected[distance] = replace(
        history[distance], distance_miles=(history[distance].distance_miles or 0) + 0.25
    )
    corrected[duration] = replace(history[duration], duration_seconds=history[duration].duration_seconds + 60)
    corrected[kind] = replace(history[kind], activity_type="Indoor Run / Jog")
    corrected[note] = replace(history[note], notes="Shoes: Brooks Ghost 9")
    return corrected


def _damaged(rows: list[Cells]) -> list[Cells]:
    """Return the rows with four faults in recent runs, and one run twice."""
    runs = [number for number, cells in enumerate(rows) if cells[2] == "Run"]
    for number, column, text in ((runs[20], 1, "Feb. 30, 2025"), (runs[35], 4, ""), (runs[50], 4, "6,4")):
        rows[number] = (*rows[number][:column], text, *rows[number][column + 1 :])
    rows[runs[65]] = (*rows[runs[65]][:11], *rows[runs[65]][12:])  # without its Steps
    rows.insert(runs[5] + 1, rows[runs[5]])
    return rows
