"""What OAuth is like with every provider: who asks, what is granted, and how an answer is known as ours."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """An application that asks, and where.

    Attributes:
        id: its "Client ID".
        secret: its "Client Secret".
        token_url: where tokens are asked for.
    """

    id: str
    secret: SecretStr
    token_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a provider granted.

    Attributes:
        access_token: opens the API until `expires_at`.
        refresh_token: the only one that works from now on.
    """

    access_token: SecretStr
    refresh_token: SecretStr
    expires_at: datetime


def token_text(value: object) -> SecretStr:
    """Return a token from a reply.

    Args:
        value: what stands in its place.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or not value:
        raise ValueError("no token")
    return SecretStr(value)


def is_fresh(expires_at: datetime | None, now: datetime, *, margin_seconds: float) -> bool:
    """Return whether an access token has more than a margin left.

    Args:
        expires_at: when it ends; None means that nobody knows.
        now: the time.
        margin_seconds: what a request with it may take, and clocks that differ.
    """
    return expires_at is not None and (expires_at - now).total_seconds() > margin_seconds


def new_state() -> str:
    """Return a random text that nobody can guess."""
    return secrets.token_urlsafe(32)


def is_ours(query: Mapping[str, str], state: str) -> bool:
    """Return whether an answer belongs to the question that was sent with `state`.

    Args:
        query: the parameters of the redirect.
        state: what was sent.
    """
    return secrets.compare_digest(query.get("state", "").encode(), state.encode())
