"""How commands print: tables and colours for a person, plain columns when the output is piped."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from fitness_pipeline.environments import current_environment, with_environment


class CommandConsole(Console):
    """A console that names commands as they are called in the environment at hand."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a string as rich shows it."""
        return super().render_str(with_environment(text, escape(current_environment())), **options)


# Piped lines are never broken or cut: whoever reads them decides.
console = CommandConsole(highlight=False, soft_wrap=not sys.stdout.isatty())
error_console = CommandConsole(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str | None = None,
    right: frozenset[str] = frozenset(),
) -> None:
    """Print rows in columns.

    Args:
        columns: their headings.
        rows: cells, shown by `str`; None is shown as nothing.
        title: printed above.
        right: headings of the columns that are aligned to the right.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if title is not None:
        console.print(f"\n[bold]{title}[/bold]")
    if not console.is_terminal:
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for row in ([*columns], *cells):
            padded = (
                cell.rjust(width) if name in right else cell.ljust(width)
                for name, cell, width in zip(columns, row, widths, strict=True)
            )
            console.print(Text("  ".join(padded).rstrip()))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 request`, `2 requests`.

    Args:
        count: how many.
        noun: what one of them is called.
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def print_json(value: object) -> None:
    """Print a value as JSON: dataclasses as objects, times in ISO 8601.

    Args:
        value: what to print.
    """
    sys.stdout.write(f"{json.dumps(value, ensure_ascii=False, indent=2, default=_plain)}\n")


def _plain(value: object) -> Any:
    """Return what JSON can hold instead of a value that it cannot."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, date) else str(value)
