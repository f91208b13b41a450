"""`fitness-pipeline api`: the REST API alone; `up` serves it beside Dagster."""

from typing import Annotated

import typer

from fitness_pipeline.cli.console import console
from fitness_pipeline.settings import load_settings


def api(
    host: Annotated[
        str, typer.Option(help="Where it answers; beyond this machine only once there is a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Its port.")] = 8000,
) -> None:
    """Serve the REST API until Ctrl-C."""
    # FastAPI takes a second to load: not for `--help`.
    from fitness_pipeline.api.serving import serve
    from fitness_pipeline.db.api_tokens import has_living_token
    from fitness_pipeline.db.provision import ready_database_url
    from fitness_pipeline.stack.address import address_of, require_free
    from fitness_pipeline.stack.reach import require_token_beyond_loopback

    settings, address = load_settings(), address_of(host, port)
    require_free(address, "fitness-pipeline api --port {port}")
    ready_database_url(settings)
    require_token_beyond_loopback(address)
    console.print(f"The REST API answers at {address.on_this_machine.url}; its pages are at /docs.")
    if not has_living_token():
        console.print("There is no token yet: `fitness-pipeline token mint --name NAME --role viewer`.")
    serve(settings, address)
