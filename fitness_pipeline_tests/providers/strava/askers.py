"""What asks the stand-in through the client: tokens that are truly granted, and limits kept in memory."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import SecretStr

from fitness_pipeline.models import RateLimits
from fitness_pipeline.providers.strava.oauth import StravaClient, refresh_tokens
from fitness_pipeline.sandbox.strava.oauth import READING
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.moments import NOW

QUARTER_PAST = NOW.replace(minute=15, second=0)
MIDNIGHT = datetime(2026, 3, 11, tzinfo=UTC)


class GrantedTokens:
    """Hands out what the stand-in grants, and refreshes what was rejected.

    Attributes:
        rejected: the tokens that were handed back.
    """

    def __init__(self, sandbox: StravaSandbox, scopes: Iterable[str] = READING) -> None:
        oauth = sandbox.world.oauth
        self._client = StravaClient(
            id=str(oauth.client.id), secret=SecretStr(oauth.client.secret), token_url=sandbox.token_url
        )
        self._tokens = refresh_tokens(self._client, SecretStr(oauth.connect(scopes)))
        self.rejected: list[SecretStr] = []
        sandbox.log.clear()

    def __call__(self, *, rejected: SecretStr | None = None) -> SecretStr:
        """Return the newest one."""
        if rejected is not None:
            self.rejected.append(rejected)
            self._tokens = refresh_tokens(self._client, self._tokens.refresh_token)
        return self._tokens.access_token


class Memory:
    """Remembers limits for as many askers as share it.

    Attributes:
        limits: what was said last.
    """

    def __init__(self) -> None:
        self.limits: RateLimits | None = None

    def load(self) -> RateLimits | None:
        """Return what was said last."""
        return self.limits

    def save(self, limits: RateLimits) -> None:
        """Remember it."""
        self.limits = limits
