"""Exercise templates follow what Hevy sends, known to us or not."""

from typing import Any

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import (
    TemplateCounts,
    get_exercise_template_by_id,
    get_exercise_templates,
    write_exercise_templates,
)
from fitness_pipeline.models import ExerciseTemplate
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.hevy_raw import BENCH_PRESS, put_templates, template


def the_template(connection: AnyConnection, id: str = BENCH_PRESS) -> ExerciseTemplate:
    found = get_exercise_template_by_id(id, conn=connection)
    assert found is not None
    return found


def test_a_template_is_what_hevy_sent(scratch: AnyConnection) -> None:
    custom = "b459cba5-cd6d-463c-abd6-54f8eafcadcb"
    put_templates(scratch, [template(), template(custom, title="A lift of mine", is_custom=True)])
    assert write_exercise_templates(conn=scratch) == TemplateCounts(rows=2, new=2, changed=0)
    assert [one.id for one in get_exercise_templates(conn=scratch)] == [custom, BENCH_PRESS]
    assert the_template(scratch) == ExerciseTemplate(
        id=BENCH_PRESS,
        title="Bench Press (Barbell)",
        source="Hevy",
        type="weight_reps",
        primary_muscle_group="chest",
        secondary_muscle_groups=["triceps", "shoulders"],
        is_custom=False,
    )
    assert the_template(scratch, custom).is_custom
    assert get_exercise_template_by_id("0", conn=scratch) is None


def test_only_what_differs_is_written(scratch: AnyConnection) -> None:
    put_templates(scratch, [template("1"), template("2")])
    write_exercise_templates(conn=scratch)
    before = row_versions(scratch)
    counts = write_exercise_templates(conn=scratch)
    assert (counts, counts.unchanged) == (TemplateCounts(rows=2, new=0, changed=0), 2)
    assert row_versions(scratch) == before
    put_templates(scratch, [template("1", title="Bench Press"), template("3")])
    assert write_exercise_templates(conn=scratch) == TemplateCounts(rows=3, new=1, changed=1)
    assert the_template(scratch, "1").title == "Bench Press"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"primary_muscle_group": "left_ear"}, {"primary_muscle_group": "left_ear"}),
        ({"type": "a type of next year"}, {"type": "a type of next year"}),
        ({"secondary_muscle_groups": ["left_ear", 7, None]}, {"secondary_muscle_groups": ["left_ear"]}),
        ({"secondary_muscle_groups": "neck"}, {"secondary_muscle_groups": ["neck"]}),
        ({"secondary_muscle_groups": None}, {"secondary_muscle_groups": []}),
        ({"primary_muscle_group": "", "type": None}, {"primary_muscle_group": None, "type": None}),
        ({"title": " "}, {"title": "Exercise"}),
        ({"is_custom": "true"}, {"is_custom": False}),
    ],
)
def test_what_is_unknown_or_missing_is_no_error(
    scratch: AnyConnection, sent: dict[str, Any], expected: dict[str, Any]
) -> None:
    put_templates(scratch, [template(**sent)])
    write_exercise_templates(conn=scratch)
    stored = the_template(scratch)
    assert {name: getattr(stored, name) for name in expected} == expected


def test_a_template_that_hevy_has_not_sent_yet_is_left_out(scratch: AnyConnection) -> None:
    scratch.execute("insert into raw.hevy_exercise_templates (template_id, change_id) values ('1', 1)")
    assert write_exercise_templates(conn=scratch) == TemplateCounts(rows=0, new=0, changed=0)
    assert get_exercise_templates(conn=scratch) == []
