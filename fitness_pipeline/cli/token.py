"""`fitness-pipeline token`: who may ask the REST API."""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from fitness_pipeline.cli.console import console, error_console, print_json, print_table
from fitness_pipeline.errors import InvalidValue

app = typer.Typer(help="Say who may ask the REST API.", no_args_is_help=True)


class Role(StrEnum):
    """What a token opens."""

    VIEWER = "viewer"
    EDITOR = "editor"


@app.command()
def mint(
    name: Annotated[str, typer.Option(help="Who or what uses it; edits are signed with it.")],
    role: Annotated[Role, typer.Option(help="A viewer reads, an editor may do everything.")],
    expires: Annotated[
        str | None,
        typer.Option(help="After so many days, or the last day (UTC), such as 2027-01-31. Default: never."),
    ] = None,
) -> None:
    """Make a token. It is shown once, and cannot be shown again."""
    from fitness_pipeline.db.api_tokens import mint_token

    until = None if expires is None else end_of(expires, now=datetime.now(UTC))
    token = mint_token(name, role.value, until)
    error_console.print(
        "Keep this token; it cannot be shown again. Send it as `Authorization: Bearer TOKEN`."
    )
    console.print(token.get_secret_value(), markup=False, soft_wrap=True)


@app.command("list")
def list_tokens(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show all tokens, without what is secret of them."""
    from fitness_pipeline.db.api_tokens import get_tokens

    tokens, now = get_tokens(), datetime.now(UTC)
    if as_json:
        print_json(tokens)
        return
    if not tokens:
        console.print(
            "There is no token yet. `fitness-pipeline token mint --name NAME --role viewer` makes one."
        )
        return
    print_table(
        ("name", "role", "works", "made", "last used", "expires"),
        [
            (
                token.name,
                token.role,
                "yes" if token.works_at(now) else "revoked" if token.revoked_at else "expired",
                f"{token.created_at:%Y-%m-%d}",
                f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never",
                f"{token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else "never",
            )
            for token in tokens
        ],
    )


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Of the token.", metavar="NAME")]) -> None:
    """Make a token useless, at once."""
    from fitness_pipeline.db.api_tokens import revoke_token

    revoke_token(name)
    console.print("It opens nothing any more.")


def end_of(expires: str, *, now: datetime) -> datetime:
    """Return when a token ends to work.

    Args:
        expires: a number of days, or the last day in UTC, such as 2027-01-31.
        now: the time.

    Raises:
        InvalidValue: it is neither, or it has passed.
    """
    try:
        if re.fullmatch(r"\d{1,9}", expires):
            end = now + timedelta(days=int(expires))
        else:
            end = datetime.combine(date.fromisoformat(expires), time(), UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidValue(
            f"{expires!r} is neither a number of days nor a day. Write --expires 90, or --expires 2027-01-31."
        ) from None
    if end <= now:
        raise InvalidValue(
            f"A token that expires at {end:%Y-%m-%d %H:%M} UTC would never work. Give it a later day."
        )
    return end
