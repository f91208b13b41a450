"""`fitness-pipeline auth`: connecting providers, and the key that their tokens are stored under."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console
from fitness_pipeline.cli.stand_ins import require_stand_in
from fitness_pipeline.settings import load_settings

app = typer.Typer(help="Connect providers, and change the key of stored tokens.", no_args_is_help=True)

IsOnlyPrinted = Annotated[
    bool, typer.Option("--no-browser", help="Print the page's address instead of opening it.")
]
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Where the browser comes back to. 0: any free port.")
]
Timeout = Annotated[float, typer.Option(min=0, help="Seconds to wait for your answer.")]


@app.command()
def strava(is_only_printed: IsOnlyPrinted = False, port: Port = 0, timeout: Timeout = 300) -> None:
    """Connect Strava: you say yes on a page of Strava's, once."""
    from fitness_pipeline.cli.consents import Browser, ask_for_consent, keys_that_can_store
    from fitness_pipeline.providers.strava.consent import read_consent
    from fitness_pipeline.providers.strava.oauth import consent_url
    from fitness_pipeline.steps.connect_strava import connect_strava
    from fitness_pipeline.steps.strava_client import configured_client
    from fitness_pipeline.token_keys import TokenKeys

    settings = load_settings()
    require_stand_in(settings, settings.strava_api_url)
    client = configured_client(settings)
    keys = keys_that_can_store(TokenKeys.of(settings))
    consent = ask_for_consent(
        "Strava's",
        lambda back, state: consent_url(settings.strava_authorize_url, client.id, back, state),
        lambda query, _: read_consent(query),
        lambda consent: consent.warning,
        Browser(is_only_printed=is_only_printed, port=port, timeout_seconds=timeout),
    )
    connect_strava(client, consent, keys)
    console.print(f"[green]Strava is connected.[/green] Granted: {', '.join(consent.scopes)}.")
    if consent.warning:
        console.print(f"[yellow]Note:[/yellow] {consent.warning}")


@app.command()
def google(is_only_printed: IsOnlyPrinted = False, port: Port = 0, timeout: Timeout = 300) -> None:
    """Connect Google Calendar: you say yes on a page of Google's, once."""
    from fitness_pipeline.cli.consents import Browser, ask_for_consent, keys_that_can_store
    from fitness_pipeline.providers.google_calendar.consent import new_verifier, read_consent
    from fitness_pipeline.providers.google_calendar.oauth import consent_url
    from fitness_pipeline.steps.connect_google import connect_google
    from fitness_pipeline.steps.google_client import configured_client
    from fitness_pipeline.token_keys import TokenKeys

    settings = load_settings()
    require_stand_in(settings, settings.google_api_url)
    client = configured_client(settings)
    keys = keys_that_can_store(TokenKeys.of(settings))
    verifier = new_verifier()
    consent = ask_for_consent(
        "Google's",
        lambda back, state: consent_url(settings.google_authorize_url, client.id, back, state, verifier),
        lambda query, back: read_consent(query, redirect_uri=back, verifier=verifier),
        lambda _: None,
        Browser(is_only_printed=is_only_printed, port=port, timeout_seconds=timeout),
    )
    granted = connect_google(client, consent, keys, now=datetime.now(UTC))
    console.print("[green]Google Calendar is connected.[/green] Events may be written.")
    if granted.ends_at:
        console.print(
            f"[yellow]Note:[/yellow] Google ends this connection on {granted.ends_at:%Y-%m-%d}, because your "
            "application is in testing. Publish it as docs/google-calendar.md says, then run "
            "`fitness-pipeline auth google` again."
        )


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
