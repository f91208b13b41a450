"""`fitness-pipeline auth`: connecting providers, and the key that their tokens are stored under."""

import webbrowser
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console
from fitness_pipeline.settings import load_settings

app = typer.Typer(help="Connect providers, and change the key of stored tokens.", no_args_is_help=True)


@app.command()
def strava(
    is_only_printed: Annotated[
        bool, typer.Option("--no-browser", help="Print the page's address instead of opening it.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the browser comes back to. 0: any free port.")
    ] = 0,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait for your answer.")] = 300,
) -> None:
    """Connect Strava: you say yes on a page of Strava's, once."""
    from fitness_pipeline.cli.callback import CallbackListener, Query
    from fitness_pipeline.db.connection import connect
    from fitness_pipeline.errors import AuthorizationRefused
    from fitness_pipeline.providers.strava.consent import is_ours, new_state, read_consent
    from fitness_pipeline.providers.strava.oauth import consent_url
    from fitness_pipeline.steps.connect_strava import connect_strava
    from fitness_pipeline.steps.strava_client import configured_client
    from fitness_pipeline.token_keys import TokenKeys

    settings = load_settings()
    client = configured_client(settings)
    keys = TokenKeys.of(settings)
    # Better now than after you have answered.
    keys.cipher_for_storing()
    with connect():
        pass
    state = new_state()

    def page(query: Query) -> str:
        try:
            warning = read_consent(query).warning
        except AuthorizationRefused as error:
            return str(error)
        return " ".join(filter(None, ("Thank you. Your terminal says how it went.", warning)))

    with CallbackListener(is_ours=lambda query: is_ours(query, state), reply=page, port=port) as listener:
        url = consent_url(settings.strava_authorize_url, client.id, listener.url, state)
        console.print("Say yes on this page of Strava's, in a browser on this machine:")
        console.print(url, markup=False, soft_wrap=True)
        if not is_only_printed and not webbrowser.open(url):
            console.print("No browser could be opened: follow the link yourself.")
        consent = read_consent(listener.wait(timeout))
    connect_strava(client, consent, keys)
    console.print(f"[green]Strava is connected.[/green] Granted: {', '.join(consent.scopes)}.")
    if consent.warning:
        console.print(f"[yellow]Note:[/yellow] {consent.warning}")


@app.command("rotate-key")
def rotate_key() -> None:
    """Encrypt the stored tokens under a new key."""
    from fitness_pipeline.steps import rotate_key as step
    from fitness_pipeline.token_keys import TokenKeys

    keys = TokenKeys.of(load_settings())
    providers = step.rotate_key(keys)
    if not providers:
        console.print("No tokens are stored yet, so the key stays as it is.")
        return
    console.print(f"Encrypted anew: {', '.join(providers)}.")
    if keys.given is not None:
        console.print("Now leave only the first key in TOKEN_ENCRYPTION_KEY, wherever you set it.")
    else:
        console.print(
            f"The new key is in {escape(str(keys.file))}. If you keep a copy of it, renew the copy now. A "
            "backup of the database from before needs the old one."
        )
