"""What an application is, what it asks the owner for, and what it gets."""

import hashlib
from dataclasses import dataclass, field

from fitness_pipeline.sandbox.google_calendar.proof import Challenge

SCOPE_ROOT = "https://www.googleapis.com/auth/"
EVENTS = f"{SCOPE_ROOT}calendar.events"


@dataclass(frozen=True, slots=True)
class Client:
    """An application that is registered with Google."""

    id: str = "314159265358-nobodyruns.apps.googleusercontent.com"
    secret: str = field(
        default=f"GOCSPX-{hashlib.sha256(b'google client secret').hexdigest()[:28]}", repr=False
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks the owner for.

    Attributes:
        scopes: what it would like to do, in its own order.
        is_offline: whether it wants to go on without the owner (`access_type=offline`).
        is_prompted: whether the owner is to be asked again even if they agreed before (`prompt=consent`).
        redirect_uri: where the answer goes.
        challenge: the proof that whoever exchanges the code must give (PKCE).
    """

    scopes: tuple[str, ...]
    is_offline: bool
    is_prompted: bool
    redirect_uri: str
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client gets.

    Attributes:
        refresh: None where none is given.
        scopes: what the access token opens.
    """

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    scopes: tuple[str, ...]
