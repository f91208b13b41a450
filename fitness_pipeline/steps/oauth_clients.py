"""What is stored of tokens, and which secret of the application that they belong to is the newest."""

from pydantic import SecretStr

from fitness_pipeline.db.oauth_credentials import Credentials
from fitness_pipeline.providers.oauth import OAuthClient, Tokens


def credentials_of(client: OAuthClient, tokens: Tokens) -> Credentials:
    """Return what is to be stored.

    Args:
        client: the application that the tokens were granted to.
        tokens: what it was granted.
    """
    return Credentials(
        client_id=client.id,
        client_secret=client.secret,
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at,
    )


def newest_secret(stored: Credentials, *, given_id: str | None, given_secret: SecretStr | None) -> SecretStr:
    """Return the secret of the application that stored tokens belong to; a newer one may be in the settings.

    Args:
        stored: what is stored.
        given_id: the application that the settings name, which may be another one.
        given_secret: its secret.
    """
    newer = given_secret if given_id == stored.client_id else None
    return newer or stored.client_secret
