"""`fitness-pipeline shoes`: the shoes, and the spellings that mean one of them."""

from datetime import date, datetime
from typing import Annotated

import typer

from fitness_pipeline.cli.console import console, print_json, print_table
from fitness_pipeline.cli.imports import end, print_remarks, run_import
from fitness_pipeline.settings import load_settings

app = typer.Typer(help="List, retire and unify shoes.", no_args_is_help=True)


@app.command("list")
def list_shoes(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the shoes."""
    from fitness_pipeline.db.shoes import get_shoes

    shoes = get_shoes()
    if as_json:
        print_json(shoes)
        return
    print_table(
        ("id", "name", "retired", "notes"),
        [(shoe.id, shoe.name, shoe.retired_at, shoe.retirement_notes or shoe.notes) for shoe in shoes],
    )


@app.command()
def retire(
    id: Annotated[str, typer.Argument(help="The shoe's id, as `shoes list` shows it.")],
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day. Default: today.")
    ] = None,
    notes: Annotated[str | None, typer.Option(help="Why.")] = None,
) -> None:
    """Retire a shoe."""
    from fitness_pipeline.db.shoes import retire_shoe_by_id

    day = on.date() if on else date.today()  # noqa: DTZ011 - the runner's own day
    shoe = retire_shoe_by_id(id, day, notes)
    console.print(f"{shoe.name} is retired since {shoe.retired_at}.")


@app.command()
def unretire(id: Annotated[str, typer.Argument(help="The shoe's id, as `shoes list` shows it.")]) -> None:
    """Take a retired shoe back into use."""
    from fitness_pipeline.db.shoes import unretire_shoe_by_id

    console.print(f"{unretire_shoe_by_id(id).name} is in use again.")


@app.command()
def aliases(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the spellings that mean another shoe."""
    from fitness_pipeline.db.shoe_aliases import get_shoe_aliases

    found = get_shoe_aliases()
    if as_json:
        print_json(found)
        return
    print_table(("spelling", "means"), [(alias.spelling, alias.shoe_name) for alias in found])


@app.command()
def alias(
    spelling: Annotated[str, typer.Argument(help="As it stands in your notes, such as M1080K10.")],
    shoe_name: Annotated[str, typer.Argument(help="The shoe that it means.")],
) -> None:
    """Say that a spelling means another shoe; past runs are repaired, with history."""
    from fitness_pipeline.db.shoe_aliases import add_shoe_alias

    add_shoe_alias(spelling, shoe_name)
    _repair()


@app.command()
def unalias(spelling: Annotated[str, typer.Argument(help="The spelling.")]) -> None:
    """Say that a spelling is a shoe of its own; past runs are repaired, with history."""
    from fitness_pipeline.db.shoe_aliases import remove_shoe_alias

    remove_shoe_alias(spelling)
    _repair()


def _repair() -> None:
    from fitness_pipeline.db.progress import newest_raw_change
    from fitness_pipeline.steps.normalize import PROVIDERS

    if not any(newest_raw_change(provider) for provider in PROVIDERS):
        console.print("Noted. There are no runs yet that it would change.")
        return
    summary = run_import(load_settings(), None)
    if not summary.failures:
        repaired = "1 run was" if summary.updated == 1 else f"{summary.updated} runs were"
        console.print(f"Noted. {repaired} repaired." if summary.updated else "Noted. No run had to change.")
    print_remarks(summary)
    end(summary)
