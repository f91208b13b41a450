"""`fitness-pipeline sandbox`: a Strava, a Hevy and a Google Calendar of one's own, until Ctrl-C."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console
from fitness_pipeline.errors import ConfigurationError


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of Strava's stand-in; 0 for any free one.")
    ] = 8900,
    hevy_port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of Hevy's stand-in; 0 for any free one.")
    ] = 8901,
    google_port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="The port of Google Calendar's stand-in; 0 for any free one."),
    ] = 8902,
    strava_activities: Annotated[
        Path | None,
        typer.Option(help="A JSON file of recorded activities, served instead of the generated ones."),
    ] = None,
) -> None:
    """Serve stand-ins for Strava, Hevy and Google Calendar on this machine, with people who do not exist."""
    from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
    from fitness_pipeline.sandbox.hevy.lifter import generated_world as generated_hevy
    from fitness_pipeline.sandbox.hevy.server import HevySandbox
    from fitness_pipeline.sandbox.strava.athlete import generated_world
    from fitness_pipeline.sandbox.strava.recorded import recorded_world
    from fitness_pipeline.sandbox.strava.server import StravaSandbox

    today = datetime.now(UTC).date()
    if strava_activities is None:
        world, whose = generated_world(today=today), "an athlete who does not exist"
    else:
        world, whose = recorded_world(strava_activities), f"recorded in {strava_activities}"
    lifted = generated_hevy(today=today)
    try:
        with ExitStack() as serving:
            with _port_explained(port, "--port"):
                strava = serving.enter_context(StravaSandbox(world, port=port))
            with _port_explained(hevy_port, "--hevy-port"):
                hevy = serving.enter_context(HevySandbox(lifted, port=hevy_port))
            with _port_explained(google_port, "--google-port"):
                google = serving.enter_context(GoogleCalendarSandbox(port=google_port))
            console.print(f"# Strava's stand-in: {len(world.activities)} activities, {escape(whose)}.")
            console.print(f"# Hevy's stand-in: {len(lifted.workouts)} workouts, a lifter who does not exist.")
            console.print("# Google Calendar's stand-in: an empty calendar.")
            console.print("# To point the commands of another terminal at them, with a database of its own:")
            variables = {"ENV": "sandbox"} | strava.environment() | hevy.environment() | google.environment()
            for name, value in variables.items():
                console.print(f"export {name}={value}", markup=False, soft_wrap=True)
            console.print("# Serving until Ctrl-C.")
            threading.Event().wait()
    except KeyboardInterrupt:
        console.print("Stopped.")


@contextmanager
def _port_explained(port: int, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} cannot be used ({error.strerror}). Choose another one: "
            f"`fitness-pipeline sandbox {option} 0` takes any free one."
        ) from None
