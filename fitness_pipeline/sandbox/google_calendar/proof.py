"""PKCE: who exchanges a code proves to be the one who asked for it (RFC 7636)."""

import base64
import hashlib
from dataclasses import dataclass, field

from fitness_pipeline.sandbox.google_calendar.oauth_errors import invalid_grant
from fitness_pipeline.sandbox.serving.replies import Refusal

METHODS = ("S256", "plain")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was sent to the authorize page.

    Attributes:
        method: `S256` or `plain`.
    """

    value: str = field(repr=False)
    method: str

    def check(self, verifier: str | None) -> None:
        """Compare it with what is sent to the token endpoint.

        Raises:
            Refusal: it is missing, or another one (texts reported by clients).
        """
        if not verifier:
            raise Refusal(invalid_grant("Missing code verifier."))
        expected = verifier
        if self.method == "S256":
            digest = hashlib.sha256(verifier.encode()).digest()
            expected = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if expected != self.value:
            raise Refusal(invalid_grant("Invalid code verifier."))
