"""`fitness-pipeline rejects`: rows that could not be understood."""

from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, error_console, print_json, print_table
from fitness_pipeline.cli.this_user import this_user
from fitness_pipeline.errors import FitnessPipelineError

app = typer.Typer(invoke_without_command=True)


@app.callback()
def rejects(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the rows as they came.")] = False,
) -> None:
    """List the rejected rows with their reasons; `dismiss` takes them off. The header of a file is row 1."""
    if context.invoked_subcommand is not None:
        return
    from fitness_pipeline.db.rejects import count_open_rejects, get_open_rejects

    found = get_open_rejects(limit=limit)
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("No row is rejected.")
        return
    print_table(
        ("id", "file or activity", "row", "rejected (UTC)", "reason"),
        [
            (
                reject.reject_id,
                reject.file_name or reject.raw_key,
                reject.row_number,
                f"{reject.rejected_at:%Y-%m-%d %H:%M}",
                reject.reason,
            )
            for reject in found
        ],
        right=frozenset({"id", "row"}),
    )
    if len(found) == limit and (total := count_open_rejects()) > limit:
        console.print(f"… and {total - limit} more: `fitness-pipeline rejects --limit {total}`.")
    console.print(
        "Correct them at the source and export again; a row that is mended leaves this list. One that will "
        "never be: `fitness-pipeline rejects dismiss ID`."
    )


@app.command()
def dismiss(
    ids: Annotated[list[int], typer.Argument(help="Their ids, as `rejects` shows them.", metavar="ID...")],
    by: Annotated[
        str | None, typer.Option(help="Who decides. Default: the name of this user.", show_default=False)
    ] = None,
) -> None:
    """Take rejected rows off the list for good. They are kept; one that says something else comes back."""
    from fitness_pipeline.db.connection import connect
    from fitness_pipeline.db.rejects import dismiss_reject

    person = by or this_user()
    failures = []
    with connect() as connection:
        for number in dict.fromkeys(ids):
            try:
                dismiss_reject(number, person, conn=connection)
            except FitnessPipelineError as error:
                failures.append(str(error))
            else:
                console.print(f"{number} is dismissed.")
    for sentence in failures:
        error_console.print(f"[bold red]Not done.[/bold red] {escape(sentence)}")
    if failures:
        raise typer.Exit(2)
