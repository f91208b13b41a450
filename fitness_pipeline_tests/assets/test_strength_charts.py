"""The charts of strength training are Markdown tables whose bars are as long as what they show."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fitness_pipeline.assets.strength_charts import (
    NOTHING,
    bar,
    best_sets_chart,
    muscle_groups_chart,
    sparkline,
    weeks_chart,
)
from fitness_pipeline.db.lift_statistics import BestSet, ExerciseFrequency, LiftingWeek, MuscleGroupSets

START = datetime(2026, 1, 5, 18, tzinfo=UTC)


def cells(chart: str) -> list[list[str]]:
    """The cells of a table's rows, without its header."""
    header, rule, *rows = chart.splitlines()
    assert header.count("|") == rule.count("|")
    assert set(rule) <= set("|:- ")
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def best(days: int, kilograms: float, title: str = "Squat") -> BestSet:
    return BestSet(
        template_id=title,
        title=title,
        lift_id=f"hevy_{days}",
        start_time=START + timedelta(days=days),
        weight_kg=kilograms,
        reps=1,
        one_rep_max_kg=kilograms,
        is_record=True,
    )


def done(title: str) -> ExerciseFrequency:
    return ExerciseFrequency(template_id=title, title=title, sessions=4, sets=12, last_time=START)


@pytest.mark.parametrize(
    ("value", "greatest", "expected"),
    [(8, 8, "█" * 24), (4, 8, "█" * 12), (1, 192, "▏"), (9, 192, "█▏"), (0, 8, ""), (0, 0, "")],
)
def test_a_bar_is_as_long_as_its_value_is_great(value: float, greatest: float, expected: str) -> None:
    assert bar(value, greatest) == expected


def test_a_sparkline_goes_from_the_least_to_the_greatest() -> None:
    assert sparkline([50, 60, 85]) == "▁▃█"
    assert sparkline([60, 60]) == "██"


def test_the_newest_week_stands_on_top() -> None:
    monday = date(2026, 1, 5)
    weeks = [
        LiftingWeek(monday=monday, sessions=3, sets=40, volume_kg=12_345.6),
        LiftingWeek(monday=monday + timedelta(days=7), sessions=0, sets=0, volume_kg=0),
    ]
    assert cells(weeks_chart(weeks)) == [
        ["2026-W03", "12 Jan 2026", "0", "0", "0", ""],
        ["2026-W02", "05 Jan 2026", "3", "40", "12,346", "█" * 24],
    ]


def test_muscle_groups_show_what_they_get_in_a_week() -> None:
    groups = [
        MuscleGroupSets(muscle_group="upper_back", sets=30, primary_sets=24, secondary_sets=12),
        MuscleGroupSets(muscle_group="chest", sets=15, primary_sets=15, secondary_sets=0),
    ]
    assert cells(muscle_groups_chart(groups, weeks=4)) == [
        ["upper back", "24", "12", "7.5", "█" * 24],
        ["chest", "15", "0", "3.8", "█" * 12],
    ]


def test_an_exercise_shows_its_best_set_and_the_best_of_each_month() -> None:
    sets = [best(0, 100), best(1, 80), best(40, 102.5), best(80, 110), best(81, 90), best(0, 60, "Bench")]
    chart = best_sets_chart(sets, [done("Squat"), done("Plank"), done("Bench")])
    assert cells(chart) == [
        ["Squat", "4", "110 kg x 1", "110.0", "26 Mar 2026", "▁▃█"],
        ["Bench", "4", "60 kg x 1", "60.0", "05 Jan 2026", "█"],
    ]


def test_a_name_stays_on_its_line_and_is_no_markup() -> None:
    title = "Row | <b>wide</b>\ngrip"
    (row,) = best_sets_chart([best(0, 60, title)], [done(title)]).splitlines()[2:]
    assert row.startswith(r"| Row \| &lt;b>wide&lt;/b> grip | 4 |")


def test_without_anything_a_chart_says_so() -> None:
    assert weeks_chart([]) == NOTHING
    assert muscle_groups_chart([], weeks=4) == NOTHING
    assert best_sets_chart([], [done("Squat")]) == NOTHING
