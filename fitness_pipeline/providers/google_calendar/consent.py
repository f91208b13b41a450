"""What you answered on Google's consent page, as the browser brings it back."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from fitness_pipeline.errors import AuthorizationRefused

SCOPE = "https://www.googleapis.com/auth/calendar.events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A yes.

    Attributes:
        code: to be exchanged for tokens, once.
        redirect_uri: where the browser brought it, which Google wants to hear again.
        verifier: proves that who exchanges the code is who asked for it.
    """

    code: SecretStr
    redirect_uri: str
    verifier: SecretStr


def new_verifier() -> SecretStr:
    """Return a random text that nobody can guess, of 86 characters (RFC 7636: 43 to 128)."""
    return SecretStr(secrets.token_urlsafe(64))


def challenge_of(verifier: SecretStr) -> str:
    """Return what is sent ahead of a verifier, and does not give it away (S256 of RFC 7636).

    Args:
        verifier: kept until the code is exchanged.
    """
    digest = hashlib.sha256(verifier.get_secret_value().encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def read_consent(query: Mapping[str, str], *, redirect_uri: str, verifier: SecretStr) -> Consent:
    """Return your consent.

    Args:
        query: the parameters of the redirect: `code` and `scope`, or `error` (RFC 6749; `scope` is an
            addition of Google's, which its documentation does not promise).
        redirect_uri: where the browser came back to.
        verifier: whose challenge was sent.

    Raises:
        AuthorizationRefused: you said no, or left out what cannot be done without.
    """
    if query.get("error") == "access_denied":
        raise AuthorizationRefused(
            "You said no on Google's page. Run `fitness-pipeline auth google` again to say yes."
        )
    if not query.get("code"):
        raise AuthorizationRefused(
            "Google sent the browser back without a code. Run `fitness-pipeline auth google` again."
        )
    if "scope" in query:
        require_scope(query["scope"].split())
    return Consent(code=SecretStr(query["code"]), redirect_uri=redirect_uri, verifier=verifier)


def require_scope(granted: Iterable[str]) -> None:
    """Raise unless events may be written.

    Args:
        granted: the scopes.

    Raises:
        AuthorizationRefused: they may not.
    """
    if SCOPE not in granted:
        raise AuthorizationRefused(
            "Events of your calendars were not granted, so not one run could be put there. Run "
            "`fitness-pipeline auth google` again and leave the box about events ticked."
        )
