"""The table `exercise_templates`: the exercises that lifts name."""

from dataclasses import dataclass

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.queries import query
from fitness_pipeline.models import ExerciseTemplate

COLUMNS = "id, title, source, type, primary_muscle_group, secondary_muscle_groups, is_custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCounts:
    """What became of templates that Hevy sent.

    Attributes:
        rows: all that were read.
    """

    rows: int
    new: int
    changed: int

    @property
    def unchanged(self) -> int:
        """Those that were there already."""
        return self.rows - self.new - self.changed


def write_exercise_templates(*, conn: AnyConnection | None = None) -> TemplateCounts:
    """Bring the table up to what `raw.hevy_exercise_templates` says; nothing else is written.

    Types and muscle groups are what Hevy says, known or not. A template that Hevy does not send any more
    stays.

    Args:
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What became of them.
    """
    with (
        transaction(conn) as connection,
        connection.cursor(row_factory=class_row(TemplateCounts)) as cursor,
    ):
        take_turn(connection, "hevy")
        (counts,) = cursor.execute(query("write_exercise_templates")).fetchall()
    return counts


def get_exercise_templates(*, conn: AnyConnection | None = None) -> list[ExerciseTemplate]:
    """Return the templates in the order of their titles.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"select {COLUMNS} from exercise_templates order by title, id"  # noqa: S608 - a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ExerciseTemplate)) as cursor:
        return cursor.execute(statement).fetchall()


def get_exercise_template_by_id(id: str, *, conn: AnyConnection | None = None) -> ExerciseTemplate | None:
    """Return the template, or None when there is none of this id.

    Args:
        id: as Hevy numbers it: eight hexadecimal digits, or a UUID where its owner made it.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"select {COLUMNS} from exercise_templates where id = %s"  # noqa: S608 - a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ExerciseTemplate)) as cursor:
        return cursor.execute(statement, [id]).fetchone()
