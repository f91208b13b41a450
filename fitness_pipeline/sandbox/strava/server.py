"""The stand-in as a server on the loopback interface: `with StravaSandbox(world) as sandbox: sandbox.url`."""

from collections.abc import Callable

from fitness_pipeline.sandbox.serving.clock import Clock, utc_now
from fitness_pipeline.sandbox.serving.stand_in import StandIn
from fitness_pipeline.sandbox.strava.api import API, StravaApi
from fitness_pipeline.sandbox.strava.limits import RateLimits
from fitness_pipeline.sandbox.strava.world import StravaWorld


class StravaSandbox(StandIn[StravaWorld]):
    """Serves a world while it is entered.

    Attributes:
        limits: may be changed at any time.
    """

    def __init__(
        self,
        world: StravaWorld | None = None,
        *,
        clock: Clock = utc_now,
        port: int = 0,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Take what is to be served.

        Args:
            world: an empty one by default.
            clock: tells when tokens expire, rate limits begin anew and an `after` is in the future.
            port: 0 for any free one.
            sleep: waits for so many seconds, for the fault `Delay`; by default truly, or until the end.
        """
        world = world if world is not None else StravaWorld()
        self.limits = RateLimits(clock)
        super().__init__(world, StravaApi(world, clock, self.limits), clock=clock, port=port, sleep=sleep)

    @property
    def api_url(self) -> str:
        """What `STRAVA_API_URL` is set to."""
        return f"{self.url}{API}"

    @property
    def token_url(self) -> str:
        """What `STRAVA_TOKEN_URL` is set to."""
        return f"{self.url}/oauth/token"

    @property
    def authorize_url(self) -> str:
        """What `STRAVA_AUTHORIZE_URL` is set to."""
        return f"{self.url}/oauth/authorize"

    def environment(self) -> dict[str, str]:
        """Return the variables that point a client here.

        The athlete grants the reading scopes, unless a refresh token is alive already.
        """
        oauth = self.world.oauth
        return {
            "STRAVA_API_URL": self.api_url,
            "STRAVA_TOKEN_URL": self.token_url,
            "STRAVA_AUTHORIZE_URL": self.authorize_url,
            "STRAVA_CLIENT_ID": str(oauth.client.id),
            "STRAVA_CLIENT_SECRET": oauth.client.secret,
            "STRAVA_REFRESH_TOKEN": oauth.refresh_token or oauth.connect(),
        }
