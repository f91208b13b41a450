"""The providers that are connected by a person's consent: the page that asks, and what becomes of a yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import AuthorizationRefused, ProviderError, WrongEncryptionKey
from fitness_pipeline.providers.google_calendar import consent as google_consent
from fitness_pipeline.providers.google_calendar.oauth import consent_url as google_consent_url
from fitness_pipeline.providers.strava import consent as strava_consent
from fitness_pipeline.providers.strava.oauth import consent_url as strava_consent_url
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps import google_access, google_client, strava_access, strava_client
from fitness_pipeline.steps.connect_google import connect_google
from fitness_pipeline.steps.connect_strava import connect_strava
from fitness_pipeline.token_keys import TokenKeys

ProviderName = Literal["strava", "google"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A page that asks for consent.

    Attributes:
        url: its address.
        verifier: to be kept until the answer comes, encrypted; None where none is needed.
    """

    url: str
    verifier: str | None = None


class OAuthProvider(Protocol):
    """What is done alike with every provider."""

    def find_obstacle(self, settings: Settings, *, conn: AnyConnection) -> ProviderError | None:
        """Return why it cannot be asked until a person acts, or None."""

    def ask(self, settings: Settings, back: str, state: str) -> Question:
        """Return the page that asks.

        Args:
            settings: the application.
            back: where the page is to send the browser.
            state: what is to come back with the answer.

        Raises:
            ConfigurationError: there is no application, or no key to store tokens under.
        """

    def connect(
        self, settings: Settings, answer: Mapping[str, str], back: str, verifier: str | None
    ) -> str | None:
        """Store what is granted; return what a person should know of it besides.

        Args:
            settings: the application.
            answer: the parameters that the browser came back with.
            back: where it came back to.
            verifier: what was kept.

        Raises:
            AuthorizationRefused: the person said no, or the code does not work.
            ProviderError: there are no tokens.
        """


class _Strava:
    def find_obstacle(self, settings: Settings, *, conn: AnyConnection) -> ProviderError | None:
        return strava_access.find_obstacle(settings, conn=conn)

    def ask(self, settings: Settings, back: str, state: str) -> Question:
        client = strava_client.configured_client(settings)
        TokenKeys.of(settings).cipher_for_storing()  # better known now than after the answer
        return Question(url=strava_consent_url(settings.strava_authorize_url, client.id, back, state))

    def connect(
        self, settings: Settings, answer: Mapping[str, str], back: str, verifier: str | None
    ) -> str | None:
        consent = strava_consent.read_consent(answer)
        connect_strava(strava_client.configured_client(settings), consent, TokenKeys.of(settings))
        return consent.warning


class _Google:
    def find_obstacle(self, settings: Settings, *, conn: AnyConnection) -> ProviderError | None:
        return google_access.find_obstacle(settings, conn=conn)

    def ask(self, settings: Settings, back: str, state: str) -> Question:
        client = google_client.configured_client(settings)
        verifier = google_consent.new_verifier()
        cipher = TokenKeys.of(settings).cipher_for_storing()
        return Question(
            url=google_consent_url(settings.google_authorize_url, client.id, back, state, verifier),
            verifier=cipher.encrypt(verifier.get_secret_value()),
        )

    def connect(
        self, settings: Settings, answer: Mapping[str, str], back: str, verifier: str | None
    ) -> str | None:
        keys = TokenKeys.of(settings)
        consent = google_consent.read_consent(
            answer, redirect_uri=back, verifier=_decrypted(keys, verifier or "")
        )
        granted = connect_google(
            google_client.configured_client(settings), consent, keys, now=datetime.now(UTC)
        )
        if granted.ends_at is None:
            return None
        return (
            f"Google ends this connection on {granted.ends_at:%Y-%m-%d}, because your application is in "
            "testing. Publish it, then connect again."
        )


def _decrypted(keys: TokenKeys, verifier: str) -> SecretStr:
    try:
        return SecretStr(keys.cipher().decrypt(verifier))
    except WrongEncryptionKey:
        raise AuthorizationRefused(
            "The key that tokens are stored under was replaced meanwhile. Begin again."
        ) from None


PROVIDERS: Mapping[ProviderName, OAuthProvider] = {"strava": _Strava(), "google": _Google()}
