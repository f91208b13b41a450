"""Whether Hevy can be asked at all: it takes a key, which the settings have."""

from datetime import UTC, datetime

from pydantic import SecretStr

from fitness_pipeline.errors import NotConnected
from fitness_pipeline.settings import Settings

PROVIDER = "hevy"


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


def find_obstacle(settings: Settings) -> NotConnected | None:
    """Return why Hevy cannot be asked until a person acts, or None; asks nobody.

    Args:
        settings: whether there is a key.
    """
    return None if _key(settings) is not None else _not_connected()


def key_of(settings: Settings) -> SecretStr:
    """Return the key of the account.

    Args:
        settings: where it is.

    Raises:
        NotConnected: there is none.
    """
    key = _key(settings)
    if key is None:
        raise _not_connected()
    return key


def _key(settings: Settings) -> SecretStr | None:
    key = settings.hevy_api_key
    return key if key is not None and key.get_secret_value().strip() else None


def _not_connected() -> NotConnected:
    return NotConnected(
        "Hevy is not connected. Set HEVY_API_KEY to the key at https://hevy.com/settings?developer (it needs "
        "Hevy Pro)."
    )
