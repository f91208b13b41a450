"""Who may read what: codes, access tokens that expire, and a refresh token that rotates."""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fitness_pipeline.sandbox.serving.replies import Refusal
from fitness_pipeline.sandbox.strava.errors import bad_request

SCOPES = (
    "read",
    "read_all",
    "profile:read_all",
    "profile:write",
    "activity:read",
    "activity:read_all",
    "activity:write",
)
READING = frozenset({"read", "profile:read_all", "activity:read", "activity:read_all"})

_LIFETIME = timedelta(hours=6)
_KEPT_WITH_MORE_LEFT_THAN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Client:
    """An application that is registered with Strava."""

    id: int = 31415
    secret: str = field(default=hashlib.sha256(b"client secret").hexdigest()[:40], repr=False)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What opens the API for six hours."""

    value: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client holds after it asked for a token."""

    access: AccessToken
    refresh: str = field(repr=False)


class Authorizations:
    """What the athlete granted to the one client.

    Attributes:
        client: the application.
        denies: whether the athlete says no on the authorize page.
        unticks: the scopes that the athlete does not grant there.
    """

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()
        self.denies = False
        self.unticks: frozenset[str] = frozenset()
        self._lock = threading.RLock()
        self._codes: dict[str, frozenset[str]] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh: str | None = None
        self._scopes: frozenset[str] = frozenset()
        self._issued: list[str] = []

    @property
    def refresh_token(self) -> str | None:
        """The one that works now, or None."""
        return self._refresh

    def secrets(self) -> frozenset[str]:
        """Return every code and token that was ever issued, and the client's secret: for searching leaks."""
        with self._lock:
            return frozenset((*self._issued, self.client.secret))

    def authorize(self, requested: Iterable[str]) -> tuple[str, list[str]] | None:
        """Ask the athlete.

        Args:
            requested: the scopes that the application would like to have; `read` always comes with them.

        Returns:
            A code and the scopes that the athlete granted, in Strava's order; None when the answer is no.
        """
        with self._lock:
            if self.denies:
                return None
            granted = (frozenset(requested) - self.unticks) | {"read"}
            code = self._issue("code")
            self._codes[code] = granted
            return code, [scope for scope in SCOPES if scope in granted]

    def connect(self, scopes: Iterable[str] = READING) -> str:
        """Grant scopes without the authorize page; return a refresh token, and kill the one before."""
        with self._lock:
            self._scopes = frozenset(scopes)
            self._refresh = self._issue("refresh")
            return self._refresh

    def exchange(self, code: str, now: datetime) -> Tokens:
        """Return tokens for a code, which works once.

        Raises:
            Refusal: the code is unknown or used.
        """
        with self._lock:
            if code not in self._codes:
                raise Refusal(bad_request("RequestToken", "code", "invalid"))
            return self._tokens(self.connect(self._codes.pop(code)), now)

    def refresh(self, refresh_token: str, now: datetime) -> Tokens:
        """Return tokens for a refresh token.

        As the Strava API documentation has it: an access token with more than an hour left is returned
        again; otherwise there is a new one, and with it a new refresh token, which ends the old one.

        Raises:
            Refusal: the refresh token is not the living one.
        """
        with self._lock:
            if self._refresh is None or refresh_token != self._refresh:
                raise Refusal(bad_request("RefreshToken", "refresh_token", "invalid"))
            if self._kept(now) is None:
                self._refresh = refresh_token = self._issue("refresh")
            return self._tokens(refresh_token, now)

    def scopes_of(self, access_token: str | None, now: datetime) -> frozenset[str] | None:
        """Return what an access token opens, or None when it is unknown, expired or revoked."""
        with self._lock:
            token = self._access.get(access_token or "")
            return token.scopes if token is not None and now < token.expires_at else None

    def is_known(self, access_token: str | None) -> bool:
        """Return whether an access token was issued and not revoked, be it expired or not."""
        return access_token in self._access

    def revoke(self) -> None:
        """Take everything back: no token works any more."""
        with self._lock:
            self._codes.clear()
            self._access.clear()
            self._refresh, self._scopes = None, frozenset()

    def kill_refresh_token(self) -> None:
        """Make the refresh token useless; access tokens go on until they expire."""
        with self._lock:
            self._refresh = None

    def kill_access_tokens(self) -> None:
        """Make the access tokens useless before their time; the refresh token goes on."""
        with self._lock:
            self._access.clear()

    def _kept(self, now: datetime) -> AccessToken | None:
        """Return the newest access token if it is one to return again."""
        newest = next(reversed(self._access.values()), None)
        if newest is None or newest.scopes != self._scopes:
            return None
        return newest if newest.expires_at - now > _KEPT_WITH_MORE_LEFT_THAN else None

    def _tokens(self, refresh_token: str, now: datetime) -> Tokens:
        access = self._kept(now)
        if access is None:
            # Older access tokens work until they expire (Strava API documentation).
            expires_at = now.replace(microsecond=0) + _LIFETIME
            access = AccessToken(self._issue("access"), expires_at, self._scopes)
            self._access[access.value] = access
        return Tokens(access, refresh_token)

    def _issue(self, kind: str) -> str:
        """Return a new secret, 40 hexadecimal digits like Strava's; equal worlds issue equal ones."""
        text = f"{self.client.id} {kind} {len(self._issued)}"
        self._issued.append(hashlib.sha256(text.encode()).hexdigest()[:40])
        return self._issued[-1]
