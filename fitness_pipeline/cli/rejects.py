"""`fitness-pipeline rejects`: rows that could not be understood."""

from typing import Annotated

import typer

from fitness_pipeline.cli.console import console, print_json, print_table


def rejects(
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the rows as they came.")] = False,
) -> None:
    """List the rejected rows with their reasons. The header of a file is row 1."""
    from fitness_pipeline.db.rejects import count_open_rejects, get_open_rejects

    found = get_open_rejects(limit=limit)
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("No row is rejected.")
        return
    print_table(
        ("file or activity", "row", "rejected (UTC)", "reason"),
        [
            (
                reject.file_name or reject.raw_key,
                reject.row_number,
                f"{reject.rejected_at:%Y-%m-%d %H:%M}",
                reject.reason,
            )
            for reject in found
        ],
        right=frozenset({"row"}),
    )
    if len(found) == limit and (total := count_open_rejects()) > limit:
        console.print(f"… and {total - limit} more: `fitness-pipeline rejects --limit {total}`.")
    console.print("Correct them at the source and export again; a row that is mended leaves this list.")
