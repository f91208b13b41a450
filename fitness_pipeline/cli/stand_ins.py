"""What the commands say where nobody plays the demo's providers."""

from fitness_pipeline.errors import NotConnected
from fitness_pipeline.settings import DEMO, NOBODY, Settings


def require_stand_in(settings: Settings, address: str) -> None:
    """Make sure that a command which asks a provider does not ask nobody.

    Args:
        settings: of the environment; any but the demo has true providers.
        address: of the provider's API.

    Raises:
        NotConnected: it is the demo's, and no stand-in answers there.
    """
    if settings.env == DEMO and address == NOBODY:
        raise NotConnected(
            "In the demo, stand-ins play Strava, Hevy and Google Calendar, and they answer only "
            "`fitness-pipeline demo` and what `fitness-pipeline --env demo up` started. Launch it in that "
            "Dagster UI, or ask that REST API. For your own accounts, leave `--env demo` out."
        )
