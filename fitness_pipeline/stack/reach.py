"""Who may reach the REST API: everybody on this machine; others only once there is a token to ask for."""

from fitness_pipeline.db.api_tokens import has_living_token
from fitness_pipeline.errors import ConfigurationError
from fitness_pipeline.stack.address import Address


def require_token_beyond_loopback(address: Address) -> None:
    """Make sure that an API which others can reach has somebody to answer.

    Without a token it would answer nobody, so whoever opens it has most likely forgotten to mint one, or
    does not know that it has to be guarded.

    Args:
        address: where it is about to answer.

    Raises:
        ConfigurationError: others can reach it, and no token works.
    """
    if not address.is_loopback and not has_living_token():
        raise ConfigurationError(
            f"Others can reach {address.host}, and there is no token that the REST API could ask them for. "
            "Make one first: `fitness-pipeline token mint --name NAME --role viewer`. Or leave it on this "
            "machine, at 127.0.0.1."
        )
