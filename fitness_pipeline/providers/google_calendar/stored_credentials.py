"""Credentials for Google's own client, whose access tokens come from where they are stored."""

from collections.abc import MutableMapping
from typing import Any, Protocol

from google.oauth2.credentials import Credentials
from pydantic import SecretStr


class TokenSource(Protocol):
    """Where access tokens come from, such as `GoogleAccess.token`."""

    def __call__(self, *, rejected: SecretStr | None = None) -> SecretStr:
        """Return a living access token.

        Args:
            rejected: one that was answered with 401.
        """


class StoredCredentials(Credentials):
    """What `AuthorizedHttp` takes; for one thread, as its `httplib2.Http` is.

    A token is asked for each time that one is written into a header, so that nothing here expires, and
    that a refresh is done, and its result stored, where all others do it. What the source raises reaches
    whoever makes the request.

    Args:
        source: of access tokens.
    """

    def __init__(self, source: TokenSource) -> None:
        super().__init__(token=None)  # type: ignore[no-untyped-call]
        self._source = source

    def apply(self, headers: MutableMapping[str, str], token: str | None = None) -> None:
        """Write a living token into the headers of a request.

        Args:
            headers: of the request, or of a part of a batch.
            token: another one to use.
        """
        self.token = self._source().get_secret_value()
        super().apply(headers, token)  # type: ignore[no-untyped-call]

    def refresh(self, request: Any) -> None:
        """Take another token than the one that was written last, which was answered with 401.

        Args:
            request: what google-auth would ask with.
        """
        rejected = SecretStr(self.token) if self.token is not None else None
        self.token = self._source(rejected=rejected).get_secret_value()
