"""Who may do what: codes, access tokens that expire, and refresh tokens that somebody must end."""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fitness_pipeline.sandbox.google_calendar.grants import EVENTS, Client, Tokens, Wish
from fitness_pipeline.sandbox.google_calendar.oauth_errors import invalid_grant
from fitness_pipeline.sandbox.serving.replies import Refusal

ACCESS_TOKEN_SECONDS = 3599  # seen in recorded replies

_CODE_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Code:
    wish: Wish
    expires_at: datetime
    gives_refresh_token: bool


class Authorizations:
    """What the owner granted to the one client.

    Attributes:
        client: the application.
        denies: whether the owner says no on the authorize page.
        unticks: the scopes that the owner does not grant there.
    """

    def __init__(self, client: Client | None = None) -> None:
        self.client = client or Client()
        self.denies = False
        self.unticks: frozenset[str] = frozenset()
        self._lock = threading.RLock()
        self._is_granted = False
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        self._refresh: dict[str, tuple[str, ...]] = {}
        self._issued: list[str] = []

    @property
    def refresh_token(self) -> str | None:
        """The newest one that works now, or None."""
        with self._lock:
            return next(reversed(self._refresh), None)

    def secrets(self) -> frozenset[str]:
        """Return every code and token that was ever issued, and the client's secret: for searching leaks."""
        with self._lock:
            return frozenset((*self._issued, self.client.secret))

    def authorize(self, wish: Wish, now: datetime) -> tuple[str, tuple[str, ...]] | None:
        """Ask the owner.

        A refresh token comes with the code of an offline wish; when the owner agreed before, only if they
        were asked again (reported by clients).

        Args:
            wish: what for.
            now: a code works for ten minutes from then on (a guess).

        Returns:
            A code and the scopes that were granted; None when the answer is no, as it is when nothing is left
            of the scopes (a guess).
        """
        with self._lock:
            granted = tuple(scope for scope in wish.scopes if scope not in self.unticks)
            if self.denies or not granted:
                return None
            gives_refresh_token = wish.is_offline and (wish.is_prompted or not self._is_granted)
            self._is_granted = True
            code = self._issue("4/0A", "code")
            self._codes[code] = _Code(
                replace(wish, scopes=granted), now + _CODE_LIFETIME, gives_refresh_token
            )
            return code, granted

    def connect(self, scopes: Iterable[str] = (EVENTS,)) -> str:
        """Grant scopes without the authorize page; return a refresh token."""
        with self._lock:
            self._is_granted = True
            token = self._issue("1//0", "refresh")
            self._refresh[token] = tuple(scopes)
            return token

    def exchange(self, code: str, redirect_uri: str, verifier: str | None, now: datetime) -> Tokens:
        """Return tokens for a code, which works once.

        Args:
            code: from the authorize page.
            redirect_uri: the one that was given there.
            verifier: what was challenged there, if anything was.
            now: as of when tokens expire.

        Raises:
            Refusal: the code, its address or its proof is wrong.
        """
        with self._lock:
            grant = self._codes.pop(code, None)
            if grant is None or now >= grant.expires_at:
                raise Refusal(
                    invalid_grant("Malformed auth code." if code not in self._issued else "Bad Request")
                )
            if redirect_uri != grant.wish.redirect_uri:
                raise Refusal(invalid_grant("Bad Request", error="redirect_uri_mismatch"))
            if grant.wish.challenge is not None:
                grant.wish.challenge.check(verifier)
            scopes = grant.wish.scopes
            refresh_token = self.connect(scopes) if grant.gives_refresh_token else None
            return Tokens(self._access_token(scopes, now), refresh_token, scopes)

    def refresh(self, refresh_token: str, now: datetime) -> Tokens:
        """Return a new access token; the refresh token stays as it is, and is not told again.

        Raises:
            Refusal: the refresh token is dead.
        """
        with self._lock:
            scopes = self._refresh.get(refresh_token)
            if scopes is None:
                raise Refusal(invalid_grant("Token has been expired or revoked."))
            return Tokens(self._access_token(scopes, now), None, scopes)

    def scopes_of(self, access_token: str | None, now: datetime) -> frozenset[str] | None:
        """Return what an access token opens, or None when it is unknown, expired or revoked."""
        with self._lock:
            expires_at, scopes = self._access.get(access_token or "", (now, ()))
            return frozenset(scopes) if now < expires_at else None

    def revoke(self) -> None:
        """Take everything back: no token works any more, and the next consent is a first one."""
        with self._lock:
            self._is_granted = False
            self._codes.clear()
            self._access.clear()
            self._refresh.clear()

    def kill_refresh_token(self) -> None:
        """Make every refresh token useless, as after seven days of testing; access tokens go on."""
        with self._lock:
            self._refresh.clear()

    def kill_access_tokens(self) -> None:
        """Make the access tokens useless before their time; refresh tokens go on."""
        with self._lock:
            self._access.clear()

    def _access_token(self, scopes: tuple[str, ...], now: datetime) -> str:
        token = self._issue("ya29.", "access")
        self._access[token] = (now + timedelta(seconds=ACCESS_TOKEN_SECONDS), scopes)
        return token

    def _issue(self, prefix: str, kind: str) -> str:
        """Return a new secret; equal worlds issue equal ones."""
        text = f"{self.client.id} {kind} {len(self._issued)}"
        self._issued.append(prefix + hashlib.sha256(text.encode()).hexdigest())
        return self._issued[-1]
