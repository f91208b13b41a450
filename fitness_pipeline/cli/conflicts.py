"""`fitness-pipeline conflicts`: fields that both you and the source changed, and whose value counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, error_console, print_json, print_table
from fitness_pipeline.cli.run_values import FIELD_NAMES, readable_values
from fitness_pipeline.cli.this_user import this_user
from fitness_pipeline.errors import FitnessPipelineError

if TYPE_CHECKING:
    from fitness_pipeline.db.conflicts import Conflict, Settlement

app = typer.Typer(invoke_without_command=True)

Numbers = Annotated[
    list[int] | None, typer.Argument(help="Their numbers, as `conflicts` shows them.", metavar="NUMBER...")
]
All = Annotated[bool, typer.Option("--all", help="Every open conflict.")]
By = Annotated[
    str | None, typer.Option(help="Who decides, for the run's history. Default: the name of this user.")
]


@app.callback()
def conflicts(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the fields that both you and the source changed; `keep` and `take` settle them."""
    if context.invoked_subcommand is not None:
        return
    from fitness_pipeline.db.conflicts import get_open_conflicts

    found = get_open_conflicts()
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("There are no open conflicts.")
        return
    print_table(
        ("number", "run", "day (UTC)", "field", "was", "yours", "the source's"),
        [
            (
                conflict.conflict_id,
                conflict.run_id,
                f"{conflict.datetime_utc:%Y-%m-%d}",
                FIELD_NAMES.get(conflict.field, conflict.field),
                *values,
            )
            for conflict, values in zip(found, _readable(found), strict=True)
        ],
        right=frozenset({"number"}),
    )
    console.print(
        "Yours stay as long as you say nothing. To settle one: `fitness-pipeline conflicts keep NUMBER` or "
        "`fitness-pipeline conflicts take NUMBER`."
    )


@app.command()
def keep(numbers: Numbers = None, is_all: All = False, by: By = None) -> None:
    """Keep your value; what the source says now is not asked about again."""
    _settle("keep", numbers, is_all, by)


@app.command()
def take(numbers: Numbers = None, is_all: All = False, by: By = None) -> None:
    """Take the source's value, as a new version of the run."""
    _settle("take", numbers, is_all, by)


def _settle(settlement: "Settlement", numbers: list[int] | None, is_all: bool, by: str | None) -> None:
    from fitness_pipeline.db.conflicts import get_open_conflicts, settle_conflict
    from fitness_pipeline.db.connection import connect

    if bool(numbers) == is_all:
        raise typer.BadParameter("Give the numbers of conflicts, or --all.")
    person = by or this_user()
    settled = []
    failures = []
    with connect() as connection:
        if is_all:
            numbers = [conflict.conflict_id for conflict in get_open_conflicts(conn=connection)]
        for number in dict.fromkeys(numbers or ()):
            try:
                settled.append(settle_conflict(number, settlement, person, conn=connection))
            except FitnessPipelineError as error:
                failures.append(str(error))
    if not settled and not failures:
        console.print("There are no open conflicts.")
    for conflict, (_, yours, theirs) in zip(settled, _readable(settled), strict=True):
        field = FIELD_NAMES.get(conflict.field, conflict.field)
        outcome = f"kept {yours}" if settlement == "keep" else f"{yours} became {theirs}"
        console.print(escape(f"{conflict.conflict_id}: {conflict.run_id}, {field}: {outcome}."))
    for sentence in failures:
        error_console.print(f"[bold red]Not done.[/bold red] {escape(sentence)}")
    if failures:
        raise typer.Exit(2)


def _readable(conflicts: Sequence["Conflict"]) -> list[list[str]]:
    """Return base, present and upstream value of each conflict as people read them."""
    from fitness_pipeline.db.shoes import get_shoes

    is_any_about_a_shoe = any(conflict.field == "shoe_id" for conflict in conflicts)
    shoes = get_shoes(include_deleted=True) if is_any_about_a_shoe else []
    names = {shoe.id: shoe.name for shoe in shoes}
    return [
        readable_values(
            conflict.field,
            [conflict.base_value, conflict.current_value, conflict.upstream_value],
            names,
        )
        for conflict in conflicts
    ]
