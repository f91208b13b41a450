"""What a materialization shows in the Dagster UI: counts, the table's columns, a preview."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import dagster as dg

_LONGEST_CELL = 40


class Stopwatch:
    """Measures how long a step takes."""

    def __init__(self) -> None:
        """Start."""
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the start, to the millisecond."""
        return round(time.perf_counter() - self._started, 3)


def materialized(
    table: str, counts: Mapping[str, Any], stopwatch: Stopwatch, *, newest_by: str
) -> dg.MaterializeResult[None]:
    """Return what a step did, for the Dagster UI.

    Args:
        table: the table that it wrote, with its schema.
        counts: name to number or text.
        stopwatch: started with the step.
        newest_by: the column whose greatest values are previewed.
    """
    from fitness_pipeline.db.catalog import describe_table  # loads psycopg

    columns = describe_table(table)
    return dg.MaterializeResult(
        metadata={
            **counts,
            "seconds": stopwatch.seconds,
            "preview": dg.MetadataValue.md(_markdown(table, newest_by)),
            "dagster/table_name": table,
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(
                        name=column.name,
                        type=column.type,
                        description=column.comment,
                        constraints=dg.TableColumnConstraints(nullable=column.is_nullable),
                    )
                    for column in columns
                ]
            ),
        }
    )


def totals(by_provider: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Return the counts of all providers together, and below `by_provider` those of each.

    Args:
        by_provider: provider to its counts, which have the same names for all of them.
    """
    summed: Counter[str] = Counter()
    for counts in by_provider.values():
        summed.update(counts)
    return {**summed, "by_provider": by_provider}


def _markdown(table: str, newest_by: str) -> str:
    import pandas as pd  # here, so that loading the definitions stays fast

    from fitness_pipeline.db.catalog import preview_table

    preview = preview_table(table, newest_by=newest_by, limit=5)
    if not preview.rows:
        return "*no rows*"
    # As text: pandas would round numbers and show instants in the machine's way.
    frame = pd.DataFrame([[_cell(value) for value in row] for row in preview.rows], columns=preview.columns)
    # A column without any value only makes the table wider.
    return frame.loc[:, (frame != "").any()].to_markdown(index=False, disable_numparse=True)


def _cell(value: object) -> str:
    """Return a value as one short line that Markdown leaves as it is."""
    if value is None:
        return ""
    line = " ".join(_text(value).split())
    if len(line) > _LONGEST_CELL:
        line = f"{line[: _LONGEST_CELL - 1]}…"
    return line.replace("|", r"\|").replace("<", "&lt;")


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}Z"
    if isinstance(value, float):
        return f"{round(value, 3):g}" if abs(value) < 1000 else f"{value:.0f}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
