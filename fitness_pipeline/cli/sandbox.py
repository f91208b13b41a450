"""`fitness-pipeline sandbox`: a Strava of one's own, until Ctrl-C."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console
from fitness_pipeline.errors import ConfigurationError


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where it answers; 0 for any free port.")
    ] = 8900,
    strava_activities: Annotated[
        Path | None,
        typer.Option(help="A JSON file of recorded activities, served instead of the generated ones."),
    ] = None,
) -> None:
    """Serve a stand-in for Strava on this machine, with an athlete who does not exist."""
    from fitness_pipeline.sandbox.strava.athlete import generated_world
    from fitness_pipeline.sandbox.strava.recorded import recorded_world
    from fitness_pipeline.sandbox.strava.server import StravaSandbox

    if strava_activities is None:
        world, whose = generated_world(today=datetime.now(UTC).date()), "an athlete who does not exist"
    else:
        world, whose = recorded_world(strava_activities), f"recorded in {strava_activities}"
    try:
        with StravaSandbox(world, port=port) as serving:
            console.print(f"# Strava's stand-in: {len(world.activities)} activities, {escape(whose)}.")
            console.print("# In another terminal, point the other commands at it:")
            for name, value in serving.environment().items():
                console.print(f"export {name}={value}", markup=False, soft_wrap=True)
            console.print("# Serving until Ctrl-C.")
            threading.Event().wait()
    except KeyboardInterrupt:
        console.print("Stopped.")
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be used ({error.strerror}). Choose another one: "
            "`fitness-pipeline sandbox --port 0` takes any free one."
        ) from None
